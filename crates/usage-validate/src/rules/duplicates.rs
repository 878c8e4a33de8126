//! Whether there is one record for each account, SIM and period.

pub(crate) mod figures;
pub(crate) mod memory;

use figures::FiguresDigest;
use memory::Remembered;

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, kept::Source, reporter::Reporter, subject::Subject, text},
    rules::{
        catalogue::{
            example::{Example, THREE_DAYS, series},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
    },
};

pub(crate) static DUPLICATE_IDENTICAL: Rule = Rule {
    since: "0.1.0",
    code: "UR401",
    name: "duplicate-identical",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "An account, SIM and period must not occur in two records, even with the same counters.",
    formula: "records r ≠ s of one account and SIM: period(r) ≠ period(s)",
    origin: "A list of usage holds each period once. A page that was fetched twice or overlapping queries break this.",
    false_positives: "The last 16384 records of all accounts and SIMs are remembered, which is more than the hours of one SIM within \
                      retention: memory is bounded, whatever the input. A duplicate of an earlier one is reported as an overlap \
                      (UR403, an error), and counts in control totals once more. Records with redacted SIM SIDs look the same.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03",
        "2026-06-03".."2026-06-04",
    )),
    near_miss: Example::new(THREE_DAYS),
};

pub(crate) static DUPLICATE_CONFLICTING: Rule = Rule {
    since: "0.1.0",
    code: "UR402",
    name: "duplicate-conflicting",
    severity: Severity::Error,
    scope: Scope::Successor,
    sentence: "An account, SIM and period must not occur in two records with different counters.",
    formula: "period(r) = period(s) ⇒ all counters of r are those of s; null and absent read as 0, units converted",
    origin: "A list of usage holds each period once. Figures that grow between two pages break this.",
    false_positives: "Readings of different times that were combined on purpose. A conflict with a record that is no longer remembered (see UR401) is reported as an overlap (UR403).",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03" = 2,
        "2026-06-03".."2026-06-04",
    )),
    near_miss: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03",
        "2026-06-03".."2026-06-04" = 2,
    )),
};

/// Reports a record for the period of an earlier one (UR401, UR402), which is from `source`.
pub(crate) fn report(
    earlier: &Remembered,
    source: &Source,
    figures: &FiguresDigest,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let name = || match source {
        Some(source) => format!("record {} of {source}", earlier.record),
        None => format!("record {}", earlier.record),
    };
    if earlier.figures == *figures {
        reporter.report(&DUPLICATE_IDENTICAL, subject, || {
            Draft::new(
                PERIOD,
                format!(
                    "the period is duplicated with the same figures: it was already in {}",
                    name()
                ),
            )
            .help("it counts once; a page that was fetched twice is a common cause")
        });
    } else {
        reporter.report(&DUPLICATE_CONFLICTING, subject, || {
            let differing = earlier.figures.differing(figures);
            Draft::new(
                PERIOD,
                format!(
                    "the period is duplicated with different figures: it was already in {}, and {} differ; the later copy counts",
                    name(),
                    text::listed(differing.into_iter(), MOST_NAMES)
                ),
            )
            .help("keep the copy that was fetched later: figures grow until 48 hours after the period ends")
        });
    }
}

/// The most names that a message lists.
const MOST_NAMES: usize = 6;
