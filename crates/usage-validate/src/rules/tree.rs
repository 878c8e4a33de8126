//! One pass over a tree, which for nearly all trees is all there is to do.

use usage_model::{Counter, Counts, DataUnit, Field, Lenient, NodePath, Sums, Usage, UsageNode};

use super::{Settings, balance::Balance, country, direction, network, unit};
use crate::{Policy, catalogue::RuleId, findings::draft::Draft, validator::check::Check};

/// What one pass over a tree finds: enough to know whether anything has to be said about it.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The counters of the top.
    pub(super) top: Sums,
    /// The unit of the top; `None` where it is not known.
    pub(super) top_unit: Option<DataUnit>,
    /// Home and national roaming.
    near: Sums,
    /// International roaming.
    abroad: Sums,
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
            top_unit: Some(DataUnit::Bytes),
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
        scan.top_unit = units.read(0).ok();
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
        if !scan.top.is_zero() {
            check.evaluated(RuleId::BREAKDOWN_MISSING);
        }
        if policy == Policy::Auto && !scan.abroad.is_zero() {
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

fn has_no_counters<C: Counts>(node: &UsageNode<C>) -> bool {
    node.counts.counters().iter().all(Field::is_absent)
}

impl Scan {
    fn of<C: Counts>(tree: &Usage<C>) -> Self {
        let mut scan = Self::default();
        let unit = stated_unit(&tree.top);
        scan.top_unit = Some(unit.unwrap_or_default());
        // A top without a known unit is left to the closer look, unless the kind has no units.
        scan.odd_unit = unit.is_none() && tree.top.counts.units().is_some();
        scan.top = scan.node(&tree.top, unit);
        for child in [&tree.home, &tree.national_roaming] {
            if let Field::Value(child) = child {
                let sums = scan.child(child, unit);
                scan.near = add(scan.near, sums);
            }
        }
        for entry in tree.international_roaming.entries() {
            let sums = if entry.country_code.is_absent() {
                scan.child(&entry.node, unit)
            } else {
                scan.node(&entry.node, unit)
            };
            scan.abroad = add(scan.abroad, sums);
        }
        scan
    }

    fn child<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> Sums {
        if is_blank_node(node) {
            Sums::ZERO
        } else {
            self.node(node, unit)
        }
    }

    fn node<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> Sums {
        self.nodes += 1;
        self.gap |= !node.counts.counters().iter().all(Field::is_value);
        self.odd_unit |= stated_unit(node) != unit;
        let sums = node.sums();
        self.lopsided |= !sums.directions_hold();
        sums
    }

    /// Whether the counters of the top are the sums that the policy asks for.
    fn networks_hold(&self, policy: Policy) -> bool {
        let sums = match policy {
            Policy::Exclude => self.near,
            Policy::Auto | Policy::Include => add(self.near, self.abroad),
        };
        sums == self.top
    }
}

fn stated_unit<C: Counts>(node: &UsageNode<C>) -> Option<DataUnit> {
    match node.counts.units()? {
        Field::Value(Lenient::Known(unit)) => Some(*unit),
        _ => None,
    }
}

/// A list long enough to reach the end of the range fits in no memory.
fn add(sums: Sums, more: Sums) -> Sums {
    sums.checked_add(more).unwrap_or(sums)
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
            let node = crate::findings::text::node(tree, path);
            Draft::new(
                path.pointer(C::KIND),
                format!("in `{node}`, {}", gaps.join(", ")),
            )
            .help("sums read it as 0")
        });
    }
}
