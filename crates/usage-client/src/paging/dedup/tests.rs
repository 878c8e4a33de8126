//! Records that come twice.

use std::time::Duration;

use usage_model::{PageMeta, UsagePage, UsageRecord};

use super::*;
use crate::Continuity;

/// The hour of a day of January, with a figure; the day after the last of its hours goes on.
fn hour(day: u32, hour: u32, total: u32) -> String {
    let start = at(day, hour).to_rfc3339();
    let end = (at(day, hour) + TimeDelta::hours(1)).to_rfc3339();
    format!(r#"{{"period":{{"start":"{start}","end":"{end}"}},"data":{{"total":{total}}}}}"#)
}

fn at(day: u32, hour: u32) -> DateTime<Utc> {
    let midnight: DateTime<Utc> = format!("2025-01-{day:02}T00:00:00Z").parse().unwrap();
    midnight + TimeDelta::hours(hour.into())
}

fn page(records: &[String]) -> Page {
    let body = format!(r#"{{"usage_records":[{}],"meta":null}}"#, records.join(","));
    Page {
        records: UsagePage::from_slice(body.as_bytes()).unwrap().records,
        meta: PageMeta::default(),
        index: 0,
        server_date: None,
        cursor: None,
        continuity: Continuity::Unknown,
        attempts: 1,
        waited: Duration::ZERO,
        waited_as_asked: Duration::ZERO,
        elapsed: Duration::ZERO,
        bytes: 0,
        body: None,
    }
}

/// Sends a page through; gives how many records are delivered, repeated, and differing.
fn admit(
    dedup: &mut Dedup,
    records: &[String],
    end: Option<DateTime<Utc>>,
    more: bool,
) -> [usize; 3] {
    let mut page = page(records);
    let repeats = dedup.admit(&mut page, end, more);
    let repeated = usize::try_from(repeats.records).unwrap();
    [page.records.len(), repeated, repeats.differing.len()]
}

#[test]
fn what_the_window_before_brought_is_delivered_once() {
    let mut dedup = Dedup::default();
    let first = [hour(1, 22, 1), hour(1, 23, 2), hour(2, 0, 3)];
    assert_eq!(admit(&mut dedup, &first, Some(at(2, 0)), false), [3, 0, 0]);
    dedup.next_list();
    // The latest of those known, one before it, and one that is new.
    let second = [hour(1, 23, 2), hour(2, 0, 3), hour(2, 1, 4)];
    assert_eq!(admit(&mut dedup, &second, Some(at(3, 0)), false), [1, 2, 0]);
    dedup.next_list();
    // Two windows on, of the first is known what the one between brought as well.
    assert_eq!(admit(&mut dedup, &first, None, false), [2, 1, 0]);
}

#[test]
fn other_figures_the_second_time_are_reported_with_both() {
    let mut dedup = Dedup::default();
    let first = [hour(2, 0, 1), hour(2, 1, 1)];
    admit(&mut dedup, &first, Some(at(2, 0)), false);
    dedup.next_list();
    let mut second = page(&[hour(2, 0, 7), hour(2, 1, 1), hour(2, 2, 1)]);
    let repeats = dedup.admit(&mut second, None, false);
    assert_eq!((second.records.len(), repeats.records), (1, 2));
    let [differing] = &repeats.differing[..] else {
        panic!("{repeats:?}");
    };
    assert!(!differing.is_latest);
    let records = page(&[hour(2, 0, 1), hour(2, 0, 7)]).records;
    for (told, record) in [&differing.delivered, &differing.dropped]
        .into_iter()
        .zip(records)
    {
        assert_eq!(told.record, record.unwrap().record);
    }
    assert_eq!(differing.dropped.place.pointer(""), "/usage_records/0");
}

#[test]
fn a_day_before_the_border_is_all_that_is_remembered() {
    let mut dedup = Dedup::default();
    // One ends a day before the border, one an hour later.
    let early = [hour(1, 23, 1), hour(2, 0, 1)];
    admit(&mut dedup, &early, Some(at(3, 0)), false);
    dedup.next_list();
    assert_eq!(admit(&mut dedup, &early, None, false), [1, 1, 0]);
}

#[test]
fn the_last_window_has_nothing_to_remember() {
    let mut dedup = Dedup::default();
    let records = [hour(1, 23, 1)];
    admit(&mut dedup, &records, None, false);
    dedup.next_list();
    assert_eq!(admit(&mut dedup, &records, None, false), [1, 0, 0]);
}

#[test]
fn what_the_page_before_brought_is_delivered_once_whenever_it_was() {
    let mut dedup = Dedup::default();
    let (first, second) = (
        [hour(1, 0, 1), hour(1, 1, 1)],
        [hour(1, 1, 1), hour(1, 2, 1)],
    );
    assert_eq!(admit(&mut dedup, &first, None, true), [2, 0, 0]);
    assert_eq!(admit(&mut dedup, &second, None, true), [1, 1, 0]);
    // Only the page before counts, with all that it came with.
    let third = [hour(1, 0, 1), hour(1, 1, 1), hour(1, 2, 1)];
    assert_eq!(admit(&mut dedup, &third, None, true), [1, 2, 0]);
    dedup.next_list();
    assert_eq!(admit(&mut dedup, &third, None, false), [3, 0, 0]);
    // Without a page that follows nothing is kept.
    assert_eq!(admit(&mut dedup, &third, None, false), [3, 0, 0]);
}

#[test]
fn records_are_told_apart_where_they_say_when_they_are() {
    let dated = r#"{"period":{"start":"2025-01-01T23:00:00Z"},"data":7}"#.to_owned();
    for (record, known) in [
        (hour(1, 23, 1), true),
        // Malformed, with its time and without.
        (dated, true),
        (r#"{"period":7}"#.to_owned(), false),
        (r#"{"period":{"start":7}}"#.to_owned(), false),
        ("7".to_owned(), false),
        // Good, without a period.
        ("{}".to_owned(), false),
    ] {
        let mut dedup = Dedup::default();
        let records = [record];
        admit(&mut dedup, &records, Some(at(2, 0)), false);
        dedup.next_list();
        let again = admit(&mut dedup, &records, None, false);
        let expected = if known { [0, 1, 0] } else { [1, 0, 0] };
        assert_eq!(again, expected, "{records:?}");
    }
}

#[test]
fn a_record_that_fails_to_decode_the_second_time_is_another() {
    let mut dedup = Dedup::default();
    admit(&mut dedup, &[hour(1, 23, 1)], Some(at(2, 0)), false);
    dedup.next_list();
    let broken = r#"{"period":{"start":"2025-01-01T23:00:00Z"},"data":7}"#.to_owned();
    assert_eq!(admit(&mut dedup, &[broken], None, false), [1, 0, 0]);
}

/// How many records were taken out of a page, and the totals of those that differ, as delivered and as dropped.
type Taken = (u64, Vec<[String; 2]>);

/// The totals of what is left on each page of a list, and what was taken out of each.
fn settled(list: &[&[String]]) -> (Vec<Vec<String>>, Vec<Taken>) {
    let total = |record: &UsageRecord| {
        let data = record.data.value().unwrap();
        let total = data.top.counts.total.value().unwrap();
        total.get().to_string()
    };
    let mut pages: Vec<Page> = list.iter().map(|records| page(records)).collect();
    let repeats = settle(&mut pages);
    let left = pages.iter().map(|page| {
        let records = page.records.iter();
        records
            .map(|record| {
                record
                    .as_ref()
                    .map_or_else(|_| "malformed".to_owned(), |placed| total(&placed.record))
            })
            .collect()
    });
    let taken = repeats.iter().map(|repeats| {
        let differing = repeats.differing.iter();
        let totals = differing.map(|pair| {
            assert!(pair.is_latest);
            [total(&pair.delivered.record), total(&pair.dropped.record)]
        });
        (repeats.records, totals.collect())
    });
    (left.collect(), taken.collect())
}

#[test]
fn of_two_readings_in_a_list_the_later_stands_where_the_first_stood() {
    let first = [hour(1, 0, 10), hour(1, 1, 11)];
    let second = [hour(1, 1, 99), hour(1, 2, 12)];
    let third = [hour(1, 0, 10), hour(1, 3, 13)];
    let (left, taken) = settled(&[&first, &second, &third]);
    assert_eq!(left, [vec!["10", "99"], vec!["12"], vec!["13"]]);
    let changed = ["99".to_owned(), "11".to_owned()];
    // With the page that has the period: one reading that differs, and one that is the same.
    assert_eq!(taken, [(2, vec![changed]), (0, vec![]), (0, vec![])]);
}

#[test]
fn all_readings_of_a_period_but_the_last_are_those_that_it_replaces() {
    let (left, taken) = settled(&[
        &[hour(1, 0, 1), hour(1, 1, 3), hour(1, 0, 2)],
        &[hour(1, 0, 4)],
    ]);
    assert_eq!(left, [vec!["4", "3"], vec![]]);
    let replaced = ["1", "2"].map(|total| ["4".to_owned(), total.to_owned()]);
    assert_eq!(taken, [(2, replaced.to_vec()), (0, vec![])]);
}

#[test]
fn a_record_that_its_own_list_has_twice_is_told_and_one_of_the_window_before_is_not() {
    let mut pages = [page(&[hour(1, 0, 1), hour(1, 0, 1)])];
    assert_eq!(settle(&mut pages)[0].identical.len(), 1);
    let mut dedup = Dedup::default();
    let hours = [hour(1, 23, 1)];
    let identical = |dedup: &mut Dedup, more| {
        dedup
            .admit(&mut page(&hours), Some(at(2, 0)), more)
            .identical
            .len()
    };
    assert_eq!(identical(&mut dedup, true), 0);
    assert_eq!(identical(&mut dedup, false), 1);
    dedup.next_list();
    assert_eq!(identical(&mut dedup, false), 0);
}

#[test]
fn a_period_that_stands_twice_on_one_page_is_delivered_once() {
    let (left, taken) = settled(&[&[hour(1, 0, 1), hour(1, 0, 2), hour(1, 1, 3)]]);
    assert_eq!(left, [vec!["2", "3"]]);
    assert_eq!(taken, [(1, vec![["2".to_owned(), "1".to_owned()]])]);
}

#[test]
fn records_that_do_not_say_when_they_are_all_stay() {
    let idle = r#"{"data":{"total":0}}"#.to_owned();
    let (left, taken) = settled(&[&[idle.clone(), idle.clone()], &[idle]]);
    assert_eq!(left, [vec!["0", "0"], vec!["0"]]);
    assert_eq!(taken, [(0, vec![]), (0, vec![])]);
}
