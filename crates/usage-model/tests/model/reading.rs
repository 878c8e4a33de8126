//! What is read from real responses, from lists, from NDJSON, and from input that is broken.

mod limits;
mod lines;
mod pages;
mod pieces;
mod plain;
mod records;
mod refusals;

use usage_model::{Item, MalformedDocument, RecordReader, UsagePage};

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
    for mut piece in bytes.chunks(size) {
        if let Err(error) = take(&mut reader, &mut piece, &mut items) {
            return (items, Some(error));
        }
    }
    reader.end();
    let error = take(&mut reader, &mut &[][..], &mut items).err();
    (items, error)
}

/// Takes every item that these bytes complete.
fn take(
    reader: &mut RecordReader,
    bytes: &mut &[u8],
    items: &mut Vec<Item>,
) -> Result<(), MalformedDocument> {
    while let Some(entry) = reader.next(bytes)? {
        items.push(entry.into_item());
    }
    assert!(bytes.is_empty());
    Ok(())
}

/// Every item that these bytes complete, of an input in which nothing is no list of records.
fn taken(reader: &mut RecordReader, mut bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    take(reader, &mut bytes, &mut items).unwrap();
    items
}

fn refusal(text: &str) -> String {
    let (_, error) = in_pieces(text.as_bytes(), usize::MAX);
    error
        .unwrap_or_else(|| panic!("{text} was read"))
        .to_string()
}
