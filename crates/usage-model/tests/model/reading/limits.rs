//! The largest value that is read, whatever it is and however it comes.

use usage_model::{Item, MAX_VALUE_BYTES, PageSize, RecordReader, UsagePage};

use super::{in_pieces, taken};

/// A record of exactly `bytes` bytes.
fn large_record(bytes: usize) -> String {
    let (before, after) = ("{\"data\":{\"total\":0},\"x\":\"", "\"}");
    let filling = "}".repeat(bytes - before.len() - after.len());
    format!("{before}{filling}{after}")
}

/// What is found in place of the value, and the place where it starts, of each that is too large.
fn too_large(items: &[Item]) -> Vec<(&str, u64)> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Malformed(bad) => Some((bad.found.as_str(), bad.place.position.offset)),
            _ => None,
        })
        .collect()
}

#[test]
fn the_largest_record_is_read_and_one_byte_more_costs_itself_only() {
    for (bytes, fits) in [
        (MAX_VALUE_BYTES, true),
        (MAX_VALUE_BYTES + 1, false),
        (3 << 20, false),
    ] {
        let record = large_record(bytes);
        let good = "{\"data\":{\"total\":0}}";
        for input in [
            format!("{good}\n{record}\n{good}"),
            format!("[{good},{record},{good}]"),
            format!("{{\"usage_records\":[{good},{record},{good}]}}"),
        ] {
            let before = u64::try_from(input.find(&record).unwrap()).unwrap();
            let whole = in_pieces(input.as_bytes(), usize::MAX);
            for size in [64 << 10, 333_333] {
                assert_eq!(
                    in_pieces(input.as_bytes(), size),
                    whole,
                    "{bytes} bytes, pieces of {size}"
                );
            }
            let (items, error) = whole;
            assert_eq!(error, None);
            let records = items.iter().filter(|item| matches!(item, Item::Record(..)));
            assert_eq!(records.count(), if fits { 3 } else { 2 }, "{bytes}");
            let expected: &[_] = if fits {
                &[]
            } else {
                &[("more than 1 MiB", before)]
            };
            assert_eq!(too_large(&items), expected);
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
fn what_never_ends_is_not_kept() {
    for start in [
        "{\"data\":\"",
        "[{\"data\":\"",
        "x",
        "{\"usage_records\":[{\"data\":[[",
        "{\"usage_records\":[],\"meta\":\"",
    ] {
        let mut reader = RecordReader::new();
        let mut items = taken(
            &mut reader,
            format!("{{\"data\":{{\"total\":0}}}}\n{start}").as_bytes(),
        );
        let piece = vec![b'a'; 64 << 10];
        let counted = allocation_counter::measure(|| {
            for _ in 0..100 {
                items.extend(taken(&mut reader, &piece));
            }
        });
        assert!(
            counted.bytes_max < 4 << 20,
            "{start}: {} bytes",
            counted.bytes_max
        );
        assert!(items.len() <= 3, "{start}: {} items", items.len());
    }
}

#[test]
fn more_parts_than_a_record_may_have_are_refused() {
    for (parts, is_read) in [(700, true), (701, false)] {
        let entries = vec!["{}"; parts].join(",");
        let unknown: Vec<_> = (0..parts)
            .map(|number| format!("\"x{number}\":1"))
            .collect();
        for record in [
            format!("{{\"data\":{{\"total\":0,\"international_roaming\":[{entries}]}}}}"),
            format!("{{\"data\":{{\"total\":0,{}}}}}", unknown.join(",")),
        ] {
            let (items, error) = in_pieces(format!("[{record},{record}]").as_bytes(), usize::MAX);
            assert_eq!(error, None);
            for item in items {
                match item {
                    Item::Record(..) => assert!(is_read),
                    Item::Malformed(bad) => {
                        assert!(!is_read && bad.pointer.starts_with("/data/"), "{bad}");
                        assert!(bad.expected.starts_with("at most 700"), "{bad}");
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

#[test]
fn a_hostile_page_takes_little_more_than_its_text() {
    let record = format!(
        "{{\"data\":{{\"total\":0,\"international_roaming\":[{}{{}}]}}}},",
        "{},".repeat(699)
    );
    let body = format!(
        "{{\"usage_records\":[{}{{\"data\":{{\"total\":0}}}}]}}",
        record.repeat(2000)
    );
    let counted = allocation_counter::measure(|| {
        let page = UsagePage::from_slice_up_to(body.as_bytes(), PageSize::MAX).unwrap();
        assert_eq!(page.records.len(), 1001);
    });
    // As many records of as many parts as there can be.
    assert!(counted.bytes_max < 110 << 20, "{} bytes", counted.bytes_max);
}

#[test]
fn white_space_has_no_largest_size() {
    let space = " \n".repeat(MAX_VALUE_BYTES / 2 + 1000);
    let input =
        format!("{space}{{\"data\":{{\"total\":0}}}}{space}{{\"data\":{{\"total\":0}}}}{space}");
    for size in [usize::MAX, 64 << 10] {
        let (items, error) = in_pieces(input.as_bytes(), size);
        assert_eq!((items.len(), error), (2, None));
    }
}

#[test]
fn what_follows_a_value_that_is_too_large_is_read_as_soon_as_it_is_there() {
    let mut reader = RecordReader::new();
    let good = "{\"data\":{\"total\":0}}";
    assert_eq!(taken(&mut reader, format!("[{good},").as_bytes()).len(), 1);
    let large = large_record(3 << 20);
    let items = taken(&mut reader, format!("{large},{good},").as_bytes());
    assert!(
        matches!(items[..], [Item::Malformed(_), Item::Record(..)]),
        "{} items",
        items.len()
    );
}

#[test]
fn so_many_lines_before_the_first_document_are_kept_until_it_comes() {
    for (lines, is_read) in [(64, true), (65, false)] {
        let input = "x\n".repeat(lines) + "{\"data\":{\"total\":0}}\n";
        let (items, error) = in_pieces(input.as_bytes(), usize::MAX);
        assert_eq!(error.is_none(), is_read, "{lines}: {error:?}");
        assert_eq!(items.len(), if is_read { lines + 1 } else { 0 });
    }
}

#[test]
fn so_many_bytes_before_the_first_document_are_kept_until_it_comes() {
    for (bytes, is_read) in [(MAX_VALUE_BYTES, true), (MAX_VALUE_BYTES + 1, false)] {
        let first = "x".repeat(MAX_VALUE_BYTES / 2);
        let second = "x".repeat(bytes - first.len());
        let input = format!("{first}\n{second}\n{{\"data\":{{\"total\":0}}}}\n");
        let (items, error) = in_pieces(input.as_bytes(), usize::MAX);
        assert_eq!(error.is_none(), is_read, "{bytes}: {error:?}");
        assert_eq!(items.len(), if is_read { 3 } else { 0 });
    }
}
