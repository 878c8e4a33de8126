//! One pass over a tree, which for nearly all trees is all there is to do.

use usage_model::{Counter, Counts, DataUnit, Field, Lenient, NodePath, Usage, UsageNode};

use super::{Settings, balance::Balance, country, direction, network, unit};
use crate::{Policy, catalogue::RuleId, check::Check, draft::Draft};

/// What one pass over a tree finds: enough to know whether anything has to be said about it.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The counters of the top, in the order of [`Counter::ALL`].
    pub(super) top: [u64; 3],
    /// Bytes in one unit of the top; `None` where the unit is not known.
    pub(super) top_scale: Option<u64>,
    /// Home and national roaming.
    near: [u128; 3],
    /// International roaming.
    abroad: [u128; 3],
    nodes: u64,
    /// A counter is null or absent.
    gap: bool,
    /// A total is not the sum of its directions.
    lopsided: bool,
    /// A unit is not the one that all other nodes have.
    odd_unit: bool,
    /// Whether the tree counts international traffic; `None` where it has none, fits neither way, or the
    /// run was told.
    pub(super) reading: Option<Policy>,
}

/// Checks one tree by every rule on nodes and sums.
pub(super) fn check<C: Counts>(tree: &Usage<C>, check: &mut Check<'_>, settings: Settings) -> Scan {
    let policy = settings.policy;
    if is_blank(tree) {
        return Scan {
            top_scale: Some(1),
            ..Scan::default()
        };
    }
    let mut scan = Scan::of(tree);
    check.evaluated_times(RuleId::NULL_COUNTER, scan.nodes);
    check.evaluated_times(RuleId::DIRECTION_SUM, scan.nodes);
    if scan.gap {
        null_counters(tree, check);
    }
    let units = scan.odd_unit.then(|| unit::Units::of(tree));
    if tree.top.counts.units().is_some() {
        check.evaluated(RuleId::UNIT);
    }
    if let Some(units) = &units {
        scan.top_scale = units.top_scale();
        unit::report(tree, units, check);
    }
    country::check(tree, check);
    if units.is_some() || scan.lopsided || !scan.networks_hold(policy) {
        let balance = Balance::new(tree, units.as_ref(), settings.tolerance.of(C::KIND));
        let judgement = network::judge(&balance, policy, check);
        scan.reading = judgement.vote(&balance, policy);
        network::report(tree, &balance, &judgement, check);
        direction::report(tree, &balance, &judgement, check);
    } else {
        check.evaluated_times(RuleId::NETWORK_SUM, 3);
        if scan.top != [0; 3] {
            check.evaluated(RuleId::BREAKDOWN_MISSING);
        }
        if policy == Policy::Auto && scan.abroad != [0; 3] {
            check.evaluated(RuleId::INTERNATIONAL_OUTSIDE_TOTAL);
            scan.reading = Some(Policy::Include);
        }
    }
    if scan.reading.is_some() {
        check.evaluated(RuleId::INTERNATIONAL_POLICY_INCONSISTENT);
    }
    scan
}

/// Whether a tree is `{}`.
pub(super) fn is_blank<C: Counts>(tree: &Usage<C>) -> bool {
    has_no_counters(&tree.top) && tree.is_empty()
}

/// Whether a node is `{}`.
fn is_blank_node<C: Counts>(node: &UsageNode<C>) -> bool {
    has_no_counters(node) && *node == UsageNode::default()
}

/// The top and all nodes below it that are there and not `{}`.
pub(super) fn present<C: Counts>(
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

/// Whether the total of a node is the sum of its directions.
pub(super) fn is_direction_sum([total, toward, from]: [u64; 3]) -> bool {
    // Two counters are below 2⁶⁴ together.
    total == toward + from
}

fn has_no_counters<C: Counts>(node: &UsageNode<C>) -> bool {
    node.counts.counters().iter().all(Field::is_absent)
}

impl Scan {
    fn of<C: Counts>(tree: &Usage<C>) -> Self {
        let mut scan = Self::default();
        let unit = stated_unit(&tree.top);
        scan.top_scale = Some(unit.map_or(1, DataUnit::bytes));
        // A top without a known unit is left to the closer look, unless the kind has no units.
        scan.odd_unit = unit.is_none() && tree.top.counts.units().is_some();
        scan.top = scan.node(&tree.top, unit);
        for child in [&tree.home, &tree.national_roaming] {
            if let Field::Value(child) = child {
                let figures = scan.child(child, unit);
                add(&mut scan.near, figures);
            }
        }
        for entry in tree.international_roaming.entries() {
            let figures = if entry.country_code.is_absent() {
                scan.child(&entry.node, unit)
            } else {
                scan.node(&entry.node, unit)
            };
            add(&mut scan.abroad, figures);
        }
        scan
    }

    fn child<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> [u64; 3] {
        if is_blank_node(node) {
            [0; 3]
        } else {
            self.node(node, unit)
        }
    }

    fn node<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> [u64; 3] {
        self.nodes += 1;
        self.gap |= !node.counts.counters().iter().all(Field::is_value);
        self.odd_unit |= stated_unit(node) != unit;
        let figures = figures(node);
        self.lopsided |= !is_direction_sum(figures);
        figures
    }

    /// Whether the counters of the top are the sums that the policy asks for.
    fn networks_hold(&self, policy: Policy) -> bool {
        let mut sums = self.near;
        if policy != Policy::Exclude {
            for (sum, abroad) in sums.iter_mut().zip(self.abroad) {
                *sum += abroad;
            }
        }
        sums == self.top.map(u128::from)
    }
}

fn stated_unit<C: Counts>(node: &UsageNode<C>) -> Option<DataUnit> {
    match node.counts.units()? {
        Field::Value(Lenient::Known(unit)) => Some(*unit),
        _ => None,
    }
}

fn add(sums: &mut [u128; 3], figures: [u64; 3]) {
    for (sum, figure) in sums.iter_mut().zip(figures) {
        // A list long enough to reach the end of this type fits in no memory.
        *sum += u128::from(figure);
    }
}

fn null_counters<C: Counts>(tree: &Usage<C>, check: &mut Check<'_>) {
    for (path, node) in present(tree) {
        let counters = Counter::ALL.map(|counter| (counter, node.counts.counter(counter)));
        if counters.iter().all(|(_, value)| value.is_value()) {
            continue;
        }
        check.report(RuleId::NULL_COUNTER, || {
            let gaps: Vec<_> = counters
                .iter()
                .filter(|(_, value)| !value.is_value())
                .map(|(counter, value)| {
                    let state = if value.is_null() { "null" } else { "absent" };
                    format!("`{}` is {state}", counter.name(C::KIND))
                })
                .collect();
            let node = crate::text::node(tree, path);
            Draft::new(
                path.pointer(C::KIND),
                format!("in `{node}`, {}", gaps.join(", ")),
            )
            .help("sums read it as 0")
        });
    }
}
