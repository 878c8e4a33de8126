//! Laws that hold for all records.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::Value;
use usage_model::{
    Count, Counter, Counts, Field, Kind, NodePath, Usage, UsageNode, UsageRecord, retention_cutoff,
    strategies::{ValidParams, WireShape, any_count, any_record, valid_period, valid_record},
};
use usage_validate::{Config, FailOn, Finding, Outcome, Policy, Report};

use crate::support::{check, config, validate};

/// Every law is tried in each shape in which the API writes records.
pub(crate) fn any_valid_record() -> impl Strategy<Value = UsageRecord> {
    let shaped = |shape| {
        let mut params = ValidParams::default();
        params.shape = shape;
        valid_record(params)
    };
    prop_oneof![
        shaped(WireShape::Newer),
        shaped(WireShape::Older),
        shaped(WireShape::Nulled),
        shaped(WireShape::Mixed),
    ]
}

/// A counter of a record, by chance, and the value it is to have.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    kind: Kind,
    node: Index,
    counter: Index,
    value: Count,
}

pub(crate) fn any_fault() -> impl Strategy<Value = Fault> {
    (any::<bool>(), any::<Index>(), any::<Index>(), any_count()).prop_map(
        |(commands, node, counter, value)| Fault {
            kind: if commands { Kind::Commands } else { Kind::Data },
            node,
            counter,
            value,
        },
    )
}

/// What a fault did.
pub(crate) struct Done {
    path: NodePath,
    counter: Counter,
    before: Count,
    after: Count,
}

impl Fault {
    pub(crate) fn plant(&self, record: &mut UsageRecord) -> Done {
        match self.kind {
            Kind::Commands => self.plant_in(record.commands.value_mut().unwrap()),
            Kind::Data => self.plant_in(record.data.value_mut().unwrap()),
        }
    }

    fn plant_in<C: Counts>(&self, tree: &mut Usage<C>) -> Done {
        let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
        let path = *self.node.get(&paths);
        let counter = *self.counter.get(&Counter::ALL);
        let slot = tree.node_mut(path).unwrap().counts.counter_mut(counter);
        let before = slot.or_zero();
        let after = match self.value {
            value if value != before => value,
            Count::ZERO => Count::MAX,
            _ => Count::ZERO,
        };
        *slot = Field::Value(after);
        Done {
            path,
            counter,
            before,
            after,
        }
    }
}

pub(crate) fn sums(config: &Config, record: &UsageRecord) -> Vec<Finding> {
    let mut findings = check(config, record);
    findings.retain(|finding| finding.code.starts_with("UR2"));
    findings
}

pub(crate) fn with_policy(policy: Policy) -> Config {
    let mut config = config();
    config.policy = policy;
    config
}

fn minus(a: Count, b: Count) -> i128 {
    i128::from(a.get()) - i128::from(b.get())
}

/// Whether a tree has no share by network at all.
fn is_bare(record: &UsageRecord, kind: Kind) -> bool {
    fn bare<C: Counts>(tree: &Field<Usage<C>>) -> bool {
        let tree = tree.value().unwrap();
        let entries = tree.international_roaming.entries();
        tree.children()
            .all(|(_, node)| *node == UsageNode::default())
            && entries.iter().all(|entry| entry.country_code.is_absent())
    }
    match kind {
        Kind::Commands => bare(&record.commands),
        Kind::Data => bare(&record.data),
    }
}

/// The figures of a tree by their place, 0 where there is none.
fn figures(record: &UsageRecord) -> Vec<(String, Count)> {
    fn of<C: Counts>(tree: &Field<Usage<C>>) -> impl Iterator<Item = (String, Count)> {
        tree.value()
            .into_iter()
            .flat_map(Usage::nodes)
            .flat_map(|(path, node)| {
                Counter::ALL
                    .map(|counter| (path.counter_pointer(C::KIND, counter), node.count(counter)))
            })
    }
    of(&record.commands).chain(of(&record.data)).collect()
}

