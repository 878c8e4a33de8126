use chrono::TimeDelta;
use usage_archive::{Bounds, Held, PlanOptions, Planned, Reason, Seen, plan};
use usage_model::{Granularity, Window};

use crate::support::{at, window};

/// What is planned for some held windows, as lines.
fn planned(
    held: &[(Window, &str)],
    granularity: Granularity,
    options: &PlanOptions,
) -> Vec<String> {
    let mut all = Held::default();
    all.windows = held
        .iter()
        .map(|(window, time)| (*window, at(time)))
        .collect();
    lines(&plan(&all, granularity, options))
}

fn lines(planned: &[Planned]) -> Vec<String> {
    let line = |planned: &Planned| {
        let day =
            |instant: chrono::DateTime<chrono::Utc>| instant.format("%m-%d %H:%M").to_string();
        let (start, end) = (planned.window.start(), planned.window.end());
        format!("{:?} {} to {}", planned.reason, day(start), day(end))
    };
    planned.iter().map(line).collect()
}

fn since_may(time: &str) -> PlanOptions {
    let mut options = PlanOptions::new(at(time));
    options.start = Some(at("2026-05-01T00:00:00Z"));
    options
}

#[test]
fn a_first_sync_reads_all_of_the_retention_in_as_few_pages_as_there_are() {
    let options = PlanOptions::new(at("2026-06-10T12:00:00Z"));
    let daily = plan(&Held::default(), Granularity::Daily, &options);
    assert_eq!(daily.len(), 1);
    assert_eq!(daily[0].window.start(), at("2024-12-10T00:00:00Z"));
    assert_eq!(daily[0].window.end(), options.at);
    let hourly = plan(&Held::default(), Granularity::Hourly, &options);
    let hours = (options.at - at("2024-12-10T00:00:00Z")).num_hours();
    assert_eq!(
        hourly.len(),
        usize::try_from(hours).unwrap().div_ceil(41 * 24)
    );
    assert!(hourly.iter().all(|window| window.reason == Reason::Missing));
    assert!(hourly.is_sorted_by_key(|planned| planned.window.start()));
    for pair in hourly.windows(2) {
        assert_eq!(pair[0].window.end(), pair[1].window.start());
    }
}

#[test]
fn what_is_final_and_older_than_the_look_back_is_left_alone() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-19T00:00:00Z");
    let twice = [(may, "2026-05-25T12:00:00Z"), (may, "2026-05-26T00:00:00Z")];
    assert_eq!(
        planned(
            &twice,
            Granularity::Daily,
            &since_may("2026-05-26T06:00:00Z")
        ),
        ["Missing 05-19 00:00 to 05-26 06:00"]
    );
}

#[test]
fn once_read_or_read_twice_at_a_time_is_not_final() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-10T00:00:00Z");
    let mut options = since_may("2026-05-20T00:00:00Z");
    options.end = Some(at("2026-05-10T00:00:00Z"));
    options.look_back = TimeDelta::zero();
    let expected = ["Unsettled 05-01 00:00 to 05-10 00:00"];
    let once = [(may, "2026-05-19T00:00:00Z")];
    assert_eq!(planned(&once, Granularity::Daily, &options), expected);
    let close = [(may, "2026-05-19T00:00:00Z"), (may, "2026-05-19T11:59:59Z")];
    assert_eq!(planned(&close, Granularity::Daily, &options), expected);
    let apart = [(may, "2026-05-19T00:00:00Z"), (may, "2026-05-19T12:00:00Z")];
    assert_eq!(planned(&apart, Granularity::Daily, &options), [""; 0]);
    let young = [(may, "2026-05-10T06:00:00Z"), (may, "2026-05-11T23:59:59Z")];
    let newest = ["Unsettled 05-09 00:00 to 05-10 00:00"];
    assert_eq!(planned(&young, Granularity::Daily, &options), newest);
}

#[test]
fn a_period_that_changed_makes_its_day_not_final() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-20T00:00:00Z");
    let mut options = since_may("2026-05-26T12:00:00Z");
    options.end = Some(at("2026-05-20T00:00:00Z"));
    options.look_back = TimeDelta::zero();
    let mut held = Held::default();
    held.windows = vec![
        (may, at("2026-05-24T00:00:00Z")),
        (may, at("2026-05-25T00:00:00Z")),
        (may, at("2026-05-26T00:00:00Z")),
    ];
    let hour = Bounds::new(at("2026-05-07T05:00:00Z"), at("2026-05-07T06:00:00Z"));
    let changed_at = |time: &str| (hour, Seen::new(at(time), at(time)));
    held.unsettled = vec![changed_at("2026-05-26T00:00:00Z")];
    assert_eq!(
        lines(&plan(&held, Granularity::Hourly, &options)),
        ["Unsettled 05-07 00:00 to 05-08 00:00"]
    );
    // Not brought again by a later window: it has vanished, and asking again changes nothing.
    held.unsettled = vec![changed_at("2026-05-25T00:00:00Z")];
    assert!(plan(&held, Granularity::Hourly, &options).is_empty());
}

