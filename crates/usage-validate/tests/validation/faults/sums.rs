//! Sums of trees.

use serde_json::json;

use super::{Fault, input::Input};

/// Makes international traffic of a day stand beside the total, which home and national roaming then fill.
fn outside(input: &mut Input, index: usize) {
    let node = json!({"total": 15, "download": 10, "upload": 5, "units": "bytes"});
    input.set(&format!("/{index}/data/national_roaming"), node);
}

/// Gives every node of a day's data a unit that is not known.
fn in_octets(input: &mut Input) {
    for node in [
        "",
        "/home",
        "/national_roaming",
        "/international_roaming/0",
        "/international_roaming/1",
    ] {
        input.set(&format!("/1/data{node}/units"), "octets");
    }
}

#[expect(clippy::too_many_lines, reason = "a table is as long as it has rows")]
pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "UR201",
            |input| input.set("/1/data/total", 33),
            &["UR201 /1/data/total", "UR202 /1/data/total"],
            |input| {
                input.set("/1/data/total", 33);
                input.set("/1/data/home/total", 18);
            },
            &["UR202 /1/data/total", "UR202 /1/data/home/total"],
        ),
        Fault::new(
            "UR201",
            |input| input.set("/1/data/home/download", 11),
            &["UR201 /1/data/download", "UR202 /1/data/home/total"],
            |input| {
                input.set("/1/data/home/download", 11);
                input.set("/1/data/national_roaming/download", 4);
            },
            &[
                "UR202 /1/data/home/total",
                "UR202 /1/data/national_roaming/total",
            ],
        ),
        Fault::new(
            "UR201",
            |input| {
                input.set("/1/data/international_roaming/0/upload", json!(null));
            },
            &[
                "UR102 /1/data/international_roaming/0",
                "UR201 /1/data/upload",
                "UR202 /1/data/international_roaming/0/total",
            ],
            |input| {
                // The two bytes are missing everywhere, and null reads as 0.
                input.set("/1/data/international_roaming/0/upload", json!(null));
                input.set("/1/data/international_roaming/0/total", 4);
                input.set("/1/data/total", 30);
                input.set("/1/data/upload", 8);
            },
            &["UR102 /1/data/international_roaming/0"],
        ),
        Fault::new(
            "UR201",
            |input| input.set("/1/commands/from_sim", 2),
            &["UR201 /1/commands/from_sim", "UR202 /1/commands/total"],
            |input| {
                input.set("/1/commands/from_sim", 2);
                input.set("/1/commands/home/from_sim", 2);
            },
            &["UR202 /1/commands/total", "UR202 /1/commands/home/total"],
        ),
        Fault::new(
            "UR202",
            |input| input.set("/1/data/total", 33),
            &["UR201 /1/data/total", "UR202 /1/data/total"],
            |input| {
                input.set("/1/data/total", 33);
                input.set("/1/data/upload", 11);
            },
            &["UR201 /1/data/total", "UR201 /1/data/upload"],
        ),
        Fault::new(
            "UR202",
            |input| {
                input.set("/1/data/international_roaming/0/download", 5);
                input.set("/1/data/international_roaming/1/download", 2);
            },
            &[
                "UR202 /1/data/international_roaming/0/total",
                "UR202 /1/data/international_roaming/1/total",
            ],
            |input| {
                // A byte moves from one country to the other, in the total as well.
                input.set("/1/data/international_roaming/0/download", 5);
                input.set("/1/data/international_roaming/0/total", 7);
                input.set("/1/data/international_roaming/1/download", 2);
                input.set("/1/data/international_roaming/1/total", 3);
            },
            &[],
        ),
        Fault::new(
            "UR203",
            |input| input.set("/1/commands/home", json!({})),
            &["UR203 /1/commands"],
            |input| {
                let node = json!({"total": 0, "to_sim": 0, "from_sim": 0});
                input.set("/1/commands/home", node);
            },
            &[
                "UR201 /1/commands/total",
                "UR201 /1/commands/to_sim",
                "UR201 /1/commands/from_sim",
            ],
        ),
        Fault::new(
            "UR203",
            |input| input.set("/1/commands/home", json!(null)),
            &["UR203 /1/commands"],
            |input| {
                let zeros = json!({"total": 0, "to_sim": 0, "from_sim": 0, "home": null});
                input.set("/1/commands", zeros);
            },
            &[],
        ),
        Fault::new(
            "UR204",
            |input| {
                in_octets(input);
                input.set("/1/data/home/download", 23);
                input.set("/1/data/home/total", 28);
            },
            &["UR105 /1/data/units", "UR204 /1/data/home/download"],
            |input| {
                // As much as the top, which the other networks leave no room for: no sum is taken of octets.
                in_octets(input);
                input.set("/1/data/home/download", 22);
                input.set("/1/data/home/total", 27);
            },
            &["UR105 /1/data/units"],
        ),
        Fault::new(
            "UR205",
            |input| outside(input, 1),
            &["UR205 /1/data", "UR206 /1/data"],
            |input| {
                // A byte less, and the total can be read neither way.
                outside(input, 1);
                input.set("/1/data/national_roaming/total", 14);
                input.set("/1/data/national_roaming/upload", 4);
            },
            &[
                "UR201 /1/data/total",
                "UR201 /1/data/download",
                "UR201 /1/data/upload",
            ],
        ),
        Fault::new(
            "UR206",
            |input| {
                for index in 0..4 {
                    outside(input, index);
                }
            },
            &[
                "UR205 /0/data",
                "UR205 /1/data",
                "UR205 /2/data",
                "UR205 /3/data",
                "UR206 /4/data",
            ],
            |input| {
                for index in 0..5 {
                    outside(input, index);
                }
            },
            &[
                "UR205 /0/data",
                "UR205 /1/data",
                "UR205 /2/data",
                "UR205 /3/data",
                "UR205 /4/data",
            ],
        ),
    ]
}
