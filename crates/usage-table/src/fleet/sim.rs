//! One SIM of the list as a row.

use serde::{Serialize, Serializer, ser::SerializeMap};
use usage_model::{Field, Lenient, SimRecord};

/// The columns of the table `sims`.
pub const SIM_COLUMNS: [&str; 6] = [
    "sid",
    "name",
    "iccid",
    "status",
    "rate_plan_sid",
    "date_created",
];

/// A SIM of the list of an account as a row of the table `sims`.
///
/// `iccid` and `name` identify a device: treat them as personal data.
///
/// ```
/// use usage_model::SimRecord;
/// use usage_table::SimRow;
///
/// let sim: SimRecord = serde_json::from_str(r#"{"sid":"DE1","friendly_name":"pump 7","status":"active"}"#)?;
/// let cells = SimRow::of(&sim).cells;
/// assert_eq!(cells.map(Option::unwrap_or_default), ["DE1", "pump 7", "", "active", "", ""]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimRow {
    /// The account that the SIM belongs to; a column of its own where there are SIMs of several.
    pub account_sid: Option<String>,
    /// The values of [`SIM_COLUMNS`]; `None` where the SIM does not say.
    pub cells: [Option<String>; SIM_COLUMNS.len()],
}

impl SimRow {
    /// Returns the row of a SIM; its name is the unique one, or else the friendly one.
    pub fn of(sim: &SimRecord) -> Self {
        fn text<T: AsRef<str>>(field: &Field<Lenient<T>>) -> Option<String> {
            field.value().map(|value| value.as_str().to_owned())
        }
        let created = sim.date_created.value().map(|date| match date {
            Lenient::Known(date) => date.to_string(),
            Lenient::Other(text) => text.to_string(),
        });
        Self {
            account_sid: text(&sim.account_sid),
            cells: [
                text(&sim.sid),
                name(sim).map(str::to_owned),
                sim.iccid.value().cloned(),
                text(&sim.status),
                text(&sim.rate_plan_sid),
                created,
            ],
        }
    }
}

/// The name of a SIM: the unique one, or else the friendly one.
pub(super) fn name(sim: &SimRecord) -> Option<&str> {
    let unique = sim.unique_name.value().filter(|name| !name.is_empty());
    let name = unique.or_else(|| sim.friendly_name.value());
    name.map(String::as_str)
}

/// Written as an object of [`SIM_COLUMNS`] and `account_sid`, null where the SIM does not say.
impl Serialize for SimRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, cell) in SIM_COLUMNS.iter().zip(&self.cells) {
            map.serialize_entry(name, cell)?;
        }
        map.serialize_entry("account_sid", &self.account_sid)?;
        map.end()
    }
}

impl std::fmt::Debug for SimRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sid = self.cells.first();
        f.debug_struct("SimRow")
            .field("sid", &sid)
            .finish_non_exhaustive()
    }
}
