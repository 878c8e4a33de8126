//! The largest value that is read, whatever it is and however it comes.

use usage_model::{Item, MAX_VALUE_BYTES, RecordReader, UsagePage};

use super::in_pieces;

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
