//! What is read from real responses, from lists, from NDJSON, and from input that is broken.

use serde_json::Value;
use usage_model::{
    Container, Counter, Field, International, Item, Kind, Lenient, MAX_VALUE_BYTES,
    MalformedDocument, NodePath, Position, RecordReader, UsagePage, read_records,
};

const CAPTURES: [(&str, &str, usize); 4] = [
    (
        "2017-milliseconds-no-billed",
        include_str!("../fixtures/2017-milliseconds-no-billed.json"),
        1,
    ),
    (
        "2018-two-countries",
        include_str!("../fixtures/2018-two-countries.json"),
        1,
    ),
    (
        "2020-null-counters",
        include_str!("../fixtures/2020-null-counters.json"),
        1,
    ),
    (
        "official-example-empty-objects",
        include_str!("../fixtures/official-example-empty-objects.json"),
        2,
    ),
];

fn page(text: &str) -> UsagePage {
    UsagePage::from_slice(text.as_bytes()).unwrap()
}

/// Every item of an input that is handed over in pieces of `size` bytes, and the error that ended it.
fn in_pieces(bytes: &[u8], size: usize) -> (Vec<Item>, Option<MalformedDocument>) {
    let mut reader = RecordReader::new();
    let mut items = Vec::new();
    for piece in bytes.chunks(size) {
        reader.feed(piece);
        loop {
            match reader.next_item() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error)),
            }
        }
    }
    reader.end();
    loop {
        match reader.next_item() {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return (items, None),
            Err(error) => return (items, Some(error)),
        }
    }
}

fn refusal(text: &str) -> String {
    let (_, error) = in_pieces(text.as_bytes(), usize::MAX);
    error
        .unwrap_or_else(|| panic!("{text} was read"))
        .to_string()
}

#[test]
fn captures_come_out_as_they_went_in() {
    for (name, text, count) in CAPTURES {
        let page = page(text);
        assert_eq!(page.records.len(), count, "{name}");
        let document: Value = serde_json::from_str(text).unwrap();
        for (index, record) in page.records.iter().enumerate() {
            let written = serde_json::to_value(record.as_ref().unwrap()).unwrap();
            assert_eq!(written, document["usage_records"][index], "{name}");
        }
        let meta = serde_json::to_value(page.meta.unwrap()).unwrap();
        assert_eq!(meta, document["meta"], "{name}");
    }
}

#[test]
fn the_capture_with_two_countries_reads_as_it_says() {
    let page = page(CAPTURES[1].1);
    let record = page.records[0].as_ref().unwrap();
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
    let record = page.records[0].as_ref().unwrap();
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
        (
            r#"{"data":{"billed":"1.5"}}"#,
            "a number with at most 28 digits, or null",
        ),
    ] {
        let page = page(&format!("{{\"usage_records\":[{text}]}}"));
        assert_eq!(page.records[0].as_ref().unwrap_err().expected, expected);
    }
}

#[test]
fn pieces_of_any_size_read_the_same() {
    let mut inputs: Vec<Vec<u8>> = CAPTURES
        .iter()
        .map(|(_, text, _)| text.as_bytes().to_vec())
        .collect();
    inputs.push("\u{feff} [ {\"data\":{\"x\":\"é€😀\"}} , {\"data\":7} ]\r\n".into());
    inputs.push(
        b"{\"data\":{}}\n\n{\"data\":\n{\"period\":null}\r\n{\"usage_records\":[{}]}\n".to_vec(),
    );
    inputs.push(b"{\"data\":{}}\n{\"data\":\"\xff\"}\n{\"data\":{}}\n".to_vec());
    inputs.push(b"{\"n\":-0.5e+10,\"data\":{\"billed\":-1.5e-1,\"x\":[1.E]}}".to_vec());
    inputs.push(b"[{\"data\":{\"total\":3.\n 4}}]".to_vec());
    inputs.push(b"[{\"data\":{\"total\":3\n\n x}}]".to_vec());
    inputs.push(b"[ 123456789,{\"data\":{}} ,-1.5e10\n]".to_vec());
    inputs.push(b"{\"usage_records\":[\n 8888888{".to_vec());
    inputs.push(b"[{\"n\":-0.5e+10,\"data\":{\"billed\":-1.5e-1}},{\"x\":-}]".to_vec());
    inputs.push(b"{\"zzz\":12,\"meta\":{\"page\":0},\"usage_records\":[]} {\"data\":{}".to_vec());
    inputs.push(b"{\"usage_records\":\n[]}".to_vec());
    inputs.push(b"{\"usage_records\"\n:[],\"meta\"\n:\n{}}".to_vec());
    for input in inputs {
        let whole = in_pieces(&input, usize::MAX);
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(in_pieces(&input, size), whole, "pieces of {size}");
        }
        let mut items = Vec::new();
        for item in read_records(&*input) {
            match item {
                Ok(item) => items.push(item),
                Err(error) => assert_eq!(
                    Some(error.to_string()),
                    whole.1.as_ref().map(ToString::to_string)
                ),
            }
        }
        assert_eq!(items, whole.0);
    }
}

