//! One record under check: what the rules may know, and where their findings go.

use usage_model::{Place, Position, UsageRecord};

use crate::{
    Finding, Key, Severity,
    catalogue::RuleId,
    config::clock::Clock,
    findings::draft::Draft,
    findings::fingerprint::Fingerprint,
    findings::outlet::{Origin, Outlet},
    findings::spot::{Spot, bounded, taken},
    rules::Noted,
    stream::{Digest, Marks},
};

/// One record under check.
pub(crate) struct Check<'a> {
    pub(crate) clock: &'a Clock,
    pub(crate) record: &'a UsageRecord,
    pub(crate) place: &'a Place,
    source: Option<&'a str>,
    provisional: bool,
    found: bool,
    outlet: &'a mut Outlet,
    sink: &'a mut dyn FnMut(Finding),
}

impl<'a> Check<'a> {
    pub(crate) fn new(
        clock: &'a Clock,
        record: &'a UsageRecord,
        place: &'a Place,
        source: Option<&'a str>,
        outlet: &'a mut Outlet,
        sink: &'a mut dyn FnMut(Finding),
    ) -> Self {
        let end = record.period.value().and_then(|period| period.end.value());
        Self {
            clock,
            record,
            place,
            source,
            provisional: end.is_some_and(|end| !clock.is_settled(end.instant())),
            found: false,
            outlet,
            sink,
        }
    }

    /// The name of the input.
    pub(crate) const fn source(&self) -> Option<&str> {
        self.source
    }

    /// Counts one evaluation of a rule.
    pub(crate) fn evaluated(&mut self, rule: RuleId) {
        self.evaluated_times(rule, 1);
    }

    /// Counts evaluations of a rule.
    pub(crate) fn evaluated_times(&mut self, rule: RuleId, times: u64) {
        self.outlet.tally.evaluated(rule, times);
    }

    /// Reports a finding with the severity of its rule.
    pub(crate) fn report(&mut self, rule: RuleId, draft: impl FnOnce() -> Draft) {
        self.report_as(rule, rule.rule().severity, draft);
    }

    /// Reports a finding with a severity of its own.
    #[cold]
    pub(crate) fn report_as(
        &mut self,
        rule: RuleId,
        severity: Severity,
        draft: impl FnOnce() -> Draft,
    ) {
        let make = || {
            let origin = Origin {
                source: self.source,
                record: Some(self.place.record),
                line: line(self.place.position.line),
                offset: offset(self.place.position),
                container: self.place.container,
                key: Some(Key::of(self.record)),
                provisional: self.provisional,
                fingerprint: Fingerprint::new(rule.rule().code).record(self.record),
            };
            (origin, draft())
        };
        self.found |= self.outlet.report(rule, severity, make, self.sink);
    }

    /// Marks the record as one with findings, for a finding that is reported later.
    pub(crate) fn mark(&mut self, rule: RuleId) {
        self.found |= self.outlet.selection.is_on(rule);
    }

    /// Closes the record's account; gives what is left of it for the rules on lists, if there are any.
    pub(crate) fn finish(self, noted: Noted, has_lists: bool) -> Option<Digest> {
        self.outlet.tally.decoded += 1;
        self.outlet.tally.with_findings += u64::from(self.found);
        if !has_lists {
            return None;
        }
        let record = self.record;
        let spot = Spot {
            place: *self.place,
            account: taken(&record.account_sid).map(bounded),
            sim: taken(&record.sim_sid).map(bounded),
            period: record
                .period
                .value()
                .map(|period| [taken(&period.start), taken(&period.end)]),
            provisional: self.provisional,
        };
        Some(Digest {
            bounds: spot.bounds(),
            spot,
            found: self.found,
            outside: noted.outside,
            marks: Some(Marks::of(record)),
            readings: noted.readings,
        })
    }
}

/// A line number, which is 0 where a record was not read from text.
pub(crate) fn line(line: u64) -> Option<u64> {
    (line > 0).then_some(line)
}

/// The bytes before a position; only known where its line is.
pub(crate) fn offset(position: Position) -> Option<u64> {
    line(position.line).map(|_| position.offset)
}
