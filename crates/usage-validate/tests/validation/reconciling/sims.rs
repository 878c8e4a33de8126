//! The SIMs of an account, held against the account.

use usage_model::{Granularity, SimSid};
use usage_validate::Reconciler;

use super::{OTHER_SIM, SIM, Slot, day, found, reconcile, slot, take};
use crate::support::{ACCOUNT, config};

#[test]
fn sims_add_up_to_the_account_over_the_same_period() {
    let of = |account: u64| {
        found(&[
            day(0, 3).sim(SIM),
            day(0, 4).sim(OTHER_SIM),
            day(0, account),
        ])
    };
    assert_eq!(of(7), [""; 0]);
    assert_eq!(of(8), ["UR604 2 /commands/total"]);
    assert_eq!(
        of(6),
        ["UR603 2 /commands/total", "UR603 2 /commands/to_sim"]
    );
    let unsettled = day(0, 4).sim(OTHER_SIM).fetched(71);
    assert_eq!(found(&[day(0, 3).sim(SIM), unsettled, day(0, 9)]), [""; 0]);
}

#[test]
fn the_smallest_period_in_which_sims_and_account_differ_is_named() {
    let mut slots = vec![slot(0, 1, 5), slot(1, 2, 5), slot(0, 2, 10)];
    slots.extend([slot(0, 1, 5), slot(1, 2, 3), slot(0, 2, 8)].map(|slot| slot.sim(SIM)));
    assert_eq!(found(&slots), ["UR604 1 /commands/total"]);
    // Where the longer period is off by more than the shorter ones, that is told as well.
    slots[2].sent = 11;
    let found = found(&slots);
    assert!(
        found.contains(&"UR604 2 /commands/total".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_is_left_of_the_account_is_explained() {
    let help = |slots: &[Slot], known: &[&str]| {
        let mut reconciler = Reconciler::new(&config());
        take(&mut reconciler, slots);
        for sim in known {
            reconciler.known_sim(Some(ACCOUNT), sim.parse::<SimSid>().unwrap());
        }
        let (findings, _) = reconciler.finish();
        let residual = findings.into_iter().find(|finding| finding.code == "UR604");
        residual.unwrap().help.unwrap()
    };
    let slots = [day(0, 3).sim(SIM), day(0, 9)];
    assert_eq!(
        help(&slots, &[]),
        "every SIM that is known was added up: the rest is of SIMs that were not read, or are no longer in the account"
    );
    assert_eq!(
        help(&slots, &[SIM, OTHER_SIM]),
        format!(
            "there may be more usage in 1 SIM without a record for the period, perhaps not read: {OTHER_SIM}"
        )
    );
    let rounded = slot(1, 25, 6).sim(OTHER_SIM).of(Granularity::Daily);
    assert_eq!(
        help(&[slots.to_vec(), vec![rounded]].concat(), &[]),
        format!(
            "there may be more usage in 1 SIM with a period that only overlaps this one, because the windows differ: {OTHER_SIM}"
        )
    );
}

#[test]
fn a_long_period_is_seen_behind_a_short_one_that_starts_later() {
    let long = slot(0, 30 * 24, 6).sim(OTHER_SIM).of(Granularity::Daily);
    let short = day(1, 1).sim(OTHER_SIM);
    let (findings, _) = reconcile(&config(), &[day(5, 3).sim(SIM), day(5, 9), long, short]);
    let residual = findings.iter().find(|finding| finding.code == "UR604");
    assert_eq!(
        residual.unwrap().help.as_deref().unwrap(),
        format!(
            "there may be more usage in 1 SIM with a period that only overlaps this one, because the windows differ: {OTHER_SIM}"
        )
    );
    // The hours of the day make it up, but there is one more period that covers them.
    let mut slots = vec![day(2, 24)];
    slots.extend((48..72).map(|hour| slot(hour, hour + 1, 1)));
    assert_eq!(found(&slots), [""; 0]);
    slots.extend([slot(0, 100, 0), slot(10, 11, 0)].map(|slot| slot.of(Granularity::Hourly)));
    let (findings, _) = reconcile(&config(), &slots);
    let incomplete = findings.iter().find(|finding| finding.code == "UR602");
    assert!(incomplete.is_some(), "{findings:?}");
}

#[test]
fn a_sim_with_a_period_that_ends_where_another_starts_does_not_overlap_it() {
    let slots = [
        day(0, 3).sim(SIM),
        day(0, 3),
        day(1, 3).sim(OTHER_SIM),
        day(1, 9),
    ];
    let (findings, _) = reconcile(&config(), &slots);
    let help = findings[0].help.clone().unwrap();
    assert!(help.contains("1 SIM without a record"), "{help}");
    assert_eq!(
        findings[0].message,
        "`commands.total` is 6 more than the sum of 1 SIM of the account; so is 1 other counter"
    );
}

#[test]
fn what_is_off_at_another_time_explains_nothing() {
    let hours = (0..48).map(|hour| slot(hour, hour + 1, 1));
    let days = [day(0, 24), day(1, 25)];
    let other = slot(0, 24, 23).of(Granularity::All);
    let slots: Vec<_> = hours.chain(days).chain([other]).collect();
    let found = found(&slots);
    let mismatches = found.iter().filter(|found| found.starts_with("UR601"));
    assert_eq!(mismatches.count(), 4, "{found:?}");
}

#[test]
fn of_many_sims_without_a_record_the_first_are_named() {
    let mut reconciler = Reconciler::new(&config());
    take(&mut reconciler, &[day(0, 1).sim(SIM), day(0, 9)]);
    for number in 0..5 {
        let sim: SimSid = format!("DE{number:032}").parse().unwrap();
        reconciler.known_sim(Some(ACCOUNT), sim);
    }
    let (findings, _) = reconciler.finish();
    let help = findings[0].help.clone().unwrap();
    let named = (0..3).map(|number| format!("DE{number:032}"));
    let named = named.collect::<Vec<_>>().join(", ");
    assert!(
        help.starts_with("there may be more usage in 5 SIMs"),
        "{help}"
    );
    assert!(help.ends_with(&format!(": {named} and 2 more")), "{help}");
}
