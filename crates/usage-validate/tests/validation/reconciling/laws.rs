//! Laws of reconciling that hold for all usage.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::Index};

use super::*;

/// Networks of a tree: home, national roaming and two countries.
const NETWORKS: usize = 4;
const COUNTRIES: [&str; 2] = ["DEU", "CHE"];

/// Usage of a time: in each tree and network, to SIMs and from SIMs.
type Usage = [[[u64; 2]; NETWORKS]; 2];

/// Usage of one account or SIM in each hour.
type Hours = Vec<Usage>;

/// A record as it is read, which a law may change.
#[derive(Clone, Debug)]
struct Line {
    account: &'static str,
    sim: Option<&'static str>,
    start: i64,
    end: i64,
    json: Value,
}

const ACCOUNTS: [&str; 2] = [ACCOUNT, "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"];
const SIMS: [&str; 2] = [SIM, OTHER_SIM];

fn any_hours() -> impl Strategy<Value = Hours> {
    let figure = prop_oneof![3 => Just(0_u64), 2 => 0_u64..1000, 1 => Just(1 << 40)];
    vec(vec(figure, 2 * NETWORKS * 2), 48).prop_map(|hours| {
        let usage = |figures: Vec<u64>| {
            let at =
                |tree, network, direction| figures[(tree * NETWORKS + network) * 2 + direction];
            [0, 1].map(|tree| {
                [0, 1, 2, 3].map(|network| [0, 1].map(|direction| at(tree, network, direction)))
            })
        };
        hours.into_iter().map(usage).collect()
    })
}

fn added(usages: &[Usage]) -> Usage {
    let sum = |tree: usize, network: usize, direction: usize| {
        usages
            .iter()
            .map(|usage| usage[tree][network][direction])
            .sum()
    };
    [0, 1].map(|tree| {
        [0, 1, 2, 3].map(|network| [0, 1].map(|direction| sum(tree, network, direction)))
    })
}

/// A tree, from its networks up.
fn tree(networks: &[[u64; 2]; NETWORKS], names: [&str; 2]) -> Value {
    let node = |[toward, from]: [u64; 2]| json!({"total": toward + from, (names[0]): toward, (names[1]): from});
    let top = networks.iter().fold([0, 0], |[toward, from], network| {
        [toward + network[0], from + network[1]]
    });
    let mut tree = node(top);
    tree["home"] = node(networks[0]);
    tree["national_roaming"] = node(networks[1]);
    let countries = COUNTRIES.iter().zip(&networks[2..]);
    tree["international_roaming"] = countries
        .map(|(code, network)| {
            let mut entry = node(*network);
            entry["country_code"] = (*code).into();
            entry
        })
        .collect();
    tree
}

fn line(
    account: &'static str,
    sim: Option<&'static str>,
    [start, end]: [i64; 2],
    usage: &Usage,
) -> Line {
    let json = json!({
        "account_sid": account,
        "sim_sid": sim,
        "period": {"start": hour(start).to_rfc3339(), "end": hour(end).to_rfc3339()},
        "commands": tree(&usage[0], ["to_sim", "from_sim"]),
        "data": tree(&usage[1], ["download", "upload"]),
    });
    Line {
        account,
        sim,
        start,
        end,
        json,
    }
}

/// The records of two days: hours, days and the whole.
fn series(account: &'static str, sim: Option<&'static str>, hours: &[Usage]) -> Vec<Line> {
    let of = |start: usize, length: usize| {
        let times = [start, start + length].map(|hour| i64::try_from(hour).unwrap());
        line(account, sim, times, &added(&hours[start..start + length]))
    };
    let hourly = (0..48).map(|start| of(start, 1));
    hourly.chain([of(0, 24), of(24, 24), of(0, 48)]).collect()
}

/// The records of an account with two SIMs.
fn account(account: &'static str, sims: &[Hours; 2]) -> Vec<Line> {
    let own: Hours = (0..48)
        .map(|hour| added(&[sims[0][hour], sims[1][hour]]))
        .collect();
    let of_sims = SIMS.iter().zip(sims);
    let of_sims = of_sims.flat_map(|(sim, hours)| series(account, Some(sim), hours));
    series(account, None, &own)
        .into_iter()
        .chain(of_sims)
        .collect()
}

fn run(config: &Config, lines: &[Line]) -> (Vec<Finding>, Summary) {
    let mut reconciler = Reconciler::new(config);
    for line in lines {
        let record: UsageRecord = serde_json::from_value(line.json.clone()).unwrap();
        reconciler.record(&Place::default(), &record);
    }
    reconciler.finish()
}

/// Each finding as its code, whose record it is about and of how many hours, and the place in it.
fn shown(findings: &[Finding]) -> Vec<String> {
    let shown = findings.iter().map(|finding| {
        let key = finding.key.as_ref().unwrap();
        let period = key.period.as_ref().unwrap();
        let [start, end] = [&period.start, &period.end].map(|bound| at(bound.as_deref().unwrap()));
        let sim = key.sim_sid.as_deref().unwrap_or("account");
        format!(
            "{} {sim} {start} {} {}",
            finding.code,
            (end - start).num_hours(),
            finding.pointer
        )
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort();
    shown
}

/// Which counter is changed: a tree, a node and a counter of it.
fn any_counter() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec![
            ("commands", ["total", "to_sim", "from_sim"]),
            ("data", ["total", "download", "upload"]),
        ]),
        prop::sample::select(vec![
            "",
            "/home",
            "/national_roaming",
            "/international_roaming/0",
            "/international_roaming/1",
        ]),
        0..3_usize,
    )
        .prop_map(|((tree, counters), node, counter)| {
            format!("/{tree}{node}/{}", counters[counter])
        })
}

