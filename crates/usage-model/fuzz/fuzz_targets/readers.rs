//! Any bytes: no panic, the same whatever the pieces, and what was read is read again once written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usage_model::{Item, MalformedDocument, RecordReader, UsagePage, read_records};

fuzz_target!(|bytes: &[u8]| {
    let whole = in_pieces(bytes, usize::MAX);
    // The last byte decides how large the other pieces are, so that the fuzzer has a say.
    let size = bytes.last().map_or(1, |&last| usize::from(last % 64) + 1);
    assert_eq!(in_pieces(bytes, size), whole);
    let streamed: Vec<Item> = read_records(bytes).map_while(Result::ok).collect();
    assert_eq!(streamed, whole.0);
    for item in &whole.0 {
        match item {
            Item::Record(_, record) => {
                let text = serde_json::to_string(record).unwrap();
                assert_eq!(
                    &serde_json::from_str::<usage_model::UsageRecord>(&text).unwrap(),
                    record
                );
            }
            Item::Malformed(malformed) => {
                assert!(malformed.position >= malformed.place.position);
                serde_json::to_string(malformed).unwrap();
                let _ = malformed.to_string();
            }
            _ => {}
        }
    }
    if let Ok(page) = UsagePage::from_slice(bytes) {
        let records = whole.0.iter().filter(|item| !matches!(item, Item::Page(_)));
        assert_eq!(page.records.len(), records.count());
    }
});

fn in_pieces(bytes: &[u8], size: usize) -> (Vec<Item>, Option<MalformedDocument>) {
    let mut reader = RecordReader::new();
    let mut items = Vec::new();
    for piece in bytes.chunks(size) {
        reader.feed(piece);
        if let Some(error) = drain(&mut reader, &mut items) {
            return (items, Some(error));
        }
    }
    reader.end();
    let error = drain(&mut reader, &mut items);
    (items, error)
}

fn drain(reader: &mut RecordReader, items: &mut Vec<Item>) -> Option<MalformedDocument> {
    loop {
        match reader.next_item() {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}
