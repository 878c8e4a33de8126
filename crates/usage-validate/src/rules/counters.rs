//! The nodes of a tree that are there, and whether each has its counters.

use usage_model::{Counter, Counts, DataUnit, Field, Lenient, NodePath, Usage, UsageNode};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text},
    rules::catalogue::{
        example::{Example, data, record},
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

pub(crate) static AMOUNT_KEPT_AS_TEXT: Rule = Rule {
    code: "UR107",
    name: "amount-kept-as-text",
    severity: Severity::Info,
    scope: Scope::Amount,
    since: "0.1.0",
    sentence: "Every amount should fit an exact decimal; a longer one is kept as its text, and left out of sums and tables.",
    formula: "billed = m · 10ᵉ with whole m and e, |m| < 2⁹⁶, −28 ≤ e, |billed| < 2⁹⁶",
    origin: "This project: amounts are exact decimals of up to 28 digits. Servers that take amounts from binary fractions send up to 55.",
    false_positives: "None: the amount is written as it was read, and no other check misses it.",
    example: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes",
           "billed": 0.1000000000000000055511151231257827, "billing_units": "USD"}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes",
           "billed": 0.1000000000000000055511151231, "billing_units": "USD"}"#
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

/// Reports every amount that is too long for a decimal (UR107).
pub(crate) fn long_amounts<C: Counts>(
    tree: &Usage<C>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    for (path, node) in tree.nodes() {
        let Field::Value(amount) = &node.billed else {
            continue;
        };
        if amount.decimal().is_some() {
            continue;
        }
        reporter.report(&AMOUNT_KEPT_AS_TEXT, subject, || {
            let message = format!(
                "the amount billed in `{}` is too long for an exact decimal: {}",
                text::node(tree, path),
                text::shortened(&amount.to_string())
            );
            Draft::new(format!("{}/billed", path.pointer(C::KIND)), message)
                .help("it is kept as its text; sums and tables of amounts leave it out")
        });
    }
}
