//! Where the rules on lists of records say what they find.

use std::sync::Arc;

use crate::{
    Finding, Severity, catalogue::RuleId, findings::draft::Draft, findings::outlet::Outlet,
    findings::spot::Spot,
};

/// The name of an input, shared by all that was read from it.
pub(crate) type Source = Option<Arc<str>>;

/// Where the rules on lists of records say what they find about one record.
pub(super) struct Voice<'a> {
    pub(super) spot: &'a Spot,
    pub(super) source: &'a Source,
    /// Whether anything was found about the record.
    pub(super) found: bool,
    pub(super) outlet: &'a mut Outlet,
    pub(super) sink: &'a mut dyn FnMut(Finding),
}

impl Voice<'_> {
    pub(super) fn evaluated(&mut self, rule: RuleId) {
        self.outlet.tally.evaluated(rule, 1);
    }

    pub(super) fn report(&mut self, rule: RuleId, draft: impl FnOnce() -> Draft) {
        self.found |= say(rule, self.spot, self.source, draft, self.outlet, self.sink);
    }
}

/// Reports a finding about a record that was met earlier. Says whether it counted.
pub(super) fn say(
    rule: RuleId,
    spot: &Spot,
    source: &Source,
    draft: impl FnOnce() -> Draft,
    outlet: &mut Outlet,
    sink: &mut dyn FnMut(Finding),
) -> bool {
    let severity: Severity = rule.rule().severity;
    let make = || (spot.origin(rule, source.as_deref()), draft());
    outlet.report(rule, severity, make, sink)
}
