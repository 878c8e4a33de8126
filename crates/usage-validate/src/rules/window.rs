//! Whether a list is what was asked for: records of the window, and all of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use usage_model::{Granularity, REFLECTED_AFTER, Window, retention_cutoff};

use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        reporter::Reporter,
        subject::{ListRef, Subject},
        text::{instant, periods},
        wire,
    },
    rules::{
        catalogue::{
            example::{Example, THREE_DAYS, series},
            rule::{Rule, Scope},
        },
        coverage::{PERIOD, intervals::Interval, missing, whole},
    },
};

pub(crate) static OUTSIDE_WINDOW: Rule = Rule {
    since: "0.1.0",
    code: "UR501",
    name: "outside-window",
    severity: Severity::Warning,
    scope: Scope::Period,
    sentence: "If the requested window is known, every period must overlap it; the window may be widened to whole UTC days.",
    formula: "start < end of the last day of the window, end > start of its first day, in UTC",
    origin: "KORE's page; real responses have periods widened to whole UTC days.",
    false_positives: "A window other than the one that was requested. Records outside it are left out of the rules on lists, \
                      even if this rule is off.",
    example: Example::new(THREE_DAYS).window("2026-06-01T12:00:00Z", "2026-06-03T00:00:00Z"),
    near_miss: Example::new(THREE_DAYS).window("2026-06-01T12:00:00Z", "2026-06-03T00:00:01Z"),
};

pub(crate) static WINDOW_UNCOVERED: Rule = Rule {
    since: "0.1.0",
    code: "UR502",
    name: "window-uncovered",
    severity: Severity::Warning,
    scope: Scope::Window,
    sentence: "If the requested window is known, records must cover it from start to end, except for its last 24 hours.",
    formula: "min start ≤ max(window start, cutoff of retention), max end ≥ min(window end, as-of) − 24 h",
    origin: "The meaning of a query. KORE's page: usage may not be reflected for up to 24 hours.",
    false_positives: "Accounts or SIMs that are newer than the window, and servers that leave out times without usage.",
    example: Example::new(THREE_DAYS)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z"),
    near_miss: Example::new(THREE_DAYS)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z"),
};

pub(crate) static WINDOW_PAST_RETENTION: Rule = Rule {
    since: "0.1.0",
    code: "UR503",
    name: "window-past-retention",
    severity: Severity::Warning,
    scope: Scope::Window,
    sentence: "The requested window must start within the 18 months for which usage is kept.",
    formula: "window start ≥ cutoff; cutoff = UTC date of as-of − 18 calendar months, at 00:00Z",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "None: records from before that time may be incomplete.",
    example: Example::new(series!("2025-05-01".."2025-05-02"))
        .window("2025-04-30T23:59:59Z", "2025-05-02T00:00:00Z"),
    near_miss: Example::new(series!("2025-05-01".."2025-05-02"))
        .window("2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z"),
};

/// Whether a period lies outside the window (UR501), which the API may have widened to whole UTC days.
pub(crate) fn outside(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    window: Window,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) -> bool {
    reporter.evaluated(&OUTSIDE_WINDOW);
    let is_outside = !window.widened_to_days().meets(start, end);
    if is_outside {
        reporter.report(&OUTSIDE_WINDOW, subject, || {
            Draft::new(
                PERIOD,
                format!(
                    "the period {} to {} lies outside the requested window {window}",
                    instant(start),
                    instant(end)
                ),
            )
            .help("check that this is the window that was requested; the record was left out of the rules on lists")
        });
    }
    is_outside
}

/// The queried window, and what a list has of it, as far as was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CarriedWindow"))]
pub(crate) struct WindowSeen {
    /// The queried window.
    #[cfg_attr(feature = "schema", schemars(with = "Interval"))]
    window: Window,
    /// When the records were fetched, in UTC.
    #[serde(with = "wire::instant")]
    #[cfg_attr(feature = "schema", schemars(with = "usage_model::Timestamp"))]
    as_of: DateTime<Utc>,
    /// From the first start to the last end of all records; null where there is none.
    pub(crate) hull: Option<Interval>,
    /// How long a record is in nanoseconds, the shortest of what series have; null where that is not known.
    #[serde(with = "wire::optional_length")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::DecimalText>"))]
    pub(crate) bucket: Option<TimeDelta>,
    /// Records that name no time, or could not be read.
    pub(crate) unplaced: u64,
}

