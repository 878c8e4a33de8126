//! The figures of a tree side by side, for working out what does not add up.

use usage_model::{Counts, Kind, NodePath, Usage};

use super::{
    tree::{figures, present},
    unit::Units,
};
use crate::Policy;

/// The figures of a tree side by side.
#[derive(Debug)]
pub(super) struct Balance<'a> {
    pub(super) kind: Kind,
    pub(super) top: Node<'a>,
    pub(super) children: Vec<Node<'a>>,
    /// Whether figures are compared in bytes, because the nodes have different units.
    pub(super) in_bytes: bool,
    /// Whether a unit is not known, so that nothing can be added up.
    pub(super) suspended: bool,
    /// By how much a sum may be off.
    tolerance: u64,
}

/// The figures of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    pub(super) path: NodePath,
    /// In the order of [`usage_model::Counter::ALL`], as they stand in the record.
    pub(super) figures: [u64; 3],
    /// What a figure has to be multiplied by before it is compared; an unknown unit where there is none.
    scale: Result<u64, &'a str>,
}

impl<'a> Balance<'a> {
    pub(super) fn new<C: Counts>(
        tree: &'a Usage<C>,
        units: Option<&Units<'a>>,
        tolerance: u64,
    ) -> Self {
        let scale = |index| match units {
            Some(units) => units.read(index).map(usage_model::DataUnit::bytes),
            None => Ok(1),
        };
        let mut nodes: Vec<_> = present(tree)
            .enumerate()
            .map(|(index, (path, node))| Node {
                path,
                figures: figures(node),
                scale: scale(index),
            })
            .collect();
        let suspended = nodes.iter().any(|node| node.scale.is_err());
        let in_bytes = nodes.iter().any(|node| node.scale != nodes[0].scale);
        if !in_bytes && !suspended {
            for node in &mut nodes {
                node.scale = Ok(1);
            }
        }
        let top = nodes.remove(0);
        Self {
            kind: C::KIND,
            top,
            children: nodes,
            in_bytes: in_bytes && !suspended,
            suspended,
            tolerance,
        }
    }

    /// Whether a figure is what it should be, as far as the tolerance asks for.
    pub(super) fn agree(&self, expected: u128, actual: u128) -> bool {
        expected.abs_diff(actual) <= u128::from(self.tolerance)
    }

    /// Whether the total of a node is the sum of its directions.
    pub(super) fn is_direction_sum(&self, [total, toward, from]: [u64; 3]) -> bool {
        self.agree(u128::from(toward) + u128::from(from), u128::from(total))
    }

    /// By how much sums may be off before anything is found.
    pub(super) const fn tolerance(&self) -> u64 {
        self.tolerance
    }

    /// The children that the top is the sum of.
    pub(super) fn counted(&self, reading: Policy) -> impl Iterator<Item = &Node<'a>> {
        self.children
            .iter()
            .filter(move |node| node.counts(reading))
    }

    /// What a counter of the top should be.
    pub(super) fn expected(&self, reading: Policy, counter: usize) -> u128 {
        self.counted(reading)
            .fold(0, |sum, node| sum.saturating_add(node.scaled(counter)))
    }

    /// By how much each counter of the top is more than it should be.
    ///
    /// A list long enough to reach the end of the range fits in no memory.
    pub(super) fn residuals(&self, reading: Policy) -> [i128; 3] {
        [0, 1, 2].map(|counter| {
            0_i128
                .saturating_add_unsigned(self.top.scaled(counter))
                .saturating_sub_unsigned(self.expected(reading, counter))
        })
    }

    /// Whether every counter of the top is what it should be.
    pub(super) fn holds(&self, reading: Policy) -> bool {
        (0..3).all(|counter| self.agree(self.expected(reading, counter), self.top.scaled(counter)))
    }

    /// Whether there is international traffic.
    pub(super) fn has_abroad(&self) -> bool {
        self.children
            .iter()
            .any(|node| node.path.is_international() && node.figures != [0; 3])
    }

    /// What the figures of a child and of the top have to be multiplied by to be compared, if they can be.
    pub(super) fn comparable(&self, child: &Node<'a>) -> Option<(u64, u64)> {
        match (child.scale, self.top.scale) {
            (child, top) if child == top => Some((1, 1)),
            (Ok(child), Ok(top)) => Some((child, top)),
            _ => None,
        }
    }
}

impl Node<'_> {
    /// Whether the top is the sum of this node and others.
    pub(super) fn counts(&self, reading: Policy) -> bool {
        reading != Policy::Exclude || !self.path.is_international()
    }

    /// A figure in the unit in which the figures of the tree are compared.
    pub(super) fn scaled(&self, counter: usize) -> u128 {
        u128::from(self.figures[counter]) * u128::from(self.scale())
    }

    /// What a figure has to be multiplied by before it is compared; 1 where that is not known.
    pub(super) fn scale(&self) -> u64 {
        self.scale.unwrap_or(1)
    }
}
