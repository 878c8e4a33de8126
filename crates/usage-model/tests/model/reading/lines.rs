//! NDJSON: a bad line costs only itself, bytes that are not text too.

use usage_model::{Item, MAX_VALUE_BYTES, Position, RecordReader};

use super::{in_pieces, taken};

/// The line on which each item starts, and whether it is a record.
fn lines_of(items: &[Item]) -> Vec<(u64, bool)> {
    let line = |item: &Item| match item {
        Item::Record(place, _) => (place.position.line, true),
        Item::Malformed(bad) => (bad.place.position.line, false),
        other => panic!("{other:?}"),
    };
    items.iter().map(line).collect()
}

#[test]
fn lines_of_ndjson_are_read_each_on_its_own() {
    let good = r#"{"data":{"total":1}}"#;
    let text = format!(
        "{good}\r\n\n{{\"data\":{{\"total\":\n{good}\n{{\"data\" 7}}\n{{\"code\":20003}}\n{good}"
    );
    let (items, error) = in_pieces(text.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    let lines = lines_of(&items);
    assert_eq!(
        lines,
        [
            (1, true),
            (3, false),
            (4, true),
            (5, false),
            (6, false),
            (7, true)
        ]
    );
}

#[test]
fn the_first_line_may_be_broken_too() {
    let (items, error) = in_pieces(b"{\"data\":{]}\n{\"data\":{\"total\":0}}\n", usize::MAX);
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
        b"{\"data\":{\"total\":0}}\n{\"x\":\"a\xc3\x28\"}\n{\"data\":{\"total\":0}}\n",
        usize::MAX,
    );
    assert_eq!(error, None);
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(bad.found, "a byte that is not UTF-8");
    assert_eq!(bad.position.offset, 28);
    assert!(matches!(items[2], Item::Record(..)));
}

#[test]
fn a_resumed_reader_knows_that_documents_went_before() {
    assert!(!RecordReader::new().is_between_documents());
    let mut reader = RecordReader::resume(Position::START, 0);
    assert!(matches!(
        taken(&mut reader, b"null\n")[..],
        [Item::Malformed(_)]
    ));
    assert!(reader.is_between_documents());
    for (piece, is_between) in [
        ("[", false),
        ("]", true),
        ("[{\"data\":{\"total\":0}}", false),
        ("]\n", true),
    ] {
        taken(&mut reader, piece.as_bytes());
        assert_eq!(reader.is_between_documents(), is_between, "{piece}");
    }
}

#[test]
fn an_object_without_a_value_in_any_member_of_a_record_is_none_wherever_it_stands() {
    for input in [
        "{\"data\":null,\"errors\":[{\"message\":\"no\"}]}\n{\"data\":{\"total\":0}}\n",
        "[{\"data\":{},\"status\":500},{\"data\":{\"total\":0}}]",
        "{\"usage_records\":[{\"period\":null},{\"data\":{\"total\":0}}]}",
        "{\"data\":{\"home\":{\"total\":null},\"international_roaming\":[{}]}}\n{\"data\":{\"total\":0}}\n",
        "{\"data\":{\"errors\":[1]},\"period\":{}}\n{\"data\":{\"total\":0}}\n",
        "{\"data\":{\"total\":0}}\n{\"x\":1}\n",
        "[{\"account_sid\":\"AC\",\"code\":20003,\"message\":\"no\"},{\"data\":{\"total\":0}}]",
        "[{\"sim_sid\":\"DE\",\"status\":401,\"message\":\"no\"},{\"data\":{\"total\":0}}]",
        "{}\n{\"data\":{\"total\":0}}\n",
        "[{\"error\":\"x\"},{\"data\":{\"total\":0}}]",
        "{\"usage_records\":[{\"data\":{\"total\":0}},{}]}",
    ] {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input.as_bytes(), size);
            assert_eq!(error, None, "{input}");
            let bad: Vec<_> = items
                .iter()
                .filter_map(|item| match item {
                    Item::Malformed(bad) => Some((bad.pointer.as_str(), bad.found.as_str())),
                    _ => None,
                })
                .collect();
            assert_eq!(
                bad,
                [("", "an object without a value in any member of a record")],
                "{input}"
            );
        }
    }
}