/// Makes a counter larger or smaller, if it can be.
fn change(json: &mut Value, pointer: &str, by: i64) {
    let counter = json.pointer_mut(pointer).unwrap();
    let changed = counter.as_u64().unwrap().saturating_add_signed(by);
    *counter = changed.into();
}

fn any_change() -> impl Strategy<Value = i64> {
    prop_oneof![1..50_i64, Just(-1_i64)]
}

fn many() -> Config {
    let mut config = config();
    config.accounts = Accounts::Many;
    config
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_of_hours_days_and_sims_fit_at_every_level(sims in [any_hours(), any_hours()]) {
        let (findings, summary) = run(&config(), &account(ACCOUNT, &sims));
        prop_assert_eq!(shown(&findings), [""; 0]);
        // Two days and a whole of three resources, and 51 periods of the account, each with two trees. Of every tree
        // at least the three counters of its top are compared.
        let evaluated = ["UR601", "UR602", "UR603", "UR604"].map(|code| summary.rules[code].evaluated);
        prop_assert_eq!([evaluated[1], evaluated[3]], [9, 51 * 2]);
        prop_assert!(evaluated[0] >= 9 * 6 && evaluated[2] >= 51 * 6, "{:?}", evaluated);
    }

    #[test]
    fn one_changed_counter_of_a_resource_is_reported_exactly_at_the_smallest_period_that_shows_it(
        hours in any_hours(), at in any::<Index>(), counter in any_counter(), by in any_change(),
    ) {
        let mut lines = series(ACCOUNT, None, &hours);
        let at = at.index(lines.len());
        let before = lines[at].json.clone();
        change(&mut lines[at].json, &counter, by);
        prop_assume!(lines[at].json != before);
        let (findings, _) = run(&config(), &lines);
        // A wrong hour shows in its day.
        let shows = if at < 48 { &lines[48 + at / 24] } else { &lines[at] };
        let expected = format!("UR601 account {} {} {counter}", hour(shows.start), shows.end - shows.start);
        // A country whose figures are all gone has no place of its own any more.
        let shown = shown(&findings);
        prop_assert_eq!(shown.len(), 1, "{:?}", shown);
        let country = counter.rsplit_once("/international_roaming/").map(|(tree, _)| format!("{tree}/international_roaming"));
        let without = country.map(|place| format!("UR601 account {} {} {place}", hour(shows.start), shows.end - shows.start));
        prop_assert!(shown[0] == expected || Some(&shown[0]) == without.as_ref(), "{shown:?} {expected}");
    }

    #[test]
    fn one_changed_counter_of_a_sim_or_the_account_is_reported_exactly(
        sims in [any_hours(), any_hours()], at in any::<Index>(), counter in any_counter(), by in any_change(),
    ) {
        let mut lines: Vec<_> = account(ACCOUNT, &sims);
        lines.retain(|line| line.end - line.start == 24);
        let at = at.index(lines.len());
        let before = lines[at].json.clone();
        change(&mut lines[at].json, &counter, by);
        prop_assume!(lines[at].json != before);
        let (findings, _) = run(&config(), &lines);
        let exceeds = lines[at].sim.is_some() == (by > 0);
        let code = if exceeds { "UR603" } else { "UR604" };
        prop_assert_eq!(findings.len(), 1, "{:?}", shown(&findings));
        let expected = format!("{code} account {} 24", hour(lines[at].start));
        prop_assert!(shown(&findings)[0].starts_with(&expected), "{:?} {expected}", shown(&findings));
        let delta = i128::from(by) * if lines[at].sim.is_some() { -1 } else { 1 };
        let changed = findings[0].delta.unwrap();
        prop_assert!(changed == delta || (by > 0 && lines[at].sim.is_none()), "{changed} {delta}");
    }

    #[test]
    fn the_order_of_records_does_not_matter(
        (lines, shuffled) in ([any_hours(), any_hours()], vec((any::<Index>(), any_counter(), any_change()), 0..4))
            .prop_map(|(sims, changes)| {
                let mut lines = account(ACCOUNT, &sims);
                for (at, counter, by) in changes {
                    let at = at.index(lines.len());
                    change(&mut lines[at].json, &counter, by);
                }
                lines
            })
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
    ) {
        let [(one, of_one), (other, of_other)] = [&lines, &shuffled].map(|lines| run(&config(), lines));
        // Only the numbers of the records differ, and they are all 0 here.
        prop_assert_eq!(one, other);
        prop_assert_eq!(of_one, of_other);
    }

    #[test]
    fn accounts_and_for_granularities_sims_can_be_reconciled_apart(
        accounts in [[any_hours(), any_hours()], [any_hours(), any_hours()]],
        changes in vec((any::<Index>(), any_counter(), any_change()), 0..6),
    ) {
        let mut lines: Vec<_> = ACCOUNTS.iter().zip(&accounts).flat_map(|(name, sims)| account(name, sims)).collect();
        for (at, counter, by) in changes {
            let at = at.index(lines.len());
            change(&mut lines[at].json, &counter, by);
        }
        let apart = |config: &Config, key: fn(&Line) -> (&str, Option<&str>)| {
            let mut parts = BTreeMap::<_, Vec<Line>>::new();
            for line in &lines {
                parts.entry(key(line)).or_default().push(line.clone());
            }
            parts.values().fold(Summary::EMPTY, |mut all, lines| {
                all.merge(&run(config, lines).1);
                all
            })
        };
        prop_assert_eq!(apart(&many(), |line| (line.account, None)), run(&many(), &lines).1);
        let mut granularities = many();
        granularities.select = ["UR601", "UR602"].map(|code| code.parse().unwrap()).to_vec();
        prop_assert_eq!(
            apart(&granularities, |line| (line.account, line.sim)),
            run(&granularities, &lines).1
        );
    }
}