#[test]
fn lines_of_ndjson_are_read_each_on_its_own() {
    let good = r#"{"data":{"total":1}}"#;
    let text = format!(
        "{good}\r\n\n{{\"data\":{{\"total\":\n{good}\n{{\"data\" 7}}\n{{\"code\":20003}}\n{good}"
    );
    let (items, error) = in_pieces(text.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    let lines: Vec<(u64, bool)> = items
        .iter()
        .map(|item| match item {
            Item::Record(place, _) => (place.position.line, true),
            Item::Malformed(bad) => (bad.place.position.line, false),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        lines,
        [
            (1, true),
            (3, false),
            (4, true),
            (5, false),
            (6, true),
            (7, true)
        ]
    );
}

#[test]
fn the_first_line_may_be_broken_too() {
    let (items, error) = in_pieces(b"{\"data\":{]}\n{\"data\":{}}\n", usize::MAX);
    assert_eq!(error, None);
    let Item::Malformed(bad) = &items[0] else {
        panic!("{items:?}")
    };
    assert_eq!(bad.found, "\"]\"");
    assert_eq!((bad.position.line, bad.position.column), (1, 10));
    assert!(matches!(items[1], Item::Record(..)));
}

#[test]
fn bytes_that_are_not_text_cost_their_line_only() {
    let (items, error) = in_pieces(
        b"{\"data\":{}}\n{\"x\":\"a\xc3\x28\"}\n{\"data\":{}}\n",
        usize::MAX,
    );
    assert_eq!(error, None);
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(bad.found, "a byte that is not UTF-8");
    assert_eq!(bad.position.offset, 19);
    assert!(matches!(items[2], Item::Record(..)));
}

/// Inputs, and what is said of them.
const REFUSALS: &[(&str, &str)] = &[
    (
        "hello",
        "expected a page, a list of records or a record, found \"h\" at line 1, column 1 (byte 0)",
    ),
    (
        "<html>",
        "expected a page, a list of records or a record, found \"<\" at line 1, column 1 (byte 0)",
    ),
    (
        "{\"code\":20003}",
        "an object that is neither a page nor a usage record at line 1, column 1 (byte 0)",
    ),
    (
        "{}",
        "an object that is neither a page nor a usage record at line 1, column 1 (byte 0)",
    ),
    (
        "{\"usage_records\":7}",
        "expected a list of records in usage_records, found \"7\" at line 1, column 18 (byte 17)",
    ),
    (
        "{\"usage_records\":[",
        "the input ends within usage_records at line 1, column 19 (byte 18)",
    ),
    (
        "{\"usage_records\":[{}",
        "the input ends within usage_records at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[{}]",
        "the input ends within the page at line 1, column 22 (byte 21)",
    ),
    (
        "{\"usage_records\":[{\"a\":",
        "the input ends within a record at line 1, column 24 (byte 23)",
    ),
    (
        "{\"usage_records\":[{}] \"meta\":{}}",
        "expected a comma or } in the page, found \"\\\"\" at line 1, column 23 (byte 22)",
    ),
    (
        "{\"usage_records\":[{}{}]}",
        "expected a comma or ] in usage_records, found \"{\" at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[],\"usage_records\":[]}",
        "a second member usage_records at line 1, column 21 (byte 20)",
    ),
    (
        "{\"meta\":{},\"meta\":{},\"usage_records\":[]}",
        "a second member meta at line 1, column 19 (byte 18)",
    ),
    (
        "{\"meta\":{}}",
        "a page without usage_records at line 1, column 12 (byte 11)",
    ),
    (
        "{\"usage_records\":[],\"meta\":{\"next_page_url\":7}}",
        "/meta/next_page_url: found the number 7, expected a string, or null at line 1, column 45 (byte 44)",
    ),
    (
        "{\"usage_records\":[]}\nx",
        "expected a page, a list of records or a record, found \"x\" at line 2, column 1 (byte 21)",
    ),
    (
        "[{},\n{\"data\" 7}]",
        "not valid JSON: found \"7\" at line 2, column 9 (byte 13)",
    ),
    (
        "[{\"data\":{\"total\":3.\n4}}]",
        "not valid JSON: found \"\\n\" at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[],\"x\":1.a}",
        "not valid JSON: found \"a\" at line 1, column 27 (byte 26)",
    ),
    (
        "{\"x\":1",
        "the input ends within a record at line 1, column 7 (byte 6)",
    ),
    (
        "[\u{feff}{}]",
        "not valid JSON: found \"\\u{feff}\" at line 1, column 2 (byte 1)",
    ),
    (
        "{\"data\" 7}\nx",
        "not valid JSON: found \"7\" at line 1, column 9 (byte 8)",
    ),
    (
        "{\"meta\" 7}",
        "expected a colon at line 1, column 9 (byte 8)",
    ),
    (
        "[{\"x\":1.a},{}]",
        "not valid JSON: found \"a\" at line 1, column 9 (byte 8)",
    ),
    (
        "[{\"x\":\n1.a}]",
        "not valid JSON: found \"a\" at line 2, column 3 (byte 9)",
    ),
    (
        "[{\"x\" 1},-",
        "not valid JSON: found \"1\" at line 1, column 7 (byte 6)",
    ),
    (
        "{\"x\":1 \"y\":2}",
        "not valid JSON: found \"\\\"\" at line 1, column 8 (byte 7)",
    ),
    (
        "[",
        "the input ends within the list of records at line 1, column 2 (byte 1)",
    ),
];

#[test]
fn what_is_no_list_of_records_is_refused_with_its_place() {
    for (text, reason) in REFUSALS {
        assert_eq!(refusal(text), *reason, "{text}");
    }
}

#[test]
fn a_number_goes_on_in_the_next_piece() {
    let mut reader = RecordReader::new();
    reader.feed(b"{\"usage_records\":[],\"x\":1");
    assert_eq!(reader.next_item(), Ok(None));
    reader.feed(b"2}");
    assert_eq!(reader.next_item(), Ok(Some(Item::Page(None))));
}

/// At the very start such an object is refused, because it shows no sign of being a record.
#[test]
fn a_resumed_reader_knows_that_documents_went_before() {
    let mut reader = RecordReader::resume(Position::START);
    reader.feed(b"{\"x\":1}\n");
    assert!(matches!(reader.next_item(), Ok(Some(Item::Record(..)))));
    assert_eq!(reader.next_item(), Ok(None));
    assert!(reader.is_between_documents());
    reader.feed(b"[");
    assert_eq!(reader.next_item(), Ok(None));
    reader.feed(b"]");
    assert_eq!(reader.next_item(), Ok(None));
    assert!(reader.is_between_documents());
    reader.feed(b"[{}");
    assert!(matches!(reader.next_item(), Ok(Some(Item::Record(..)))));
    assert_eq!(reader.next_item(), Ok(None));
    assert!(!reader.is_between_documents());
}

#[test]
fn after_any_document_a_line_may_be_a_record_without_a_sign_of_it() {
    for first in ["[]", "{\"usage_records\":[]}", "{\"data\":{}}"] {
        let (items, error) = in_pieces(format!("{first}\n{{\"x\":1}}\n").as_bytes(), usize::MAX);
        assert_eq!(error, None);
        assert!(matches!(items.last(), Some(Item::Record(..))), "{first}");
    }
}

#[test]
fn a_broken_line_ends_where_it_ends() {
    for (line, rest, found) in [
        ("{\"data\":7,", "\n{\"data\":{}}", "the end of the line"),
        ("{\"data\" 7}x]", "\n", "\"7\""),
        ("{\"data\" 7}x]", "", "\"7\""),
    ] {
        let input = format!("{{\"data\":{{}}}}\n{line}{rest}");
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input.as_bytes(), size);
            assert_eq!(error, None, "{input}");
            let Item::Malformed(bad) = &items[1] else {
                panic!("{items:?}")
            };
            assert_eq!((&*bad.raw, bad.found.as_str()), (line, found), "{input}");
        }
    }
}

