//! Sums that may be off by a little.

use usage_validate::{Config, Tolerance};

use crate::support::{config, data, found, record, validate};

fn with(commands: u64, data: u64) -> Config {
    let mut config = config();
    config.tolerance.commands = commands;
    config.tolerance.data = data;
    config
}

/// A tree of data whose networks are off by 5 in two counters.
fn off_by_five() -> String {
    data(
        r#"{"total":20,"download":15,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#,
    )
}

#[test]
fn a_sum_may_be_off_by_as_much_and_no_more() {
    assert_eq!(found(&with(0, 5), &off_by_five()), [""; 0]);
    let both = ["UR201 /data/total", "UR201 /data/download"];
    assert_eq!(found(&with(9, 4), &off_by_five()), both);
    let wrong_direction_sum = data(
        r#"{"total":20,"download":10,"upload":5,"units":"bytes","home":{"total":20,"download":10,"upload":5,"units":"bytes"}}"#,
    );
    assert_eq!(found(&with(0, 5), &wrong_direction_sum), [""; 0]);
    let both = ["UR202 /data/total", "UR202 /data/home/total"];
    assert_eq!(found(&with(0, 4), &wrong_direction_sum), both);
}

#[test]
fn commands_have_a_tolerance_of_their_own() {
    let text = record(
        r#"{"total":7,"to_sim":4,"from_sim":3,"home":{"total":6,"to_sim":3,"from_sim":3}}"#,
        r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#,
    );
    assert_eq!(found(&with(1, 0), &text), [""; 0]);
    let both = ["UR201 /commands/total", "UR201 /commands/to_sim"];
    assert_eq!(found(&with(0, 1), &text), both);
    assert_eq!(Tolerance::both(3), with(3, 3).tolerance);
    assert_eq!(config().tolerance, Tolerance::both(0));
}

#[test]
fn what_is_within_tolerance_does_not_hide_the_culprit() {
    let text = data(
        r#"{"total":115,"download":10,"upload":6,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#,
    );
    let (findings, _) = validate(&with(0, 2), &text);
    let suspect = findings[0].suspect.as_ref().unwrap();
    assert_eq!(
        (suspect.pointer.as_str(), suspect.suggested),
        ("/data/total", 16)
    );
    let (findings, _) = validate(&config(), &text);
    assert!(findings.iter().all(|finding| finding.suspect.is_none()));
}

#[test]
fn what_is_within_tolerance_is_not_among_what_is_wrong() {
    let text = data(
        r#"{"total":115,"download":60,"upload":6,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#,
    );
    for (config, expected) in [
        (with(0, 2), "at least 2 are wrong"),
        (config(), "at least 3 are wrong"),
    ] {
        let (findings, _) = validate(&config, &text);
        assert!(
            findings[0].help.as_ref().unwrap().contains(expected),
            "{findings:?}"
        );
    }
}

#[test]
fn a_tolerance_is_in_bytes_whatever_the_unit_of_the_record() {
    // Off by 1 GiB, which is 1 073 741 824 bytes.
    let gib = data(
        r#"{"total":20,"download":15,"upload":5,"units":"GiB","home":{"total":19,"download":14,"upload":5,"units":"GiB"}}"#,
    );
    let both = ["UR201 /data/total", "UR201 /data/download"];
    assert_eq!(found(&with(0, 1 << 30), &gib), [""; 0]);
    for tolerance in [0, 1, 20, (1 << 30) - 1] {
        assert_eq!(found(&with(0, tolerance), &gib), both, "{tolerance}");
    }
    // Off by 1 in the direction of the node.
    let direction = data(
        r#"{"total":2,"download":1,"upload":0,"units":"GiB","home":{"total":2,"download":1,"upload":0,"units":"GiB"}}"#,
    );
    assert_eq!(found(&with(0, 1 << 30), &direction), [""; 0]);
    assert_eq!(found(&with(0, (1 << 30) - 1), &direction).len(), 2);
}
