//! What decoding a page costs, beside the obvious derive and beside skipping the same bytes.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use usage_model::UsagePage;

mod page;

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

fn decode(criterion: &mut Criterion) {
    let page = page::text();
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
