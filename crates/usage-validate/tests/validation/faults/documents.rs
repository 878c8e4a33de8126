//! Input that cannot be read.

use serde_json::json;

use super::Fault;

pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "UR001",
            |input| {
                let record = input.records().swap_remove(0);
                input.document(json!({"usage_records": record}));
            },
            &["UR001 "],
            |input| {
                let record = input.records().swap_remove(0);
                input.document(json!({"usage_records": [record]}));
            },
            &[],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/data/total", "32"),
            &["UR002 /1/data/total"],
            |input| input.set("/1/data/total", json!(null)),
            &[
                "UR102 /1/data",
                "UR201 /1/data/total",
                "UR202 /1/data/total",
            ],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/data/upload", -1),
            &["UR002 /1/data/upload"],
            |input| input.set("/1/data/upload", 0),
            &["UR201 /1/data/upload", "UR202 /1/data/total"],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/data/upload", 9.5),
            &["UR002 /1/data/upload"],
            |input| input.set("/1/data/upload", 9),
            &["UR201 /1/data/upload", "UR202 /1/data/total"],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/data/upload", 1_u64 << 63),
            &["UR002 /1/data/upload"],
            |input| input.set("/1/data/upload", (1_u64 << 63) - 1),
            &["UR201 /1/data/upload", "UR202 /1/data/total"],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/period/start", "2026-06-02 00:00:00Z"),
            &["UR002 /1/period/start"],
            |input| input.set("/1/period/start", "2026-06-02T01:00:00+01:00"),
            &[],
        ),
        Fault::new(
            "UR002",
            |input| input.set("/1/data", json!([])),
            &["UR002 /1/data"],
            |input| input.set("/1/data", json!({})),
            &["UR101 /1/data"],
        ),
    ]
}
