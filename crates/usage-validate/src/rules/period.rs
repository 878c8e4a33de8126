//! The bounds of a record's period.

use chrono::{DateTime, Utc};
use usage_model::{Counts, Field, Granularity, Usage, UsageRecord, Window};

use crate::{
    config::{clock::Clock, settings::Settings, severity::Severity},
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text::instant},
    rules::{
        catalogue::{
            example::{Example, record},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
        retention, settling, window,
    },
};

pub(crate) static PERIOD_REVERSED: Rule = Rule {
    code: "UR301",
    name: "period-reversed",
    severity: Severity::Error,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period must end after it starts; an empty period is a warning.",
    formula: "start < end; start = end is a warning",
    origin: "The meaning of a period; KORE's published example has an empty one.",
    false_positives: "An empty period in a sample.",
    example: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z")),
    near_miss: Example::new(
        record!(start: "2026-06-02T00:00:00Z", end: "2026-06-02T01:00:00+00:30"),
    ),
};

pub(crate) static PERIOD_ALIGNMENT: Rule = Rule {
    code: "UR302",
    name: "period-alignment",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "If the granularity is hourly or daily, each period must be exactly one UTC hour or day.",
    formula: "start ≡ 0 mod length, end = start + length, in UTC, where length is one hour or one day; the edges of the requested window are exempt",
    origin: "KORE's OpenAPI description: usage is grouped by hour or by day, in GMT.",
    false_positives: "A server that clips the newest hour or day to the present.",
    example: Example::new(record!(start: "2026-06-01T01:00:00Z", end: "2026-06-02T01:00:00Z"))
        .granularity(Granularity::Daily),
    near_miss: Example::new(record!(start: "2026-06-01T00:00:00Z", end: "2026-06-02T00:00:00Z"))
        .granularity(Granularity::Daily),
};