/// What is wrong with the window, or with what a list has of it.
pub(crate) enum WindowFlaw {
    PastRetention,
    /// The start or the end is not covered.
    Uncovered {
        edge: &'static str,
        time: Interval,
    },
}

impl WindowFlaw {
    pub(crate) const fn rule(&self) -> &'static Rule {
        match self {
            Self::PastRetention => &WINDOW_PAST_RETENTION,
            Self::Uncovered { .. } => &WINDOW_UNCOVERED,
        }
    }
}

impl WindowSeen {
    pub(crate) const fn new(window: Window, as_of: DateTime<Utc>) -> Self {
        Self {
            window,
            as_of,
            hull: None,
            bucket: None,
            unplaced: 0,
        }
    }

    /// Adds what another list has of the same window.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.hull = match (self.hull, other.hull) {
            (Some(one), Some(other)) => Some(one.hull(other)),
            (one, other) => one.or(other),
        };
        self.as_of = self.as_of.max(other.as_of);
        self.note_bucket(other.bucket);
        self.unplaced = self.unplaced.saturating_add(other.unplaced);
    }

    /// Takes note of how long the records of a series are.
    pub(crate) fn note_bucket(&mut self, bucket: Option<TimeDelta>) {
        self.bucket = match (self.bucket, bucket) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Returns the part of the window that records have to cover: from the start of retention to the newest usage that
    /// is promised to be there.
    fn due(&self) -> Option<Interval> {
        let start = self.window.start().max(retention_cutoff(self.as_of));
        let end = self.window.end().min(self.as_of);
        let end = end.checked_sub_signed(REFLECTED_AFTER).unwrap_or(end);
        (start < end).then_some(Interval::new(start, end))
    }

    /// The rules that have something to decide on, once each.
    pub(crate) fn evaluated(&self) -> impl Iterator<Item = &'static Rule> {
        let uncovered = self.due().map(|_| &WINDOW_UNCOVERED);
        uncovered.into_iter().chain([&WINDOW_PAST_RETENTION])
    }

    /// What is wrong with the window itself (UR503), and where it is not covered (UR502), in the order of the codes.
    pub(crate) fn flaws(&self) -> Vec<WindowFlaw> {
        let mut flaws = Vec::new();
        if let Some(due) = self.due() {
            let mut unplaced = self.unplaced;
            let hull = self.hull.unwrap_or(Interval::new(due.end, due.end));
            for (edge, time) in [
                ("start", Interval::new(due.start, hull.start)),
                ("end", Interval::new(hull.end, due.end)),
            ] {
                if time.start >= time.end {
                    continue;
                }
                // Each record without a place in time stands for one period, and for one edge.
                let length = time.length();
                let wanted = self.bucket.map_or(1, |bucket| missing(length, bucket));
                match unplaced.checked_sub(wanted) {
                    Some(left) => unplaced = left,
                    None => flaws.push(WindowFlaw::Uncovered { edge, time }),
                }
            }
        }
        if self.window.start() < retention_cutoff(self.as_of) {
            flaws.push(WindowFlaw::PastRetention);
        }
        flaws
    }

    /// Reports what is wrong.
    pub(crate) fn report(&self, reporter: &mut Reporter) {
        for flaw in self.flaws() {
            reporter.report(
                flaw.rule(),
                Subject::List(ListRef::default()),
                || match flaw {
                    WindowFlaw::PastRetention => past_retention(self.window, self.as_of),
                    WindowFlaw::Uncovered { edge, time } => {
                        uncovered(self.window, time, self.bucket, edge)
                    }
                },
            );
        }
    }
}

fn past_retention(window: Window, as_of: DateTime<Utc>) -> Draft {
    Draft::new(
        "",
        format!(
            "the requested window starts at {}, but usage is kept only from {} on",
            instant(window.start()),
            instant(retention_cutoff(as_of))
        ),
    )
    .help("the API leaves out older usage without an error")
}

fn uncovered(window: Window, time: Interval, bucket: Option<TimeDelta>, edge: &str) -> Draft {
    let whole = |length| (whole(time.length(), length), length);
    let missing = match bucket.map(whole) {
        None => String::new(),
        Some((0, length)) => format!(", less than {}", periods(1, length)),
        Some((count, length)) => format!(", {}", periods(count, length)),
    };
    Draft {
        identity: Some(edge.to_owned()),
        ..Draft::new(
            "",
            format!(
                "the {edge} of the requested window {window} is not covered: there is no record from {} to {}{missing}",
                instant(time.start),
                instant(time.end)
            ),
        )
    }
    .help("fetch that time again, and check that all pages are present")
}
