//! Input that comes in pieces reads as it would in one.

use usage_model::{Item, Position, RecordReader, read_records};

use super::{CAPTURES, in_pieces};

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
fn a_byte_order_mark_stands_at_the_very_start() {
    for (input, is_read) in [
        (&b"\xef\xbb\xbf\n[]"[..], true),
        (b"\xef\xbb\xbf\n\xef\xbb\xbf[]", false),
        (b"\n\xef\xbb\xbf[]", false),
    ] {
        for size in [usize::MAX, 4, 1] {
            let (_, error) = in_pieces(input, size);
            assert_eq!(error.is_none(), is_read, "{error:?}");
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
        let mut reader = RecordReader::resume(position);
        reader.feed(b"{\"data\":{}}\n{\"data\":7}\n");
        assert!(matches!(reader.next_item(), Ok(Some(Item::Record(..)))));
        assert!(matches!(reader.next_item(), Ok(Some(Item::Malformed(_)))));
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