#[test]
fn after_a_refusal_nothing_more_is_read() {
    let mut reader = RecordReader::new();
    reader.feed(b"hello\n{\"data\":{}}\n");
    assert!(reader.next_item().is_err());
    assert_eq!(reader.next_item(), Ok(None));
    reader.end();
    assert_eq!(reader.next_item(), Ok(None));
}

/// A record of exactly `bytes` bytes.
fn large_record(bytes: usize) -> String {
    let (before, after) = ("{\"data\":{},\"x\":\"", "\"}");
    let filling = "}".repeat(bytes - before.len() - after.len());
    format!("{before}{filling}{after}")
}

#[test]
fn the_largest_record_is_read_and_one_byte_more_is_not() {
    for (bytes, fits) in [
        (MAX_VALUE_BYTES, true),
        (MAX_VALUE_BYTES + 1, false),
        (3 << 20, false),
    ] {
        let record = large_record(bytes);
        for input in [
            format!("{record}\n{record}"),
            format!("[{record},{record}]"),
            format!("{{\"usage_records\":[{record},{record}]}}"),
        ] {
            let before = input.find("{\"data").unwrap();
            let whole = in_pieces(input.as_bytes(), usize::MAX);
            for size in [64 << 10, 333_333] {
                assert_eq!(
                    in_pieces(input.as_bytes(), size),
                    whole,
                    "{bytes} bytes, pieces of {size}"
                );
            }
            let records = whole
                .0
                .iter()
                .filter(|item| matches!(item, Item::Record(..)));
            assert_eq!(records.count(), if fits { 2 } else { 0 }, "{bytes}");
            match whole.1 {
                None => assert!(fits),
                Some(error) => {
                    assert!(!fits, "{error}");
                    assert_eq!(error.reason, "a record or envelope larger than 1 MiB");
                    assert_eq!(usize::try_from(error.position.offset).unwrap(), before);
                }
            }
        }
    }
}

