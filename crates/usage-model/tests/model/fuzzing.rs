//! What the feature `arbitrary` promises to fuzzers.

use std::{collections::BTreeSet, sync::LazyLock};

use arbitrary::{Arbitrary, Unstructured};
use proptest::{collection::vec, prelude::*};
use usage_model::{
    AccountSid, CommandCounts, Count, CountryCode, CountryUsage, DataCounts, DataUnit, Field,
    Granularity, International, Lenient, MetaNumber, PageMeta, PageSize, Period, RawJson,
    Timestamp, UnknownMembers, Usage, UsageNode, UsageRecord, Window, WindowPart,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn records_out_of_bytes_are_written_and_read_back(bytes in vec(any::<u8>(), 0..4_000)) {
        let mut bytes = Unstructured::new(&bytes);
        let record = UsageRecord::arbitrary(&mut bytes).unwrap();
        let text = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(serde_json::from_str::<UsageRecord>(&text).unwrap(), record);
    }

    #[test]
    fn envelopes_and_windows_come_out_of_any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        let mut bytes = Unstructured::new(&bytes);
        let meta = PageMeta::arbitrary(&mut bytes).unwrap();
        let text = serde_json::to_string(&meta).unwrap();
        prop_assert_eq!(serde_json::from_str::<PageMeta>(&text).unwrap(), meta);
        let window = Window::arbitrary(&mut bytes).unwrap();
        prop_assert!(window.start() < window.end());
    }
}

/// A thousand times half a kilobyte, the same in every run.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..64_000).flat_map(|_| next()).collect()
});

/// A thousand values out of bytes without any pattern.
fn drawn<T: for<'a> Arbitrary<'a>>() -> impl Iterator<Item = T> {
    let value = |bytes| T::arbitrary(&mut Unstructured::new(bytes)).unwrap();
    BYTES.chunks(512).map(value)
}

/// How many of a thousand values are of a kind.
fn share<T: for<'a> Arbitrary<'a>>(is_one: impl Fn(&T) -> bool) -> usize {
    drawn().filter(|value| is_one(value)).count()
}

/// How many different values there are among a thousand.
fn different<T: for<'a> Arbitrary<'a>>(shown: impl Fn(&T) -> String) -> usize {
    let values: BTreeSet<_> = drawn().map(|value| shown(&value)).collect();
    values.len()
}

#[test]
fn figures_of_every_size_are_drawn() {
    assert!(share(|count: &Count| count.get() >= 1 << 60) > 25);
    assert!(share(|count: &Count| (1..256).contains(&count.get())) > 50);
    assert!(different(Count::to_string) > 800);
}

#[test]
fn every_choice_is_drawn() {
    assert_eq!(different(|unit: &DataUnit| unit.to_string()), 9);
    assert_eq!(
        different(|granularity: &Granularity| granularity.to_string()),
        3
    );
    assert_eq!(different(|part: &WindowPart| format!("{part:?}")), 3);
    assert!(different(|size: &PageSize| size.get().to_string()) > 500);
    assert!(different(AccountSid::to_string) > 990);
    assert!(different(CountryCode::to_string) > 900);
    assert!(share(|field: &Field<Count>| field.is_absent()) > 150);
    assert!(share(|field: &Field<Count>| field.is_null()) > 150);
    assert!(share(|field: &Field<Count>| field.is_value()) > 400);
    assert!(share(|text: &Lenient<CountryCode>| matches!(text, Lenient::Known(_))) > 300);
    assert!(share(|text: &Lenient<CountryCode>| matches!(text, Lenient::Other(_))) > 300);
    assert!(share(|number: &MetaNumber| matches!(number, MetaNumber::Text(_))) > 300);
    assert!(share(|number: &MetaNumber| matches!(number, MetaNumber::Number(_))) > 300);
    for members in 0..=2 {
        assert!(
            share(|unknown: &UnknownMembers| unknown.len() == members) > 100,
            "{members}"
        );
    }
    for shape in 0..4 {
        let is_one = |share: &International<DataCounts>| match share {
            International::Absent => shape == 0,
            International::Null => shape == 1,
            International::List(_) => shape == 2,
            International::Single(_) => shape == 3,
        };
        assert!(share(is_one) > 150, "{shape}");
    }
}

#[test]
fn timestamps_of_every_age_and_spelling_are_drawn() {
    let text = Timestamp::to_string;
    assert!(share(|timestamp| text(timestamp).as_str() < "1000") > 50);
    assert!(share(|timestamp| text(timestamp).as_str() > "9000") > 50);
    assert!(share(|timestamp| text(timestamp).ends_with('Z')) > 300);
    assert!(share(|timestamp| text(timestamp).contains('+')) > 100);
    assert!(share(|timestamp| !text(timestamp).contains('.')) > 50);
    assert!(share(|timestamp| text(timestamp).contains('.')) > 500);
}

#[test]
fn unknown_values_of_every_kind_are_drawn() {
    for first in ["n", "t", "f", "\"", "[", "{", "-"] {
        assert!(
            share(|json: &RawJson| json.as_str().starts_with(first)) > 30,
            "{first}"
        );
    }
    assert!(share(|json: &RawJson| json.as_str().contains("[[")) > 1);
    assert!(share(|json: &RawJson| json.as_str().contains(',')) > 30);
    // A value in a value in a value, and no deeper.
    assert!(share(|json| depth(json) == 3) > 5);
    assert_eq!(share(|json| depth(json) > 3), 0);
}

/// How many lists and objects are open at most.
fn depth(json: &RawJson) -> usize {
    let (mut open, mut most, mut in_string, mut escaped) = (0, 0, false, false);
    for character in json.as_str().chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            '[' | '{' if !in_string => open += 1,
            ']' | '}' if !in_string => open -= 1,
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[test]
fn whole_records_and_envelopes_are_drawn() {
    assert!(
        share(|record: &UsageRecord| record.data.is_value() && record.commands.is_value()) > 100
    );
    assert!(share(|period: &Period| period.start.is_value() && period.end.is_value()) > 100);
    assert!(share(|meta: &PageMeta| meta.url.is_value()) > 100);
    assert!(
        share(|node: &UsageNode<DataCounts>| node.billed.is_value() && node.counts.units.is_value())
            > 100
    );
    assert!(share(|node: &UsageNode<CommandCounts>| node.counts.to_sim.is_value()) > 100);
    assert!(share(|entry: &CountryUsage<DataCounts>| entry.country_code.is_value()) > 100);
    assert!(share(|usage: &Usage<DataCounts>| usage.home.is_value()) > 100);
    let scales = different(|node: &UsageNode<DataCounts>| {
        node.billed.value().map_or(String::new(), |amount| {
            amount
                .decimal()
                .map_or(0, |decimal| decimal.scale())
                .to_string()
        })
    });
    assert_eq!(scales, 30);
}
