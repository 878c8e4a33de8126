//! Naming the wrong counter, and not naming one where it cannot be known.

use usage_validate::Policy;

use crate::support::{config, data, validate};

/// What is said of the sums of a data tree: the codes, the suspect that all findings share, and the last help.
struct Said {
    codes: Vec<&'static str>,
    suspect: Option<(String, u64)>,
    help: String,
}

fn said(policy: Policy, tree: &str) -> Said {
    let mut config = config();
    config.policy = policy;
    let (mut findings, _) = validate(&config, &data(tree));
    findings.retain(|finding| finding.code.starts_with("UR2"));
    let suspects: Vec<_> = findings
        .iter()
        .map(|finding| finding.suspect.clone())
        .collect();
    assert!(
        suspects.windows(2).all(|pair| pair[0] == pair[1]),
        "{suspects:?}"
    );
    Said {
        codes: findings.iter().map(|finding| finding.code).collect(),
        suspect: suspects[0]
            .as_ref()
            .map(|suspect| (suspect.pointer.clone(), suspect.suggested)),
        help: findings
            .last()
            .and_then(|finding| finding.help.clone())
            .unwrap(),
    }
}

fn node(total: &str, download: &str, upload: &str) -> String {
    format!(r#""total":{total},"download":{download},"upload":{upload},"units":"bytes""#)
}

fn tree(top: &str, home: &str) -> String {
    format!(r#"{{{top},"home":{{{home}}}}}"#)
}

#[track_caller]
fn assert_named(tree: &str, pointer: &str, suggested: u64) {
    let said = said(Policy::Auto, tree);
    assert_eq!(said.codes, ["UR201", "UR202"], "{tree}");
    assert_eq!(
        said.suspect,
        Some((pointer.to_owned(), suggested)),
        "{tree}"
    );
}

#[test]
fn a_wrong_counter_is_named_where_its_two_sums_cross() {
    let good = node("15", "10", "5");
    assert_named(&tree(&node("20", "10", "5"), &good), "/data/total", 15);
    assert_named(&tree(&node("15", "11", "5"), &good), "/data/download", 10);
    assert_named(&tree(&good, &node("15", "10", "4")), "/data/home/upload", 5);
    assert_named(
        &tree(&good, &node("15", "null", "5")),
        "/data/home/download",
        10,
    );
    assert_named(&tree(&good, &node("0", "10", "5")), "/data/home/total", 15);
}

#[test]
fn a_country_is_named_by_its_entry() {
    assert_named(
        r#"{"total":18,"download":12,"upload":6,"units":"bytes","international_roaming":[
            {"total":15,"download":10,"upload":5,"units":"bytes","country_code":"DEU"},
            {"total":3,"download":2,"upload":4,"units":"bytes","country_code":"CHE"}]}"#,
        "/data/international_roaming/1/upload",
        1,
    );
    assert_named(
        r#"{"total":18,"download":12,"upload":6,"units":"bytes",
            "international_roaming":{"total":18,"download":13,"upload":6,"units":"bytes","country_code":"DEU"}}"#,
        "/data/international_roaming/download",
        12,
    );
}

#[test]
fn the_suggestion_is_in_the_unit_of_the_counter() {
    let said = said(
        Policy::Auto,
        r#"{"total":3000,"download":2000,"upload":1000,"units":"bytes","home":{"total":3,"download":1,"upload":1,"units":"KB"}}"#,
    );
    assert_eq!(said.codes, ["UR201", "UR202"]);
    assert_eq!(said.suspect, Some(("/data/home/download".to_owned(), 2)));
}

#[test]
fn two_wrong_counters_are_not_blamed_on_one() {
    let good = node("15", "10", "5");
    for tree in [
        // Two counters of one node that still add up.
        tree(&good, &node("16", "11", "5")),
        // The two ends of one network sum.
        tree(&node("16", "10", "5"), &node("16", "10", "5")),
        // Both sums are broken, by different amounts.
        tree(&node("17", "10", "5"), &node("16", "11", "5")),
    ] {
        let said = said(Policy::Auto, &tree);
        assert_eq!(said.suspect, None, "{tree}");
        assert!(
            said.help.starts_with("no single counter explains"),
            "{}",
            said.help
        );
    }
}

#[test]
fn a_counter_that_would_have_to_be_negative_or_too_large_is_not_named() {
    // Only download = -5 would make both sums hold.
    let said_negative = said(
        Policy::Auto,
        &tree(&node("0", "5", "5"), &node("5", "0", "5")),
    );
    assert_eq!(said_negative.suspect, None);
    let max = i64::MAX.to_string();
    let too_large = said(
        Policy::Auto,
        &format!(
            r#"{{{},"home":{{{}}},"national_roaming":{{{}}}}}"#,
            node(&max, &max, &max),
            node(&max, &max, "0"),
            node(&max, "0", &max)
        ),
    );
    assert_eq!(too_large.codes, ["UR201", "UR202"]);
    assert_eq!(too_large.suspect, None);
}

#[test]
fn where_several_counters_could_be_wrong_their_number_is_said() {
    let said = said(
        Policy::Exclude,
        r#"{"total":15,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"},
            "international_roaming":[{"total":9,"download":2,"upload":1,"units":"bytes","country_code":"DEU"}]}"#,
    );
    assert_eq!(said.codes, ["UR202"]);
    assert_eq!(said.suspect, None);
    assert!(said.help.starts_with("any of 3 counters"), "{}", said.help);
}

#[test]
fn a_total_without_directions_and_shares_is_named() {
    let said = said(Policy::Auto, &format!("{{{}}}", node("7", "0", "0")));
    assert_eq!(said.codes, ["UR203", "UR202"]);
    assert_eq!(said.suspect, Some(("/data/total".to_owned(), 0)));
}

#[test]
fn nothing_is_named_while_network_sums_are_suspended() {
    let said = said(
        Policy::Auto,
        r#"{"total":15,"download":10,"upload":5,"units":"octets","home":{"total":15,"download":10,"upload":4,"units":"octets"}}"#,
    );
    assert_eq!(said.codes, ["UR202"]);
    assert_eq!(said.suspect, None);
    assert!(
        said.help
            .starts_with("the network sums of this tree were not evaluated")
    );
}
