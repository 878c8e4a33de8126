//! The pieces of a window are the window, whatever they are measured in.

use std::num::NonZeroU32;

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use proptest::{prelude::*, sample::select};
use usage_model::{Window, WindowPart, strategies::any_window};

fn on_border(part: WindowPart, instant: DateTime<Utc>) -> bool {
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
    fn pieces_meet_at_borders_and_are_the_window(window in any_window(), (part, count) in parts()) {
        let pieces: Vec<Window> = window.split(part, count).collect();
        prop_assert_eq!(pieces.first().unwrap().start(), window.start());
        prop_assert_eq!(pieces.last().unwrap().end(), window.end());
        for pair in pieces.windows(2) {
            prop_assert_eq!(pair[0].end(), pair[1].start());
            prop_assert!(on_border(part, pair[1].start()));
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

#[test]
fn a_window_reads_as_its_two_ends() {
    let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let window = Window::new(
        instant("2026-06-01T00:00:00Z"),
        instant("2026-06-01T12:30:00.250Z"),
    )
    .unwrap();
    assert_eq!(
        window.to_string(),
        "2026-06-01T00:00:00Z to 2026-06-01T12:30:00.250Z"
    );
}