#[test]
fn the_largest_envelope_is_read_and_one_byte_more_is_not() {
    for (bytes, fits) in [(MAX_VALUE_BYTES, true), (MAX_VALUE_BYTES + 1, false)] {
        let (before, after) = ("\"meta\":{\"key\":\"", "\"}");
        let filling = "k".repeat(bytes - before.len() - after.len());
        let input = format!("{{\"usage_records\":[],{before}{filling}{after}}}");
        for size in [usize::MAX, 64 << 10] {
            let (_, error) = in_pieces(input.as_bytes(), size);
            assert_eq!(error.is_none(), fits, "{error:?}");
        }
    }
}

#[test]
fn what_lies_beyond_the_largest_size_is_not_looked_at() {
    // Broken, but only where a reader of pieces has given up already.
    let record = format!("{{\"x\":\"{}\u{1}\"}}", "k".repeat(2 * MAX_VALUE_BYTES));
    let text = format!("{{\"usage_records\":[{record}]}}");
    let reason = "a record or envelope larger than 1 MiB";
    let error = UsagePage::from_slice(text.as_bytes()).unwrap_err();
    assert_eq!((error.reason.as_str(), error.position.offset), (reason, 18));
    let (_, error) = in_pieces(text.as_bytes(), 64 << 10);
    assert_eq!(error.unwrap().reason, reason);
}

#[test]
fn an_input_that_never_closes_is_not_gathered() {
    let mut reader = RecordReader::new();
    reader.feed(b"{\"data\":\"");
    let piece = vec![b'a'; 64 << 10];
    let mut fed = 0;
    let error = loop {
        reader.feed(&piece);
        fed += piece.len();
        match reader.next_item() {
            Ok(item) => assert_eq!(item, None),
            Err(error) => break error,
        }
        assert!(fed <= MAX_VALUE_BYTES, "{fed} bytes were taken");
    };
    assert_eq!(error.reason, "a record or envelope larger than 1 MiB");
}

#[test]
fn white_space_has_no_largest_size() {
    let space = " \n".repeat(MAX_VALUE_BYTES / 2 + 1000);
    let input = format!("{space}{{\"data\":{{}}}}{space}{{\"data\":{{}}}}{space}");
    for size in [usize::MAX, 64 << 10] {
        let (items, error) = in_pieces(input.as_bytes(), size);
        assert_eq!((items.len(), error), (2, None));
    }
}

#[test]
fn bytes_that_are_not_text_are_marked_in_what_is_kept() {
    let (items, _) = in_pieces(b"{\"data\":{}}\n{\"x\":\"a\xc3\x28\xff\"}\n", usize::MAX);
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(&*bad.raw, "{\"x\":\"a\u{fffd}(\u{fffd}\"}");
}

#[test]
fn a_character_without_its_end_is_not_passed_over() {
    for input in [&b"{\"data\":{}}\n\xc3"[..], b"{\"data\":{}}\n\xff\n"] {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input, size);
            assert_eq!(items.len(), 1);
            let error = error.unwrap();
            assert!(
                error.reason.ends_with("a byte that is not UTF-8"),
                "{error}"
            );
            assert_eq!(error.position.offset, 12);
        }
    }
}

