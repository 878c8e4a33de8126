//! The bounds of a record's period.

use chrono::{DateTime, Utc};
use usage_model::{Counts, Field, Granularity, Usage, UsageRecord, Window};

use super::{Settings, retention, settling};
use crate::{
    Severity, catalogue::RuleId, findings::draft::Draft, findings::text::instant,
    validator::check::Check,
};

const POINTER: &str = "/period";

/// Checks the period: its bounds (UR301), its place (UR302, UR303), retention and settling.
///
/// Says whether the record lies outside the queried window. Nothing else is decided of a reversed period:
/// it names no time.
pub(super) fn check(check: &mut Check<'_>, settings: Settings) -> bool {
    let Field::Value(period) = &check.record.period else {
        return false;
    };
    let mut is_outside = false;
    let bounds = period.bounds();
    if let Some((start, end)) = bounds {
        check.evaluated(RuleId::PERIOD_REVERSED);
        if start >= end {
            reversed(start, end, check);
        }
        if start > end {
            return false;
        }
        if let (Some(window), true) = (settings.window, start < end) {
            is_outside = outside(start, end, window, check);
        }
        if let (Some(granularity), true) = (settings.granularity, start < end) {
            alignment(start, end, granularity, settings.window, check);
        }
    }
    if let Some(start) = period.start.value() {
        future(start.instant(), check);
    }
    if let Some((start, end)) = bounds {
        retention::check(start, end, check);
        settling::check(end, check);
    }
    is_outside
}

/// Whether a period lies outside the window (UR501), which the API may have widened to whole UTC days.
fn outside(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    window: Window,
    check: &mut Check<'_>,
) -> bool {
    check.evaluated(RuleId::OUTSIDE_WINDOW);
    let is_outside = !meets_widened(start, end, window);
    if is_outside {
        check.report(RuleId::OUTSIDE_WINDOW, || {
            Draft::new(
                POINTER,
                format!(
                    "the period {} to {} does not meet the requested window {window}",
                    instant(start),
                    instant(end)
                ),
            )
            .help("see that the window is the one that was asked for; the record was left out of the rules on lists")
        });
    }
    is_outside
}

/// Whether a period meets a window that is widened to whole UTC days.
pub(crate) fn meets_widened(start: DateTime<Utc>, end: DateTime<Utc>, window: Window) -> bool {
    const DAY: i64 = 86_400;
    let first = window.start().timestamp().div_euclid(DAY) * DAY;
    // The last instant of the window belongs to its last day.
    let last = window
        .end()
        .checked_sub_signed(chrono::TimeDelta::nanoseconds(1))
        .unwrap_or(window.end());
    let after = (last.timestamp().div_euclid(DAY) + 1) * DAY;
    start.timestamp() < after && (end.timestamp(), end.timestamp_subsec_nanos()) > (first, 0)
}

fn reversed(start: DateTime<Utc>, end: DateTime<Utc>, check: &mut Check<'_>) {
    if start > end {
        check.report(RuleId::PERIOD_REVERSED, || {
            let message = format!(
                "the period ends at {}, before it starts at {}",
                instant(end),
                instant(start)
            );
            Draft::new(POINTER, message)
                .help("the other rules on periods were not evaluated for this record")
        });
    } else {
        check.report_as(RuleId::PERIOD_REVERSED, Severity::Warning, || {
            Draft::new(
                POINTER,
                format!(
                    "the period is empty: it starts and ends at {}",
                    instant(start)
                ),
            )
        });
    }
}

fn alignment(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    granularity: Granularity,
    window: Option<Window>,
    check: &mut Check<'_>,
) {
    let Some(bucket) = granularity.bucket() else {
        return;
    };
    check.evaluated(RuleId::PERIOD_ALIGNMENT);
    if is_bucket(start, end, bucket.num_seconds(), window) {
        return;
    }
    check.report(RuleId::PERIOD_ALIGNMENT, || {
        let noun = match granularity {
            Granularity::Hourly => "hour",
            Granularity::Daily | Granularity::All => "day",
        };
        Draft::new(
            POINTER,
            format!(
                "the period {} to {} is not one UTC {noun}",
                instant(start),
                instant(end)
            ),
        )
        .help(format!(
            "the query asked for {granularity} records; a bound may differ where it is a bound of the queried window"
        ))
    });
}

/// Whether a period is one bucket of so many seconds, or what a window left of one.
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

fn future(start: DateTime<Utc>, check: &mut Check<'_>) {
    check.evaluated(RuleId::FUTURE_PERIOD);
    if start < check.clock.future || is_zero(check.record) {
        return;
    }
    let as_of = check.clock.as_of;
    check.report(RuleId::FUTURE_PERIOD, || {
        let message = format!(
            "the record has usage, but its period starts at {}, after it was fetched at {}",
            instant(start),
            instant(as_of)
        );
        Draft::new(POINTER, message)
            .help("check the time given as as-of, and the clock of the machine that fetched")
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
    fn windows_are_widened_to_whole_days() {
        let window = Window::new(at("2026-06-01T06:00:00Z"), at("2026-06-03T18:30:00Z")).unwrap();
        let meets = |start, end| meets_widened(at(start), at(end), window);
        assert!(meets("2026-05-01T00:00:00Z", "2026-06-01T00:00:00.001Z"));
        assert!(!meets("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"));
        assert!(meets("2026-06-03T23:59:59.999Z", "2026-06-04T00:00:00Z"));
        assert!(!meets("2026-06-04T00:00:00Z", "2026-06-05T00:00:00Z"));
        let window = Window::new(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")).unwrap();
        let meets = |start, end| meets_widened(at(start), at(end), window);
        assert!(meets("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"));
        assert!(!meets("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z"));
        assert!(!meets("2026-05-31T00:00:00Z", "2026-06-01T00:00:00Z"));
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
