//! How many findings are listed.

use crate::config::severity::Severity;

/// How many more findings may be listed.
///
/// Findings are listed as they come, so a thousand notices could take the place of the error after them. The
/// last half of the room is therefore kept for warnings and errors, and the last quarter for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caps {
    most: usize,
    left: usize,
}

impl Caps {
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, left: most }
    }

    /// Takes the place of one finding, if there is one for its severity.
    pub(crate) fn take(&mut self, severity: Severity) -> bool {
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

    /// How many findings were listed.
    pub(crate) const fn listed(&self) -> usize {
        self.most - self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `count` findings are listed, where `most` may be.
    fn listed(most: usize, findings: &[(Severity, usize)]) -> Vec<usize> {
        let mut caps = Caps::new(most);
        let listed: Vec<_> = findings
            .iter()
            .map(|(severity, count)| (0..*count).filter(|_| caps.take(*severity)).count())
            .collect();
        assert_eq!(caps.listed(), listed.iter().sum::<usize>());
        listed
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
