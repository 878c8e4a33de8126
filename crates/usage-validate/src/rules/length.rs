//! How long the periods of an account and SIM are.

use chrono::TimeDelta;
use usage_model::Granularity;

use crate::{
    config::{settings::Settings, severity::Severity},
    findings::{
        draft::Draft,
        reporter::Reporter,
        subject::Subject,
        text::{duration, instant},
    },
    rules::{
        catalogue::{
            example::{Example, THREE_DAYS, series},
            rule::{Rule, Scope},
        },
        coverage::{PERIOD, intervals::Interval},
    },
};

pub(crate) static MIXED_GRANULARITY: Rule = Rule {
    since: "0.1.0",
    code: "UR407",
    name: "mixed-granularity",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "All periods of one account and SIM must have the same length.",
    formula: "end(r) − start(r) = end(s) − start(s) for records of one account and SIM; shorter periods at an edge of the requested window and lists of granularity all are exempt",
    origin: "A query has one granularity.",
    false_positives: "Months, whose lengths differ: check records of granularity all with that granularity.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-04",
    )),
    near_miss: Example::new(THREE_DAYS),
};

/// How long the periods of a series are, as far as was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Length {
    /// The length of the first record.
    usual: Option<TimeDelta>,
    /// Whether an edge of the window may have clipped that record.
    may_grow: bool,
    /// The other length that was reported last.
    reported: Option<TimeDelta>,
}

impl Length {
    /// How long a record is: what was asked for, or what the series has; `None` where neither is known.
    pub(crate) fn bucket(&self, settings: &Settings) -> Option<TimeDelta> {
        settings
            .granularity
            .and_then(Granularity::bucket)
            .or(self.usual)
    }

    /// Whether a record is as long as the first one, where lengths are compared.
    pub(crate) fn is_usual(&self, time: Interval, settings: &Settings) -> bool {
        settings.granularity != Some(Granularity::All) && self.usual == Some(time.length())
    }

    /// Checks that a record is as long as the others (UR407), where the length is not the one reported last.
    pub(crate) fn check(
        &mut self,
        time: Interval,
        settings: &Settings,
        subject: Subject<'_>,
        reporter: &mut Reporter,
    ) {
        if settings.granularity == Some(Granularity::All) {
            return;
        }
        let length = time.length();
        let may_be_clipped = settings
            .window
            .is_some_and(|window| window.start() == time.start || window.end() == time.end);
        let Some(usual) = self.usual else {
            self.usual = Some(length);
            self.may_grow = may_be_clipped;
            return;
        };
        reporter.evaluated(&MIXED_GRANULARITY);
        if self.may_grow && length > usual {
            self.usual = Some(length);
            self.may_grow = false;
            return;
        }
        let is_clipped = may_be_clipped && length < usual;
        if length == usual || is_clipped || self.reported == Some(length) {
            return;
        }
        self.reported = Some(length);
        reporter.report(&MIXED_GRANULARITY, subject, || {
            Draft::new(
                PERIOD,
                format!(
                    "the period {} to {} is {} long, the periods before it {}",
                    instant(time.start),
                    instant(time.end),
                    duration(length),
                    duration(usual)
                ),
            )
            .help("check records of different granularities as separate lists; further records of this length are not reported")
        });
    }
}
