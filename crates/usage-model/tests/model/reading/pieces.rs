//! Input that comes in pieces reads as it would in one.

use usage_model::{Item, Position, RecordReader, read_records};

use super::{CAPTURES, in_pieces, take, taken};

#[test]
fn pieces_of_any_size_read_the_same() {
    let mut inputs: Vec<Vec<u8>> = CAPTURES
        .iter()
        .map(|(_, text, _)| text.as_bytes().to_vec())
        .collect();
    inputs.push("\u{feff} [ {\"data\":{\"x\":\"é€😀\"}} , {\"data\":7} ]\r\n".into());
    inputs.push(
        b"{\"data\":{\"total\":0}}\n\n{\"data\":\n{\"period\":null}\r\n{\"usage_records\":[{}]}\n"
            .to_vec(),
    );
    inputs.push(
        b"{\"data\":{\"total\":0}}\n{\"data\":\"\xff\"}\n{\"data\":{\"total\":0}}\n".to_vec(),
    );
    inputs.push(b"{\"n\":-0.5e+10,\"data\":{\"billed\":-1.5e-1,\"x\":[1.E]}}".to_vec());
    inputs.push(b"[{\"data\":{\"total\":3.\n 4}}]".to_vec());
    inputs.push(b"[{\"data\":{\"total\":3\n\n x}}]".to_vec());
    inputs.push(b"[ 123456789,{\"data\":{\"total\":0}} ,-1.5e10\n]".to_vec());
    inputs.push(b"{\"usage_records\":[\n 8888888{".to_vec());
    inputs.push(b"[{\"n\":-0.5e+10,\"data\":{\"billed\":-1.5e-1}},{\"x\":-}]".to_vec());
    inputs.push(b"{\"zzz\":12,\"meta\":{\"page\":0},\"usage_records\":[]} {\"data\":{}".to_vec());
    inputs.push(b"{\"usage_records\":\n[]}".to_vec());
    inputs.push(b"noise\n{\"data\":{\"total\":0}}\nnull\n\"x\"\n{\"error\":1}\n\xef\xbb\xbf{\"data\":{\"total\":0}}\r\n{\"data\":{\"total\":0}} x\n".to_vec());
    inputs.push(b"{\"usage_records\":[{\"data\":{\"total\":0}},{\"data\":{\"total\n{\"data\":{\"total\":0}}\n{\"usage_records\":[{\"data\":{\"total\":0}},\n{\"data\":{\"total\":0}}\n".to_vec());
    inputs.push(
        b"[\n{\"data\":{\"total\":0}},\n{\"data\":{]},\n{\"data\":{\"total\":0}},\n{\"data\":{\"total\":0}}\n]\n{\"data\":{\"total\":0}}"
            .to_vec(),
    );
    inputs.push(b"{\n  \"data\": {\n    \"total\": 1 2\n  }\n}\n{\n  \"data\": {}\n}\n".to_vec());
    inputs.push(b"{\"usage_records\"\n:[],\"meta\"\n:\n{}}".to_vec());
    for input in inputs {
        let whole = in_pieces(&input, usize::MAX);
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(in_pieces(&input, size), whole, "pieces of {size}");
        }
        let mut reader = RecordReader::new();
        reader.end();
        let mut items = Vec::new();
        let error = take(&mut reader, &mut &*input, &mut items).err();
        assert_eq!((items, error), whole, "known to be all");
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
fn a_byte_order_mark_stands_before_any_document() {
    for input in [
        &b"\xef\xbb\xbf\n[]"[..],
        b"\xef\xbb\xbf\n\xef\xbb\xbf[]",
        b"\n\xef\xbb\xbf[]\n\xef\xbb\xbf{\"data\":{\"total\":0}}\xef\xbb\xbf{\"usage_records\":[]}",
    ] {
        for size in [usize::MAX, 4, 1] {
            let (items, error) = in_pieces(input, size);
            assert_eq!(error, None);
            assert!(!items.iter().any(|item| matches!(item, Item::Malformed(_))));
        }
    }
}

#[test]
fn a_byte_order_mark_is_passed_as_soon_as_it_is_there_and_is_nothing_in_part() {
    let mut reader = RecordReader::new();
    let items = taken(&mut reader, b"\xef\xbb\xbf{\"data\":{\"total\":0}}");
    assert!(matches!(items[..], [Item::Record(..)]), "{items:?}");
    let mut reader = RecordReader::new();
    for (piece, passed) in [(&b"\xef"[..], 0), (b"\xbb", 0), (b"\xbf", 3)] {
        assert_eq!(taken(&mut reader, piece), []);
        assert_eq!(reader.position().offset, passed);
    }
    for size in [usize::MAX, 1] {
        let (items, error) = in_pieces(b"\xef\xbb", size);
        assert_eq!((items.len(), error.is_some()), (0, true), "{size}");
    }
}

#[test]
fn a_name_of_a_page_within_a_member_makes_no_page() {
    let input = r#"{"x":{"usage_records":[]},"y":"meta","data":{"total":0}}"#;
    for size in [usize::MAX, 1] {
        let (items, error) = in_pieces(input.as_bytes(), size);
        assert_eq!(error, None);
        assert!(matches!(items[..], [Item::Record(..)]), "{size}: {items:?}");
    }
}

#[test]
fn a_document_that_names_a_page_first_is_one_whatever_follows() {
    let next = r#"{"data":{"total":0}}"#;
    let kinds = |document: &str, size: usize| {
        // What follows leaves room to read the document as records usually are.
        let input = format!("{document}\n{next}\n{next}\n{next}\n");
        let (items, error) = in_pieces(input.as_bytes(), size);
        assert_eq!((items.len(), error), (4, None), "{document}");
        match &items[0] {
            Item::Record(..) => "record",
            Item::Malformed(_) => "malformed",
            _ => "page",
        }
    };
    for (document, kind) in [
        (r#"{"usage_records":[],"data":{"total":0}}"#, "page"),
        (r#"{"meta":{},"data":{"total":0}}"#, "malformed"),
        (
            r#"{"data":{"total":0},"meta":{},"usage_records":[]}"#,
            "record",
        ),
        (r#"{"data":{"meta":{},"total":0}}"#, "record"),
    ] {
        for size in [usize::MAX, 1] {
            assert_eq!(kinds(document, size), kind, "{document} in {size}");
        }
    }
}

/// Where a page breaks off after a comma, what comes next on a line of its own is not its next record, and the page is
/// not passed over in silence.
#[test]
fn a_page_after_one_that_breaks_off_is_a_page() {
    let page = |number: u32| {
        format!("{{\"usage_records\":[{{\"data\":{{\"total\":{number}}}}}],\"meta\":{{}}}}")
    };
    let [first, second, third] = [1, 2, 3].map(page);
    let of_records = [
        "the start of another page",
        "a record, or the end of this page",
    ];
    let of_members = ["\"{\"", "a member of the page"];
    for (end, records, pointer, [found, expected]) in [
        (",", 3, "/usage_records/1", of_records),
        ("],", 3, "", of_members),
    ] {
        let cut = first.replace("],\"meta\":{}}", end);
        for (before, pointer) in [("", pointer.to_owned()), ("[", format!("/0{pointer}"))] {
            let input = format!("{before}{cut}\n{second}\n{third}\n");
            for size in [usize::MAX, 64, 1] {
                let (items, error) = in_pieces(input.as_bytes(), size);
                assert_eq!(error, None);
                let of_kind = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
                assert_eq!(of_kind(|item| matches!(item, Item::Record(..))), records);
                assert_eq!(of_kind(|item| matches!(item, Item::Page(_))), 2);
                let malformed = items.iter().find_map(|item| match item {
                    Item::Malformed(record) => Some(record),
                    _ => None,
                });
                let record = malformed.unwrap();
                assert_eq!((&*record.found, &*record.expected), (found, expected));
                assert_eq!(record.place.position.line, 2);
                assert_eq!(record.place.pointer(""), pointer, "{input}");
            }
        }
    }
}

#[test]
fn a_reader_goes_on_from_any_position() {
    for position in [
        Position::default(),
        Position::new(5, 0, 0),
        Position::new(u64::MAX, u64::MAX, u64::MAX),
    ] {
        let mut reader = RecordReader::resume(position, 0);
        let items = taken(&mut reader, b"{\"data\":{\"total\":0}}\n{\"data\":7}\n");
        assert!(matches!(items[..], [Item::Record(..), Item::Malformed(_)]));
    }
}

#[test]
fn a_number_goes_on_in_the_next_piece() {
    let mut reader = RecordReader::new();
    assert_eq!(taken(&mut reader, b"{\"usage_records\":[],\"x\":1"), []);
    assert_eq!(taken(&mut reader, b"2}"), [Item::Page(None)]);
}

#[test]
fn the_text_of_a_record_is_at_hand_however_it_comes() {
    let records = [
        "{\"data\": {\"total\":0} }",
        "{\"account_sid\":\"\\u0041\"}",
        "{\"data\":{\"total\":0,\"x\":\"\u{e9}\"}}",
    ];
    let text = format!("[{}]", records.join(" , "));
    for size in [usize::MAX, 8, 1] {
        let mut reader = RecordReader::new();
        let mut seen = Vec::new();
        for mut piece in text.as_bytes().chunks(size) {
            while let Some(entry) = reader.next(&mut piece).unwrap() {
                assert!(matches!(entry.item(), Item::Record(..)));
                seen.push(entry.text().to_owned());
            }
        }
        assert_eq!(seen, records, "{size}");
    }
}

#[test]
fn a_reader_that_goes_on_reads_what_one_would_have_read() {
    let lines = "{\"data\":{\"total\":0}}\n{\"data\":{\"total\":-1}}\n\n{\"data\" 1}\n{\"other\":1}\n{\"sim_sid\":\"ä\"}\n";
    let items = |reader: &mut RecordReader, text: &str| taken(reader, text.as_bytes());
    let whole = items(&mut RecordReader::new(), lines);
    for (cut, _) in lines.match_indices('\n') {
        let (before, after) = lines.split_at(cut + 1);
        let mut first = RecordReader::new();
        let mut all = items(&mut first, before);
        assert!(first.is_between_documents());
        let mut position = Position::default();
        position.offset = u64::try_from(before.len()).unwrap();
        position.line = u64::try_from(before.matches('\n').count()).unwrap() + 1;
        position.column = 1;
        let numbered = u64::try_from(all.len()).unwrap();
        all.extend(items(&mut RecordReader::resume(position, numbered), after));
        assert_eq!(all, whole, "{before:?}");
    }
}
