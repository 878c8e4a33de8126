//! Summaries over generated records.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};
use rust_decimal::Decimal;
use serde_json::Value;
use usage_model::{
    Field, Lenient, Period, UsageRecord,
    strategies::{ValidParams, valid_record},
};
use usage_table::{By, MonthStart, Summarizer, Summary, SummaryOptions};

use crate::oracle;

/// Records of few accounts, SIMs and days, so that many are for the same period.
fn records() -> impl Strategy<Value = Vec<UsageRecord>> {
    let mut params = ValidParams::default();
    params.with_sim = true;
    let record = (
        valid_record(params),
        0_u8..3,
        0_u8..3,
        prop_oneof![9 => (0_i64..70).prop_map(Some), 1 => Just(None)],
        select(vec!["USD", "EUR", ""]),
        proptest::option::of((-99_999_i64..99_999, 0_u32..10)),
        select(vec!["", "parsecs", "KB"]),
    );
    let record = record.prop_map(|(mut record, account, sim, day, currency, billed, unit)| {
        record.account_sid = Field::Value(Lenient::from_text(&format!("AC{account}")));
        record.sim_sid = match sim {
            0 => Field::Null,
            sim => Field::Value(Lenient::from_text(&format!("DE{sim}"))),
        };
        record.period = match day {
            None => Field::Null,
            Some(day) => Field::Value(period(day)),
        };
        if let Some(data) = record.data.value_mut() {
            if let Some((mantissa, scale)) = billed {
                data.top.billed = Field::Value(Decimal::new(mantissa, scale).into());
            }
            if !currency.is_empty() {
                data.top.billing_units = Field::Value(Lenient::from_text(currency));
            }
            if let Some(home) = data.home.value_mut()
                && !unit.is_empty()
            {
                home.counts.units = Field::Value(Lenient::from_text(unit));
            }
            if let Some(entry) = data.international_roaming.entries_mut().first_mut()
                && let Some((mantissa, scale)) = billed
            {
                entry.node.billed = Field::Value(Decimal::new(mantissa, scale).into());
            }
        }
        record
    });
    proptest::collection::vec(record, 0..25)
}

fn period(day: i64) -> Period {
    let first: DateTime<Utc> = "2026-01-20T00:00:00Z".parse().unwrap();
    let start = first + TimeDelta::days(day);
    Period::new(start, start + TimeDelta::days(1))
}

fn columns() -> impl Strategy<Value = Vec<By>> {
    (Just(By::ALL.to_vec()).prop_shuffle(), 0..=By::ALL.len()).prop_map(|(mut by, columns)| {
        by.truncate(columns);
        by
    })
}

fn summary(records: &[UsageRecord], by: &[By], month_start: u8) -> Summary {
    let mut options = SummaryOptions::new(by).unwrap();
    options.month_start = MonthStart::new(month_start).unwrap();
    let mut summarizer = Summarizer::new(options);
    for record in records {
        summarizer.record(record);
    }
    summarizer.finish("2026-07-01T00:00:00Z".parse().unwrap())
}

/// The rows of a summary as the oracle has them, from its JSON.
fn rows(summary: &Summary) -> oracle::Rows {
    let json = serde_json::to_value(summary).unwrap();
    let by: Vec<&str> = json["by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|by| by.as_str().unwrap())
        .collect();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let row = |row: &Value| {
        let cells = by.iter().map(|by| text(row, by)).collect();
        let figures = [
            "data_total",
            "data_download",
            "data_upload",
            "commands_total",
            "commands_to_sim",
            "commands_from_sim",
        ];
        let figures = figures.map(|name| text(row, name).parse().unwrap());
        let amounts = row
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, amount)| {
                let currency = name.strip_prefix("billed")?.trim_start_matches('_');
                Some((currency.to_owned(), units(amount.as_str().unwrap())))
            });
        let amounts = amounts.filter(|(_, amount)| *amount != 0).collect();
        (cells, (row["records"].as_u64().unwrap(), figures, amounts))
    };
    json["rows"].as_array().unwrap().iter().map(row).collect()
}

fn units(text: &str) -> i128 {
    let decimal: Decimal = text.parse().unwrap();
    decimal.mantissa() * 10_i128.pow(18 - decimal.scale())
}

