//! Input that is no list of records, and what is said of it.

use usage_model::RecordReader;

use super::refusal;

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
fn after_a_refusal_nothing_more_is_read() {
    let mut reader = RecordReader::new();
    reader.feed(b"hello\n{\"data\":{}}\n");
    assert!(reader.next_item().is_err());
    assert_eq!(reader.next_item(), Ok(None));
    reader.end();
    assert_eq!(reader.next_item(), Ok(None));
}
