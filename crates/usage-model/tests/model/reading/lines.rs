//! NDJSON: a bad line costs only itself, bytes that are not text too.

use usage_model::{Item, Position, RecordReader};

use super::in_pieces;

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
fn a_bad_line_costs_only_itself_wherever_it_stands() {
    for (text, good, bad) in [
        // The last line but one is cut, so that the last seems to go on with it.
        (
            "{\"data\":{}}\n{\"data\":{\"total\":\n{\"data\":{\"total\":2}}\n",
            2,
            1,
        ),
        // Blank lines stand between.
        ("{\"data\":{]}\n\n{\"data\":{}}", 1, 1),
        (
            "{\"data\":{}}\n{\"data\":{\"total\":\n\n{\"data\":{}}\n {\"data\":{}}",
            3,
            1,
        ),
        // The first line shows no sign of being a record.
        ("{}\n{\"data\":{}}", 2, 0),
        ("{\"new_member\":1}\n\n{\"data\":{}}\n", 2, 0),
    ] {
        for size in [usize::MAX, 5, 1] {
            let (items, error) = in_pieces(text.as_bytes(), size);
            assert_eq!(error, None, "{text}");
            let records = items.iter().filter(|item| matches!(item, Item::Record(..)));
            assert_eq!((records.count(), items.len()), (good, good + bad), "{text}");
        }
    }
}

/// Each of them seems to go on to the end. Were each read to there, this would take hours.
#[test]
fn any_number_of_lines_that_do_not_end_is_read_in_one_go() {
    let lines = 40_000;
    for (line, end) in [
        ("{\"x\":[\n", "{\"data\":{}}\n"),
        ("{\"x\":[\n", "{\"data\" 7}\n{\"data\":{}}\n"),
        ("{\"data\":{\"total\":\n", "{\"data\":{}}\n"),
    ] {
        let input = format!("{{\"data\":{{}}}}\n{}{end}", line.repeat(lines));
        let (items, error) = in_pieces(input.as_bytes(), 1 << 19);
        assert_eq!(error, None, "{line}");
        let bad = items.len() - 2;
        assert_eq!(bad, lines + usize::from(end.contains('7')), "{line}");
        assert!(matches!(items.last(), Some(Item::Record(..))), "{line}");
    }
}

#[test]
fn a_broken_line_is_placed_within_itself() {
    let text = "{\"data\":{}}\n{\"data\":{\"total\":\n{\"data\":{\"total\":1}}\n{\"data\":{}}\n";
    let (items, _) = in_pieces(text.as_bytes(), usize::MAX);
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(bad.found, "the end of the line");
    assert_eq!(bad.position, Position::new(29, 2, 18));
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
