//! What follows what, and what all records have in common.

use serde_json::json;

use super::{Fault, input::day};

#[expect(clippy::too_many_lines, reason = "a table is as long as it has rows")]
pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "UR401",
            |input| input.records().push(day(3)),
            &["UR401 /5/period"],
            |input| {
                input.records().push(day(3));
                input.set("/5/data/international_roaming/0/country_code", "DEV");
            },
            &["UR402 /5/period"],
        ),
        Fault::new(
            "UR402",
            |input| input.set("/4/period", day(4)["period"].clone()),
            &["UR402 /4/period"],
            // Other texts of the same figures: absent and null read as 0.
            |input| {
                input.set("/4", day(4));
                input.remove("/4/commands/national_roaming");
            },
            &["UR401 /4/period"],
        ),
        Fault::new(
            "UR402",
            |input| input.set("/1/period", day(3)["period"].clone()),
            &["UR402 /2/period", "UR404 /1/period"],
            |input| input.set("/1", day(3)),
            &["UR401 /2/period", "UR404 /1/period"],
        ),
        Fault::new(
            "UR403",
            |input| input.set("/2/period/start", "2026-06-02T23:59:59Z"),
            &["UR302 /2/period", "UR407 /2/period", "UR403 /2/period"],
            |input| input.set("/2/period/start", "2026-06-03T00:00:01Z"),
            &["UR302 /2/period", "UR407 /2/period", "UR404 /2/period"],
        ),
        Fault::new(
            "UR404",
            |input| {
                input.records().remove(2);
            },
            &["UR404 /2/period"],
            // What cannot be read has its place in the list all the same.
            |input| input.set("/2/data/total", "33"),
            &["UR002 /2/data/total"],
        ),
        Fault::new(
            "UR404",
            |input| {
                input.records().remove(1);
            },
            &["UR404 /1/period"],
            |input| {
                let second = input.records().remove(1);
                input.records().push(second);
            },
            &["UR405 /4/period"],
        ),
        Fault::new(
            "UR404",
            |input| input.period(4, "2026-06-05T00:00:01Z", "2026-06-06T00:00:01Z"),
            &["UR302 /4/period", "UR404 /4/period"],
            |input| input.period(4, "2026-06-04T23:59:59Z", "2026-06-05T23:59:59Z"),
            &["UR302 /4/period", "UR403 /4/period"],
        ),
        Fault::new(
            "UR405",
            |input| input.records().swap(3, 4),
            &["UR405 /4/period"],
            |input| input.records().reverse(),
            &[],
        ),
        Fault::new(
            "UR405",
            |input| input.period(4, "2026-05-31T00:00:00Z", "2026-06-01T00:00:00Z"),
            &["UR405 /4/period"],
            |input| {
                let mut last = input.records().remove(4);
                last["period"] =
                    json!({"start": "2026-05-31T00:00:00Z", "end": "2026-06-01T00:00:00Z"});
                input.records().insert(0, last);
            },
            &[],
        ),
        Fault::new(
            "UR406",
            |input| input.set("/1/account_sid", "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"),
            &["UR404 /2/period", "UR406 /1/period"],
            |input| input.set("/1/account_sid", "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"),
            &["UR104 /1/account_sid"],
        ),
        Fault::new(
            "UR407",
            |input| input.set("/4/period/end", "2026-06-05T11:59:59.999Z"),
            &["UR302 /4/period", "UR407 /4/period"],
            |input| input.set("/4/period/end", "2026-06-05T12:00:00Z"),
            &[],
        )
        .given(|input| input.window("2026-06-01T00:00:00Z", "2026-06-05T12:00:00Z")),
        Fault::new(
            "UR407",
            |input| input.set("/4/period/end", "2026-06-07T00:00:00Z"),
            &["UR302 /4/period", "UR407 /4/period"],
            |input| {
                for index in 0..5 {
                    let shifted = json!({
                        "start": format!("2026-06-0{}T00:00:00.001Z", index + 1),
                        "end": format!("2026-06-0{}T00:00:00.001Z", index + 2),
                    });
                    input.set(&format!("/{index}/period"), shifted);
                }
            },
            &[
                "UR302 /0/period",
                "UR302 /1/period",
                "UR302 /2/period",
                "UR302 /3/period",
                "UR302 /4/period",
            ],
        ),
    ]
}
