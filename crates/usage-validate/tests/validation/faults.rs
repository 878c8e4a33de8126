//! Faults, each with exactly the findings it must give, and beside it the nearest change that its rule allows.
//!
//! Every change is made to a list of five days that is otherwise in order, so that a finding too many
//! anywhere in the list fails as well as one too few. The table has rows for every rule on input.

mod documents;
mod input;
mod lists;
mod members;
mod periods;
mod sums;
mod windows;

use std::collections::BTreeSet;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use usage_model::{Counts, Field, NodePath, Usage, UsageNode};
use usage_validate::{Rule, Scope, Task, catalogue};

use self::input::Input;

/// A fault, and a change as close to it as its rule allows.
struct Fault {
    /// The rule that is broken.
    code: &'static str,
    given: Given,
    breaks: Change,
    near_miss: Change,
}

/// What a run is told besides the usual, with which the unchanged list gives no finding.
type Given = fn(&mut Input);

/// What is done to the list, and what is found then.
struct Change {
    make: fn(&mut Input),
    found: Vec<&'static str>,
}

impl Fault {
    /// A fault of the rule, what is found, and what else is found of a near miss, which is nothing of that rule.
    fn new(
        code: &'static str,
        fault: fn(&mut Input),
        found: &[&'static str],
        near_miss: fn(&mut Input),
        else_found: &[&'static str],
    ) -> Self {
        let change = |make, found: &[&'static str]| Change {
            make,
            found: found.to_vec(),
        };
        Self {
            code,
            given: |_| {},
            breaks: change(fault, found),
            near_miss: change(near_miss, else_found),
        }
    }

    /// The same fault where a run is told something besides the usual.
    fn given(self, given: Given) -> Self {
        Self { given, ..self }
    }

    /// The unchanged list.
    fn unchanged(&self) -> Input {
        let mut input = Input::in_order();
        (self.given)(&mut input);
        input
    }

    /// The list after a change.
    fn after(&self, change: &Change) -> Input {
        let mut input = self.unchanged();
        (change.make)(&mut input);
        input
    }
}

/// Whether a finding, written as code and pointer, is of a rule.
fn is_of(found: &str, code: &str) -> bool {
    found.split(' ').next() == Some(code)
}

fn table() -> Vec<Fault> {
    [
        documents::faults(),
        members::faults(),
        sums::faults(),
        periods::faults(),
        lists::faults(),
        windows::faults(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn a_list_in_order_is_silent() {
    for fault in table() {
        let input = fault.unchanged();
        assert_eq!(input.found(), [""; 0], "{}: {input}", fault.code);
    }
}

#[test]
fn each_fault_gives_exactly_its_findings() {
    for fault in table() {
        let input = fault.after(&fault.breaks);
        let expected = &fault.breaks.found;
        assert_eq!(input.found(), *expected, "{}: {input}", fault.code);
        assert!(
            expected.iter().any(|found| is_of(found, fault.code)),
            "{}: {expected:?}",
            fault.code
        );
    }
}

#[test]
fn each_near_miss_is_a_change_and_no_fault_of_its_rule() {
    for fault in table() {
        let input = fault.after(&fault.near_miss);
        let expected = &fault.near_miss.found;
        assert_eq!(input.found(), *expected, "{}: {input}", fault.code);
        assert!(
            !expected.iter().any(|found| is_of(found, fault.code)),
            "{}: {expected:?}",
            fault.code
        );
        // The window itself is what UR503 is about, and no list can be near to breaking it.
        let is_changed = match fault.code {
            "UR503" => input.config != fault.unchanged().config,
            _ => input.text() != fault.unchanged().text(),
        };
        assert!(is_changed, "{}: {input}", fault.code);
        let broken = fault.after(&fault.breaks);
        assert!(input != broken, "{}: {input}", fault.code);
    }
}

#[test]
fn every_rule_on_input_has_a_fault() {
    let covered: BTreeSet<_> = table().iter().map(|fault| fault.code).collect();
    let rules: BTreeSet<_> = catalogue()
        .iter()
        .filter(|rule| rule.task() == Task::Validate && rule.scope != Scope::Run)
        .map(|rule| rule.code)
        .collect();
    assert_eq!(covered, rules);
}

#[test]
fn a_rule_that_is_knocked_out_is_silent_and_all_others_speak() {
    let faults = table();
    let of_input = |rule: &&&Rule| rule.task() == Task::Validate && rule.scope != Scope::Run;
    for rule in catalogue().iter().filter(of_input) {
        let mut silenced = 0;
        for fault in &faults {
            let mut input = fault.after(&fault.breaks);
            input.config.ignore = vec![rule.code.parse().unwrap()];
            let before = &fault.breaks.found;
            let expected: Vec<_> = before
                .iter()
                .filter(|found| !is_of(found, rule.code))
                .copied()
                .collect();
            assert_eq!(
                input.found(),
                expected,
                "{} without {}: {input}",
                fault.code,
                rule.code
            );
            if fault.code == rule.code {
                silenced += before.len() - expected.len();
            }
        }
        assert!(silenced > 0, "{} was never there", rule.code);
    }
}

/// What a generated tree has that not every tree has.
#[derive(Clone, Copy, Default)]
struct Traits {
    /// International roaming with traffic.
    international: bool,
    /// A network or country whose counters are all null.
    nulled: bool,
    /// A counter that a double would round.
    large: bool,
}

impl Traits {
    fn of<C: Counts>(tree: &Field<Usage<C>>) -> Self {
        let Some(tree) = tree.value() else {
            return Self::default();
        };
        let counters = |node: &UsageNode<C>| node.counts.counters();
        Self {
            international: !tree.fold_children(NodePath::is_international).is_zero(),
            nulled: tree
                .children()
                .any(|(_, node)| counters(node).iter().all(Field::is_null)),
            large: tree.nodes().any(|(_, node)| {
                counters(node)
                    .iter()
                    .any(|counter| counter.or_zero().get() > 1 << 53)
            }),
        }
    }
}

#[test]
fn generated_records_are_not_all_alike() {
    let mut runner = TestRunner::deterministic();
    let strategy = crate::laws::any_valid_record();
    let (mut international, mut nulled, mut large) = (0, 0, 0);
    let total = 600;
    for _ in 0..total {
        let record = strategy.new_tree(&mut runner).unwrap().current();
        let traits = [Traits::of(&record.commands), Traits::of(&record.data)];
        let any = |has: fn(&Traits) -> bool| u32::from(traits.iter().any(has));
        international += any(|traits| traits.international);
        nulled += any(|traits| traits.nulled);
        large += any(|traits| traits.large);
    }
    for (records, percent, what) in [
        (international, 20, "have international traffic"),
        (nulled, 10, "have a network or country of null counters"),
        (large, 5, "have a counter beyond 2^53"),
    ] {
        assert!(
            records * 100 >= total * percent,
            "{records} of {total} {what}"
        );
    }
}
