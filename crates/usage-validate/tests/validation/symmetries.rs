//! Changes of a record that change its findings in a known way, or not at all.

use proptest::{collection::vec, prelude::*};
use usage_model::{
    Count, Counter, Counts, Field, International, Lenient, Usage, UsageNode, UsageRecord,
};
use usage_validate::Policy;

use crate::laws::{any_fault, any_valid_record, sums, with_policy};

/// A valid record with up to three faults, all figures small enough to be multiplied.
fn any_small() -> impl Strategy<Value = UsageRecord> {
    (any_valid_record(), vec(any_fault(), 0..=3)).prop_map(|(mut record, faults)| {
        for fault in &faults {
            fault.plant(&mut record);
        }
        each_counter(&mut record, &|count| count % (1 << 40));
        record
    })
}

fn each_counter(record: &mut UsageRecord, change: &impl Fn(u64) -> u64) {
    fn of<C: Counts>(tree: &mut Field<Usage<C>>, change: &impl Fn(u64) -> u64) {
        let Field::Value(tree) = tree else { return };
        let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
        for path in paths {
            for counter in Counter::ALL {
                let slot = tree.node_mut(path).unwrap().counts.counter_mut(counter);
                if let Field::Value(count) = slot {
                    *count = Count::new(change(count.get())).unwrap();
                }
            }
        }
    }
    of(&mut record.commands, change);
    of(&mut record.data, change);
}

fn each_node<C: Counts>(tree: &mut Field<Usage<C>>, change: impl Fn(&mut UsageNode<C>)) {
    let Field::Value(tree) = tree else { return };
    let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
    for path in paths {
        change(tree.node_mut(path).unwrap());
    }
}

type Said = Vec<(&'static str, String, Option<i128>, Option<String>)>;

/// Code, place, delta and suspect of each finding, sorted.
fn said(policy: Policy, record: &UsageRecord, rename: impl Fn(&str) -> String) -> Said {
    let mut said: Vec<_> = sums(&with_policy(policy), record)
        .into_iter()
        .map(|finding| {
            let suspect = finding.suspect.map(|suspect| rename(&suspect.pointer));
            (
                finding.code,
                rename(&finding.pointer),
                finding.delta,
                suspect,
            )
        })
        .collect();
    said.sort();
    said
}

fn same(pointer: &str) -> String {
    pointer.to_owned()
}

proptest! {
    #[test]
    fn scaling_a_record_scales_its_deltas(record in any_small(), factor in 1..1000_u64) {
        let mut scaled = record.clone();
        each_counter(&mut scaled, &|count| count * factor);
        for policy in Policy::ALL {
            let expected: Vec<_> = said(policy, &record, same)
                .into_iter()
                .map(|(code, pointer, delta, suspect)| {
                    let delta = delta.map(|delta| delta * i128::from(factor));
                    (code, pointer, delta, suspect)
                })
                .collect();
            prop_assert_eq!(said(policy, &scaled, same), expected);
        }
    }

    #[test]
    fn swapping_home_and_national_swaps_the_findings(record in any_small()) {
        fn swap<C: Counts>(tree: &mut Field<Usage<C>>) {
            if let Field::Value(tree) = tree {
                std::mem::swap(&mut tree.home, &mut tree.national_roaming);
            }
        }
        let mut swapped = record.clone();
        swap(&mut swapped.commands);
        swap(&mut swapped.data);
        let rename = |pointer: &str| {
            let parts = pointer.split('/').map(|part| match part {
                "home" => "national_roaming",
                "national_roaming" => "home",
                part => part,
            });
            parts.collect::<Vec<_>>().join("/")
        };
        for policy in Policy::ALL {
            prop_assert_eq!(said(policy, &swapped, same), said(policy, &record, rename));
        }
    }

    #[test]
    fn swapping_the_directions_swaps_the_findings(record in any_small()) {
        fn swap<C: Counts>(node: &mut UsageNode<C>) {
            let toward = node.counts.counter(Counter::TowardSim);
            let from = node.counts.counter(Counter::FromSim);
            *node.counts.counter_mut(Counter::TowardSim) = from;
            *node.counts.counter_mut(Counter::FromSim) = toward;
        }
        let mut swapped = record.clone();
        each_node(&mut swapped.commands, swap);
        each_node(&mut swapped.data, swap);
        let rename = |pointer: &str| {
            let parts = pointer.split('/').map(|part| match part {
                "download" => "upload",
                "upload" => "download",
                "to_sim" => "from_sim",
                "from_sim" => "to_sim",
                part => part,
            });
            parts.collect::<Vec<_>>().join("/")
        };
        for policy in Policy::ALL {
            prop_assert_eq!(said(policy, &swapped, same), said(policy, &record, rename));
        }
    }

    #[test]
    fn an_entry_may_be_split_in_two(record in any_valid_record()) {
        fn split<C: Counts>(tree: &mut Field<Usage<C>>) {
            let Field::Value(tree) = tree else { return };
            let International::List(entries) = &mut tree.international_roaming else { return };
            let Some(first) = entries.first().cloned() else { return };
            let (mut one, mut other) = (first.clone(), first);
            let halves = |node: &UsageNode<C>, counter| {
                let figure = node.count(counter).get();
                (figure / 3, figure - figure / 3)
            };
            let (toward, from) = (halves(&one.node, Counter::TowardSim), halves(&one.node, Counter::FromSim));
            for (node, toward, from) in [(&mut one.node, toward.0, from.0), (&mut other.node, toward.1, from.1)] {
                for (counter, figure) in Counter::ALL.into_iter().zip([toward + from, toward, from]) {
                    *node.counts.counter_mut(counter) = Field::Value(Count::new(figure).unwrap());
                }
            }
            entries[0] = one;
            entries.push(other);
        }
        let mut changed = record;
        split(&mut changed.commands);
        split(&mut changed.data);
        for policy in [Policy::Auto, Policy::Include] {
            prop_assert_eq!(said(policy, &changed, same), vec![]);
        }
    }

    #[test]
    fn another_unit_changes_no_network_sum(record in any_small()) {
        let mut bytes = record.clone();
        each_counter(&mut bytes, &|count| count * 1000);
        let mut mixed = bytes.clone();
        let small = record.data.value().unwrap();
        let tree = mixed.data.value_mut().unwrap();
        if let (Field::Value(home), Field::Value(small)) = (&mut tree.home, &small.home)
            && *small != UsageNode::default()
        {
            *home = small.clone();
            home.counts.units = Field::Value(Lenient::Known("KB".parse().unwrap()));
        }
        for policy in Policy::ALL {
            let networks = |record: &UsageRecord| {
                let mut said = said(policy, record, same);
                said.retain(|(code, ..)| matches!(*code, "UR201" | "UR203" | "UR205"));
                said
            };
            prop_assert_eq!(networks(&mixed), networks(&bytes));
        }
    }
}
