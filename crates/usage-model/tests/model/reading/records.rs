//! Records as they stand in a page: what survives, and what is wrong with the others.

use serde_json::Value;
use usage_model::{Container, Counter, Field, International, Item, Kind, Lenient, NodePath};

use super::{CAPTURES, in_pieces, page, refusal};

#[test]
fn captures_come_out_as_they_went_in() {
    for (name, text, count) in CAPTURES {
        let page = page(text);
        assert_eq!(page.records.len(), count, "{name}");
        let document: Value = serde_json::from_str(text).unwrap();
        for (index, record) in page.records.iter().enumerate() {
            let written = serde_json::to_value(&record.as_ref().unwrap().record).unwrap();
            assert_eq!(written, document["usage_records"][index], "{name}");
        }
        let meta = serde_json::to_value(page.meta.unwrap()).unwrap();
        assert_eq!(meta, document["meta"], "{name}");
    }
}

#[test]
fn the_capture_with_two_countries_reads_as_it_says() {
    let page = page(CAPTURES[1].1);
    let record = &page.records[0].as_ref().unwrap().record;
    assert!(matches!(
        record.account_sid,
        Field::Value(Lenient::Known(_))
    ));
    let commands = record.commands.value().unwrap();
    assert_eq!(commands.top.counts.from_sim, Field::Null);
    let data = record.data.value().unwrap();
    assert_eq!(data.top.count(Counter::Total).get(), 2_452_346_626);
    assert_eq!(data.children_sum(Counter::Total), 2_452_346_626);
    assert_eq!(data.top.billed.value().unwrap().to_string(), "251.23");
    let countries: Vec<_> = data
        .international_roaming
        .entries()
        .iter()
        .map(|entry| entry.country_code.value().unwrap().as_str())
        .collect();
    assert_eq!(countries, ["DEU", "CHE"]);
}

#[test]
fn the_oldest_capture_keeps_its_shape() {
    let page = page(CAPTURES[0].1);
    let record = &page.records[0].as_ref().unwrap().record;
    assert!(matches!(
        record.account_sid,
        Field::Value(Lenient::Other(_))
    ));
    let data = record.data.value().unwrap();
    assert_eq!(data.national_roaming, Field::Null);
    assert_eq!(data.international_roaming, International::List(Vec::new()));
    assert_eq!(data.top.billed, Field::Absent);
    assert_eq!(data.top.count(Counter::Total).get(), 5_446_765_119);
    let start = record.period.value().unwrap().start.value().unwrap();
    assert_eq!(start.to_string(), "2017-04-23T01:14:37.507Z");
}

