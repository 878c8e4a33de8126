//! Any bytes: no panic, the same whatever the pieces, every record as the plain reading of its text has it, and what
//! was read is read again once written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usage_model::{Item, MalformedDocument, RecordReader, UsagePage, UsageRecord, read_records};

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
                assert_eq!(&serde_json::from_str::<UsageRecord>(&text).unwrap(), record);
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
        if let Err(error) = take(&mut reader, piece, &mut items) {
            return (items, Some(error));
        }
    }
    reader.end();
    let error = take(&mut reader, &[], &mut items).err();
    (items, error)
}

fn take(
    reader: &mut RecordReader,
    mut bytes: &[u8],
    items: &mut Vec<Item>,
) -> Result<(), MalformedDocument> {
    while let Some(entry) = reader.next(&mut bytes)? {
        // Deserializing a record knows nothing of the records before it.
        let plain = serde_json::from_str::<UsageRecord>(entry.text());
        match entry.item() {
            Item::Record(_, record) => assert_eq!(plain.as_ref().ok(), Some(record)),
            // What is not UTF-8 is replaced in the text, which then may be a record.
            Item::Malformed(bad) if bad.raw.contains('\u{fffd}') => {}
            Item::Malformed(_) => assert!(!plain.is_ok_and(|record| record.has_values())),
            _ => {}
        }
        items.push(entry.into_item());
    }
    Ok(())
}
