//! The rules. Each decides with arithmetic first and finds words only where there is a finding.

mod balance;
mod country;
mod culprit;
mod direction;
mod identity;
mod member;
mod network;
mod period;
mod retention;
mod settling;
mod spelling;
mod tree;
mod unit;

use crate::{ControlTotals, check::Check, config::Config};

pub(crate) use member::UnknownSeen;

/// What the rules are told by the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: crate::Policy,
    pub(crate) granularity: Option<usage_model::Granularity>,
    pub(crate) window: Option<usage_model::Window>,
}

impl Settings {
    pub(crate) const fn new(config: &Config) -> Self {
        Self {
            policy: config.policy,
            granularity: config.granularity,
            window: config.window,
        }
    }
}

/// Checks one record by every rule that needs nothing but the record.
pub(crate) fn check_record(
    check: &mut Check<'_>,
    settings: Settings,
    unknown: &mut UnknownSeen,
    totals: &mut ControlTotals,
) {
    let record = check.record;
    identity::check(check);
    period::check(check, settings);
    if let Some(commands) = record.commands.value() {
        let scan = tree::check(commands, check, settings.policy);
        totals.commands.add(scan.top);
    }
    if let Some(data) = record.data.value() {
        let scan = tree::check(data, check, settings.policy);
        totals.data.add(scan.top, scan.top_scale);
    }
    member::check(check, unknown);
}
