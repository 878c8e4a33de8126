//! What the rules cost, beside decoding the same records.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use usage_model::{Container, Granularity, Place, UsagePage, UsageRecord, read_records};
use usage_validate::{Config, Validator};

/// How many records are checked in one go.
const RECORDS: u64 = 1000;

/// A page of hourly records in order: all nodes, amounts, two countries, every sum right.
fn page() -> String {
    let records: Vec<String> = (0..RECORDS)
        .map(|number| {
            let stamp = |number: u64| {
                format!("2026-0{}-{:02}T{:02}:00:00Z", number / 672 + 3, number / 24 % 28 + 1, number % 24)
            };
            let data = |down: u64, up: u64| {
                format!(
                    "\"total\":{},\"download\":{down},\"upload\":{up},\"units\":\"bytes\",\"billed\":12.34,\"billing_units\":\"USD\"",
                    up + down
                )
            };
            let sent = |to: u64, from: u64| {
                format!("\"total\":{},\"to_sim\":{to},\"from_sim\":{from},\"billed\":0.0567,\"billing_units\":\"USD\"", to + from)
            };
            let n = number * 7919;
            // Months of 28 days keep the arithmetic short; the last hour of one ends with its day.
            let end = if number % 672 == 671 { format!("2026-0{}-29T00:00:00Z", number / 672 + 3) } else { stamp(number + 1) };
            format!(
                "{{\"account_sid\":\"ACabababababababababababababababab\",\"period\":{{\"start\":\"{}\",\"end\":\"{end}\"}},\
                 \"commands\":{{{},\"home\":{{{}}},\"national_roaming\":{{{}}},\"international_roaming\":[]}},\
                 \"data\":{{{},\"home\":{{{}}},\"national_roaming\":{{{}}},\"international_roaming\":[{{\"country_code\":\"DEU\",{}}},{{\"country_code\":\"CHE\",{}}}]}}}}",
                stamp(number),
                sent(4, 2), sent(2, 1), sent(2, 1),
                data(4 * n, 3 * n + 2), data(2 * n, n), data(n, n + 1), data(n, 1), data(0, n),
            )
        })
        .collect();
    format!(
        "{{\"usage_records\":[{}],\"meta\":{{\"page\":0,\"next_page_url\":null}}}}",
        records.join(",")
    )
}

fn config(select: &[&str]) -> Config {
    let mut config = Config::new("2026-07-01T00:00:00Z".parse().unwrap());
    config.granularity = Some(Granularity::Hourly);
    config.select = select
        .iter()
        .map(|&prefix| prefix.parse().unwrap())
        .collect();
    config
}

fn check(config: &Config, records: &[UsageRecord]) -> u64 {
    let mut validator = Validator::new(config);
    let mut place = Place::default();
    for record in records {
        place.container = Container::Page(place.record);
        black_box(validator.record(&place, record).len());
        place.record += 1;
    }
    validator.finish().1.errors
}

fn rules(criterion: &mut Criterion) {
    let page = page();
    let bytes = page.as_bytes();
    let read = UsagePage::from_slice(bytes).unwrap();
    let records: Vec<_> = read
        .records
        .into_iter()
        .map(|placed| placed.unwrap().record)
        .collect();
    assert_eq!(check(&config(&[]), &records), 0);
    let mut group = criterion.benchmark_group("page of 1000 records");
    group.bench_function("decoded", |bench| {
        bench.iter(|| UsagePage::from_slice(black_box(bytes)).unwrap());
    });
    let mut on_records = config(&["UR1", "UR2", "UR3"]);
    on_records.ignore = vec!["UR206".parse().unwrap()];
    group.bench_function("rules on records", |bench| {
        bench.iter(|| check(black_box(&on_records), black_box(&records)));
    });
    let all = config(&[]);
    group.bench_function("all rules", |bench| {
        bench.iter(|| check(black_box(&all), black_box(&records)));
    });
    // As a program does it: records come one after the other, and are checked as they come.
    let lines: String = records
        .iter()
        .map(|record| serde_json::to_string(record).unwrap() + "\n")
        .collect();
    group.bench_function("read from NDJSON", |bench| {
        bench.iter(|| {
            for item in read_records(black_box(lines.as_bytes())) {
                black_box(item.unwrap());
            }
        });
    });
    group.bench_function("read from NDJSON, and all rules", |bench| {
        bench.iter(|| {
            let mut validator = Validator::new(black_box(&all));
            for item in read_records(black_box(lines.as_bytes())) {
                black_box(validator.item(&item.unwrap()).len());
            }
            validator.finish().1.errors
        });
    });
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
