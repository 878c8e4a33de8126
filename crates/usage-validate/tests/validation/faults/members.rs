//! Single members of a record.

use serde_json::json;

use super::Fault;

/// A redacted account, which may be the one of all other records.
const REDACTED: &str = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

#[expect(clippy::too_many_lines, reason = "a table is as long as it has rows")]
pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "UR101",
            |input| input.set("/1/account_sid", json!(null)),
            &["UR101 /1/account_sid"],
            |input| input.set("/1/account_sid", REDACTED),
            &["UR104 /1/account_sid"],
        ),
        Fault::new(
            "UR101",
            |input| input.set("/1/period", json!({})),
            &["UR101 /1/period"],
            |input| input.period(1, "2026-06-02T00:00:00.000Z", "2026-06-03T00:00:00.000Z"),
            &[],
        ),
        Fault::new(
            "UR101",
            |input| input.remove("/1/period/end"),
            &["UR101 /1/period/end"],
            |input| input.set("/1/period/end", "2026-06-03T00:00:00.000Z"),
            &[],
        ),
        Fault::new(
            "UR101",
            |input| input.set("/1/commands", json!({})),
            &["UR101 /1/commands"],
            |input| input.set("/1/commands", json!({"total": null})),
            &["UR102 /1/commands"],
        ),
        Fault::new(
            "UR101",
            |input| input.set("/1/data", json!(null)),
            &["UR101 /1/data"],
            |input| input.set("/1/data", json!({"units": "bytes"})),
            &["UR102 /1/data"],
        ),
        Fault::new(
            "UR102",
            |input| {
                let node = json!({"total": null, "to_sim": 0, "from_sim": 0});
                input.set("/1/commands/national_roaming", node);
            },
            &["UR102 /1/commands/national_roaming"],
            |input| input.set("/1/commands/national_roaming", json!({})),
            &[],
        ),
        Fault::new(
            "UR102",
            |input| {
                let node = json!({"total": 0, "to_sim": 0});
                input.set("/1/commands/national_roaming", node);
            },
            &["UR102 /1/commands/national_roaming"],
            |input| {
                let node = json!({"total": 0, "to_sim": 0, "from_sim": 0});
                input.set("/1/commands/national_roaming", node);
            },
            &[],
        ),
        Fault::new(
            "UR103",
            |input| input.set("/1/data/Billed", 1),
            &["UR103 /1/data/Billed"],
            |input| input.set("/1/data/billed", 1),
            &[],
        ),
        Fault::new(
            "UR104",
            |input| input.set("/1/account_sid", REDACTED),
            &["UR104 /1/account_sid"],
            |input| input.set("/1/account_sid", json!(null)),
            &["UR101 /1/account_sid"],
        ),
        Fault::new(
            "UR104",
            |input| {
                for index in 0..5 {
                    input.set(&format!("/{index}/sim_sid"), format!("DE{:031}", 0));
                }
            },
            &[
                "UR104 /0/sim_sid",
                "UR104 /1/sim_sid",
                "UR104 /2/sim_sid",
                "UR104 /3/sim_sid",
                "UR104 /4/sim_sid",
            ],
            |input| {
                for index in 0..5 {
                    input.set(&format!("/{index}/sim_sid"), format!("DE{:032}", 0));
                }
            },
            &[],
        ),
        Fault::new(
            "UR105",
            |input| input.set("/1/data/home/units", "octets"),
            &["UR105 /1/data/home/units"],
            |input| {
                for node in ["", "/home", "/national_roaming"] {
                    input.set(&format!("/1/data{node}/units"), "KB");
                }
                for index in 0..2 {
                    input.set(
                        &format!("/1/data/international_roaming/{index}/units"),
                        "KB",
                    );
                }
            },
            &[],
        ),
        Fault::new(
            "UR105",
            |input| input.remove("/1/data/home/units"),
            &["UR105 /1/data/home/units"],
            |input| {
                // A node of zeros needs no unit.
                let node = json!({"total": 0, "download": 0, "upload": 0, "country_code": "CHE"});
                input.set("/1/data/international_roaming/1", node);
                let node = json!({"total": 10, "download": 7, "upload": 3, "units": "bytes", "country_code": "DEU"});
                input.set("/1/data/international_roaming/0", node);
            },
            &[],
        ),
        Fault::new(
            "UR106",
            |input| input.set("/1/data/international_roaming/1/country_code", "DEU"),
            &["UR106 /1/data/international_roaming/1/country_code"],
            |input| input.set("/1/data/international_roaming/1/country_code", "DEV"),
            &[],
        ),
        Fault::new(
            "UR106",
            |input| input.set("/1/data/international_roaming/1/country_code", "CHe"),
            &["UR106 /1/data/international_roaming/1/country_code"],
            |input| input.set("/1/data/international_roaming/1/country_code", "CHD"),
            &[],
        ),
        Fault::new(
            "UR106",
            |input| input.remove("/1/data/international_roaming/1/country_code"),
            &["UR106 /1/data/international_roaming/1/country_code"],
            |input| input.set("/1/data/international_roaming/1/country_code", "ZZZ"),
            &[],
        ),
        Fault::new(
            "UR107",
            |input| input.set("/1/data/international_roaming/1/billed", 1e30),
            &["UR107 /1/data/international_roaming/1/billed"],
            |input| input.set("/1/data/international_roaming/1/billed", 1e28),
            &[],
        ),
        Fault::new(
            "UR107",
            |input| input.set("/1/commands/billed", 1e-30),
            &["UR107 /1/commands/billed"],
            |input| input.set("/1/commands/billed", 1e-28),
            &[],
        ),
    ]
}