fn change_counters(record: &mut UsageRecord, change: impl Fn(&mut Field<Count>)) {
    fn each<C: Counts>(tree: &mut Field<Usage<C>>, change: &impl Fn(&mut Field<Count>)) {
        let Field::Value(tree) = tree else { return };
        let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
        if tree.is_empty() {
            return;
        }
        for path in paths {
            let node = tree.node_mut(path).unwrap();
            if path != NodePath::Top && *node == UsageNode::default() {
                continue;
            }
            for counter in Counter::ALL {
                change(node.counts.counter_mut(counter));
            }
        }
    }
    each(&mut record.commands, &change);
    each(&mut record.data, &change);
}

proptest! {
    #[test]
    fn valid_records_are_silent_in_every_shape(record in any_valid_record()) {
        for policy in [Policy::Auto, Policy::Include] {
            let mut config = with_policy(policy);
            config.select = vec!["UR1".parse().unwrap(), "UR2".parse().unwrap()];
            // Shapes without zeros, and countries drawn twice, are what these two are about.
            config.ignore = vec!["UR102".parse().unwrap(), "UR106".parse().unwrap()];
            prop_assert_eq!(check(&config, &record), vec![]);
        }
    }

    #[test]
    fn one_wrong_counter_breaks_the_two_sums_it_stands_in_and_is_named(
        record in any_valid_record(),
        fault in any_fault(),
    ) {
        let mut record = record;
        let Done { path, counter, before, after } = fault.plant(&mut record);
        let change = minus(after, before);
        for policy in [Policy::Auto, Policy::Include] {
            let found = sums(&with_policy(policy), &record);
            prop_assert_eq!(found.len(), 2, "{:?}", found);
            let (network, direction) = (&found[0], &found[1]);
            let top = path == NodePath::Top;
            if top && is_bare(&record, fault.kind) {
                prop_assert_eq!(network.code, "UR203");
            } else {
                prop_assert_eq!(network.code, "UR201");
                prop_assert_eq!(
                    &network.pointer,
                    &NodePath::Top.counter_pointer(fault.kind, counter)
                );
                let delta = if top { change } else { -change };
                prop_assert_eq!(network.delta, Some(delta));
            }
            prop_assert_eq!(direction.code, "UR202");
            prop_assert_eq!(
                &direction.pointer,
                &path.counter_pointer(fault.kind, Counter::Total)
            );
            let delta = if counter == Counter::Total { change } else { -change };
            prop_assert_eq!(direction.delta, Some(delta));
            for finding in &found {
                let suspect = finding.suspect.as_ref().expect("a suspect");
                prop_assert_eq!(&suspect.pointer, &path.counter_pointer(fault.kind, counter));
                prop_assert_eq!(suspect.suggested, before.get());
            }
        }
    }

    #[test]
    fn two_or_three_wrong_counters_are_never_silent(
        record in any_valid_record(),
        faults in vec(any_fault(), 2..=3),
    ) {
        let mut changed = record.clone();
        for fault in &faults {
            fault.plant(&mut changed);
        }
        let is_same = figures(&record) == figures(&changed);
        prop_assert_eq!(sums(&with_policy(Policy::Include), &changed).is_empty(), is_same);
        prop_assert_eq!(sums(&with_policy(Policy::Auto), &changed).is_empty(), is_same);
    }

    #[test]
    fn null_and_absent_and_zero_are_one_in_sums(record in any_record()) {
        let as_it_is = sums(&config(), &record);
        let mut zeros = record.clone();
        change_counters(&mut zeros, |counter| *counter = Field::Value(counter.or_zero()));
        prop_assert_eq!(&sums(&config(), &zeros), &as_it_is);
        let mut nulls = record;
        change_counters(&mut nulls, |counter| {
            if counter.or_zero() == Count::ZERO {
                *counter = Field::Null;
            }
        });
        prop_assert_eq!(&sums(&config(), &nulls), &as_it_is);
    }

    #[test]
    fn a_suggestion_makes_its_tree_clean(
        record in any_valid_record(),
        faults in vec(any_fault(), 1..=3),
    ) {
        let mut record = record;
        for fault in &faults {
            fault.plant(&mut record);
        }
        for policy in Policy::ALL {
            for finding in sums(&with_policy(policy), &record) {
                let Some(suspect) = finding.suspect else { continue };
                let mut json = serde_json::to_value(&record).unwrap();
                put(&mut json, &suspect.pointer, suspect.suggested);
                let repaired: UsageRecord = serde_json::from_str(&json.to_string()).unwrap();
                let tree = suspect.pointer.split('/').nth(1).unwrap().to_owned();
                let left: Vec<_> = sums(&with_policy(policy), &repaired)
                    .into_iter()
                    .filter(|finding| finding.pointer.starts_with(&format!("/{tree}")))
                    .collect();
                prop_assert_eq!(left, vec![]);
            }
        }
    }

    #[test]
    fn deltas_are_actual_minus_expected(record in any_record()) {
        for finding in check(&config(), &record) {
            let signed = |figure: u128| i128::try_from(figure).unwrap();
            let figures = finding.actual.zip(finding.expected);
            prop_assert_eq!(finding.delta, figures.map(|(actual, expected)| signed(actual) - signed(expected)));
            prop_assert_ne!(finding.delta, Some(0));
        }
    }

    #[test]
    fn pointers_resolve_to_the_figures_they_show(
        records in vec(any_valid_record(), 1..4),
        faults in vec((any::<Index>(), any_fault()), 1..4),
    ) {
        let mut records = records;
        for (record, fault) in &faults {
            let count = records.len();
            fault.plant(&mut records[record.index(count)]);
        }
        let page = serde_json::json!({ "usage_records": records, "meta": {"next_page_url": null} });
        let (findings, _) = validate(&config(), &page.to_string());
        for finding in findings {
            let record = finding.record.map(|record| format!("/usage_records/{record}")).unwrap();
            prop_assert!(finding.pointer.starts_with(&record));
            let parent = finding.pointer.rsplit_once('/').unwrap().0;
            prop_assert!(page.pointer(parent).is_some(), "{}", finding.pointer);
            let figure = |pointer: &str| page.pointer(pointer).and_then(Value::as_u64).map_or(0, u128::from);
            if let Some(actual) = finding.actual {
                prop_assert_eq!(figure(&finding.pointer), actual);
            }
            for operand in &finding.operands {
                prop_assert_eq!(figure(&operand.pointer), operand.value);
            }
        }
    }

    #[test]
    fn retention_never_goes_back(period in valid_period(), seconds in 1_420_070_400_i64..2_300_000_000, more in 0_i64..40_000_000) {
        let mut record = UsageRecord::default();
        record.period = Field::Value(period);
        let rank = |seconds| {
            let as_of = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            let found = check(&Config::new(as_of), &record);
            let has = |code| found.iter().any(|finding| finding.code == code);
            let ranks = ["UR312", "UR311", "UR310"].map(has);
            assert!(ranks.iter().filter(|found| **found).count() <= 1);
            (ranks.iter().position(|found| *found).map_or(0, |rank| rank + 1), retention_cutoff(as_of))
        };
        let (earlier, cutoff) = rank(seconds);
        let (later, later_cutoff) = rank(seconds + more);
        prop_assert!(earlier <= later);
        prop_assert!(cutoff <= later_cutoff);
    }

    #[test]
    fn any_bytes_give_a_report(bytes in vec(any::<u8>(), 0..200), record in any_record()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mixed = format!("{}\n{text}", serde_json::to_string(&record).unwrap());
        for text in [&text, &mixed] {
            let (findings, summary) = validate(&config(), text);
            let counts = (summary.errors, summary.warnings, summary.infos);
            let report = serde_json::to_value(Report::new(Outcome::new(summary, FailOn::Error, Vec::new()), findings)).unwrap();
            let is_complete = report["verdict"] != "incomplete";
            prop_assert_eq!(counts.0 > 0 && is_complete, report["verdict"] == "fail");
        }
    }
}

/// Puts a number at a place of a document whose parent is there.
fn put(json: &mut Value, pointer: &str, number: u64) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    json.pointer_mut(parent).unwrap()[name] = number.into();
}