proptest! {
    #[test]
    fn a_summary_is_what_a_slow_computation_says(
        records in records(),
        by in columns(),
        month_start in 1_u8..=28,
    ) {
        let summary = summary(&records, &by, month_start);
        let values: Vec<Value> = records.iter().map(|one| serde_json::to_value(one).unwrap()).collect();
        let mut expected = oracle::rows(&values, &by, month_start.into());
        for row in expected.values_mut() {
            row.2.retain(|_, amount| *amount != 0);
        }
        prop_assert_eq!(rows(&summary), expected);
        let cells: Vec<_> = summary.rows.iter().map(|row| &row.cells).collect();
        prop_assert!(cells.is_sorted());
    }

    #[test]
    fn order_matters_only_where_figures_changed(records in records(), by in columns()) {
        let mut unique = records;
        let mut seen = Vec::new();
        unique.retain(|record| {
            let key = record.key();
            let is_new = key.bounds().is_none() || !seen.contains(&key);
            seen.push(key);
            is_new
        });
        let forward = summary(&unique, &by, 1);
        unique.reverse();
        prop_assert_eq!(forward, summary(&unique, &by, 1));
    }

    #[test]
    fn a_list_read_twice_counts_once(records in records(), by in columns()) {
        let placed: Vec<UsageRecord> =
            records.into_iter().filter(|record| record.key().bounds().is_some()).collect();
        let once = summary(&placed, &by, 1);
        let twice = summary(&[&placed[..], &placed[..]].concat(), &by, 1);
        prop_assert_eq!(&once.rows, &twice.rows);
        prop_assert_eq!(&once.total, &twice.total);
        let again = u64::try_from(placed.len()).unwrap();
        prop_assert_eq!(twice.excluded.duplicates, once.excluded.duplicates + again);
    }
}

fn read(records: &[&str]) -> Vec<UsageRecord> {
    records
        .iter()
        .map(|record| serde_json::from_str(record).unwrap())
        .collect()
}

