//! The law of the fast paths: they change nothing in a report.

use chrono::{DateTime, TimeDelta};
use proptest::{collection::vec, prelude::*, sample::select};
use usage_model::{
    Count, Counter, Counts, DataUnit, Field, Granularity, Lenient, NodePath, Period, Place,
    RawJson, Usage, UsageRecord, Window,
    strategies::{
        ValidParams, any_count, any_counter, any_country_code, any_data_unit, any_node_path,
        any_record, valid_record,
    },
};

use super::Validator;
use crate::{Accounts, Config, Finding, Policy, Summary, Tolerance};

/// What is done to one tree of a record.
#[derive(Clone, Debug)]
enum Change {
    Count(NodePath, Counter, Field<Count>),
    Unit(NodePath, Field<Lenient<DataUnit>>),
    /// All nodes are in this unit.
    Units(DataUnit),
    Unknown(NodePath),
    Country(usize, String),
}

impl Change {
    fn apply<C: Counts>(self, tree: &mut Usage<C>) {
        match self {
            Self::Count(path, counter, count) => {
                if let Some(node) = tree.node_mut(path) {
                    *node.counts.counter_mut(counter) = count;
                }
            }
            Self::Unit(path, unit) => {
                let node = tree.node_mut(path);
                if let Some(units) = node.and_then(|node| node.counts.units_mut()) {
                    *units = unit;
                }
            }
            Self::Units(unit) => {
                let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
                for path in paths {
                    let node = tree.node_mut(path);
                    if let Some(units) = node.and_then(|node| node.counts.units_mut()) {
                        *units = Field::Value(Lenient::Known(unit));
                    }
                }
            }
            Self::Unknown(path) => {
                if let Some(node) = tree.node_mut(path) {
                    node.unknown.insert("more", RawJson::new("1").unwrap());
                }
            }
            Self::Country(index, code) => {
                if let Some(entry) = tree.international_roaming.entries_mut().get_mut(index) {
                    entry.country_code = Field::Value(Lenient::from_text(&code));
                }
            }
        }
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    let field = |count: Count| select(vec![Field::Absent, Field::Null, Field::Value(count)]);
    prop_oneof![
        (
            any_node_path(),
            any_counter(),
            any_count().prop_flat_map(field)
        )
            .prop_map(|(path, counter, count)| Change::Count(path, counter, count)),
        (any_node_path(), any_data_unit())
            .prop_map(|(path, unit)| Change::Unit(path, Field::Value(Lenient::Known(unit)))),
        (any_node_path(), select(vec!["", "furlongs"]))
            .prop_map(|(path, unit)| Change::Unit(path, Field::Value(Lenient::from_text(unit)))),
        any_node_path().prop_map(|path| Change::Unit(path, Field::Null)),
        any_data_unit().prop_map(Change::Units),
        any_node_path().prop_map(Change::Unknown),
        (
            0..3_usize,
            any_country_code().prop_map(|code| code.to_string())
        )
            .prop_map(|(index, code)| Change::Country(index, code)),
        (0..3_usize).prop_map(|index| Change::Country(index, "somewhere".to_owned())),
    ]
}

/// A record with its trees changed in up to two ways, and by how many days it starts after the one before it.
fn any_step() -> impl Strategy<Value = (UsageRecord, i64)> {
    let mut small = ValidParams::default();
    small.largest = 1 << 50;
    let valid = prop_oneof![
        2 => valid_record(small),
        1 => valid_record(ValidParams::default()),
    ];
    let sims = ["DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "nowhere"];
    let accounts = ["ACefefefefefefefefefefefefefefefef", "ACXXX", "nobody"];
    let similar = (
        valid,
        vec((any::<bool>(), any_change()), 0..3),
        prop::option::weighted(0.2, select(sims.to_vec())),
        prop::option::weighted(0.2, prop::option::weighted(0.7, select(accounts.to_vec()))),
        select(vec![24, 24, 24, 24, 24, 24, 1, 12, 0, -1]),
    );
    let similar = similar.prop_map(|(mut record, changes, sim, account, hours)| {
        let account = match account {
            None => Some("ACabababababababababababababababab"),
            Some(other) => other,
        };
        record.account_sid = account.map_or(Field::Null, |account| {
            Field::Value(Lenient::from_text(account))
        });
        record.sim_sid = sim.map_or(Field::Absent, |sim| Field::Value(Lenient::from_text(sim)));
        let start = DateTime::UNIX_EPOCH;
        record.period = Field::Value(Period::new(start, start + TimeDelta::hours(hours)));
        for (is_data, change) in changes {
            if is_data {
                change.apply(record.data.value_mut().unwrap());
            } else {
                change.apply(record.commands.value_mut().unwrap());
            }
        }
        record
    });
    let days = select(vec![1, 1, 1, 1, 1, 1, 1, 1, 1, 0, -1, 2, -3]);
    (prop_oneof![15 => similar, 1 => any_record()], days)
}

/// Records most of which follow each other, day by day.
fn any_list() -> impl Strategy<Value = Vec<UsageRecord>> {
    vec(any_step(), 1..24).prop_map(|steps| {
        let mut day = DateTime::from_timestamp(1_780_272_000, 0).unwrap();
        let place = |(mut record, days): (UsageRecord, i64)| {
            let bounds = record.period.value().and_then(Period::bounds);
            if let Some((start, end)) = bounds
                && start == DateTime::UNIX_EPOCH
            {
                record.period = Field::Value(Period::new(day, day + (end - start)));
            }
            day += TimeDelta::days(days);
            record
        };
        steps.into_iter().map(place).collect()
    })
}

fn any_config() -> impl Strategy<Value = Config> {
    let window = prop::option::weighted(0.3, (-5_i64..30, 1_i64..30));
    let granularity = prop::option::of(select(Granularity::ALL.to_vec()));
    (
        select(vec![Policy::Auto, Policy::Include, Policy::Exclude]),
        select(vec![Accounts::One, Accounts::One, Accounts::Many]),
        granularity,
        window,
        select(vec![0, 0, 3]),
        select(vec![
            "2026-06-28T00:00:00Z",
            "2026-06-10T00:00:00Z",
            "2028-01-01T00:00:00Z",
        ]),
    )
        .prop_map(
            |(policy, accounts, granularity, window, tolerance, as_of)| {
                let mut config = Config::new(as_of.parse().unwrap());
                config.policy = policy;
                config.accounts = accounts;
                config.granularity = granularity;
                config.tolerance = Tolerance::both(tolerance);
                config.window = window.map(|(first, days)| {
                    let start =
                        DateTime::from_timestamp(1_780_272_000 + first * 86_400, 0).unwrap();
                    Window::new(start, start + TimeDelta::days(days)).unwrap()
                });
                config
            },
        )
}

/// All that a run finds and counts.
fn run(config: &Config, list: &[UsageRecord], fast_paths: bool) -> (Vec<Finding>, Summary) {
    let mut settings = config.settings();
    settings.fast_paths = fast_paths;
    let mut validator = Validator::with_settings(config, settings);
    validator.source("list");
    let mut findings = Vec::new();
    for (number, record) in (0..).zip(list) {
        let mut place = Place::default();
        place.record = number;
        findings.extend(validator.record(&place, record));
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    (findings, summary)
}

/// All that a run reports.
fn report(config: &Config, list: &[UsageRecord], fast_paths: bool) -> String {
    let (findings, summary) = run(config, list, fast_paths);
    format!("{findings:#?}\n{summary:#?}")
}

#[test]
fn a_rule_that_a_whole_tree_is_checked_by_is_evaluated_in_one_pass_too() {
    let node = r#""billed":1,"total":3,"from_sim":1,"to_sim":2"#;
    let tree = node.replace('3', "9").replace('1', "3").replace('2', "6");
    let tree = format!(
        r#"{{{tree},"home":{{{node}}},"national_roaming":{{{node}}},
            "international_roaming":[{{"country_code":"DEU",{node}}}]}}"#
    );
    let data = tree
        .replace("from_sim", "upload")
        .replace("to_sim", "download");
    let record = format!(r#"{{"commands":{tree},"data":{data}}}"#);
    let list: Vec<UsageRecord> = vec![serde_json::from_str(&record).unwrap()];
    let config = Config::new("2026-11-01T00:00:00Z".parse().unwrap());
    let (_, in_one_pass) = run(&config, &list, true);
    let (_, rule_by_rule) = run(&config, &list, false);
    for (code, counted) in &rule_by_rule.rules {
        assert_eq!(
            in_one_pass.rules[code].evaluated, counted.evaluated,
            "{code} is evaluated by `fully` and not by `Pass::over`, both in validator/tree.rs: \
             check it there too, or say there that it does not hold"
        );
    }
}

proptest! {
    #[test]
    fn with_and_without_fast_paths_a_report_is_the_same(config in any_config(), list in any_list()) {
        prop_assert_eq!(report(&config, &list, true), report(&config, &list, false));
    }
}
