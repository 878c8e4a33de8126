//! Parquet tables say what the rows say, and readings come back exact.
#![cfg(feature = "parquet")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};

use chrono::{DateTime, Utc};
use parquet::{
    file::{
        reader::{FileReader, SerializedFileReader},
        statistics::Statistics,
    },
    record::Field,
};
use proptest::prelude::*;
use usage_model::{
    Granularity, UsageRecord,
    strategies::{any_record, valid_record},
};
use usage_table::{
    Fetched, LongCsv, ReadingRow, ReadingTexts, ReadingsParquet, UsageParquet, usage_rows,
};

const FETCHED: &str = "2026-06-03T12:00:00Z";

fn fetched() -> Fetched {
    let mut fetched = Fetched::at(FETCHED.parse().unwrap());
    fetched.granularity = Some(Granularity::Daily);
    fetched
}

fn file(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// The cells of a table as Parquet's own reader has them, in the spelling of the CSV.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(file(bytes)).unwrap();
    let instant = |micros: i64| {
        let instant: DateTime<Utc> = DateTime::from_timestamp_micros(micros).unwrap();
        usage_model::Timestamp::from(instant).to_string()
    };
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::TimestampMicros(micros) => instant(*micros),
        Field::Decimal(decimal) => {
            let units = i128::from_be_bytes(decimal.data().try_into().unwrap());
            units.to_string()
        }
        other => unreachable!("{other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        row.unwrap()
            .get_column_iter()
            .map(|(_, field)| cell(field))
            .collect()
    })
    .collect()
}

fn usage(records: &[UsageRecord], groups_of: usize) -> Vec<u8> {
    let mut table = UsageParquet::new(fetched());
    let mut out = Vec::new();
    for (number, record) in records.iter().enumerate() {
        table.write(&mut out, record).unwrap();
        if number % groups_of == groups_of - 1 {
            table.write_group(&mut out).unwrap();
            assert_eq!(table.held(), 0);
        }
    }
    table.finish(&mut out).unwrap();
    table.finish(&mut out).unwrap();
    out
}

/// The rows of records, sorted as a group is.
fn rows(records: &[UsageRecord]) -> Vec<Vec<String>> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let number = |number: Option<i64>| number.map(|one| one.to_string()).unwrap_or_default();
    let instant = |at: Option<DateTime<Utc>>| {
        // A column holds microseconds.
        let at = at.map(|at| DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap());
        at.map(|at| usage_model::Timestamp::from(at).to_string())
            .unwrap_or_default()
    };
    let mut rows: Vec<_> = records
        .iter()
        .flat_map(|record| usage_rows(record, fetched()).0)
        .collect();
    rows.sort_by_key(|row| {
        (
            row.account_sid,
            row.sim_sid,
            row.period_start.map(|start| start.timestamp_micros()),
            row.service.as_str(),
            row.network.as_str(),
            row.country,
        )
    });
    let cells = rows.iter().map(|row| {
        vec![
            text(row.account_sid),
            text(row.sim_sid),
            text(row.granularity.map(Granularity::as_str)),
            instant(row.period_start),
            instant(row.period_end),
            row.service.to_string(),
            row.network.to_string(),
            text(row.country),
            number(row.total),
            number(row.to_sim),
            number(row.from_sim),
            row.billed_units()
                .map(|units| units.to_string())
                .unwrap_or_default(),
            text(row.currency),
            row.state.map(|state| state.to_string()).unwrap_or_default(),
        ]
    });
    cells.collect()
}

fn records() -> impl Strategy<Value = Vec<UsageRecord>> {
    let record = prop_oneof![
        valid_record(usage_model::strategies::ValidParams::default()),
        any_record()
    ];
    proptest::collection::vec(record, 0..8)
}

proptest! {
    #[test]
    fn usage_has_the_rows_of_the_records_in_order(records in records()) {
        prop_assert_eq!(cells(&usage(&records, usize::MAX)), rows(&records));
    }

    #[test]
    fn every_group_is_sorted_by_itself(records in records()) {
        let groups: Vec<_> = records.chunks(3).flat_map(rows).collect();
        prop_assert_eq!(cells(&usage(&records, 3)), groups);
    }

    #[test]
    fn readings_come_back_with_their_texts(texts in proptest::collection::vec(".{0,40}", 0..200)) {
        let mut table = ReadingsParquet::new();
        let mut out = Vec::new();
        for (number, text) in (0_i64..).zip(&texts) {
            let mut row = ReadingRow::of_text(text);
            row.reading_id = Some(number);
            row.granularity = Some(Granularity::Hourly);
            table.write(&mut out, &row).unwrap();
        }
        table.finish(&mut out).unwrap();
        let mut readings = ReadingTexts::open(file(&out)).unwrap();
        prop_assert_eq!(readings.granularity(), (!texts.is_empty()).then_some(Granularity::Hourly));
        let mut read = String::new();
        readings.read_to_string(&mut read).unwrap();
        let lines: String = texts.iter().map(|text| text.replace(['\r', '\n'], " ") + "\n").collect();
        prop_assert_eq!(read, lines);
    }
}

#[test]
fn columns_are_those_of_the_csv() {
    let table = usage(&[], 1);
    let reader = SerializedFileReader::new(file(&table)).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns();
    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    let mut header = Vec::new();
    LongCsv::new(Fetched::default())
        .finish(&mut header)
        .unwrap();
    assert_eq!(names.join(",") + "\n", String::from_utf8(header).unwrap());
}

#[test]
fn statistics_tell_readers_what_to_skip_and_nothing_is_kept_of_texts() {
    let record = r#"{"account_sid":"AC1","sim_sid":"DE7","period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},"data":{"total":5}}"#;
    let parsed: UsageRecord = serde_json::from_str(record).unwrap();
    let mut table = ReadingsParquet::new();
    let mut out = Vec::new();
    table
        .write(&mut out, &ReadingRow::of_record(&parsed, record))
        .unwrap();
    table.finish(&mut out).unwrap();
    let reader = SerializedFileReader::new(file(&out)).unwrap();
    let group = reader.metadata().row_group(0);
    let sorted: Vec<i32> = group
        .sorting_columns()
        .unwrap()
        .iter()
        .map(|column| column.column_idx)
        .collect();
    assert_eq!(sorted, [1, 2, 4, 6, 0]);
    let Some(Statistics::ByteArray(sims)) = group.column(2).statistics() else {
        unreachable!("the column of SIMs has statistics");
    };
    assert_eq!(sims.min_opt().unwrap().data(), b"DE7");
    assert!(group.column(8).statistics().is_none());
}

#[test]
fn a_table_without_texts_of_records_is_refused() {
    let error = ReadingTexts::open(file(&usage(&[], 1))).unwrap_err();
    assert!(
        error.to_string().contains("without the column `record`"),
        "{error}"
    );
    assert!(ReadingTexts::open(file(b"PAR1 and no more")).is_err());
}

#[test]
fn what_is_held_goes_when_a_group_is_full() {
    let text = "x".repeat(1 << 20);
    let mut table = ReadingsParquet::new();
    let mut out = Vec::new();
    let mut most = 0;
    for _ in 0..40 {
        table.write(&mut out, &ReadingRow::of_text(&text)).unwrap();
        most = most.max(table.held());
    }
    assert!(most < 17 << 20, "{most}");
    table.finish(&mut out).unwrap();
    let reader = SerializedFileReader::new(file(&out)).unwrap();
    assert_eq!(reader.num_row_groups(), 3);
}
