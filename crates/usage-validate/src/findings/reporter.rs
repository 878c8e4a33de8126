//! The one way out for findings: each is counted, and listed while there is room.

use super::{
    caps::Caps,
    draft::Draft,
    finding::{Finding, Operand, Suspect},
    fingerprint::Fingerprint,
    subject::{RecordRef, Subject},
    tally::Tally,
};
use crate::{
    config::settings::Selection,
    rules::catalogue::rule::{Graded, Rule},
};

/// Counts what is evaluated and found, and keeps findings until they are collected.
#[derive(Debug)]
pub(crate) struct Reporter {
    selection: Selection,
    pub(crate) tally: Tally,
    caps: Caps,
    findings: Vec<Finding>,
}

impl Reporter {
    /// A reporter that lists at most `most` findings.
    pub(crate) const fn new(selection: &Selection, most: usize) -> Self {
        Self {
            selection: *selection,
            tally: Tally::EMPTY,
            caps: Caps::new(most),
            findings: Vec::new(),
        }
    }

    /// A reporter of the same run that has seen nothing yet.
    pub(crate) const fn another(&self, most: usize) -> Self {
        Self::new(&self.selection, most)
    }

    pub(crate) fn is_on(&self, rule: &'static Rule) -> bool {
        self.selection.is_on(rule)
    }

    /// Counts one evaluation of a rule.
    #[inline]
    pub(crate) fn evaluated(&mut self, rule: &'static Rule) {
        self.tally.evaluated(rule, 1);
    }

    /// Counts evaluations of a rule.
    #[inline]
    pub(crate) fn evaluated_times(&mut self, rule: &'static Rule, times: u64) {
        self.tally.evaluated(rule, times);
    }

    /// Reports a finding, if its rule is on.
    ///
    /// Texts are only made for findings that are listed.
    #[cold]
    pub(crate) fn report(
        &mut self,
        rule: impl Into<Graded>,
        subject: Subject<'_>,
        draft: impl FnOnce() -> Draft,
    ) {
        let Graded { rule, severity } = rule.into();
        if let Subject::Record(record) = subject {
            self.count_record(rule, record);
        }
        let Some(severity) = self.selection.severity(rule, severity) else {
            self.tally.failed_unreported(rule);
            return;
        };
        self.tally.failed(rule, severity);
        if self.caps.take(severity) {
            let finding = finding(rule.as_severity(severity), subject, draft());
            self.findings.push(finding);
        }
    }

    /// Counts a record as one with findings, once, if the rule is on.
    pub(crate) fn count_record(&mut self, rule: &'static Rule, record: &RecordRef<'_>) {
        if self.is_on(rule) && !record.found.replace(true) {
            self.tally.with_findings += 1;
        }
    }

    /// Lists a finding that a part of the run has counted, while there is room.
    pub(crate) fn pass_on(&mut self, finding: Finding) {
        if self.caps.take(finding.severity) {
            self.findings.push(finding);
        }
    }

    /// The findings that were listed and not collected.
    pub(crate) const fn findings(&mut self) -> &mut Vec<Finding> {
        &mut self.findings
    }

    /// How many findings were listed, collected or not.
    pub(crate) fn listed(&self) -> u64 {
        u64::try_from(self.caps.listed()).unwrap_or(u64::MAX)
    }

    pub(crate) const fn selection(&self) -> &Selection {
        &self.selection
    }
}

fn finding(Graded { rule, severity }: Graded, subject: Subject<'_>, draft: Draft) -> Finding {
    let container = subject.container();
    let place = |within: &str| format!("{container}{within}");
    let (expected, actual, delta, operands) = match draft.figures {
        Some(figures) => (
            Some(figures.expected),
            Some(figures.actual),
            Some(figures.delta()),
            figures
                .operands
                .iter()
                .map(|(pointer, value)| Operand {
                    pointer: place(pointer),
                    value: *value,
                })
                .collect(),
        ),
        None => (None, None, None, Vec::new()),
    };
    let identity = draft.identity.as_ref().unwrap_or(&draft.pointer);
    let position = subject.position();
    Finding {
        code: rule.code,
        name: rule.name,
        severity,
        source: subject.source().map(str::to_owned),
        record: subject.record(),
        pointer: place(&draft.pointer),
        line: position.map(|position| position.line),
        offset: position.map(|position| position.offset),
        fingerprint: subject
            .identify(Fingerprint::new(rule.code))
            .part(identity)
            .finish(),
        message: draft.message,
        expected,
        actual,
        delta,
        operands,
        suspect: draft.suspect.map(|suspect| Suspect {
            pointer: place(&suspect.pointer()),
            suggested: suspect.suggested,
        }),
        policy: draft.policy,
        provisional: subject.provisional(),
        help: draft.help,
        key: subject.key(),
    }
}
