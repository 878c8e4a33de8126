//! The validator: records in, findings out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usage_model::{MalformedDocument, MalformedRecord, Place, UsageRecord};

use crate::{
    Config, ControlTotals, Finding, Policy, Severity, Summary,
    catalogue::{RuleId, Scope, catalogue},
    check::Check,
    clock::Clock,
    outlet::Outlet,
    rules::{self, Settings, UnknownSeen},
    selection::Selection,
    tally::Tally,
    unreadable,
};

/// Checks usage records one after the other.
///
/// Findings leave through the sink in the order of the input, as soon as they are known; those about the
/// input as a whole leave at the end. Memory is bounded however many records there are.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use usage_model::{Place, UsageRecord};
/// use usage_validate::{Config, Validator};
///
/// let as_of: DateTime<Utc> = "2026-11-01T12:00:00Z".parse()?;
/// let record: UsageRecord = serde_json::from_str(r#"{
///     "account_sid": "ACabababababababababababababababab",
///     "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
///     "commands": {"total": 3, "to_sim": 2, "from_sim": 2, "home": {"total": 4, "to_sim": 2, "from_sim": 2}},
///     "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}
/// }"#)?;
///
/// let mut findings = Vec::new();
/// let mut validator = Validator::new(&Config::new(as_of));
/// validator.record(&Place::default(), &record, &mut |finding| findings.push(finding));
/// let summary = validator.finish(&mut |finding| findings.push(finding));
///
/// assert_eq!(summary.errors, 2);
/// let suspect = findings[0].suspect.as_ref().expect("one wrong counter");
/// assert_eq!(suspect.pointer, "/commands/total");
/// assert_eq!(suspect.suggested, "4");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    as_of: DateTime<Utc>,
    policy: Policy,
    settings: Settings,
    clock: Clock,
    source: Option<String>,
    outlet: Outlet,
    unknown: UnknownSeen,
    totals: ControlTotals,
}

impl Validator {
    /// A validator that has seen nothing yet.
    pub fn new(config: &Config) -> Self {
        Self {
            as_of: config.as_of,
            policy: config.policy,
            settings: Settings::new(config),
            clock: Clock::new(config),
            source: None,
            outlet: Outlet {
                selection: Selection::new(config),
                tally: Tally::default(),
                room: config.max_findings,
                listed: 0,
            },
            unknown: UnknownSeen::default(),
            totals: ControlTotals::default(),
        }
    }

    /// Names the input whose records follow.
    pub fn source(&mut self, name: &str) {
        self.source = Some(name.to_owned());
        self.outlet.tally.sources += 1;
    }

    /// Checks one record.
    ///
    /// `place` says where it was read; for a record from elsewhere, number it and leave the rest as is.
    pub fn record(&mut self, place: &Place, record: &UsageRecord, sink: &mut dyn FnMut(Finding)) {
        let source = self.source.as_deref();
        let mut check = Check::new(&self.clock, record, place, source, &mut self.outlet, sink);
        rules::check_record(
            &mut check,
            self.settings,
            &mut self.unknown,
            &mut self.totals,
        );
        check.finish();
    }

    /// Reports a record that could not be read (UR002).
    pub fn malformed_record(&mut self, record: &MalformedRecord, sink: &mut dyn FnMut(Finding)) {
        self.outlet.tally.malformed += 1;
        let make = || unreadable::record(record, self.source.as_deref());
        self.outlet
            .report(RuleId::MALFORMED_RECORD, Severity::Error, make, sink);
    }

    /// Reports an input that is no list of records, from some point on (UR001).
    pub fn malformed_document(
        &mut self,
        document: &MalformedDocument,
        sink: &mut dyn FnMut(Finding),
    ) {
        let make = || unreadable::document(document, self.source.as_deref());
        self.outlet
            .report(RuleId::MALFORMED_DOCUMENT, Severity::Error, make, sink);
    }

    /// Reports what concerns the input as a whole, and sums up.
    pub fn finish(mut self, sink: &mut dyn FnMut(Finding)) -> Summary {
        self.unknown.report(&mut self.outlet, sink);
        let Outlet {
            selection,
            mut tally,
            listed,
            ..
        } = self.outlet;
        let records = tally.decoded + tally.malformed;
        tally.evaluated(RuleId::MALFORMED_RECORD, records);
        let broken = tally.rule(RuleId::MALFORMED_DOCUMENT).failed;
        let inputs = tally.sources.max(broken).max(u64::from(records > 0));
        tally.evaluated(RuleId::MALFORMED_DOCUMENT, inputs);

        let selected = || catalogue().iter().filter(|rule| selection.is_on(rule.id));
        let capped = tally.findings() > listed;
        let not_evaluated: Vec<_> = selected()
            .filter(|rule| rule.scope != Scope::Run && tally.rule(rule.id).evaluated == 0)
            .map(|rule| rule.code)
            .collect();
        tally.run_rule(RuleId::FINDINGS_CAPPED, capped);
        tally.run_rule(RuleId::NOT_EVALUATED, !not_evaluated.is_empty());
        let rules: BTreeMap<_, _> = selected()
            .map(|rule| (rule.code, tally.rule(rule.id)))
            .collect();
        Summary {
            as_of: self.as_of.into(),
            policy: self.policy,
            records,
            malformed: tally.malformed,
            clean: tally.decoded - tally.with_findings,
            with_findings: tally.with_findings,
            errors: tally.findings_of(Severity::Error),
            warnings: tally.findings_of(Severity::Warning),
            infos: tally.findings_of(Severity::Info),
            listed,
            capped,
            rules,
            not_evaluated,
            totals: self.totals,
        }
    }
}