pub(crate) static FUTURE_PERIOD: Rule = Rule {
    code: "UR303",
    name: "future-period",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record with usage must not start after the time of the fetch.",
    formula: "start < as-of + 5 min, unless all counters are 0",
    origin: "The meaning of usage. The API widens windows to whole UTC days, so an end in the future is normal.",
    false_positives: "A clock more than five minutes behind the server's, or an as-of that is not the time of the fetch.",
    example: Example::new(record!(
        start: "2026-11-02T00:00:00Z",
        end: "2026-11-03T00:00:00Z",
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
    near_miss: Example::new(record!(
        start: "2026-11-01T00:00:00Z",
        end: "2026-11-02T00:00:00Z",
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
};

/// Checks the period: its bounds (UR301), its place (UR302, UR303), retention and settling.
///
/// Says whether the record lies outside the queried window. Nothing else is decided of a reversed period:
/// it names no time.
pub(crate) fn check(
    record: &UsageRecord,
    settings: &Settings,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) -> bool {
    let Field::Value(period) = &record.period else {
        return false;
    };
    let mut is_outside = false;
    let bounds = period.bounds();
    if let Some((start, end)) = bounds {
        reporter.evaluated(&PERIOD_REVERSED);
        if start >= end {
            reversed(start, end, subject, reporter);
        }
        if start > end {
            return false;
        }
        if let (Some(window), true) = (settings.window, start < end) {
            is_outside = window::outside(start, end, window, subject, reporter);
        }
        if let (Some(granularity), true) = (settings.granularity, start < end) {
            alignment(
                (start, end),
                granularity,
                settings.window,
                subject,
                reporter,
            );
        }
    }
    if let Some(start) = period.start.value() {
        future(start.instant(), record, &settings.clock, subject, reporter);
    }
    if let Some(end) = period.end.value() {
        let start = period.start.value().map(|start| start.instant());
        retention::check(start, end.instant(), &settings.clock, subject, reporter);
        settling::check(end.instant(), &settings.clock, subject, reporter);
    }
    is_outside
}

fn reversed(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    if start > end {
        reporter.report(&PERIOD_REVERSED, subject, || {
            let message = format!(
                "the period ends at {}, before it starts at {}",
                instant(end),
                instant(start)
            );
            Draft::new(PERIOD, message)
                .help("the other rules on periods were not evaluated for this record")
        });
    } else {
        reporter.report(
            PERIOD_REVERSED.as_severity(Severity::Warning),
            subject,
            || {
                Draft::new(
                    PERIOD,
                    format!(
                        "the period is empty: it starts and ends at {}",
                        instant(start)
                    ),
                )
            },
        );
    }
}

fn alignment(
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    granularity: Granularity,
    window: Option<Window>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let Some(bucket) = granularity.bucket() else {
        return;
    };
    reporter.evaluated(&PERIOD_ALIGNMENT);
    if is_bucket(start, end, bucket.num_seconds(), window) {
        return;
    }
    reporter.report(&PERIOD_ALIGNMENT, subject, || {
        let noun = match granularity {
            Granularity::Hourly => "hour",
            Granularity::Daily | Granularity::All => "day",
        };
        Draft::new(
            PERIOD,
            format!(
                "the period {} to {} is not one UTC {noun}",
                instant(start),
                instant(end)
            ),
        )
        .help(format!(
            "the query asked for {granularity} records; only a period at an edge of the requested window may differ"
        ))
    });
}

/// Returns whether a period is one bucket of `bucket` seconds, or the part of one that lies within the window.
fn is_bucket(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    bucket: i64,
    window: Option<Window>,
) -> bool {
    let first = start.timestamp().div_euclid(bucket) * bucket;
    let is = |instant: DateTime<Utc>, seconds: i64| {
        instant.timestamp() == seconds && instant.timestamp_subsec_nanos() == 0
    };
    let within = end.timestamp() < first + bucket;
    let starts = is(start, first) || window.is_some_and(|window| window.start() == start);
    let ends =
        is(end, first + bucket) || (within && window.is_some_and(|window| window.end() == end));
    starts && ends
}

fn future(
    start: DateTime<Utc>,
    record: &UsageRecord,
    clock: &Clock,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.evaluated(&FUTURE_PERIOD);
    if start < clock.future || is_zero(record) {
        return;
    }
    let as_of = clock.as_of;
    reporter.report(&FUTURE_PERIOD, subject, || {
        let message = format!(
            "the record has usage, but its period starts at {}, after the fetch at {}",
            instant(start),
            instant(as_of)
        );
        Draft::new(PERIOD, message)
            .help("check the as-of time, and the clock of the machine that fetched the data")
    });
}

fn is_zero(record: &UsageRecord) -> bool {
    fn zero<C: Counts>(tree: &Field<Usage<C>>) -> bool {
        tree.value().is_none_or(|tree| {
            tree.nodes()
                .flat_map(|(_, node)| node.counts.counters())
                .all(|counter| counter.or_zero().get() == 0)
        })
    }
    zero(&record.commands) && zero(&record.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_is_one_utc_hour_or_day() {
        let day = |start, end| is_bucket(at(start), at(end), 86_400, None);
        assert!(day("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(day("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"));
        assert!(!day("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"));
        assert!(!day("2026-06-01T00:00:00Z", "2026-06-01T23:59:59Z"));
        assert!(!day("2026-06-01T00:00:00.001Z", "2026-06-02T00:00:00Z"));
        assert!(!day("2026-06-01T00:00:00Z", "2026-06-02T00:00:00.001Z"));
        assert!(!day("2026-06-01T01:00:00Z", "2026-06-02T01:00:00Z"));
        let hour = |start, end| is_bucket(at(start), at(end), 3_600, None);
        assert!(hour("2026-06-01T23:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(!hour("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"));
    }

    #[test]
    fn the_edges_of_the_window_are_exempt() {
        let window = Window::new(at("2026-06-01T06:00:00Z"), at("2026-06-03T18:30:00Z")).ok();
        let day = |start, end| is_bucket(at(start), at(end), 86_400, window);
        assert!(day("2026-06-01T06:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(day("2026-06-03T00:00:00Z", "2026-06-03T18:30:00Z"));
        assert!(day("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(!day("2026-06-01T05:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(!day("2026-06-01T06:00:00Z", "2026-06-03T18:30:00Z"));
        // An edge that lies beyond the bucket clips nothing of it.
        let edge = at("2026-06-03T00:00:00.001Z");
        let window = Window::new(at("2026-06-01T06:00:00Z"), edge).ok();
        assert!(!is_bucket(at("2026-06-02T00:00:00Z"), edge, 86_400, window));
    }
}
