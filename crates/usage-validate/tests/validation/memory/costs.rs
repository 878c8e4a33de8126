//! What lists cost: allocations for each record, bytes for each SIM, and the time for a list that is in no order.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Field, Item, Lenient, Period, Place, RecordReader, UsageRecord};
use usage_validate::{Accounts, Config, Validator};

use super::MOST_REMEMBERED;
use crate::support::{ACCOUNT, at, config};

/// The most that is kept of a SIM whose records are in order, once its figures are no longer remembered, in bytes.
const MOST_BYTES: usize = 300;

/// How many times the time of a list in order one in no order may take.
const MOST_TIMES: u32 = 3;

fn sid(number: usize) -> Lenient<usage_model::SimSid> {
    Lenient::from_text(&format!("DE{number:032x}"))
}

fn record(sim: Option<usize>, start: DateTime<Utc>, length: TimeDelta) -> UsageRecord {
    let mut record = UsageRecord::default();
    record.account_sid = Field::Value(Lenient::from_text(ACCOUNT));
    record.sim_sid = sim.map_or(Field::Absent, |sim| Field::Value(sid(sim)));
    record.period = Field::Value(Period::new(start, start + length));
    record
}

/// The bytes that a validator keeps of so many SIMs, each with two days in a row.
fn kept(sims: usize) -> usize {
    let mut config = config();
    config.accounts = Accounts::Many;
    config.select = vec!["UR4".parse().unwrap()];
    let (first, day) = (at("2026-06-01T00:00:00Z"), TimeDelta::days(1));
    let mut validator = None;
    let counted = allocation_counter::measure(|| {
        let mut filled = Validator::new(&config);
        for number in 0..sims {
            for start in [first, first + day] {
                assert_eq!(
                    filled
                        .record(&Place::default(), &record(Some(number), start, day))
                        .len(),
                    0
                );
            }
        }
        validator = Some(filled);
    });
    drop(validator);
    usize::try_from(counted.bytes_current).unwrap()
}

#[test]
fn an_idle_sim_takes_at_most_300_bytes() {
    // Whether or not the room for SIMs has just grown, and is partly empty.
    let some = kept(MOST_REMEMBERED);
    for more in [50_000, 65_537, 81_000, 100_000] {
        let each = (kept(more) - some).div_ceil(more - MOST_REMEMBERED);
        assert!(each <= MOST_BYTES, "{each} bytes");
    }
}

/// The shortest of several times that a run over a list takes.
fn time(config: &Config, list: &[UsageRecord]) -> Duration {
    let once = || {
        let start = Instant::now();
        let mut validator = Validator::new(config);
        for record in list {
            drop(validator.record(&Place::default(), record));
        }
        let (_, summary) = validator.finish();
        assert_eq!(summary.rules["UR404"].failed, 0);
        start.elapsed()
    };
    (0..7).map(|_| once()).min().unwrap()
}

#[test]
fn a_list_in_no_order_takes_at_most_three_times_as_long_as_one_in_order() {
    let mut config = config();
    config.ignore = vec!["UR405".parse().unwrap()];
    let first = at("2025-05-02T00:00:00Z");
    let hours: Vec<_> = (0..13_000)
        .map(|hour| record(None, first + TimeDelta::hours(hour), TimeDelta::hours(1)))
        .collect();
    // Each of the hours once: the step and the number of hours have no divisor in common.
    let shuffled: Vec<_> = (0..hours.len())
        .map(|number| hours[number * 7_919 % hours.len()].clone())
        .collect();
    let (in_order, in_no_order) = (time(&config, &hours), time(&config, &shuffled));
    assert!(
        in_no_order <= in_order * MOST_TIMES,
        "{in_no_order:?}, in order {in_order:?}"
    );
}

/// Records for which one allocation is made at most, from their text to the last rule.
const RECORDS_AN_ALLOCATION: u64 = 10;

#[test]
fn ten_records_take_at_most_one_allocation() {
    let first = at("2026-06-01T00:00:00Z");
    let lines: Vec<String> = (0..5_000)
        .map(|minute| {
            let [start, end] = [minute, minute + 1]
                .map(|minute| (first + TimeDelta::minutes(minute)).format("%FT%TZ"));
            let node = format!(
                r#""total":{end},"download":{minute},"upload":1,"units":"bytes""#,
                end = minute + 1
            );
            format!(
                concat!(
                    r#"{{"account_sid":"{account}","period":{{"start":"{start}","end":"{end}"}},"#,
                    r#""commands":{{"total":0,"to_sim":0,"from_sim":0}},"#,
                    r#""data":{{{node},"billed":1.25,"billing_units":"USD","#,
                    r#""international_roaming":[{{{node},"country_code":"DEU"}}]}}}}"#,
                ),
                account = ACCOUNT,
                start = start,
                end = end,
                node = node,
            )
        })
        .collect();
    let text = lines.join("\n");
    let mut config = config();
    config.select = vec![
        "UR1".parse().unwrap(),
        "UR2".parse().unwrap(),
        "UR4".parse().unwrap(),
    ];
    let mut validator = Validator::new(&config);
    let mut reader = RecordReader::new();
    reader.end();
    let mut rest = text.as_bytes();
    let mut records = 0;
    let counted = allocation_counter::measure(|| {
        while let Some(entry) = reader.next(&mut rest).unwrap() {
            assert!(matches!(entry.item(), Item::Record(..)));
            assert_eq!(validator.item(entry.item()).len(), 0);
            records += 1;
        }
    });
    assert_eq!(records, 5_000);
    assert!(
        counted.count_total * RECORDS_AN_ALLOCATION <= records,
        "{} allocations for {records} records",
        counted.count_total
    );
}
