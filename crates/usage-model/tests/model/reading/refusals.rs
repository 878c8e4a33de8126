//! Input that is no list of records, and what is said of it.

use usage_model::{LooksLike, RecordReader};

use super::{in_pieces, refusal};

/// Inputs, and what is said of them.
const REFUSALS: &[(&str, &str)] = &[
    (
        "hello",
        "found \"h\", expected a page, a list of records or a record at line 1, column 1 (byte 0)",
    ),
    (
        "null",
        "found null, expected a page, a list of records or a record at line 1, column 1 (byte 0)",
    ),
    (
        "{\"code\":20003}",
        "found an object without a value in any member of a record, expected a usage record at line 1, column 1 (byte 0)",
    ),
    (
        "{}",
        "found an object without a value in any member of a record, expected a usage record at line 1, column 1 (byte 0)",
    ),
    (
        "{\"usage_records\":7}",
        "found \"7\", expected a list of records in usage_records at line 1, column 18 (byte 17)",
    ),
    (
        "{\"usage_records\":[",
        "found the end of the input, expected a comma or ] in the list of records at line 1, column 19 (byte 18)",
    ),
    (
        "[{\"data\":{\"total\":0}},",
        "found the end of the input, expected a record at line 1, column 23 (byte 22)",
    ),
    (
        "{\"usage_records\":[{\"data\":{\"total\":0}}",
        "found the end of the input, expected a comma or ] in the list of records at line 1, column 39 (byte 38)",
    ),
    (
        "{\"usage_records\":[{\"data\":{\"total\":0}}]",
        "found the end of the input, expected a comma or } in the page at line 1, column 40 (byte 39)",
    ),
    (
        "{\"usage_records\":[{\"a\":",
        "found the end of the input, expected valid JSON at line 1, column 24 (byte 23)",
    ),
    (
        "{\"status\":500,\"usage_records\":[],\"meta\":{}}",
        "found an error in status, beside the list of records, expected a page without an error at line 1, column 11 (byte 10)",
    ),
    (
        "{\"usage_records\":[{\"data\":{\"total\":0}}],\"errors\":[1],\"meta\":{}}",
        "found an error in errors, beside the list of records, expected a page without an error at line 1, column 50 (byte 49)",
    ),
    (
        "{\"usage_records\":[],\"error\":\"partial\"}",
        "found an error in error, beside the list of records, expected a page without an error at line 1, column 29 (byte 28)",
    ),
    (
        "{\"usage_records\":[],\"code\":\"20503\"}",
        "found an error in code, beside the list of records, expected a page without an error at line 1, column 28 (byte 27)",
    ),
    (
        "{\"usage_records\":[] \"meta\":{}}",
        "found \"\\\"\", expected a comma or } in the page at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[{}{}]}",
        "found \"{\", expected a comma or ] in the list of records at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[],\"usage_records\":[]}",
        "found a second member usage_records, expected each member once at line 1, column 21 (byte 20)",
    ),
    (
        "{\"meta\":{},\"meta\":{},\"usage_records\":[]}",
        "found a second member meta, expected each member once at line 1, column 19 (byte 18)",
    ),
    (
        "{\"meta\":{}}",
        "found a page without usage_records, expected a member usage_records at line 1, column 11 (byte 10)",
    ),
    (
        "{\"usage_records\":[],\"meta\":{\"next_page_url\":7}}",
        "/meta/next_page_url: found the number 7, expected a string, or null at line 1, column 45 (byte 44)",
    ),
    (
        "[{\"data\":{\"total\":0}},\n{\"data\" 7}]",
        "found \"7\", expected valid JSON at line 2, column 9 (byte 31)",
    ),
    (
        "[{\"data\":{\"total\":3.\n4}}]",
        "found the end of the line, expected valid JSON at line 1, column 21 (byte 20)",
    ),
    (
        "{\"usage_records\":[],\"x\":1.a}",
        "found \"a\", expected valid JSON at line 1, column 27 (byte 26)",
    ),
    (
        "{\"x\":1",
        "found the end of the input, expected valid JSON at line 1, column 7 (byte 6)",
    ),
    (
        "[\u{feff}{}]",
        "found \"\\u{feff}\", expected valid JSON at line 1, column 2 (byte 1)",
    ),
    (
        "{\"data\" 7}\nx",
        "found \"7\", expected valid JSON at line 1, column 9 (byte 8)",
    ),
    (
        "{\"meta\" 7}",
        "found \"7\", expected valid JSON at line 1, column 9 (byte 8)",
    ),
    (
        "[{\"x\":\n1.a}]",
        "found \"a\", expected valid JSON at line 2, column 3 (byte 9)",
    ),
    (
        "{\"x\":1 \"y\":2}",
        "found \"\\\"\", expected valid JSON at line 1, column 8 (byte 7)",
    ),
    (
        "[",
        "found the end of the input, expected a comma or ] in the list of records at line 1, column 2 (byte 1)",
    ),
];

