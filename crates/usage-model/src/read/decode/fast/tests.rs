//! Whatever was read before: the fast reading takes only what the plain one takes, and reads the same.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::read::decode::decode_tracked;

/// Every shape a member can have, most of them as usual.
const RECORDS: [&str; 9] = [
    concat!(
        r#"{"account_sid":"ACabababababababababababababababab","sim_sid":null,"#,
        r#""period":{"start":"2026-03-05T00:00:00.5+01:00","end":"2026-03-05T23:59:59Z","x":{}},"#,
        "\n\t",
        r#""commands":{"total":3,"to_sim":0,"from_sim":null,"billed":-0.05,"billing_units":"USD","#,
        r#""home":{},"national_roaming":null,"international_roaming":{"country_code":"DEU","total":1}},"#,
        r#""data":{"total":9223372036854775807,"units":"bytes","billed":1.5e1,"note":["é",[1.5,-2],true],"#,
        r#""international_roaming": [ {"country_code":"CHE","billed":0.10} , {"country_code":"é","other":""} ] } }"#,
    ),
    concat!(
        r#"{"account_sid":"ACabababababababababababababababab","sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","#,
        r#""period":{"start":"2026-03-05T00:00:00Z","end":"2026-03-06T00:00:00Z"},"#,
        r#""commands":{"total":12345678,"to_sim":1234567,"from_sim":123456789012345,"billed":12.34,"billing_units":"USD","#,
        r#""home":{"total":0,"to_sim":0,"from_sim":0},"national_roaming":{"total":1},"international_roaming":[]},"#,
        r#""data":{"total":1,"download":1,"upload":0,"units":"bytes","billed":0,"billing_units":"EUR","#,
        r#""home":{"total":1,"download":1,"upload":0,"units":"KB"},"international_roaming":[{"country_code":"CHE","total":1}]}}"#,
    ),
    concat!(
        r#"{"account_sid": "ACabababababababababababababababab", "#,
        r#""period": {"start": "2026-03-31T00:00:00Z", "end": "2026-04-01T00:00:00Z"}, "#,
        r#""commands": {"total": 3, "to_sim": 2, "from_sim": 1, "home": null, "international_roaming": []}, "#,
        r#""data": {"units": "bytes", "upload": 0, "total": 1, "download": 1, "#,
        r#""international_roaming": [{"total": 1, "country_code": "CHE"}, {"country_code": "DEU"}]}}"#,
    ),
    "{\n  \"data\": {\n    \"total\": 7,\n    \"download\": 7\n  },\n  \"period\": {}\n}",
    r#"{"sim_sid":"x","period":null,"commands":{},"data":{"home":{},"international_roaming":[{}]}}"#,
    r#"{"commands":{"international_roaming":{"total":0}},"data":null}"#,
    r#"{"zz":1,"data":{"zz":[{"a":"\\"}],"total":5}}"#,
    concat!(
        r#"{"data":{"home":{"units":"bytes","total":987654321098765,"upload":2,"billing_units":"USD","download":3,"billed":1.5},"#,
        r#""national_roaming":{"billing_units":"a},","units":"a text of more than 16 bytes","total":null},"#,
        r#""international_roaming":[{"country_code":"CHE","from":1,"total":1},{"upload":0,"country_code":"DEU"},{"units":"}"}]}}"#,
    ),
    r#"{"commands":{"home":{"billing_units":"}","to_sim":1,"from_sim":2},"national_roaming":{"from_sim": 1}}}"#,
];

/// A memory of records whose members came in any order.
fn distrusting() -> Memory {
    Memory {
        layouts: [const { Layout::DISTRUSTED }; KINDS],
        ..Memory::default()
    }
}

fn fast(text: &[u8], memory: &mut Memory, record: &mut UsageRecord) -> Option<usize> {
    decode_fast(text, memory, record)
}

/// What the plain reading makes of the value that a text starts with.
fn plain(text: &[u8]) -> Option<(UsageRecord, usize)> {
    let length = Frame::length_of(text)?;
    let record = decode_tracked::<UsageRecord>(text.get(..length)?).ok()?;
    record.has_values().then_some((record, length))
}

#[test]
fn every_shape_is_read_whatever_came_before() {
    let starts = [Memory::default, distrusting].into_iter();
    for (start, before) in starts.flat_map(|start| RECORDS.map(|before| (start, before))) {
        let mut memory = start();
        let mut record = UsageRecord::default();
        for _ in 0..3 {
            fast(before.as_bytes(), &mut memory, &mut record);
        }
        for text in RECORDS {
            let length = fast(text.as_bytes(), &mut memory, &mut record);
            assert_eq!(length, Some(text.len()), "{text}");
            assert_eq!(
                plain(text.as_bytes()),
                Some((record.clone(), text.len())),
                "{text}"
            );
        }
    }
}

