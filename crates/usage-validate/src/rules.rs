//! The rules. Each decides with arithmetic first and finds words only where there is a finding.

mod balance;
mod country;
mod culprit;
mod direction;
mod identity;
mod least;
mod member;
mod network;
mod period;
mod retention;
mod settling;
mod spelling;
mod tree;
mod unit;

use crate::{ControlTotals, config::Config, validator::check::Check};

pub(crate) use identity::is_redacted;
pub(crate) use member::UnknownSeen;
pub(crate) use period::meets_widened;
pub(crate) use tree::figures;

/// What the rules are told by the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: crate::Policy,
    pub(crate) granularity: Option<usage_model::Granularity>,
    pub(crate) window: Option<usage_model::Window>,
    pub(crate) tolerance: crate::Tolerance,
}

/// What the rules on single records note for those on lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Noted {
    /// Whether the record lies outside the queried window.
    pub(crate) outside: bool,
    /// How each tree, in the order Commands, Data, counts international traffic.
    pub(crate) readings: [Option<crate::Policy>; 2],
}

impl Settings {
    pub(crate) const fn new(config: &Config) -> Self {
        Self {
            policy: config.policy,
            granularity: config.granularity,
            window: config.window,
            tolerance: config.tolerance,
        }
    }
}

impl Settings {
    /// The queried window.
    pub(crate) const fn window(&self) -> Option<usage_model::Window> {
        self.window
    }
}

/// Checks one record by every rule that needs nothing but the record.
pub(crate) fn check_record(
    check: &mut Check<'_>,
    settings: Settings,
    unknown: &mut UnknownSeen,
    totals: &mut ControlTotals,
) -> Noted {
    let record = check.record;
    let mut noted = Noted::default();
    identity::check(check);
    noted.outside = period::check(check, settings);
    if let Some(commands) = record.commands.value() {
        let scan = tree::check(commands, check, settings);
        totals.commands.add(scan.top);
        noted.readings[0] = scan.reading;
    }
    if let Some(data) = record.data.value() {
        let scan = tree::check(data, check, settings);
        totals.data.add(scan.top, scan.top_unit);
        noted.readings[1] = scan.reading;
    }
    member::check(check, unknown);
    noted
}
