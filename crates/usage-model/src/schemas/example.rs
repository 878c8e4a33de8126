//! Documents that the schemas show as examples; the figures are our own.

use serde_json::{Value, json};

/// A daily record of an account with data traffic in two countries.
pub(super) fn record() -> Value {
    json!({
        "account_sid": "AC00112233445566778899aabbccddeeff",
        "period": { "start": "2026-03-05T00:00:00Z", "end": "2026-03-06T00:00:00Z" },
        "commands": {
            "total": 12, "to_sim": 7, "from_sim": 5, "billed": 0.48, "billing_units": "USD",
            "home": { "total": 12, "to_sim": 7, "from_sim": 5, "billed": 0.48, "billing_units": "USD" },
            "national_roaming": { "total": 0, "to_sim": 0, "from_sim": 0, "billed": 0, "billing_units": "USD" },
            "international_roaming": []
        },
        "data": {
            "total": 7_000_000_000_u64, "download": 6_000_000_000_u64, "upload": 1_000_000_000,
            "units": "bytes", "billed": 251.23, "billing_units": "USD",
            "home": {
                "total": 6_999_000_000_u64, "download": 5_999_500_000_u64, "upload": 999_500_000,
                "units": "bytes", "billed": 249.13, "billing_units": "USD"
            },
            "national_roaming": null,
            "international_roaming": [
                {
                    "country_code": "DEU", "total": 900_000, "download": 450_000, "upload": 450_000,
                    "units": "bytes", "billed": 1.9, "billing_units": "USD"
                },
                {
                    "country_code": "CHE", "total": 100_000, "download": 50_000, "upload": 50_000,
                    "units": "bytes", "billed": 0.2, "billing_units": "USD"
                }
            ]
        }
    })
}

/// The same, of one SIM.
pub(super) fn sim_record() -> Value {
    let mut record = record();
    record["sim_sid"] = "DEffeeddccbbaa99887766554433221100".into();
    record
}

/// A page that is the last one.
pub(super) fn page() -> Value {
    json!({
        "usage_records": [record()],
        "meta": {
            "page": 0,
            "page_size": 1000,
            "first_page_url": "https://usage.example/v1/UsageRecords?PageSize=1000&Page=0",
            "previous_page_url": null,
            "url": "https://usage.example/v1/UsageRecords?PageSize=1000&Page=0",
            "next_page_url": null,
            "key": "usage_records"
        }
    })
}

/// What is said of a record with a negative counter.
pub(super) fn malformed_record() -> Value {
    json!({
        "record": 1,
        "pointer": "/usage_records/1/data/total",
        "line": 2,
        "column": 18,
        "offset": 39,
        "found": "the number -1",
        "expected": "a whole number from 0 to 9223372036854775807, or null",
        "raw": "{\"data\":{\"total\":-1}}"
    })
}