#[test]
fn a_leap_second_does_not_change_the_day_of_what_follows() {
    let text = |time: &str| {
        format!(r#"{{"period":{{"start":"2016-12-31T{time}Z","end":"2017-01-01T00:00:00Z"}}}}"#)
    };
    let mut memory = Memory::default();
    let mut record = UsageRecord::default();
    for time in ["23:59:60", "00:00:00"] {
        let text = text(time);
        if fast(text.as_bytes(), &mut memory, &mut record).is_some() {
            assert_eq!(plain(text.as_bytes()), Some((record.clone(), text.len())));
        }
    }
}

#[test]
fn what_is_wrong_is_left_to_the_plain_reading() {
    for text in [
        r#"{"data":{"total":1.0}}"#,
        r#"{"data":{"total":01}}"#,
        r#"{"data":{"total":"1"}}"#,
        r#"{"data":{"total":1,"total":1}}"#,
        r#"{"data":{"x":1,"x":1}}"#,
        r#"{"x":1{"data":{}}"#,
        r#"{"data":[]}"#,
        r#"{"data":{"billed":1 2}}"#,
        r#"{"data":{"billed":1.}}"#,
        r#"{"data":{"home":{"total":1,"total":1}}}"#,
        r#"{"data":{"home":{"total":1,"units":"bytes","download":2]}}"#,
        r#"{"data":{"home":{"billing_units":"}"}}"#,
        r#"{"data":{"home":{"total":1"upload":2,"units":"bytes"}}}"#,
        r#"{"data":{"home":{"total":01,"units":"bytes"}}}"#,
        r#"{"data":{"home":{"total":1,}}}"#,
        r#"{"data":{"home":{"total":1.5,"units":"bytes"}}}"#,
        r#"{"data":{"home":{"units":"bytes","total":1]}}"#,
        "{\"period\":{\"start\":\"\0\0\0\0\0\0\0\0\0\0T00:00:00Z\",\"end\":\"2026-03-06T00:00:00Z\"},\"data\":{}}",
        r#"{"data" {}}"#,
        r#"{"data":{},}"#,
        r#"{,"data":{}}"#,
        r#"{"data":{"home":{}]}"#,
        r#"{"data":{"international_roaming":[{}}}"#,
        r#"{"data":{"international_roaming":[{},]}}"#,
        r#"{"data":{"international_roaming":[,{}]}}"#,
        r#"{"data":nullx}"#,
        r#"{"x":1}"#,
        r#"{"x":1,"usage_records":[],"sim_sid":null}"#,
        r#"{"meta":1,"data":{}}"#,
        r#"{"period":null}"#,
        r#"{"data":{},"status":500}"#,
        r#"{"data":{"home":{"total":null},"international_roaming":[{}]}}"#,
        "{}",
        "[]",
        "null",
    ] {
        // Names are compared 32 bytes at a time.
        let long = format!("{text}{}", " ".repeat(32));
        for start in [Memory::default, distrusting] {
            let mut memory = start();
            for text in [text, &long, text, &long] {
                let read = fast(text.as_bytes(), &mut memory, &mut UsageRecord::default());
                assert_eq!(read, None, "{text}");
            }
        }
    }
}

#[test]
fn bytes_that_no_text_has_end_no_record() {
    for text in RECORDS {
        let mut warmed = Memory::default();
        fast(text.as_bytes(), &mut warmed, &mut UsageRecord::default());
        for cut in 0..text.len() {
            let mut bytes = text.as_bytes()[..cut].to_vec();
            bytes.extend([0xff; 64]);
            for memory in [&Memory::default(), &warmed, &distrusting()] {
                let mut memory = memory.clone();
                let read = fast(&bytes, &mut memory, &mut UsageRecord::default());
                assert_eq!(read, None, "{cut} bytes of {text}");
            }
        }
    }
}

#[test]
fn a_flat_object_is_read_in_any_order_in_place_of_another() {
    type Node = crate::UsageNode<crate::DataCounts>;
    let after = r#","international_roaming":[{"total":1}]}}"#;
    let mut read = Node::default();
    for text in [
        r#"{"total":3,"x":1,"download":2,"upload":1,"units":"bytes","billed":1.50,"billing_units":"USD"}"#,
        r#"{"billed":0.25,"upload":987654321098765,"units":"KB","download":0}"#,
        r#"{"units":null,"total":"#,
        r#"{"billing_units":"EUR","total":7}"#,
        r#"{"total":7}"#,
    ] {
        let all = format!("{text}{after}");
        let rest = any_order(all.as_bytes(), &mut Memory::default(), &mut read);
        if text.ends_with('}') && !text.contains("\"x\"") {
            assert_eq!(rest, Some(after.as_bytes()), "{text}");
            assert_eq!(read, decode_tracked(text.as_bytes()).unwrap(), "{text}");
        } else {
            assert_eq!(rest, None, "{text}");
            // What is left of it does not matter.
            read =
                decode_tracked(br#"{"x":1,"total":1,"download":1,"billing_units":"CHF"}"#).unwrap();
        }
    }
}

proptest! {
    /// Whatever was read before: where the fast path takes a text that was edited at random, it reads what the
    /// plain reading reads; a text that was not edited it always takes.
    #[test]
    fn the_fast_reading_takes_only_what_the_plain_one_does(
        before in prop::collection::vec(0..RECORDS.len(), 0..8),
        distrusts in any::<bool>(),
        base in 0..RECORDS.len(),
        edits in prop::collection::vec((any::<Index>(), 0..3_usize, "[{}\\[\\],:\"\\\\ \n\u{0}\u{e9}0-9.eE+a-z-]{0,2}"), 0..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let mut memory = if distrusts { distrusting() } else { Memory::default() };
        let mut record = UsageRecord::default();
        for before in before {
            fast(RECORDS[before].as_bytes(), &mut memory, &mut record);
        }
        let mut text: Vec<char> = RECORDS[base].chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, added.chars());
        }
        let text: String = text.into_iter().collect();
        let mut bytes = text.as_bytes().to_vec();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let plain = plain(&bytes);
        match fast(&bytes, &mut memory, &mut record) {
            Some(length) => prop_assert_eq!(plain, Some((record, length))),
            // Escapes and white space before a record are for others.
            None if cut.is_none() => {
                let is_other = text.contains('\\') || text.starts_with([' ', '\n']);
                prop_assert!(plain.is_none() || is_other, "{}", text);
            }
            None => {}
        }
    }
}
