//! The pieces of a window are the window, whatever they are measured in.

use std::num::NonZeroU32;

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Timelike, Utc};
use proptest::{prelude::*, sample::select};
use usage_model::{Window, WindowPart, strategies::any_window};

fn on_bound(part: WindowPart, instant: DateTime<Utc>) -> bool {
    match part {
        WindowPart::Hour => instant.minute() == 0 && instant.second() == 0,
        WindowPart::Day => instant.time() == NaiveTime::MIN,
        WindowPart::Month => instant.time() == NaiveTime::MIN && instant.day() == 1,
        _ => false,
    }
}

/// How many borders an instant lies after the common era began, rounded down.
fn number(part: WindowPart, instant: DateTime<Utc>) -> i64 {
    let days = i64::from(instant.num_days_from_ce());
    match part {
        WindowPart::Hour => days * 24 + i64::from(instant.hour()),
        WindowPart::Day => days,
        _ => i64::from(instant.year()) * 12 + i64::from(instant.month0()),
    }
}

fn parts() -> impl Strategy<Value = (WindowPart, NonZeroU32)> {
    let some = |part, most: u32| {
        (
            Just(part),
            (1..=most).prop_map(|count| NonZeroU32::new(count).unwrap()),
        )
    };
    prop_oneof![
        some(WindowPart::Hour, 2_000),
        some(WindowPart::Day, 400),
        some(WindowPart::Month, 24),
    ]
}

proptest! {
    #[test]
    fn pieces_adjoin_at_bounds_and_are_the_window(window in any_window(), (part, count) in parts()) {
        let pieces: Vec<Window> = window.split(part, count).collect();
        prop_assert_eq!(pieces.first().unwrap().start(), window.start());
        prop_assert_eq!(pieces.last().unwrap().end(), window.end());
        for pair in pieces.windows(2) {
            prop_assert_eq!(pair[0].end(), pair[1].start());
            prop_assert!(on_bound(part, pair[1].start()));
            let wide = number(part, pair[0].end()) - number(part, pair[0].start());
            prop_assert_eq!(wide, i64::from(count.get()));
        }
        let last = pieces.last().unwrap();
        let wide = number(part, last.end()) - number(part, last.start());
        prop_assert!(wide <= i64::from(count.get()));
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_panic(
        part in select(vec![WindowPart::Hour, WindowPart::Day, WindowPart::Month]),
    ) {
        let all = Window::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC).unwrap();
        let first = all.split(part, NonZeroU32::MIN).next().unwrap();
        prop_assert_eq!(first.start(), all.start());
        let mut widest = all.split(part, NonZeroU32::MAX);
        let piece = widest.next().unwrap();
        prop_assert!(piece.start() < piece.end());
        let end = Window::new("+262142-12-31T23:30:00Z".parse().unwrap(), all.end()).unwrap();
        prop_assert_eq!(end.split(part, NonZeroU32::MIN).collect::<Vec<_>>(), [end]);
    }
}

#[test]
fn a_window_within_one_part_is_one_piece() {
    let window = Window::new(
        "2024-02-29T10:15:00.5Z".parse().unwrap(),
        "2024-02-29T10:59:59Z".parse().unwrap(),
    )
    .unwrap();
    for part in [WindowPart::Hour, WindowPart::Day, WindowPart::Month] {
        assert_eq!(
            window.split(part, NonZeroU32::MIN).collect::<Vec<_>>(),
            [window]
        );
    }
}

fn window(start: &str, end: &str) -> Window {
    Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

#[test]
fn a_window_of_whole_days_is_shown_by_its_dates() {
    for (window, text) in [
        (
            window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"),
            "2026-06-01 to 2026-07-01",
        ),
        (
            window("2026-06-01T00:00:00Z", "2026-06-01T12:30:00.250Z"),
            "2026-06-01T00:00:00Z to 2026-06-01T12:30:00.250Z",
        ),
    ] {
        assert_eq!(window.to_string(), text);
    }
}

#[test]
fn a_window_is_widened_to_the_days_that_it_meets() {
    for (narrow, wide) in [
        (
            window("2026-06-01T06:00:00Z", "2026-06-03T18:30:00Z"),
            "2026-06-01 to 2026-06-04",
        ),
        (
            window("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"),
            "2026-06-01 to 2026-06-03",
        ),
        (
            window("2026-06-01T23:59:59.9Z", "2026-06-02T00:00:00.000000001Z"),
            "2026-06-01 to 2026-06-03",
        ),
        (
            window("1969-12-30T10:00:00Z", "1969-12-30T11:00:00Z"),
            "1969-12-30 to 1969-12-31",
        ),
    ] {
        assert_eq!(narrow.widened_to_days().to_string(), wide);
    }
    let all = Window::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC).unwrap();
    assert_eq!(all.widened_to_days(), all);
}

#[test]
fn windows_that_only_touch_do_not_overlap() {
    let first = window("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z");
    let second = window("2026-06-02T00:00:00Z", "2026-06-04T00:00:00Z");
    let third = window("2026-06-03T00:00:00Z", "2026-06-05T00:00:00Z");
    let shared = first.overlap(second).unwrap();
    assert_eq!(shared.to_string(), "2026-06-02 to 2026-06-03");
    assert_eq!(first.overlap(third), None);
    assert!(!first.meets(third.start(), third.end()));
    assert_eq!(first.hull(third).to_string(), "2026-06-01 to 2026-06-05");
}

proptest! {
    #[test]
    fn overlap_and_hull_are_the_least_and_the_greatest(one in any_window(), other in any_window()) {
        prop_assert_eq!(one.overlap(other), other.overlap(one));
        prop_assert_eq!(one.hull(other), other.hull(one));
        prop_assert_eq!(one.overlap(other).is_some(), one.meets(other.start(), other.end()));
        prop_assert!(one.hull(other).contains(one) && one.hull(other).contains(other));
        if let Some(shared) = one.overlap(other) {
            prop_assert!(one.contains(shared) && other.contains(shared));
            prop_assert_eq!(one.hull(shared), one);
        }
        prop_assert_eq!(one.contains(other), one.overlap(other) == Some(other));
    }

    #[test]
    fn widening_adds_less_than_a_day_on_either_side(window in any_window()) {
        let wide = window.widened_to_days();
        prop_assert!(wide.contains(window) && wide.is_whole_days());
        prop_assert!(window.start() - wide.start() < TimeDelta::days(1));
        prop_assert!(wide.end() - window.end() < TimeDelta::days(1));
        prop_assert_eq!(wide.widened_to_days(), wide);
    }
}
