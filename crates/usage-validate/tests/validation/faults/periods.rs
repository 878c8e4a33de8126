//! Periods: their bounds, retention and settling.

use chrono::TimeDelta;
use serde_json::json;

use super::{
    Fault,
    input::{Input, day},
};

/// Retention then begins with the first day of the list, and nothing is said of what expires soon.
pub(super) fn kept_from_june(input: &mut Input) {
    input.as_of("2027-12-01T12:00:00Z");
    input.config.expiry_horizon = TimeDelta::zero();
}

/// The last day of the list is then settled to the instant.
fn just_settled(input: &mut Input) {
    input.as_of("2026-06-08T00:00:00Z");
}

/// Puts the last day of May before the list, up to an instant.
fn after_may(input: &mut Input, end: &str) {
    input.records().insert(0, day(1));
    input.period(0, "2026-05-31T00:00:00Z", end);
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "UR301",
            |input| input.period(1, "2026-06-03T00:00:00Z", "2026-06-02T00:00:00Z"),
            &["UR301 /1/period"],
            // A later clock time with an offset is the earlier instant.
            |input| input.period(1, "2026-06-02T23:00:00+23:00", "2026-06-02T22:00:00-02:00"),
            &[],
        ),
        Fault::new(
            "UR301",
            |input| input.period(1, "2026-06-02T00:00:00Z", "2026-06-02T00:00:00Z"),
            &["UR301 /1/period"],
            |input| input.period(1, "2026-06-02T00:00:00Z", "2026-06-02T00:00:00.001Z"),
            &["UR302 /1/period", "UR407 /1/period", "UR404 /2/period"],
        ),
        Fault::new(
            "UR302",
            |input| input.period(1, "2026-06-02T06:00:00Z", "2026-06-03T06:00:00Z"),
            &["UR302 /1/period", "UR403 /2/period"],
            |input| input.period(1, "2026-06-02T06:00:00+06:00", "2026-06-03T06:00:00+06:00"),
            &[],
        ),
        Fault::new(
            "UR302",
            |input| input.set("/0/period/start", "2026-06-01T05:59:59.999Z"),
            &["UR302 /0/period", "UR407 /1/period"],
            // An edge of the window clips a period.
            |input| input.set("/0/period/start", "2026-06-01T06:00:00Z"),
            &[],
        )
        .given(|input| input.window("2026-06-01T06:00:00Z", "2026-06-06T00:00:00Z")),
        Fault::new(
            "UR303",
            |input| input.period(4, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"),
            &["UR303 /4/period", "UR320 /4/period", "UR404 /4/period"],
            |input| input.period(4, "2026-11-01T23:59:59.999Z", "2026-11-02T23:59:59.999Z"),
            &["UR302 /4/period", "UR320 /4/period", "UR404 /4/period"],
        )
        .given(|input| input.as_of("2026-11-01T23:55:00Z")),
        Fault::new(
            "UR303",
            |input| input.period(4, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"),
            &["UR303 /4/period", "UR320 /4/period", "UR404 /4/period"],
            // The same day without usage.
            |input| {
                input.period(4, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
                let zeros = json!({"total": 0, "to_sim": 0, "from_sim": 0});
                input.set("/4/commands", zeros);
                let zeros = json!({"total": 0, "download": 0, "upload": 0, "units": "bytes"});
                input.set("/4/data", zeros);
            },
            &["UR320 /4/period", "UR404 /4/period"],
        ),
        Fault::new(
            "UR310",
            |input| after_may(input, "2026-06-01T00:00:00Z"),
            &["UR310 /0/period"],
            |input| after_may(input, "2026-06-01T00:00:00.001Z"),
            &[
                "UR302 /0/period",
                "UR311 /0/period",
                "UR407 /1/period",
                "UR403 /1/period",
            ],
        )
        .given(kept_from_june),
        Fault::new(
            "UR311",
            |input| input.set("/0/period/start", "2026-05-31T23:59:59.999Z"),
            &["UR302 /0/period", "UR311 /0/period", "UR407 /1/period"],
            |input| input.set("/0/period/start", "2026-06-01T02:00:00+02:00"),
            &[],
        )
        .given(kept_from_june),
        Fault::new(
            "UR312",
            |input| after_may(input, "2026-06-01T00:00:00Z"),
            &["UR312 /0/period"],
            |input| after_may(input, "2026-06-01T00:00:00.001Z"),
            &["UR302 /0/period", "UR407 /1/period", "UR403 /1/period"],
        )
        .given(|input| input.as_of("2027-11-01T12:00:00Z")),
        Fault::new(
            "UR320",
            |input| {
                input.records().push(day(6));
                input.set("/5/period/end", "2026-06-07T00:00:00.001Z");
            },
            &["UR302 /5/period", "UR320 /5/period", "UR407 /5/period"],
            |input| input.records().push(day(6)),
            &["UR321 /5/period"],
        )
        .given(just_settled),
        Fault::new(
            "UR321",
            |input| input.set("/4/period/end", "2026-06-06T00:00:00.001Z"),
            &["UR302 /4/period", "UR321 /4/period", "UR407 /4/period"],
            |input| input.set("/4/period/end", "2026-06-06T02:00:00+02:00"),
            &[],
        )
        .given(just_settled),
    ]
}