#[test]
fn any_number_of_bytes_that_are_not_text_is_one_bad_line() {
    let mut input = b"{\"data\":{}}\n{\"x\":\"".to_vec();
    input.resize(input.len() + 100_000, 0xff);
    input.extend(b"\"}\n{\"data\":{}}\n{\"x\":\"\xff\"}\n");
    for size in [usize::MAX, 1_000] {
        let (items, error) = in_pieces(&input, size);
        assert_eq!((items.len(), error), (4, None));
        for index in [1, 3] {
            let Item::Malformed(bad) = &items[index] else {
                panic!("{items:?}")
            };
            assert_eq!(bad.found, "a byte that is not UTF-8");
        }
    }
}

#[test]
fn a_malformed_record_is_written_with_its_place() {
    let text = "{\"usage_records\":[{},\n{\"data\":{\"total\":-1}}]}";
    let page = page(text);
    let written = serde_json::to_value(page.records[1].as_ref().unwrap_err()).unwrap();
    let expected = serde_json::json!({
        "record": 1,
        "pointer": "/usage_records/1/data/total",
        "line": 2,
        "column": 18,
        "offset": 39,
        "found": "the number -1",
        "expected": "a whole number from 0 to 9223372036854775807, or null",
        "raw": "{\"data\":{\"total\":-1}}",
    });
    assert_eq!(written, expected);
}

#[test]
fn an_empty_input_has_no_records() {
    for text in ["", " \n\r\n", "\u{feff}"] {
        assert_eq!(in_pieces(text.as_bytes(), usize::MAX), (Vec::new(), None));
    }
}

#[test]
fn nesting_without_end_is_no_stack_overflow() {
    let deep = format!("{{\"data\":{}", "[".repeat(1_000_000));
    assert!(refusal(&deep).contains("ends within a record"));
    let kept = format!(
        "{{\"data\":{{}},\"deep\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let (items, error) = in_pieces(kept.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    assert!(matches!(items[0], Item::Record(..)));
}

#[test]
fn a_body_is_one_page() {
    for text in [
        "",
        "[]",
        "{\"data\":{}}",
        "{\"usage_records\":[]}{\"usage_records\":[]}",
    ] {
        let error = UsagePage::from_slice(text.as_bytes()).unwrap_err();
        assert!(
            error.reason.starts_with("expected one page"),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_list_ends_at_null_and_at_an_empty_link() {
    for (next, expected) in [
        ("null", None),
        ("\"\"", None),
        ("\"https://h/\"", Some("https://h/")),
    ] {
        let text = format!("{{\"usage_records\":[],\"meta\":{{\"next_page_url\":{next}}}}}");
        assert_eq!(page(&text).meta.unwrap().next_page(), expected);
    }
}

#[test]
fn numbers_of_the_envelope_may_be_text() {
    let text = r#"{"usage_records":[],"meta":{"page":"3","page_size":50}}"#;
    let meta = page(text).meta.unwrap();
    assert_eq!(meta.page.value().unwrap().value(), Some(3));
    assert_eq!(meta.page_size.value().unwrap().value(), Some(50));
    assert_eq!(
        serde_json::to_string(&meta).unwrap(),
        r#"{"page":"3","page_size":50}"#
    );
}

#[test]
fn a_reader_that_goes_on_reads_what_one_would_have_read() {
    let lines = "{\"data\":{}}\n{\"data\":{\"total\":-1}}\n\n{\"data\" 1}\n{\"other\":1}\n{\"sim_sid\":\"ä\"}\n";
    let items = |reader: &mut RecordReader, text: &str| {
        reader.feed(text.as_bytes());
        let mut items = Vec::new();
        while let Some(item) = reader.next_item().unwrap() {
            items.push(item);
        }
        items
    };
    let whole = items(&mut RecordReader::new(), lines);
    for (cut, _) in lines.match_indices('\n') {
        let (before, after) = lines.split_at(cut + 1);
        let mut first = RecordReader::new();
        let mut all = items(&mut first, before);
        // A broken line shows only in the light of the next.
        assert_eq!(
            first.is_between_documents(),
            !before.ends_with("1}\n") || before.contains("other")
        );
        if !first.is_between_documents() {
            continue;
        }
        let mut position = Position::default();
        position.offset = u64::try_from(before.len()).unwrap();
        position.line = u64::try_from(before.matches('\n').count()).unwrap() + 1;
        position.column = 1;
        let numbered = u64::try_from(all.len()).unwrap();
        for mut item in items(&mut RecordReader::resume(position), after) {
            match &mut item {
                Item::Record(place, _) => place.record += numbered,
                Item::Malformed(record) => record.place.record += numbered,
                _ => {}
            }
            all.push(item);
        }
        assert_eq!(all, whole, "{before:?}");
    }
}
