//! The checks that need one record alone, and what they count.

use std::sync::Arc;

use usage_model::{MalformedRecord, Place, UsageRecord};

use crate::{
    Config, ControlTotals, Finding, Severity,
    catalogue::RuleId,
    config::clock::Clock,
    config::selection::Selection,
    findings::outlet::{Outlet, Room},
    findings::tally::Tally,
    findings::unreadable,
    rules::{self, Settings, UnknownSeen},
    stream::{Digest, Source},
    validator::check::Check,
};

/// The checks that need one record alone, and what they count.
#[derive(Debug)]
pub(crate) struct Core {
    settings: Settings,
    clock: Clock,
    /// Whether any rule on lists is on.
    has_lists: bool,
    pub(crate) source: Source,
    /// Inputs that were named.
    pub(crate) sources: u64,
    pub(crate) outlet: Outlet,
    pub(crate) unknown: UnknownSeen,
    pub(crate) totals: ControlTotals,
}

impl Core {
    pub(crate) fn new(config: &Config) -> Self {
        let selection = Selection::new(config);
        Self {
            settings: Settings::new(config),
            clock: Clock::new(config),
            has_lists: RuleId::ON_LISTS.iter().any(|rule| selection.is_on(*rule)),
            source: None,
            sources: 0,
            outlet: Outlet::new(selection, config.max_findings),
            unknown: UnknownSeen::default(),
            totals: ControlTotals::default(),
        }
    }

    /// One with the same settings that has seen nothing yet, to be added later.
    pub(crate) fn part(&self, max_findings: usize) -> Self {
        Self {
            settings: self.settings,
            clock: self.clock.clone(),
            has_lists: self.has_lists,
            source: self.source.clone(),
            sources: 0,
            outlet: Outlet::new(self.outlet.selection, max_findings),
            unknown: UnknownSeen::unlimited(),
            totals: ControlTotals::default(),
        }
    }

    pub(crate) fn source(&mut self, name: &str) {
        self.source = Some(Arc::from(name));
        self.sources += 1;
    }

    /// Checks a record; gives what is left of it for the rules on lists, if any of them is on.
    pub(crate) fn record(
        &mut self,
        place: &Place,
        record: &UsageRecord,
        sink: &mut dyn FnMut(Finding),
    ) -> Option<Digest> {
        let source = self.source.as_deref();
        let mut check = Check::new(&self.clock, record, place, source, &mut self.outlet, sink);
        let noted = rules::check_record(
            &mut check,
            self.settings,
            &mut self.unknown,
            &mut self.totals,
        );
        check.finish(noted, self.has_lists)
    }

    pub(crate) fn malformed_record(
        &mut self,
        record: &MalformedRecord,
        sink: &mut dyn FnMut(Finding),
    ) -> Option<Digest> {
        self.outlet.tally.malformed += 1;
        let make = || unreadable::record(record, self.source.as_deref());
        self.outlet
            .report(RuleId::MALFORMED_RECORD, Severity::Error, make, sink);
        self.has_lists
            .then(|| Digest::of_malformed(record, self.settings.window()))
    }
}

impl Outlet {
    const fn new(selection: Selection, most: usize) -> Self {
        Self {
            selection,
            tally: Tally::EMPTY,
            room: Room::new(most),
            listed: 0,
        }
    }
}
