//! What is read is written back, for every record that the types can hold.
#![cfg(feature = "proptest")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;
use usage_model::{
    Counter, Counts, PageMeta, UsagePage, UsageRecord,
    strategies::{ValidParams, any_meta, any_record, any_timestamp, valid_record},
};

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

/// The same JSON with the members of every object sorted by name, numbers untouched.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn sorted(text: &str, backwards: bool) -> String {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        let mut members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| {
                let name = serde_json::to_string(&name).unwrap();
                format!("{name}:{}", sorted(value.get(), backwards))
            })
            .collect();
        if backwards {
            members.reverse();
        }
        return format!("{{{}}}", members.join(","));
    }
    if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| sorted(value.get(), backwards))
            .collect();
        return format!("[{}]", values.join(","));
    }
    text.to_owned()
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_record(record in any_record()) {
        let text = serde_json::to_string(&record).unwrap();
        let again: UsageRecord = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, &record);
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{text}]}}").as_bytes()).unwrap();
        prop_assert_eq!(page.records[0].as_ref().unwrap(), &record);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }

    #[test]
    fn the_fast_and_the_tracked_reading_agree(record in any_record()) {
        let pretty = serde_json::to_string_pretty(&record).unwrap();
        let tracked: UsageRecord = serde_json::from_str(&pretty).unwrap();
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{pretty}]}}").as_bytes()).unwrap();
        prop_assert_eq!(page.records[0].as_ref().unwrap(), &tracked);
    }

    #[test]
    fn members_may_come_in_any_order(record in any_record()) {
        let text = serde_json::to_string(&record).unwrap();
        let turned: UsageRecord = serde_json::from_str(&sorted(&text, true)).unwrap();
        let again = serde_json::to_string(&turned).unwrap();
        prop_assert_eq!(sorted(&again, false), sorted(&text, false));
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
        let chrono = chrono::DateTime::parse_from_rfc3339(&text).unwrap();
        prop_assert_eq!(chrono.to_utc(), timestamp.instant());
    }

    #[test]
    fn valid_records_are_valid(record in valid_record(ValidParams::default())) {
        prop_assert!(record.commands.value().is_none_or(sums_hold));
        prop_assert!(record.data.value().is_none_or(sums_hold));
        let (start, end) = record.period.value().unwrap().bounds().unwrap();
        prop_assert!(start < end);
    }
}
