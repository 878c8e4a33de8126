//! What several forms say alike.

use std::fmt::Write;

use crate::{Finding, Summary, catalogue};

/// The message of a finding with its figures and its culprit, as one sentence without a full stop.
pub(super) fn sentence(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    // Writing to a string cannot fail.
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let _ = write!(text, " (expected {expected}, actual {actual})");
    }
    if let Some(suspect) = &finding.suspect {
        let _ = write!(
            text,
            "; {} should be {}",
            suspect.pointer, suspect.suggested
        );
    }
    text
}

/// How much of what was found, in one line.
pub(super) fn counts(summary: &Summary) -> String {
    format!(
        "{} in {}",
        severities(summary),
        number(summary.records, "record", "records")
    )
}

/// The findings by severity.
pub(super) fn severities(summary: &Summary) -> String {
    format!(
        "{}, {}, {}",
        number(summary.errors, "error", "errors"),
        number(summary.warnings, "warning", "warnings"),
        number(summary.infos, "info", "infos"),
    )
}

/// A number and its noun.
pub(super) fn number(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// Where the rule of a finding stands in the catalogue.
pub(super) fn rule_index(code: &str) -> Option<usize> {
    catalogue().iter().position(|rule| rule.code == code)
}

/// How many findings there are, listed or not.
pub(super) const fn findings(summary: &Summary) -> u64 {
    summary.errors + summary.warnings + summary.infos
}
