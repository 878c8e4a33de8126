//! What is remembered of the records of many SIMs has a limit, and the rules go on beyond it.

mod costs;

use usage_validate::Accounts;

use crate::support::{ACCOUNT, config, validate};

/// Records whose figures are remembered, over all SIMs.
const MOST_REMEMBERED: usize = 1 << 14;

/// A record of one SIM on a day of June.
fn of_sim(sim: usize, day: usize) -> String {
    let next = day + 1;
    format!(
        concat!(
            r#"{{"account_sid":"{}","sim_sid":"DE{:032x}","#,
            r#""period":{{"start":"2026-06-{:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}}}}"#,
        ),
        ACCOUNT, sim, day, next
    )
}

/// The codes found about records after the first `sims`, which are one record a SIM.
fn found_after(sims: usize, more: &[String]) -> Vec<(u64, &'static str)> {
    let mut config = config();
    config.accounts = Accounts::Many;
    config.select = vec!["UR4".parse().unwrap()];
    let first: Vec<_> = (0..sims).map(|sim| of_sim(sim, 1)).collect();
    let text = format!("{}\n{}\n", first.join("\n"), more.join("\n"));
    let (findings, _) = validate(&config, &text);
    let first = u64::try_from(sims).unwrap();
    findings
        .iter()
        .filter_map(|finding| Some((finding.record?.checked_sub(first)?, finding.code)))
        .collect()
}

#[test]
fn a_record_is_known_again_as_long_as_there_is_room_to_remember() {
    let again = [of_sim(0, 2), of_sim(0, 1)];
    let found = found_after(MOST_REMEMBERED - 1, &again);
    assert!(found.contains(&(1, "UR401")), "{found:?}");
    let found = found_after(MOST_REMEMBERED, &again);
    assert!(!found.contains(&(1, "UR401")), "{found:?}");
}

#[test]
fn of_each_sim_one_record_is_remembered_whatever_their_number() {
    let again = [of_sim(7, 1), of_sim(7, 1), of_sim(7, 2), of_sim(7, 2)];
    let found = found_after(MOST_REMEMBERED, &again);
    assert_eq!(found, [(0, "UR401"), (1, "UR401"), (3, "UR401")]);
}

#[test]
fn records_that_are_not_remembered_take_no_room() {
    let mut again = vec![of_sim(1, 1); 500];
    again.extend([of_sim(0, 2), of_sim(0, 1)]);
    let found = found_after(MOST_REMEMBERED - 400, &again);
    assert!(found.contains(&(501, "UR401")), "{found:?}");
}

#[test]
fn all_hours_within_retention_are_known_again() {
    let mut config = config();
    config.select = vec!["UR4".parse().unwrap()];
    let start = crate::support::at("2025-05-01T00:00:00Z");
    let hours = 13_200;
    let hour = |number: i32| {
        (start + chrono::TimeDelta::hours(number.into())).format("%Y-%m-%dT%H:00:00Z")
    };
    let records = (0..hours).map(|number| {
        let (start, end) = (hour(number), hour(number + 1));
        format!(r#"{{"account_sid":"{ACCOUNT}","period":{{"start":"{start}","end":"{end}"}}}}"#)
    });
    let list = records.collect::<Vec<_>>().join("\n");
    let (_, summary) = validate(&config, &format!("{list}\n{list}\n"));
    let failed = |code: &str| summary.rules[code].failed;
    assert_eq!(
        [failed("UR401"), failed("UR402"), failed("UR403")],
        [13_200, 0, 0]
    );
}
