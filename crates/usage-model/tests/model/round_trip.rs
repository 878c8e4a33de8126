//! What is read is written back, for every record that the types can hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike, Utc};
use proptest::prelude::*;
use usage_model::{
    Counter, Counts, PageMeta, Timestamp, UsagePage, UsageRecord,
    strategies::{
        ValidParams, any_malformed_record, any_meta, any_record, any_timestamp, valid_record,
    },
};

use crate::wire::{canonical, members_named, record_text, reversed};

fn sums_hold<C: Counts>(usage: &usage_model::Usage<C>) -> bool {
    let network = Counter::ALL
        .into_iter()
        .all(|counter| usage.top.count(counter).wide() == usage.children_sum(counter));
    let direction = usage.nodes().all(|(_, node)| {
        node.count(Counter::Total).wide()
            == node.count(Counter::TowardSim).wide() + node.count(Counter::FromSim).wide()
    });
    network && direction
}

/// The instant as chrono reads it, a second 60 counted as the next second.
fn by_chrono(text: &str) -> Option<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text).ok()?;
    let (seconds, nanos) = (read.timestamp(), read.timestamp_subsec_nanos());
    DateTime::from_timestamp(
        seconds + i64::from(nanos / 1_000_000_000),
        nanos % 1_000_000_000,
    )
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_record(record in any_record()) {
        let text = serde_json::to_string(&record).unwrap();
        let again: UsageRecord = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, &record);
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{text}]}}").as_bytes()).unwrap();
        prop_assert_eq!(&page.records[0].as_ref().unwrap().record, &record);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }

    #[test]
    fn the_fast_and_the_tracked_reading_agree(record in any_record()) {
        let pretty = serde_json::to_string_pretty(&record).unwrap();
        let tracked: UsageRecord = serde_json::from_str(&pretty).unwrap();
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{pretty}]}}").as_bytes()).unwrap();
        prop_assert_eq!(&page.records[0].as_ref().unwrap().record, &tracked);
    }

    #[test]
    fn members_may_come_in_any_order(record in any_record()) {
        let text = serde_json::to_string(&record).unwrap();
        let turned: UsageRecord = serde_json::from_str(&reversed(&text)).unwrap();
        let again = serde_json::to_string(&turned).unwrap();
        prop_assert_eq!(canonical(&again), canonical(&text));
    }

    /// The texts come from a generator that knows nothing of the types.
    #[test]
    fn writing_what_was_read_gives_the_same_json(text in record_text()) {
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{text}]}}").as_bytes()).unwrap();
        let record = &page.records[0].as_ref().unwrap().record;
        prop_assert_eq!(canonical(&serde_json::to_string(record).unwrap()), canonical(&text));
    }

    #[test]
    fn every_unknown_member_is_listed_with_its_pointer(record in any_record()) {
        let mut expected = BTreeMap::new();
        members_named("x-", &serde_json::to_string(&record).unwrap(), "", &mut expected);
        let found = record.unknown_members();
        prop_assert_eq!(found.len(), expected.len());
        for (pointer, value) in found {
            prop_assert_eq!(expected.get(&pointer).map(String::as_str), Some(value.as_str()), "{}", pointer);
        }
    }

    #[test]
    fn a_malformed_record_is_written_in_full(record in any_malformed_record()) {
        let written = serde_json::to_value(&record).unwrap();
        prop_assert_eq!(written["pointer"].as_str().unwrap(), record.place.pointer(&record.pointer));
        prop_assert_eq!(written["offset"].as_u64().unwrap(), record.position.offset);
        prop_assert_eq!(written["raw"].as_str().unwrap(), &*record.raw);
        prop_assert_eq!(written.as_object().unwrap().len(), 8);
    }

    #[test]
    fn reading_a_written_envelope_gives_the_same(meta in any_meta()) {
        let text = serde_json::to_string(&meta).unwrap();
        prop_assert_eq!(serde_json::from_str::<PageMeta>(&text).unwrap(), meta);
    }

    #[test]
    fn timestamps_keep_their_spelling_and_agree_with_chrono(timestamp in any_timestamp()) {
        let text = timestamp.to_string();
        prop_assert_eq!(text.parse(), Ok(timestamp));
        prop_assert_eq!(by_chrono(&text), Some(timestamp.instant()));
    }

    /// Near misses and all: what this crate takes is what chrono takes, less what the grammar leaves out.
    #[test]
    fn the_grammar_of_timestamps_is_that_of_chrono_but_for_the_named_exceptions(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ]([0-2][0-9]:[0-6][0-9]:[0-6][0-9]|23:59:60)(\\.[0-9]{0,11})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])?",
    ) {
        let ours = text.parse::<Timestamp>().ok();
        let chrono = by_chrono(&text);
        let fraction = text.split_once('.').map_or(0, |(_, rest)| {
            rest.chars().take_while(char::is_ascii_digit).count()
        });
        let is_month = |instant: DateTime<Utc>| instant.day() == 1 && instant.num_seconds_from_midnight() == 0;
        let is_odd_second = text.get(17..19) == Some("60") && !chrono.is_some_and(is_month);
        let is_left_out = text.contains(' ') || is_odd_second || fraction > 9;
        prop_assert_eq!(ours.is_some(), chrono.is_some() && !is_left_out, "{}", text);
        if let (Some(ours), Some(chrono)) = (ours, chrono) {
            prop_assert_eq!(ours.instant(), chrono);
        }
    }

    #[test]
    fn valid_records_are_valid(record in valid_record(ValidParams::default())) {
        prop_assert!(record.commands.value().is_none_or(sums_hold));
        prop_assert!(record.data.value().is_none_or(sums_hold));
        let (start, end) = record.period.value().unwrap().bounds().unwrap();
        prop_assert!(start < end);
    }
}