/// Inputs of other kinds, and what they are taken for.
const OTHERS: &[(&[u8], LooksLike)] = &[
    (b"\xff\xfe{\0\"\0", LooksLike::Utf16),
    (b"{\0\"\0d\0", LooksLike::Utf16),
    (b"\0[\0{", LooksLike::Utf16),
    (b"[\0{\0", LooksLike::Utf16),
    (b"\x1f\x8b\x08\0\0", LooksLike::Gzip),
    (b"\x28\xb5\x2f\xfd\x04", LooksLike::Zstd),
    (b"<!DOCTYPE html>\n<html>", LooksLike::Html),
    (b"\n  <HTML>\n{\"data\":{\"total\":0}}\n", LooksLike::Html),
    (b"<?xml version=\"1.0\"?><a/>", LooksLike::Xml),
    (b"account_sid,sim_sid,total\nAC1,DE1,7\n", LooksLike::Csv),
    (b"\"account sid\";\"total\"\n", LooksLike::Csv),
    (b"PAR1\x15\x04", LooksLike::Parquet),
    (b"SQLite format 3\0\x10\0", LooksLike::Sqlite),
    (b"PK\x03\x04\x14\0", LooksLike::Zip),
];

#[test]
fn input_of_another_kind_is_named() {
    for (input, kind) in OTHERS {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input, size);
            assert_eq!(
                (items, error.unwrap().looks_like),
                (Vec::new(), Some(*kind))
            );
        }
    }
}

#[test]
fn input_of_another_kind_is_told_in_words() {
    for (kind, words) in [
        (LooksLike::Empty, "an empty input"),
        (LooksLike::Utf16, "text in UTF-16"),
        (LooksLike::Gzip, "data compressed by gzip"),
        (LooksLike::Zstd, "data compressed by zstd"),
        (LooksLike::Html, "a web page (HTML)"),
        (LooksLike::Xml, "an XML document"),
        (LooksLike::Csv, "a table (CSV)"),
        (LooksLike::Parquet, "a Parquet file"),
        (LooksLike::Sqlite, "an archive or another SQLite database"),
        (LooksLike::Zip, "a ZIP archive"),
    ] {
        assert_eq!(kind.to_string(), words);
    }
    assert!(refusal("<html>").ends_with("; it looks like a web page (HTML)"));
}

#[test]
fn what_is_no_list_of_records_is_refused_with_its_place() {
    for (text, reason) in REFUSALS {
        assert_eq!(refusal(text), *reason, "{text}");
    }
}

#[test]
fn after_a_refusal_nothing_more_is_read() {
    let mut reader = RecordReader::new();
    let mut bytes = &b"\x1f\x8b\n{\"data\":{\"total\":0}}\n"[..];
    assert!(reader.next(&mut bytes).is_err());
    assert!(bytes.is_empty());
    let mut bytes = &b"{\"data\":{\"total\":0}}\n"[..];
    assert!(reader.next(&mut bytes).unwrap().is_none());
    reader.end();
    assert!(reader.next(&mut bytes).unwrap().is_none());
}
