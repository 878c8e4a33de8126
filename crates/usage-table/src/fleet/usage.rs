//! What one SIM used.

use chrono::{DateTime, NaiveDate, Utc};
use usage_model::{Lenient, Period, SimRecord, SimStatus, Usage, UsageRecord};

use crate::{By, Excluded, Summarizer, SummaryOptions, Totals};

use super::{
    flag::{FlaggedUsage, FleetOptions, Judged, flags},
    sim::name,
};

/// What one SIM used, record by record.
///
/// ```
/// use usage_model::{SimRecord, Window};
/// use usage_table::{FleetOptions, SimUsage};
///
/// let sim: SimRecord = serde_json::from_str(r#"{"sid":"DE1","status":"active"}"#)?;
/// let window = Window::new("2026-10-01T00:00:00Z".parse()?, "2026-11-01T00:00:00Z".parse()?)?;
/// let options = FleetOptions::new(window, window.end());
/// let unused = SimUsage::new().finish(&sim, &options);
/// assert_eq!(unused.flags[0].name(), "zero-usage");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SimUsage {
    by_day: Summarizer,
    last: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// One SIM of a fleet.
///
/// `iccid` and `name` identify a device: treat them as personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetSim {
    /// The identifier of the SIM.
    pub sim_sid: String,
    /// The unique name, or else the friendly one.
    pub name: Option<String>,
    /// The number of the card.
    pub iccid: Option<String>,
    /// What the SIM may do, as the list has it.
    pub status: Option<String>,
    /// What it used in the window, each period counted once.
    pub totals: Totals,
    /// When the last period with usage starts.
    pub last_usage: Option<DateTime<Utc>>,
    /// Its records that do not count.
    pub excluded: Excluded,
    /// What is unusual.
    pub flags: Vec<FlaggedUsage>,
}

impl SimUsage {
    /// Starts without usage.
    pub fn new() -> Self {
        Self {
            by_day: Summarizer::new(SummaryOptions::one(By::Day)),
            last: None,
        }
    }

    /// Adds a record of the SIM.
    pub fn record(&mut self, record: &UsageRecord) {
        self.by_day.record(record);
        let bounds = record.period.value().and_then(Period::bounds);
        if let Some(bounds) = bounds
            && has_usage(record)
        {
            self.last = self.last.max(Some(bounds));
        }
    }

    /// Judges the SIM.
    pub fn finish(self, sim: &SimRecord, options: &FleetOptions) -> FleetSim {
        let status = sim.status.value();
        let summary = self.by_day.finish(options.as_of);
        let day = |cells: &[String]| cells.first()?.parse::<NaiveDate>().ok();
        let rows = summary.rows.iter();
        let days: Vec<(NaiveDate, u128)> = rows
            .filter_map(|row| {
                let [data, _, _] = row.totals.data.figures();
                Some((day(&row.cells)?, data))
            })
            .collect();
        let judged = Judged {
            is_active: status.and_then(Lenient::known) == Some(&SimStatus::Active),
            last_end: self.last.map(|(_, end)| end),
            days: &days,
        };
        FleetSim {
            sim_sid: sim
                .sid
                .value()
                .map(|sid| sid.as_str().to_owned())
                .unwrap_or_default(),
            name: name(sim).map(str::to_owned),
            iccid: sim.iccid.value().cloned(),
            status: status.map(|status| status.as_str().to_owned()),
            flags: flags(&judged, options),
            totals: summary.total,
            excluded: summary.excluded,
            last_usage: self.last.map(|(start, _)| start),
        }
    }
}

impl Default for SimUsage {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether any counter of a record is above 0.
fn has_usage(record: &UsageRecord) -> bool {
    let data = record.data.value().into_iter().flat_map(Usage::nodes);
    let commands = record.commands.value().into_iter().flat_map(Usage::nodes);
    data.map(|(_, node)| node.sums())
        .chain(commands.map(|(_, node)| node.sums()))
        .any(|sums| !sums.is_zero())
}