#[test]
fn one_value_makes_a_record_of_an_object_whose_other_members_are_null_or_empty() {
    for record in [
        "{\"account_sid\":\"AC\",\"period\":{},\"commands\":{},\"data\":null}",
        "{\"sim_sid\":\"DE\",\"data\":{}}",
        "{\"account_sid\":\"AC\",\"message\":\"hello\"}",
        "{\"account_sid\":\"AC\",\"code\":7,\"status\":\"active\"}",
        "{\"account_sid\":\"AC\",\"code\":7,\"message\":\"\",\"data\":{\"total\":0}}",
        "{\"period\":{\"end\":\"2026-06-02T00:00:00Z\"}}",
        "{\"commands\":{\"national_roaming\":{\"from_sim\":0}},\"data\":null}",
        "{\"data\":{\"international_roaming\":[{},{\"country_code\":\"CHE\"}]}}",
        "{\"data\":{\"units\":\"bytes\"}}",
        "{\"data\":{\"billed\":0}}",
        "{\"data\":{\"billing_units\":\"USD\"}}",
    ] {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(record.as_bytes(), size);
            assert_eq!(error, None, "{record}");
            assert!(matches!(items[..], [Item::Record(..)]), "{record}");
        }
    }
}

#[test]
fn nothing_among_lines_costs_more_than_its_line() {
    let good = "{\"data\":{\"total\":1}}\n";
    let large = format!(
        "{{\"data\":{{\"total\":0}},\"x\":\"{}\"}}\n",
        "x".repeat(2 * MAX_VALUE_BYTES)
    );
    let page = "{\"usage_records\":[{\"data\":{\"total\":0}},{\"data\":{\"to\n";
    for (bad, records, lines) in [
        ("curl: (56) connection reset\n", 0, 1),
        ("null\n", 0, 1),
        ("7\n\"text\"\n", 0, 2),
        ("\u{0}\u{1}binary\n", 0, 1),
        ("otal\":3,\"download\":2}}\n", 0, 1),
        ("{\"error\":{\"message\":\"x\"}}\n", 0, 1),
        ("{\"data\":{\"total\":0}} and more\n", 1, 1),
        ("{\"data\":{\"international_roaming\":[\n", 0, 1),
        ("<html>\n<body>\n", 0, 2),
        ("  % Total    % Received\n100  8\n", 0, 2),
        (page, 1, 1),
        (&large, 0, 1),
    ] {
        for (before, after) in [(0, 2), (2, 2), (1, 1), (1, 0)] {
            let text = format!("{}{bad}{}", good.repeat(before), good.repeat(after));
            for size in [usize::MAX, 1000, 3] {
                if size < 1000 && text.len() > 1000 {
                    continue;
                }
                // The start of an input decides what it is.
                if before == 0 && bad.starts_with('<') {
                    continue;
                }
                let (items, error) = in_pieces(text.as_bytes(), size);
                assert_eq!(error, None, "{bad}");
                let read = items.iter().filter(|item| matches!(item, Item::Record(..)));
                assert_eq!(
                    read.count(),
                    before + after + records,
                    "{before} {bad:.50} {after}"
                );
                let at: Vec<_> = items
                    .iter()
                    .filter_map(|item| match item {
                        Item::Malformed(bad) => Some(bad.place.position.line),
                        _ => None,
                    })
                    .collect();
                let first = u64::try_from(before).unwrap() + 1;
                assert_eq!(
                    at,
                    (first..first + lines).collect::<Vec<_>>(),
                    "{before} {bad:.50} {after}"
                );
            }
        }
    }
}

