//! The figures of a tree side by side, for working out what does not add up.

use std::iter;

use usage_model::{Counts, DataUnit, Kind, NodePath, Usage};

use crate::{
    config::options::Policy,
    rules::{
        counters::{figures, present},
        unit::Units,
    },
};

/// The figures of a tree side by side.
#[derive(Debug)]
pub(crate) struct Balance<'a> {
    pub(crate) kind: Kind,
    pub(crate) top: Node<'a>,
    pub(crate) children: Vec<Node<'a>>,
    /// Whether figures are compared in bytes, because the nodes have different units.
    pub(crate) in_bytes: bool,
    /// Whether a unit is not known, so that nothing can be added up.
    pub(crate) suspended: bool,
    /// Bytes in one of the unit in which figures of different nodes are compared; 1 for Commands.
    unit: u64,
    /// By how much a sum may be off: bytes, or a number of Commands.
    tolerance: u64,
}

/// The figures of a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) path: NodePath,
    /// In the order of [`usage_model::Counter::ALL`], as they stand in the record.
    pub(crate) figures: [u64; 3],
    /// Bytes in one of the unit of the node, 1 for Commands; an unknown unit where that is not known.
    unit: Result<u64, &'a str>,
    /// What a figure has to be multiplied by before it is compared with those of other nodes.
    scale: u64,
}

impl<'a> Balance<'a> {
    /// Whether figures of different nodes are compared in bytes, converted or as they stand.
    pub(crate) fn is_bytes(&self) -> bool {
        self.kind == Kind::Data && self.unit == 1
    }

    /// The figures of a tree, whose nodes have these units.
    pub(crate) fn new<C: Counts>(tree: &'a Usage<C>, units: &Units<'a>, tolerance: u64) -> Self {
        let mut nodes: Vec<_> = present(tree)
            .enumerate()
            .map(|(index, (path, node))| Node {
                path,
                figures: figures(node),
                unit: units.read(index).map(DataUnit::bytes),
                scale: 1,
            })
            .collect();
        let suspended = nodes.iter().any(|node| node.unit.is_err());
        let in_bytes = !suspended && nodes.iter().any(|node| node.unit != nodes[0].unit);
        if in_bytes {
            for node in &mut nodes {
                node.scale = node.unit.unwrap_or(1);
            }
        }
        let top = nodes.remove(0);
        Self {
            kind: C::KIND,
            unit: if in_bytes { 1 } else { top.unit.unwrap_or(1) },
            top,
            children: nodes,
            in_bytes,
            suspended,
            tolerance,
        }
    }

    /// Whether a sum over nodes is what it should be, as far as the tolerance asks for.
    pub(crate) fn agree(&self, expected: u128, actual: u128) -> bool {
        expected.abs_diff(actual) <= u128::from(self.tolerance())
    }

    /// Whether the total of a node is the sum of its directions.
    pub(crate) fn is_direction_sum(&self, node: &Node<'_>) -> bool {
        let [total, toward, from] = node.figures.map(u128::from);
        let tolerance = self.tolerance / node.unit.unwrap_or(1);
        total.abs_diff(toward + from) <= u128::from(tolerance)
    }

    /// By how much sums over nodes may be off before anything is found, in the unit in which they are compared.
    pub(crate) const fn tolerance(&self) -> u64 {
        self.tolerance / self.unit
    }

    /// The top and all nodes below it.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node<'a>> {
        iter::once(&self.top).chain(&self.children)
    }

    /// The children that the top is the sum of.
    pub(crate) fn counted(&self, policy: Policy) -> impl Iterator<Item = &Node<'a>> {
        self.children.iter().filter(move |node| node.counts(policy))
    }

    /// What a counter of the top should be.
    pub(crate) fn expected(&self, policy: Policy, counter: usize) -> u128 {
        self.counted(policy)
            .fold(0, |sum, node| sum.saturating_add(node.scaled(counter)))
    }

    /// By how much each counter of the top is more than it should be.
    ///
    /// A list long enough to reach the end of the range fits in no memory.
    pub(crate) fn residuals(&self, policy: Policy) -> [i128; 3] {
        [0, 1, 2].map(|counter| {
            0_i128
                .saturating_add_unsigned(self.top.scaled(counter))
                .saturating_sub_unsigned(self.expected(policy, counter))
        })
    }

    /// Whether every counter of the top is what it should be.
    pub(crate) fn holds(&self, policy: Policy) -> bool {
        (0..3).all(|counter| self.agree(self.expected(policy, counter), self.top.scaled(counter)))
    }

    /// Whether there is international traffic.
    pub(crate) fn has_international(&self) -> bool {
        self.children
            .iter()
            .any(|node| node.path.is_international() && node.figures != [0; 3])
    }

    /// A counter of a child and of the top, where they can be compared, and whether that is in bytes.
    pub(crate) fn comparable(&self, child: &Node<'a>, counter: usize) -> Option<Comparison> {
        let figures = [child, &self.top].map(|node| u128::from(node.figures[counter]));
        let (units, in_bytes) = match (child.unit, self.top.unit) {
            (child, top) if child == top => ([1, 1], false),
            (Ok(child), Ok(top)) => ([child, top], true),
            _ => return None,
        };
        let [part, whole] = [0, 1].map(|at| figures[at] * u128::from(units[at]));
        let unit = if in_bytes { 1 } else { child.unit.unwrap_or(1) };
        let is_part = part <= whole.saturating_add(u128::from(self.tolerance / unit));
        Some(Comparison {
            part,
            whole,
            in_bytes,
            is_part,
        })
    }
}

/// A counter of a child beside that of the top.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    pub(crate) part: u128,
    pub(crate) whole: u128,
    pub(crate) in_bytes: bool,
    /// Whether the child may be a part of the top, as far as the tolerance asks for.
    pub(crate) is_part: bool,
}

impl Node<'_> {
    /// Whether the figures of a node of data are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        self.unit == Ok(1)
    }

    /// Whether the top is the sum of this node and others.
    pub(crate) fn counts(&self, policy: Policy) -> bool {
        policy != Policy::Exclude || !self.path.is_international()
    }

    /// A figure in the unit in which the figures of the tree are compared.
    pub(crate) fn scaled(&self, counter: usize) -> u128 {
        u128::from(self.figures[counter]) * u128::from(self.scale)
    }

    /// What a figure has to be multiplied by before it is compared with those of other nodes.
    pub(crate) const fn scale(&self) -> u64 {
        self.scale
    }
}
