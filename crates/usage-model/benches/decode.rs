//! What decoding a page costs, beside the obvious derive and beside skipping the same bytes.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use usage_model::UsagePage;

mod naive {
    //! How one would write the record without thinking twice.
    #![expect(dead_code, unreachable_pub, reason = "only decoding is measured")]

    use chrono::{DateTime, Utc};
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub struct Page {
        pub usage_records: Vec<Record>,
        pub meta: Meta,
    }

    #[derive(Deserialize)]
    pub struct Meta {
        pub next_page_url: Option<String>,
    }

    #[derive(Deserialize)]
    pub struct Record {
        pub account_sid: Option<String>,
        pub sim_sid: Option<String>,
        pub period: Period,
        pub commands: Commands,
        pub data: Data,
    }

    #[derive(Deserialize)]
    pub struct Period {
        pub start: DateTime<Utc>,
        pub end: DateTime<Utc>,
    }

    #[derive(Deserialize)]
    pub struct Commands {
        pub total: Option<i64>,
        pub to_sim: Option<i64>,
        pub from_sim: Option<i64>,
        pub billed: Option<f64>,
        pub billing_units: Option<String>,
        pub country_code: Option<String>,
        pub home: Option<Box<Self>>,
        pub national_roaming: Option<Box<Self>>,
        pub international_roaming: Option<OneOrMany<Self>>,
    }

    #[derive(Deserialize)]
    pub struct Data {
        pub total: Option<i64>,
        pub download: Option<i64>,
        pub upload: Option<i64>,
        pub units: Option<String>,
        pub billed: Option<f64>,
        pub billing_units: Option<String>,
        pub country_code: Option<String>,
        pub home: Option<Box<Self>>,
        pub national_roaming: Option<Box<Self>>,
        pub international_roaming: Option<OneOrMany<Self>>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    pub enum OneOrMany<T> {
        Many(Vec<T>),
        One(Box<T>),
    }
}

/// A page of 1000 full records: all nodes, amounts, two countries.
fn page() -> String {
    let records: Vec<String> = (0..1000_u64)
        .map(|number| {
            let (day, hour) = (number / 24 % 28 + 1, number % 24);
            let counts = |up: u64, down: u64| {
                format!("\"total\":{},\"download\":{down},\"upload\":{up},\"units\":\"bytes\",\"billed\":12.34,\"billing_units\":\"USD\"", up + down)
            };
            let sent = "\"total\":3,\"to_sim\":2,\"from_sim\":1,\"billed\":0.0567,\"billing_units\":\"USD\"";
            let n = number * 7919;
            format!(
                "{{\"account_sid\":\"ACabababababababababababababababab\",\"period\":{{\"start\":\"2026-03-{day:02}T{hour:02}:00:00Z\",\"end\":\"2026-03-{day:02}T{hour:02}:59:59Z\"}},\
                 \"commands\":{{{sent},\"home\":{{{sent}}},\"national_roaming\":{{{sent}}},\"international_roaming\":[]}},\
                 \"data\":{{{},\"home\":{{{}}},\"national_roaming\":{{{}}},\"international_roaming\":[{{\"country_code\":\"DEU\",{}}},{{\"country_code\":\"CHE\",{}}}]}}}}",
                counts(n, n * 3), counts(n, n), counts(n, n + 1), counts(1, n), counts(0, n),
            )
        })
        .collect();
    format!(
        "{{\"usage_records\":[{}],\"meta\":{{\"page\":0,\"page_size\":1000,\"next_page_url\":null,\"key\":\"usage_records\"}}}}",
        records.join(",")
    )
}

fn decode(criterion: &mut Criterion) {
    let page = page();
    let bytes = page.as_bytes();
    let read = UsagePage::from_slice(bytes).unwrap();
    assert!(read.records.len() == 1000 && read.records.iter().all(Result::is_ok));
    let mut group = criterion.benchmark_group("page of 1000 records");
    group.throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap()));
    group.bench_function("usage-model", |bench| {
        bench.iter(|| UsagePage::from_slice(black_box(bytes)).unwrap());
    });
    group.bench_function("obvious derive", |bench| {
        bench.iter(|| serde_json::from_slice::<naive::Page>(black_box(bytes)).unwrap());
    });
    group.bench_function("skipped", |bench| {
        bench.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(bytes)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
