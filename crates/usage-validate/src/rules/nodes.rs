//! The nodes of a tree that are there, and whether each has its counters.

use usage_model::{Counter, Counts, DataUnit, Field, Lenient, NodePath, Usage, UsageNode};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text},
    rules::{
        example::{Example, record},
        rule::{Rule, Scope},
    },
};

pub(crate) static NULL_COUNTER: Rule = Rule {
    code: "UR102",
    name: "null-counter",
    severity: Severity::Info,
    scope: Scope::Node,
    since: "0.1.0",
    sentence: "A node that is present should have all three counters.",
    formula: "node ∉ { absent, null, {} } ⇒ each of its counters ∉ { absent, null }",
    origin: "KORE's page gives 0 as the empty value of a counter; real responses have null, alone and beside numbers.",
    false_positives: "The API sends null where it means 0; sums read it as 0.",
    example: Example::new(record!(
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": null,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
    near_miss: Example::new(record!(
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0, "national_roaming": null,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
};

/// Whether a tree is `{}`.
pub(crate) fn is_blank<C: Counts>(tree: &Usage<C>) -> bool {
    has_no_counters(&tree.top) && tree.is_empty()
}

/// Whether a node is `{}`.
pub(crate) fn is_blank_node<C: Counts>(node: &UsageNode<C>) -> bool {
    has_no_counters(node) && *node == UsageNode::default()
}

/// The top and all nodes below it that are there and not `{}`.
pub(crate) fn present<C: Counts>(
    tree: &Usage<C>,
) -> impl Iterator<Item = (NodePath, &UsageNode<C>)> {
    let entries = tree.international_roaming.entries();
    let names_country = move |path| {
        let entry = match path {
            NodePath::International(index) => entries.get(index),
            NodePath::InternationalSingle => entries.first(),
            NodePath::Top | NodePath::Home | NodePath::National => None,
        };
        entry.is_some_and(|entry| !entry.country_code.is_absent())
    };
    tree.nodes().filter(move |(path, node)| {
        *path == NodePath::Top || !is_blank_node(node) || names_country(*path)
    })
}

/// The counters of a node as sums read them, in the order of [`Counter::ALL`].
pub(crate) fn figures<C: Counts>(node: &UsageNode<C>) -> [u64; 3] {
    node.counts
        .counters()
        .map(|counter| counter.or_zero().get())
}

fn has_no_counters<C: Counts>(node: &UsageNode<C>) -> bool {
    node.counts.counters().iter().all(Field::is_absent)
}

/// The unit that a node states, where it is a known one.
pub(crate) fn stated_unit<C: Counts>(node: &UsageNode<C>) -> Option<DataUnit> {
    match node.counts.units()? {
        Field::Value(Lenient::Known(unit)) => Some(*unit),
        _ => None,
    }
}

/// Reports every node that has not all its counters (UR102).
pub(crate) fn null_counters<C: Counts>(
    tree: &Usage<C>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    for (path, node) in present(tree) {
        let counters = Counter::ALL.map(|counter| (counter, node.counts.counter(counter)));
        if counters.iter().all(|(_, value)| value.is_value()) {
            continue;
        }
        reporter.report(&NULL_COUNTER, subject, || {
            let gaps: Vec<_> = counters
                .iter()
                .filter(|(_, value)| !value.is_value())
                .map(|(counter, value)| {
                    let state = if value.is_null() { "null" } else { "absent" };
                    format!("`{}` is {state}", counter.name(C::KIND))
                })
                .collect();
            let node = text::node(tree, path);
            Draft::new(
                path.pointer(C::KIND),
                format!("in `{node}`, {}", gaps.join(", ")),
            )
            .help("sums count it as 0")
        });
    }
}
