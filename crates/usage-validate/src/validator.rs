//! The validator: records in, findings out.

pub(crate) mod check;
pub(crate) mod core;
pub(crate) mod part;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usage_model::{MalformedDocument, MalformedRecord, PageMeta, Place, UsageRecord, Window};

use crate::{
    Config, Finding, Part, Policy, Severity, Summary,
    catalogue::{RuleId, Scope, catalogue},
    findings::outlet::Outlet,
    findings::unreadable,
    stream::{Digest, Stream},
    validator::core::Core,
    validator::part::Event,
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
    max_findings: usize,
    core: Core,
    stream: Stream,
}

impl Validator {
    /// A validator that has seen nothing yet.
    pub fn new(config: &Config) -> Self {
        Self {
            as_of: config.as_of,
            policy: config.policy,
            max_findings: config.max_findings,
            core: Core::new(config),
            stream: Stream::new(config),
        }
    }

    /// Names the input whose records follow. All inputs together are one list.
    pub fn source(&mut self, name: &str) {
        self.core.source(name);
    }

    /// Checks one record.
    ///
    /// `place` says where it was read; for a record from elsewhere, number it and leave the rest as is.
    pub fn record(&mut self, place: &Place, record: &UsageRecord, sink: &mut dyn FnMut(Finding)) {
        let digest = self.core.record(place, record, sink);
        self.step(digest.as_ref(), sink);
    }

    /// Reports a record that could not be read (UR002).
    pub fn malformed_record(&mut self, record: &MalformedRecord, sink: &mut dyn FnMut(Finding)) {
        let digest = self.core.malformed_record(record, sink);
        self.step(digest.as_ref(), sink);
    }

    fn step(&mut self, digest: Option<&Digest>, sink: &mut dyn FnMut(Finding)) {
        if let Some(digest) = digest {
            let Core { source, outlet, .. } = &mut self.core;
            self.stream.step(digest, source, outlet, sink);
        }
    }

    /// Takes the envelope of the page whose records went before, to see whether all pages are there (UR504).
    pub fn page(&mut self, meta: &PageMeta, sink: &mut dyn FnMut(Finding)) {
        let Core { source, outlet, .. } = &mut self.core;
        self.stream.page(meta, source, outlet, sink);
    }

    /// Reports that the records of a window could not be fetched, or not all of them, and why (UR504): a list
    /// with a part missing has not passed. The next page may be the first of another list.
    pub fn missing(&mut self, window: Window, why: &str, sink: &mut dyn FnMut(Finding)) {
        let Core { source, outlet, .. } = &mut self.core;
        self.stream.missing(window, why, source, outlet, sink);
    }

    /// Starts a part: a piece of the present input that is checked by itself, for instance on another thread.
    pub fn part(&self) -> Part {
        Part::new(self.core.part(self.max_findings))
    }

    /// Joins a part: the records after all that were seen so far.
    ///
    /// Parts are joined in the order of the input. Records of the part are numbered from `first` on.
    ///
    /// ```
    /// use usage_model::{Place, UsageRecord};
    /// use usage_validate::{Config, Validator};
    ///
    /// let record: UsageRecord = serde_json::from_str(r#"{"data": {"total": 3}}"#)?;
    /// let mut validator = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH));
    /// let mut part = validator.part();
    /// part.record(&Place::default(), &record);
    /// validator.join(part, 17, &mut |finding| assert_eq!(finding.record, Some(17)));
    /// assert_eq!(validator.finish(&mut |_| {}).records, 1);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn join(&mut self, part: Part, first: u64, sink: &mut dyn FnMut(Finding)) {
        let Part {
            core,
            events,
            findings,
        } = part;
        let Core { source, outlet, .. } = &mut self.core;
        outlet.tally.add(&core.outlet.tally);
        let mut findings = findings.into_iter();
        let mut passed = 0;
        for event in events {
            match event {
                Event::Page(meta) => self.stream.page(&meta, source, outlet, sink),
                Event::Record(mut digest, upto) => {
                    for mut finding in findings.by_ref().take(upto - passed) {
                        finding.record = finding.record.map(|record| record + first);
                        outlet.pass_on(finding, sink);
                    }
                    passed = upto;
                    if let Some(digest) = &mut digest {
                        digest.spot.place.record += first;
                        self.stream.step(digest, source, outlet, sink);
                    }
                }
            }
        }
        self.core.unknown.join(core.unknown, first);
        self.core.totals.join(&core.totals);
    }

    /// Reports an input that is no list of records, from some point on (UR001).
    pub fn malformed_document(
        &mut self,
        document: &MalformedDocument,
        sink: &mut dyn FnMut(Finding),
    ) {
        let Core { source, outlet, .. } = &mut self.core;
        let make = || unreadable::document(document, source.as_deref());
        outlet.report(RuleId::MALFORMED_DOCUMENT, Severity::Error, make, sink);
    }

    /// Reports what concerns the input as a whole, and sums up.
    pub fn finish(self, sink: &mut dyn FnMut(Finding)) -> Summary {
        let Core {
            mut outlet,
            unknown,
            totals,
            sources,
            ..
        } = self.core;
        unknown.report(&mut outlet, sink);
        self.stream.finish(&mut outlet, sink);
        let Outlet {
            selection,
            mut tally,
            listed,
            ..
        } = outlet;
        let records = tally.decoded + tally.malformed;
        tally.evaluated(RuleId::MALFORMED_RECORD, records);
        let broken = tally.rule(RuleId::MALFORMED_DOCUMENT).failed;
        let inputs = sources.max(broken).max(u64::from(records > 0));
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
            totals,
        }
    }
}