#[test]
fn what_was_young_when_it_was_read_last_is_read_once_more_however_late() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-19T00:00:00Z");
    let twice = [(may, "2026-05-22T00:00:00Z"), (may, "2026-05-23T00:00:00Z")];
    let mut options = since_may("2026-06-15T00:00:00Z");
    options.end = Some(at("2026-05-19T00:00:00Z"));
    assert_eq!(
        planned(&twice, Granularity::Daily, &options),
        ["LookBack 05-16 00:00 to 05-19 00:00"]
    );
    let again = [twice[0], twice[1], (may, "2026-05-26T00:00:00Z")];
    assert_eq!(planned(&again, Granularity::Daily, &options), [""; 0]);
}

#[test]
fn the_last_days_are_read_by_every_sync() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-22T00:00:00Z");
    let twice = [(may, "2026-05-24T00:00:00Z"), (may, "2026-05-25T00:00:00Z")];
    let mut options = since_may("2026-05-25T06:00:00Z");
    options.end = None;
    let read_today = [
        twice[0],
        twice[1],
        (
            window("2026-05-22T00:00:00Z", "2026-05-25T05:00:00Z"),
            "2026-05-25T05:00:00Z",
        ),
    ];
    // One window: 18 to 22 May for the look-back, and what follows because it is not final.
    assert_eq!(
        planned(&read_today, Granularity::Daily, &options),
        ["Unsettled 05-18 00:00 to 05-25 06:00"]
    );
    options.look_back = TimeDelta::zero();
    assert_eq!(
        planned(&read_today, Granularity::Daily, &options),
        ["Unsettled 05-22 00:00 to 05-25 06:00"]
    );
}

#[test]
fn the_whole_range_is_read_once_in_thirty_days_or_when_asked_to() {
    let may = window("2026-05-01T00:00:00Z", "2026-05-04T00:00:00Z");
    let june = window("2026-05-04T00:00:00Z", "2026-06-10T00:00:00Z");
    let held = [
        (may, "2026-05-10T00:00:00Z"),
        (may, "2026-05-11T00:00:00Z"),
        (june, "2026-06-09T00:00:00Z"),
    ];
    let whole = |options: &PlanOptions| {
        let planned = planned(&held, Granularity::Daily, options);
        planned.iter().any(|line| line.contains("05-01 00:00"))
    };
    let mut options = since_may("2026-06-09T23:59:59Z");
    assert!(!whole(&options));
    options.all = true;
    assert!(whole(&options));
    assert!(whole(&since_may("2026-06-10T00:00:00Z")));
}

#[test]
fn what_is_missing_comes_before_what_may_change() {
    let held = [(
        window("2026-05-10T00:00:00Z", "2026-05-20T00:00:00Z"),
        "2026-05-21T00:00:00Z",
    )];
    let lines = planned(
        &held,
        Granularity::Hourly,
        &since_may("2026-06-30T00:00:00Z"),
    );
    assert_eq!(
        lines,
        [
            "Missing 05-01 00:00 to 06-11 00:00",
            "Missing 06-11 00:00 to 06-30 00:00"
        ]
    );
    let mut narrow = since_may("2026-05-20T00:00:00Z");
    narrow.max_days = std::num::NonZeroU32::new(9);
    let lines = planned(&held[..], Granularity::Hourly, &narrow);
    assert_eq!(lines[0], "Missing 05-01 00:00 to 05-10 00:00");
    assert!(lines[1..].iter().all(|line| line.starts_with("Unsettled")));
}

#[test]
fn records_of_whole_windows_are_read_by_calendar_month() {
    let options = since_may("2026-07-15T00:00:00Z");
    assert_eq!(
        planned(&[], Granularity::All, &options),
        [
            "Missing 05-01 00:00 to 06-01 00:00",
            "Missing 06-01 00:00 to 07-01 00:00"
        ]
    );
}

#[test]
fn nothing_is_planned_after_the_end_or_before_the_start() {
    let mut options = since_may("2026-06-30T00:00:00Z");
    options.end = Some(at("2026-05-03T00:00:00Z"));
    assert_eq!(
        planned(&[], Granularity::Daily, &options),
        ["Missing 05-01 00:00 to 05-03 00:00"]
    );
    options.end = Some(at("2026-04-01T00:00:00Z"));
    assert_eq!(planned(&[], Granularity::Daily, &options), [""; 0]);
}
