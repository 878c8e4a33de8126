//! What is read from real responses, from lists, from NDJSON, and from input that is broken.

mod limits;
mod lines;
mod pages;
mod pieces;
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
    for piece in bytes.chunks(size) {
        reader.feed(piece);
        loop {
            match reader.next_item() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error)),
            }
        }
    }
    reader.end();
    loop {
        match reader.next_item() {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return (items, None),
            Err(error) => return (items, Some(error)),
        }
    }
}

fn refusal(text: &str) -> String {
    let (_, error) = in_pieces(text.as_bytes(), usize::MAX);
    error
        .unwrap_or_else(|| panic!("{text} was read"))
        .to_string()
}