#[test]
fn every_shape_of_the_international_share_survives() {
    for share in [
        "null",
        "[]",
        "{}",
        r#"[{"total":1,"to_sim":1,"from_sim":0,"country_code":"DEU"}]"#,
        r#"{"total":1,"country_code":"de"}"#,
    ] {
        let text = format!(r#"{{"commands":{{"international_roaming":{share}}}}}"#);
        let record: usage_model::UsageRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
    let text = r#"{"commands":{}}"#;
    let record: usage_model::UsageRecord = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
}

#[test]
fn a_single_object_has_its_own_pointer() {
    let text = r#"{"data":{"international_roaming":{"total":1}}}"#;
    let record: usage_model::UsageRecord = serde_json::from_str(text).unwrap();
    let data = record.data.value().unwrap();
    let (path, node) = data.children().next().unwrap();
    assert_eq!(
        path.counter_pointer(Kind::Data, Counter::Total),
        "/data/international_roaming/total"
    );
    assert_eq!(path, NodePath::InternationalSingle);
    assert_eq!(data.node(path), Some(node));
}

#[test]
fn unknown_members_survive_at_every_level() {
    let text = concat!(
        r#"{"period":{"zone":"UTC"},"commands":{"total":1,"home":{"x":[1,2]},"#,
        r#""international_roaming":[{"country_code":"DEU","y":{"z":0.10}}],"w":1e400},"v":null}"#
    );
    let record: usage_model::UsageRecord = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
}

#[test]
fn a_bad_record_costs_only_itself() {
    let cases = [
        (
            r#"{"data":{"total":"5"}}"#,
            "/data/total",
            r#"the string "5""#,
        ),
        (r#"{"data":{"total":-5}}"#, "/data/total", "the number -5"),
        (r#"{"data":{"total":1.5}}"#, "/data/total", "the number 1.5"),
        (r#"{"data":{"total":1.0}}"#, "/data/total", "the number 1.0"),
        (
            r#"{"data":{"home":{"upload":9223372036854775808}}}"#,
            "/data/home/upload",
            "the number 9223372036854775808",
        ),
        (r#"{"data":{"total":true}}"#, "/data/total", "true"),
        (r#"{"data":{"total":{}}}"#, "/data/total", "an object"),
        (r#"{"data":[]}"#, "/data", "a list"),
        (
            r#"{"data":{"international_roaming":3}}"#,
            "/data/international_roaming",
            "the number 3",
        ),
        (
            r#"{"data":{"international_roaming":[{},null]}}"#,
            "/data/international_roaming/1",
            "null",
        ),
        (
            r#"{"data":{"international_roaming":[{"total":[]}]}}"#,
            "/data/international_roaming/0/total",
            "a list",
        ),
        (
            r#"{"period":{"start":"2017-04-23"}}"#,
            "/period/start",
            r#"the string "2017-04-23""#,
        ),
        (r#"{"account_sid":7}"#, "/account_sid", "the number 7"),
        (
            r#"{"data":{"billed":"1.5"}}"#,
            "/data/billed",
            r#"the string "1.5""#,
        ),
        (
            r#"{"data":{"total":1,"total":1}}"#,
            "/data/total",
            "a second member of this name",
        ),
        (
            r#"{"data":{"a/b~":1,"a/b~":1}}"#,
            "/data/a~1b~0",
            "a second member of this name",
        ),
        ("7", "", "the number 7"),
        ("null", "", "null"),
    ];
    for (bad, pointer, found) in cases {
        let good = r#"{"data":{"total":1}}"#;
        let text = format!("{{\"usage_records\":[{good},\n {bad},{good}],\"meta\":{{}}}}");
        let page = page(&text);
        assert!(page.records[0].is_ok() && page.records[2].is_ok(), "{bad}");
        let error = page.records[1].as_ref().unwrap_err();
        assert_eq!(error.pointer, pointer, "{bad}");
        assert_eq!(error.found, found, "{bad}");
        assert_eq!(&*error.raw, bad);
        assert_eq!(error.place.record, 1);
        assert_eq!(error.place.container, Container::Page(1));
        assert_eq!(error.place.position.line, 2);
        let offset = usize::try_from(error.position.offset).unwrap();
        let column = usize::try_from(error.position.column).unwrap();
        let line_start = text.find('\n').unwrap() + 1;
        assert_eq!(line_start + column - 1, offset, "{bad}");
        assert!(
            offset > line_start && offset < line_start + 1 + bad.len(),
            "{bad}"
        );
    }
}

#[test]
fn a_name_that_is_no_text_differs_from_a_missing_object() {
    let page = page("{\"usage_records\":[{\"data\":{\"\\ud800\":1}}]}");
    let error = page.records[0].as_ref().unwrap_err();
    assert_eq!(error.pointer, "/data");
    assert_eq!(error.expected, "names of members that are Unicode text");
}

#[test]
fn a_timestamp_without_offset_says_what_is_missing() {
    let text = r#"{"usage_records":[{"period":{"end":"2026-03-05T00:00:00"}}]}"#;
    let page = page(text);
    let error = page.records[0].as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed record at /usage_records/0/period/end: found the string \"2026-03-05T00:00:00\", \
         expected a timestamp such as 2026-03-05T00:00:00Z (an offset: Z, +HH:MM or -HH:MM)"
    );
    assert_eq!(
        usize::try_from(error.position.offset).unwrap(),
        text.find("\"2026").unwrap()
    );
}

#[test]
fn a_text_in_place_of_a_number_says_what_is_expected() {
    for (text, expected) in [
        (
            r#"{"data":{"total":"1"}}"#,
            "a whole number from 0 to 9223372036854775807, or null",
        ),
        (r#"{"data":{"billed":"1.5"}}"#, "a number, or null"),
    ] {
        let page = page(&format!("{{\"usage_records\":[{text}]}}"));
        assert_eq!(page.records[0].as_ref().unwrap_err().expected, expected);
    }
}

#[test]
fn a_malformed_record_is_written_with_its_place() {
    let text = "{\"usage_records\":[{\"data\":{\"total\":0}},\n{\"data\":{\"total\":-1}}]}";
    let page = page(text);
    let written = serde_json::to_value(page.records[1].as_ref().unwrap_err()).unwrap();
    let expected = serde_json::json!({
        "record": 1,
        "pointer": "/usage_records/1/data/total",
        "line": 2,
        "column": 18,
        "offset": 57,
        "found": "the number -1",
        "expected": "a whole number from 0 to 9223372036854775807, or null",
        "raw": "{\"data\":{\"total\":-1}}",
    });
    assert_eq!(written, expected);
}

#[test]
fn nesting_without_end_is_no_stack_overflow() {
    let deep = format!("{{\"data\":{}", "[".repeat(1_000_000));
    assert!(refusal(&deep).contains("found the end of the input"));
    let kept = format!(
        "{{\"data\":{{\"total\":0}},\"deep\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let (items, error) = in_pieces(kept.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    assert!(matches!(items[0], Item::Record(..)));
}

#[test]
fn a_record_that_is_almost_json_is_none_wherever_it_stands() {
    // What follows leaves room to read the record as records usually are.
    let next = r#"{"data":{"total":0}}"#;
    for record in [
        r#"{"account_sid":null;"data":{"total":0}}"#,
        r#"{"account_sid":null:"data":{"total":0}}"#,
        r#"{"account_sid":null,"data":{"total":0},}"#,
        r#"{"account_sid":null,"data":{"total":0,}}"#,
        r#"{"x":"\u00zz","data":{"total":0}}"#,
        r#"{"account_sid":null,"data":{"total":01}}"#,
    ] {
        for document in [
            format!("{record}\n{next}\n{next}\n{next}\n"),
            format!("{next}\n{next}\n{next}\n{record}\n{next}\n{next}\n"),
        ] {
            let (items, error) = in_pieces(document.as_bytes(), usize::MAX);
            assert_eq!(error, None);
            let bad = items
                .iter()
                .filter(|item| matches!(item, Item::Malformed(_)));
            assert_eq!(bad.count(), 1, "{record}");
            let good = items.iter().filter(|item| matches!(item, Item::Record(..)));
            assert_eq!(good.count(), document.matches(next).count(), "{record}");
        }
    }
}
