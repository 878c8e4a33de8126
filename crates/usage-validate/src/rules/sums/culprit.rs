//! Which counter is the wrong one.
//!
//! Every counter is part of exactly one network sum, shared with the counters of its name, and of exactly one
//! direction sum, shared with the counters of its node. In a table with a row for each node and a column for each name
//! these are the sums of one row and of one column. A single wrong counter therefore breaks one sum of each kind, by
//! the same amount, and the two broken sums name its row and its column.

use usage_model::{Count, Counter};

use super::{
    balance::{Balance, Node},
    fewest_errors,
};
use crate::{config::options::Policy, findings::draft::DraftSuspect};

/// What can be said about which counter is the wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Culprit {
    /// This one: with the suggested value every sum of the tree holds, and no other counter can do that.
    One(DraftSuspect),
    /// Each of `n` counters could be it.
    Several(usize),
    /// No single counter explains all that is broken.
    NoSingle,
    /// The network sums are suspended.
    Undecided,
}

impl Culprit {
    pub(crate) const fn suspect(self) -> Option<DraftSuspect> {
        match self {
            Self::One(suspect) => Some(suspect),
            Self::Several(_) | Self::NoSingle | Self::Undecided => None,
        }
    }

    /// What to tell the reader of a broken sum. How many counters are wrong takes long to find out, and is only
    /// asked for findings that are listed.
    pub(crate) fn help(self, balance: &Balance<'_>, policy: Policy) -> String {
        match self {
            Self::One(_) => "the suggested figure makes all sums of this tree right; fetch the record again, and if the figure is still wrong, report it to KORE".to_owned(),
            Self::Several(number) => format!(
                "any of {number} counters could be wrong: compare the record with another reading"
            ),
            Self::NoSingle => format!(
                "no single counter explains all wrong sums of this tree: at least {} are wrong; fetch the record again, and if the sums are still wrong, report it to KORE",
                fewest_errors::number(balance, policy).max(2)
            ),
            Self::Undecided => "the network sums of this tree were not evaluated, so no single counter can be named".to_owned(),
        }
    }
}

/// Finds the one counter whose correction makes every sum of the tree hold.
pub(crate) fn find(balance: &Balance<'_>, policy: Policy) -> Culprit {
    let mut mismatched = balance
        .nodes()
        .filter(|node| !balance.is_direction_sum(node));
    // Correcting one counter changes the direction sum of its node: it must be the only broken one.
    let (Some(node), None) = (mismatched.next(), mismatched.next()) else {
        return Culprit::NoSingle;
    };
    let mut suspects = (0..3).filter_map(|counter| {
        let suggested = corrected(node, counter)?;
        fits(balance, node, counter, suggested, policy).then_some((counter, suggested))
    });
    match (suspects.next(), suspects.count()) {
        (None, _) => Culprit::NoSingle,
        (Some((counter, suggested)), 0) => Culprit::One(DraftSuspect {
            kind: balance.kind,
            node: node.path,
            counter: Counter::ALL[counter],
            suggested,
        }),
        (Some(_), more) => Culprit::Several(more + 1),
    }
}

/// The value of a counter with which the direction sum of its node holds, if a counter can have it.
fn corrected(node: &Node<'_>, counter: usize) -> Option<u64> {
    let [total, toward, from] = node.figures;
    let value = match counter {
        0 => toward.checked_add(from),
        1 => total.checked_sub(from),
        _ => total.checked_sub(toward),
    };
    value.filter(|&value| Count::new(value).is_some())
}

/// Whether all network sums hold once a counter has another value.
fn fits(
    balance: &Balance<'_>,
    node: &Node<'_>,
    counter: usize,
    value: u64,
    policy: Policy,
) -> bool {
    let residuals = balance.residuals(policy);
    let change = (i128::from(value) - i128::from(node.figures[counter])) * i128::from(node.scale());
    let effect = if node.path == usage_model::NodePath::Top {
        change
    } else if node.counts(policy) {
        -change
    } else {
        0
    };
    (0..3).all(|index| {
        let effect = if index == counter { effect } else { 0 };
        let left = residuals[index].saturating_add(effect);
        left.unsigned_abs() <= u128::from(balance.tolerance())
    })
}
