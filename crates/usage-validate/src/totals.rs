//! Control totals: what all records add up to, for comparing runs and readers.

use serde::{Serialize, Serializer};

/// What the top figures of all records that were read add up to. Null and absent read as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ControlTotals {
    /// Commands.
    pub commands: CommandTotals,
    /// Data, in bytes.
    pub data: DataTotals,
}

/// What the Commands of all records add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommandTotals {
    /// All Commands.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub total: u128,
    /// Commands sent to SIMs.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub to_sim: u128,
    /// Commands sent by SIMs.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub from_sim: u128,
}

/// What the data of all records adds up to, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DataTotals {
    /// All data, in bytes.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub total: u128,
    /// Data received by SIMs, in bytes.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub download: u128,
    /// Data sent by SIMs, in bytes.
    #[serde(serialize_with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub upload: u128,
    /// Records whose data is left out of these totals, because its unit is not known.
    pub left_out: u64,
}

impl ControlTotals {
    /// Adds what another part of a run adds up to.
    pub(crate) fn join(&mut self, other: &Self) {
        let (commands, data) = (&mut self.commands, &mut self.data);
        for (sum, other) in [
            (&mut commands.total, other.commands.total),
            (&mut commands.to_sim, other.commands.to_sim),
            (&mut commands.from_sim, other.commands.from_sim),
            (&mut data.total, other.data.total),
            (&mut data.download, other.data.download),
            (&mut data.upload, other.data.upload),
        ] {
            *sum = sum.saturating_add(other);
        }
        data.left_out += other.data.left_out;
    }
}

impl CommandTotals {
    /// Adds the counters of one record, in the order total, to the SIM, from the SIM.
    pub(crate) fn add(&mut self, [total, to_sim, from_sim]: [u64; 3]) {
        add(&mut self.total, total, 1);
        add(&mut self.to_sim, to_sim, 1);
        add(&mut self.from_sim, from_sim, 1);
    }
}

impl DataTotals {
    /// Adds the counters of one record, in the order total, to the SIM, from the SIM; `scale` bytes each.
    pub(crate) fn add(&mut self, [total, download, upload]: [u64; 3], scale: Option<u64>) {
        let Some(scale) = scale else {
            self.left_out += 1;
            return;
        };
        add(&mut self.total, total, scale);
        add(&mut self.download, download, scale);
        add(&mut self.upload, upload, scale);
    }
}

/// Adds a figure; one is at most 2¹⁰³ bytes, so the sum is exact for 2²⁵ records of that size and stays
/// at the largest number rather than start anew beyond it.
fn add(sum: &mut u128, figure: u64, scale: u64) {
    *sum = sum.saturating_add(u128::from(figure) * u128::from(scale));
}

fn decimal<S: Serializer>(figure: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(figure)
}
