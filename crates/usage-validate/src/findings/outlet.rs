//! Where findings are made and leave: each is counted, and listed while there is room.

use usage_model::Container;

use crate::{
    Finding, Key, Operand, Severity, Suspect, catalogue::RuleId, config::selection::Selection,
    findings::draft::Draft, findings::fingerprint::Fingerprint, findings::tally::Tally,
};

/// Counts findings, and lists them while there is room.
#[derive(Debug)]
pub(crate) struct Outlet {
    pub(crate) selection: Selection,
    pub(crate) tally: Tally,
    /// Which findings may still be listed.
    pub(crate) room: Room,
    pub(crate) listed: u64,
}

/// How many more findings may be listed.
///
/// Findings are listed as they come, so a thousand notices could take the place of the error after them. The
/// last half of the room is therefore kept for warnings and errors, and the last quarter for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    most: usize,
    left: usize,
}

impl Room {
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, left: most }
    }

    /// Takes the place of one finding, if there is one for its severity.
    fn take(&mut self, severity: Severity) -> bool {
        let kept = match severity {
            // One place alone is for whatever comes first.
            _ if self.most < 2 => 0,
            Severity::Info => self.most.div_ceil(2),
            Severity::Warning => self.most.div_ceil(4),
            Severity::Error => 0,
        };
        let has_room = self.left > kept;
        self.left -= usize::from(has_room);
        has_room
    }
}

/// What a finding is about, apart from the rule and what it says.
#[derive(Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) source: Option<&'a str>,
    pub(crate) record: Option<u64>,
    pub(crate) line: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) container: Container,
    pub(crate) key: Option<Key>,
    pub(crate) provisional: bool,
    /// A fingerprint of what the finding is about, the code already in it.
    pub(crate) fingerprint: Fingerprint,
}

impl Outlet {
    /// Counts a finding and hands it over, if its rule is on and there is room. Says whether it counted.
    ///
    /// Texts are only made for findings that are handed over.
    pub(crate) fn report<'a>(
        &mut self,
        rule: RuleId,
        severity: Severity,
        make: impl FnOnce() -> (Origin<'a>, Draft),
        sink: &mut dyn FnMut(Finding),
    ) -> bool {
        if !self.selection.is_on(rule) {
            return false;
        }
        let severity = self.selection.graded(rule, severity);
        self.tally.failed(rule, severity);
        if self.room.take(severity) {
            self.listed += 1;
            let (origin, draft) = make();
            sink(finding(rule, severity, origin, draft));
        }
        true
    }

    /// Hands over a finding that a part of the run has made and counted, while there is room.
    pub(crate) fn pass_on(&mut self, finding: Finding, sink: &mut dyn FnMut(Finding)) {
        if self.room.take(finding.severity) {
            self.listed += 1;
            sink(finding);
        }
    }
}

impl Origin<'_> {
    /// What is about no record in particular.
    pub(crate) fn run(rule: RuleId) -> Self {
        Self {
            source: None,
            record: None,
            line: None,
            offset: None,
            container: Container::Document,
            key: None,
            provisional: false,
            fingerprint: Fingerprint::new(rule.rule().code),
        }
    }
}

fn finding(rule: RuleId, severity: Severity, origin: Origin<'_>, draft: Draft) -> Finding {
    let place = |within: &str| format!("{}{within}", origin.container);
    let rule = rule.rule();
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
    Finding {
        code: rule.code,
        name: rule.name,
        severity,
        source: origin.source.map(str::to_owned),
        record: origin.record,
        pointer: place(&draft.pointer),
        line: origin.line,
        offset: origin.offset,
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
        provisional: origin.provisional,
        help: draft.help,
        fingerprint: origin.fingerprint.part(identity).finish(),
        key: origin.key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `count` findings are listed, where `most` may be.
    fn listed(most: usize, findings: &[(Severity, usize)]) -> Vec<usize> {
        let mut room = Room::new(most);
        findings
            .iter()
            .map(|(severity, count)| (0..*count).filter(|_| room.take(*severity)).count())
            .collect()
    }

    #[test]
    fn notices_leave_room_for_warnings_and_these_for_errors() {
        use Severity::{Error, Info, Warning};
        let flood = [(Info, 100), (Warning, 100), (Error, 100)];
        assert_eq!(listed(20, &flood), [10, 5, 5]);
        assert_eq!(listed(3, &flood), [1, 1, 1]);
        assert_eq!(listed(2, &flood), [1, 0, 1]);
        assert_eq!(listed(1, &flood), [1, 0, 0]);
        assert_eq!(listed(0, &flood), [0, 0, 0]);
        assert_eq!(listed(20, &[(Error, 100), (Info, 1)]), [20, 0]);
        assert_eq!(listed(20, &[(Info, 100), (Error, 12)]), [10, 10]);
        assert_eq!(listed(20, &[(Warning, 100), (Info, 1)]), [15, 0]);
        assert_eq!(listed(usize::MAX, &flood), [100, 100, 100]);
    }
}
