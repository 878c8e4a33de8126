//! What was asked for: the window, and all pages.

use serde_json::json;

use super::{Fault, input::day};

pub(super) fn faults() -> Vec<Fault> {
    vec![
        // A millisecond of a day is widened to all of it.
        Fault::new(
            "UR501",
            |input| input.records().push(day(7)),
            &["UR501 /5/period"],
            |input| input.records().push(day(6)),
            &[],
        )
        .given(|input| input.window("2026-06-01T00:00:00Z", "2026-06-06T00:00:00.001Z")),
        Fault::new(
            "UR502",
            |input| {
                input.records().remove(0);
            },
            &["UR502 "],
            // The last 24 hours may be missing.
            |input| {
                input.records().remove(4);
            },
            &[],
        )
        .given(|input| input.window("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z")),
        Fault::new(
            "UR502",
            |input| input.records().truncate(3),
            &["UR502 "],
            |input| input.records().truncate(4),
            &[],
        )
        .given(|input| input.window("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z")),
        Fault::new(
            "UR503",
            |input| input.window("2026-05-31T23:59:59.999Z", "2026-06-06T00:00:00Z"),
            &["UR503 "],
            |input| input.window("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z"),
            &[],
        )
        .given(super::periods::kept_from_june),
        Fault::new(
            "UR504",
            |input| {
                input.page(&json!({"page": 0, "next_page_url": "https://api.example/v1/UsageRecords?Page=1"}));
            },
            &["UR504 /meta/next_page_url"],
            |input| input.page(&json!({"page": 0, "next_page_url": ""})),
            &[],
        ),
        Fault::new(
            "UR504",
            |input| input.page(&json!({"page": 1, "next_page_url": null})),
            &["UR504 /meta/page"],
            |input| input.page(&json!({"page": 0, "next_page_url": null})),
            &[],
        ),
    ]
}
