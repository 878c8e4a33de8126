//! Any record: what is written is read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usage_model::{PageMeta, UsagePage, UsageRecord};

fuzz_target!(|input: (Vec<UsageRecord>, Option<PageMeta>)| {
    let (records, meta) = input;
    let texts: Vec<String> = records
        .iter()
        .map(|record| serde_json::to_string(record).unwrap())
        .collect();
    let body = format!(
        "{{\"usage_records\":[{}],\"meta\":{}}}",
        texts.join(","),
        serde_json::to_string(&meta).unwrap(),
    );
    let page = UsagePage::from_slice(body.as_bytes()).unwrap();
    let read: Vec<UsageRecord> = page.records.into_iter().map(|placed| placed.unwrap().record).collect();
    assert_eq!(read, records);
    assert_eq!(page.meta, meta);
});
