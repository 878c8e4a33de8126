//! Reading fast is reading: whatever came before, a record is what the plain reading makes of its text.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::value::RawValue;
use usage_model::{
    Item, RecordReader, UsageRecord,
    strategies::{ValidParams, any_record, valid_record},
};

/// How the text of a record is written.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Compact,
    Spaced,
    Printed,
}

fn written(record: &UsageRecord, spelling: Spelling) -> String {
    let compact = serde_json::to_string(record).unwrap();
    match spelling {
        Spelling::Compact => compact,
        Spelling::Printed => serde_json::to_string_pretty(record).unwrap(),
        Spelling::Spaced => {
            let (mut out, mut in_text, mut escaped) = (String::new(), false, false);
            for character in compact.chars() {
                out.push(character);
                match character {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => in_text = !in_text,
                    ',' | ':' if !in_text => out.push(' '),
                    _ => {}
                }
            }
            out
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let record = prop_oneof![any_record(), valid_record(ValidParams::default())];
    let spelling = prop_oneof![
        Just(Spelling::Compact),
        Just(Spelling::Spaced),
        Just(Spelling::Printed)
    ];
    let edit = (
        any::<Index>(),
        0..3_usize,
        "[{}\\[\\],:\"\\\\ \n\u{0}\u{e9}0-9.eE+a-z-]{0,2}",
    );
    let edits = prop_oneof![3 => Just(Vec::new()), 1 => vec(edit, 1..3)];
    (record, spelling, edits).prop_map(|(record, spelling, edits)| {
        let mut text: Vec<char> = written(&record, spelling).chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, added.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_record_is_what_the_plain_reading_makes_of_its_text(
        texts in vec(any_text(), 1..12),
        is_list in any::<bool>(),
        size in 1..4_000_usize,
    ) {
        let input = if is_list {
            format!("[{}]", texts.join(","))
        } else {
            texts.join("\n")
        };
        let mut reader = RecordReader::new();
        let mut read = 0;
        'input: for mut piece in input.as_bytes().chunks(size).chain([&[][..]]) {
            if piece.is_empty() {
                reader.end();
            }
            loop {
                let entry = match reader.next(&mut piece) {
                    Ok(Some(entry)) => entry,
                    Ok(None) => break,
                    Err(_) => break 'input,
                };
                if let Item::Record(place, record) = entry.item() {
                    let plain: UsageRecord = serde_json::from_str(entry.text()).unwrap();
                    prop_assert_eq!(record, &plain);
                    let offset = usize::try_from(place.position.offset).unwrap();
                    prop_assert!(input[offset..].starts_with(entry.text()));
                    let before = &input[..offset];
                    let line = before.matches('\n').count() + 1;
                    let column = offset - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
                    prop_assert_eq!(place.position.line, u64::try_from(line).unwrap());
                    prop_assert_eq!(place.position.column, u64::try_from(column).unwrap());
                    read += 1;
                }
            }
        }
        // What was not edited is read, and nothing before or after takes it along.
        let whole = texts.iter().all(|text| serde_json::from_str::<UsageRecord>(text).is_ok());
        if whole {
            let with_values = texts.iter().filter(|text| {
                let written: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap();
                ["account_sid", "sim_sid", "period", "commands", "data"]
                    .into_iter()
                    .any(|name| written.get(name).is_some_and(|value| value.get() != "null"))
            });
            prop_assert_eq!(read, with_values.count());
        }
    }
}
