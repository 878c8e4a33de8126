//! The fleet as JSON and CSV.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};
use usage_model::Timestamp;

use crate::{
    Totals,
    csv::{harmless, write_lines},
    summary::shorter,
};

use super::usage::FleetSim;

/// What the JSON of a fleet names itself.
pub const FLEET_FORMAT: &str = "usage-fleet/1";

/// The SIMs of an account, side by side.
///
/// ```
/// use usage_model::{SimRecord, UsageRecord, Window};
/// use usage_table::{Fleet, FleetOptions, SimUsage};
///
/// let window = Window::new("2026-06-01T00:00:00Z".parse()?, "2026-07-01T00:00:00Z".parse()?)?;
/// let as_of = "2026-07-03T00:00:00Z".parse()?;
/// let record: UsageRecord = serde_json::from_str(
///     r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},"data":{"total":7}}"#,
/// )?;
/// let mut usage = SimUsage::new();
/// usage.record(&record);
/// let sim = usage.finish(&SimRecord::default(), &FleetOptions::new(window, as_of));
/// let fleet = Fleet::new(as_of, vec![sim]);
/// fleet.write_csv(&mut std::io::stdout())?;
/// assert_eq!(fleet.sims[0].totals.data.figures(), [7, 0, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fleet {
    /// When their usage was fetched.
    pub as_of: DateTime<Utc>,
    /// The SIMs.
    pub sims: Vec<FleetSim>,
}

impl Fleet {
    /// Lists SIMs that were fetched at a time, in their order.
    pub const fn new(as_of: DateTime<Utc>, sims: Vec<FleetSim>) -> Self {
        Self { as_of, sims }
    }

    /// Returns what whoever reads the figures should know of records that are not added.
    pub fn remark(&self) -> Option<String> {
        shorter(self.sims.iter().map(|sim| sim.excluded.shorter).sum())
    }

    /// Returns the currencies of all amounts, in ascending order.
    pub fn currencies(&self) -> Vec<&str> {
        let sims = self.sims.iter();
        let currencies = sims.flat_map(|sim| sim.totals.billed.keys().map(String::as_str));
        currencies.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns the names of the columns: `sim_sid`, `name`, `iccid`, `status`, those of a summary from `records` on,
    /// `last_usage` and `flags`.
    pub fn columns(&self) -> Vec<String> {
        let sim = ["sim_sid", "name", "iccid", "status"].map(str::to_owned);
        let figures = Totals::columns(&self.currencies());
        let last = ["last_usage", "flags"].map(str::to_owned);
        sim.into_iter().chain(figures).chain(last).collect()
    }

    /// Writes the SIMs as CSV, one row each; a flag is its name and its figures in words.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let currencies = self.currencies();
        let text = |text: Option<&str>| text.map(harmless).unwrap_or_default();
        write_lines(out, [self.columns()])?;
        let rows = self.sims.iter().map(|sim| {
            let flags = sim.flags.iter();
            let flags: Vec<String> = flags
                .map(|flag| format!("{}: {}", flag.name(), flag.message()))
                .collect();
            let mut cells = vec![
                harmless(&sim.sim_sid),
                text(sim.name.as_deref()),
                text(sim.iccid.as_deref()),
                text(sim.status.as_deref()),
            ];
            cells.extend(sim.totals.cells(&currencies));
            let last = sim.last_usage.map(Timestamp::from);
            cells.push(last.map(|last| last.to_string()).unwrap_or_default());
            cells.push(flags.join("; "));
            cells
        });
        write_lines(out, rows)
    }
}

/// Written as `{"schema":"usage-fleet/1","as_of":…,"sims":[{…}]}`; the members of a SIM are the columns of
/// [`Fleet::columns`], figures as decimal strings, and its flags an object of their names, each with its figures.
impl Serialize for Fleet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let currencies = self.currencies();
        let row = |sim| Row {
            sim,
            currencies: &currencies,
        };
        let sims: Vec<Row<'_>> = self.sims.iter().map(row).collect();
        let mut object = serializer.serialize_struct("Fleet", 3)?;
        object.serialize_field("schema", FLEET_FORMAT)?;
        object.serialize_field("as_of", &Timestamp::from(self.as_of))?;
        object.serialize_field("sims", &sims)?;
        object.end()
    }
}

struct Row<'a> {
    sim: &'a FleetSim,
    currencies: &'a [&'a str],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sim = self.sim;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sim_sid", &sim.sim_sid)?;
        map.serialize_entry("name", &sim.name)?;
        map.serialize_entry("iccid", &sim.iccid)?;
        map.serialize_entry("status", &sim.status)?;
        sim.totals.serialize_into(&mut map, self.currencies)?;
        map.serialize_entry("last_usage", &sim.last_usage.map(Timestamp::from))?;
        let flags: std::collections::BTreeMap<_, _> =
            sim.flags.iter().map(|flag| (flag.name(), flag)).collect();
        map.serialize_entry("flags", &flags)?;
        map.end()
    }
}