#[test]
fn an_account_and_its_sims_are_not_added_together() {
    let day = r#""period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    let own = format!(r#"{{"account_sid":"AC1",{day},"data":{{"total":7}}}}"#);
    let sim = format!(r#"{{"account_sid":"AC1","sim_sid":"DE1",{day},"data":{{"total":5}}}}"#);
    let records = read(&[&own, &sim]);
    let whole = summary(&records, &[By::Month], 1);
    assert_eq!(whole.total.data.figures(), [7, 0, 0]);
    assert_eq!(
        whole.remarks,
        ["1 record of SIMs is not added to those of their accounts"]
    );
    let by_sim = summary(&records, &[By::Sim], 1);
    assert_eq!(by_sim.rows[0].cells, ["DE1"]);
    assert_eq!(by_sim.total.data.figures(), [5, 0, 0]);
    assert_eq!(
        by_sim.remarks,
        ["1 record of accounts is not added to those of their SIMs"]
    );
    let sims_alone = summary(&records[1..], &[By::Month], 1);
    assert_eq!(sims_alone.total.data.figures(), [5, 0, 0]);
    assert!(sims_alone.remarks.is_empty());
}

fn of_time(start: &str, end: &str, total: u64) -> String {
    format!(
        r#"{{"period":{{"start":"{start}:00:00Z","end":"{end}:00:00Z"}},"data":{{"total":{total}}}}}"#
    )
}

#[test]
fn hours_are_not_added_to_the_day_that_they_are_part_of() {
    let texts = [
        of_time("2026-06-01T00", "2026-06-01T01", 3),
        of_time("2026-06-01T01", "2026-06-01T02", 4),
        of_time("2026-06-01T00", "2026-06-02T00", 9),
        of_time("2026-06-02T00", "2026-06-02T01", 5),
    ];
    let mut records = read(&texts.each_ref().map(String::as_str));
    let longer = of_time("2026-06-01T00", "2026-07-01T00", 20);
    let longer = read(&[&longer]);
    for _ in 0..records.len() {
        records.rotate_left(1);
        let both = summary(&records, &[By::Day], 1);
        assert_eq!(
            both.total.data.figures(),
            [14, 0, 0],
            "the day and the other hour"
        );
        assert_eq!((both.total.records, both.excluded.shorter), (2, 2));
        assert_eq!(
            both.remarks,
            [
                "2 records for part of the time of a longer record, such as an hour of a day, are not added to it"
            ]
        );
        let month = summary(&[&records[..], &longer].concat(), &[By::Day], 1);
        assert_eq!(
            (month.total.data.figures(), month.excluded.shorter),
            ([20, 0, 0], 4)
        );
    }
}

#[test]
fn hours_count_where_the_day_comes_too_long_after_them() {
    let first: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let mut record = read(&[r#"{"data":{"total":1}}"#]).remove(0);
    let mut summarizer = Summarizer::new(SummaryOptions::new(&[]).unwrap());
    let mut add = |hour, hours| {
        let start = first + TimeDelta::hours(hour);
        record.period = Field::Value(Period::new(start, start + TimeDelta::hours(hours)));
        summarizer.record(&record);
    };
    (0..65_600).for_each(|hour| add(hour, 1));
    add(0, 24);
    let summary = summarizer.finish(first);
    assert_eq!(summary.total.data.figures(), [65_600, 0, 0]);
    assert_eq!(
        summary.remarks,
        [
            "1 record is not added to those of shorter periods in the same time, which came too long before"
        ]
    );
}

#[test]
fn other_figures_of_a_period_conflict_and_the_same_in_another_unit_do_not() {
    let day = r#""period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
    let texts = [
        r#""total":2,"units":"KB""#,
        r#""total":2000"#,
        r#""total":2001"#,
    ];
    let texts = texts.map(|data| format!(r#"{{{day},"data":{{{data}}}}}"#));
    let records = read(&texts.each_ref().map(String::as_str));
    let summary = summary(&records, &[], 1);
    assert_eq!(
        (summary.excluded.duplicates, summary.excluded.conflicting),
        (2, 1)
    );
    assert_eq!(summary.total.data.figures(), [2001, 0, 0]);
}

#[test]
fn international_usage_without_a_country_is_reported_where_it_is_added_to_home() {
    let records = read(&[r#"{"data":{"home":{"total":10},"international_roaming":{"total":5}}}"#]);
    let remark = "1 record has international usage without a country, which is added to home and national: group by \
                  network too to see it alone";
    let says = |by: &[By]| {
        summary(&records, by, 1)
            .remarks
            .iter()
            .any(|one| one == remark)
    };
    assert!(says(&[By::Country]) && !says(&[By::Country, By::Network]) && !says(&[By::Network]));
}

#[test]
fn home_and_national_are_the_row_without_a_country() {
    let records = read(&[
        r#"{"data":{"total":10,"home":{"total":3},"national_roaming":{"total":2},
            "international_roaming":[{"country_code":"DEU","total":5},{"country_code":"CHE","total":0}]}}"#,
    ]);
    let summary = summary(&records, &[By::Country], 1);
    let rows: Vec<_> = summary
        .rows
        .iter()
        .map(|row| {
            (
                row.cells[0].as_str(),
                row.totals.records,
                row.totals.data.figures()[0],
            )
        })
        .collect();
    assert_eq!(rows, [("", 1, 5), ("DEU", 1, 5)]);
    assert_eq!(summary.total.records, 1);
}

#[test]
fn a_figure_in_an_unknown_unit_is_left_out_and_reported() {
    let records = read(&[r#"{"data":{"total":10,"download":4,"units":"parsecs"}}"#]);
    let summary = summary(&records, &[], 1);
    assert_eq!(summary.total.data.figures(), [0; 3]);
    assert_eq!((summary.total.records, summary.left_out.figures), (1, 2));
    assert_eq!(
        summary.remarks,
        ["2 figures in an unknown unit or beyond 64 bits are left out"]
    );
}

#[test]
fn a_reading_that_is_corrected_after_very_many_others_is_reported() {
    let first: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let mut records = read(&[r#"{"data":{"total":1}}"#]);
    let mut record = records.remove(0);
    let mut summarizer = Summarizer::new(SummaryOptions::new(&[]).unwrap());
    for hour in (0..=65_536).chain([0]) {
        let start = first + TimeDelta::hours(hour);
        record.period = Field::Value(Period::new(start, start + TimeDelta::hours(1)));
        summarizer.record(&record);
    }
    let summary = summarizer.finish(first);
    assert_eq!(summary.total.data.figures(), [65_537, 0, 0]);
    assert_eq!(summary.excluded.duplicates, 1);
    assert_eq!(
        summary.remarks,
        [
            "of 1 duplicate that came more than 65536 records after the first reading, that first reading counts"
        ]
    );
}

#[test]
fn a_column_cannot_stand_twice() {
    let refused = SummaryOptions::new(&[By::Month, By::Sim, By::Month]).unwrap_err();
    assert_eq!(refused.to_string(), "the column month stands twice");
}

#[test]
fn groups_by_network_say_where_they_differ_from_the_records() {
    let record = |top: &str| {
        format!(
            r#"{{"period":{{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}},"data":{{{top},"home":{{"total":3,"units":"bytes","billed":1}}}}}}"#
        )
    };
    let remarks = |by: &[By], top: &str| {
        let mut summarizer = Summarizer::new(SummaryOptions::new(by).unwrap());
        summarizer.record(&serde_json::from_str(&record(top)).unwrap());
        let summary = summarizer.finish("2026-07-01T00:00:00Z".parse().unwrap());
        summary.remarks
    };
    let billed = "what is billed does not add up over networks: the total of amounts may differ from that of the records";
    let differs =
        "1 record states another total than its networks add up to: the networks count here";
    assert_eq!(remarks(&[By::Network], r#""total":3"#), [billed]);
    for top in [r#""total":4"#, r#""total":3,"units":"parsecs""#] {
        for by in [By::Network, By::Country] {
            assert_eq!(remarks(&[by], top), [differs, billed], "{top}");
        }
    }
    assert_eq!(
        remarks(&[By::Month], r#""total":3,"units":"parsecs""#),
        ["1 figure in an unknown unit or beyond 64 bits is left out"]
    );
    assert!(remarks(&[By::Month], r#""total":4"#).is_empty());
}