#[test]
fn a_broken_list_with_a_record_a_line_costs_one_line() {
    let text = "[\n{\"data\":{\"total\":0}},\n{\"data\":{]},\n{\"data\":{\"total\":0}},\n{\"data\":{\"total\":0}}\n]\n";
    let (items, error) = in_pieces(text.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    let lines = lines_of(&items);
    assert_eq!(lines, [(2, true), (3, false), (4, true), (5, true)]);
}

#[test]
fn a_record_that_is_cut_off_in_a_list_costs_one_line_each_time() {
    let good = r#"{"data":{"total":0}}"#;
    let list = format!("[\n{good},\n{{\"data\":{{\"total\":\n{good},\n{good}\n]\n");
    for lists in 1..=3 {
        let (items, error) = in_pieces(list.repeat(lists).as_bytes(), usize::MAX);
        assert_eq!(error, None);
        let of_list = [(2, true), (3, false), (4, true), (5, true)];
        let expected = (0..)
            .step_by(6)
            .take(lists)
            .flat_map(|before| of_list.map(|(line, is_record)| (before + line, is_record)));
        assert_eq!(lines_of(&items), expected.collect::<Vec<_>>());
    }
}

#[test]
fn what_stands_in_place_of_a_comma_costs_the_rest_of_its_line() {
    let good = r#"{"data":{"total":0}}"#;
    for (list, items_of_list) in [
        (format!("[{good} {good}]"), vec![(2, true), (2, false)]),
        (format!("[\n{good}\nx\n]"), vec![(3, true), (4, false)]),
        // A line that starts as a document does is read as one.
        (
            format!("[\n{good}\n{good}\n]"),
            vec![(3, true), (4, false), (4, true)],
        ),
    ] {
        let input = format!("{good}\n{list}\n{good}\n");
        let (items, error) = in_pieces(input.as_bytes(), usize::MAX);
        assert_eq!(error, None);
        let last = u64::try_from(input.lines().count()).unwrap();
        let expected = [vec![(1, true)], items_of_list, vec![(last, true)]].concat();
        assert_eq!(lines_of(&items), expected, "{list}");
    }
}

#[test]
fn line_feeds_in_a_record_are_counted_wherever_they_stand() {
    let good = r#"{"data":{"total":0}}"#;
    for record in [
        "{\"data\":\n{\"total\":0}}",
        "{\"data\"\n:{\"total\":0}}",
        "{\"data\":{\"total\":\n0}}",
        "{\"data\":{\"total\":0\n}}",
        "{\"data\":{\"international_roaming\":[\n{\"total\":1}]}}",
        "{\"x\":[1,\n2],\"data\":{\"total\":0}}",
        "{\"x\"\n:1,\"data\":{\"total\":0}}",
    ] {
        let input = format!("{record}\n{good}\n{good}\n{good}\n");
        let (items, error) = in_pieces(input.as_bytes(), usize::MAX);
        assert_eq!(error, None);
        let expected = [1, 3, 4, 5].map(|line| (line, true));
        assert_eq!(lines_of(&items), expected, "{record:?}");
    }
}

#[test]
fn records_printed_over_several_lines_are_read_in_a_row() {
    let good = "{\n  \"data\": {\n    \"total\": 1\n  }\n}\n";
    let bad = "{\n  \"data\": {\n    \"total\": 1 2\n  }\n}\n";
    let (items, error) = in_pieces(format!("{good}{bad}{good}").as_bytes(), usize::MAX);
    assert_eq!(error, None);
    assert!(
        matches!(
            items[..],
            [Item::Record(..), Item::Malformed(_), Item::Record(..)]
        ),
        "{items:?}"
    );
}

#[test]
fn a_bad_line_costs_only_itself_wherever_it_stands() {
    for (text, good, bad) in [
        // The last line but one is cut, so that the last seems to go on with it.
        (
            "{\"data\":{\"total\":0}}\n{\"data\":{\"total\":\n{\"data\":{\"total\":2}}\n",
            2,
            1,
        ),
        // Blank lines stand between.
        ("{\"data\":{]}\n\n{\"data\":{\"total\":0}}", 1, 1),
        (
            "{\"data\":{\"total\":0}}\n{\"data\":{\"total\":\n\n{\"data\":{\"total\":0}}\n {\"data\":{\"total\":0}}",
            3,
            1,
        ),
        // The first line shows no sign of being a record.
        ("{}\n{\"data\":{\"total\":0}}", 1, 1),
        ("{\"new_member\":1}\n\n{\"data\":{\"total\":0}}\n", 1, 1),
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
        ("{\"x\":[\n", "{\"data\":{\"total\":0}}\n"),
        ("{\"x\":[\n", "{\"data\" 7}\n{\"data\":{\"total\":0}}\n"),
        ("{\"data\":{\"total\":\n", "{\"data\":{\"total\":0}}\n"),
    ] {
        let input = format!("{{\"data\":{{\"total\":0}}}}\n{}{end}", line.repeat(lines));
        let (items, error) = in_pieces(input.as_bytes(), 1 << 19);
        assert_eq!(error, None, "{line}");
        let bad = items.len() - 2;
        assert_eq!(bad, lines + usize::from(end.contains('7')), "{line}");
        assert!(matches!(items.last(), Some(Item::Record(..))), "{line}");
    }
}

#[test]
fn a_broken_line_is_placed_within_itself() {
    let text = "{\"data\":{\"total\":0}}\n{\"data\":{\"total\":\n{\"data\":{\"total\":1}}\n{\"data\":{\"total\":0}}\n";
    let (items, _) = in_pieces(text.as_bytes(), usize::MAX);
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(bad.found, "the end of the line");
    assert_eq!(bad.position, Position::new(38, 2, 18));
}

#[test]
fn a_broken_line_ends_where_it_ends() {
    for (line, rest, found) in [
        (
            "{\"data\":7,",
            "\n{\"data\":{\"total\":0}}",
            "the end of the line",
        ),
        ("{\"data\" 7}x]", "\n", "\"7\""),
        ("{\"data\" 7}x]", "", "\"7\""),
    ] {
        let input = format!("{{\"data\":{{\"total\":0}}}}\n{line}{rest}");
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
fn bytes_that_are_not_text_are_replaced_in_what_is_kept() {
    let (items, _) = in_pieces(
        b"{\"data\":{\"total\":0}}\n{\"x\":\"a\xc3\x28\xff\"}\n",
        usize::MAX,
    );
    let Item::Malformed(bad) = &items[1] else {
        panic!("{items:?}")
    };
    assert_eq!(&*bad.raw, "{\"x\":\"a\u{fffd}(\u{fffd}\"}");
}

#[test]
fn a_character_without_its_end_is_not_passed_over() {
    for input in [
        &b"{\"data\":{\"total\":0}}\n\xc3"[..],
        b"{\"data\":{\"total\":0}}\n\xff\n",
    ] {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input, size);
            assert_eq!(error, None);
            let [Item::Record(..), Item::Malformed(bad)] = &items[..] else {
                panic!("{items:?}")
            };
            assert_eq!(bad.found, "a byte that is not UTF-8");
            assert_eq!(bad.position.offset, 21);
        }
    }
}

/// The first byte of a byte order mark is that of other characters too.
#[test]
fn a_line_that_starts_like_a_byte_order_mark_is_a_line_like_any_other() {
    let good = r#"{"data":{"total":0}}"#;
    for line in ["\u{ff01}", "\u{ff01} {}", "\u{fefe}\u{feff}"] {
        let input = format!("{good}\n{line}\n{good}\n");
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(input.as_bytes(), size);
            assert_eq!(error, None);
            let [Item::Record(..), Item::Malformed(bad), Item::Record(..)] = &items[..] else {
                panic!("{items:?}")
            };
            assert_eq!(&*bad.raw, line);
        }
    }
}

#[test]
fn any_number_of_bytes_that_are_not_text_is_one_bad_line() {
    let mut input = b"{\"data\":{\"total\":0}}\n{\"x\":\"".to_vec();
    input.resize(input.len() + 100_000, 0xff);
    input.extend(b"\"}\n{\"data\":{\"total\":0}}\n{\"x\":\"\xff\"}\n");
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
fn a_document_of_several_lines_is_read_after_one_that_was_cut_off() {
    let input = "{\"data\":\n{\"data\":{\"total\":0}}\n{\n\"data\":\n{\"total\":1}\n}\n";
    let (items, error) = in_pieces(input.as_bytes(), usize::MAX);
    assert_eq!(error, None);
    assert!(
        matches!(
            items[..],
            [Item::Malformed(_), Item::Record(..), Item::Record(..)]
        ),
        "{items:?}"
    );
}
