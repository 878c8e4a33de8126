//! How many counters are wrong at least, where one does not explain what is broken.
//!
//! A wrong counter moves one network sum and one direction sum by the same amount: it is an edge between
//! two columns of an account book, and what has to be found is the smallest number of edges that settles
//! all of them. Columns that balance among themselves are settled apart from the others, a group of k
//! columns of both kinds with k − 1 edges. So the most groups give the fewest edges.

use usage_model::NodePath;

use super::balance::{Balance, Node};
use crate::config::options::Policy;

/// Broken sums up to which every grouping is tried; beyond it a smaller number is given, which is still right.
const MOST_SUMS: usize = 10;

/// A broken sum: on which side it stands, and by how much it is off, with the sign that makes both sides alike.
#[derive(Clone, Copy)]
struct Broken {
    is_network: bool,
    amount: i128,
}

/// The least number of counters that have to change for all sums of a tree to hold.
pub(crate) fn number(balance: &Balance<'_>, policy: Policy) -> usize {
    let (counted, alone): (Vec<&Node<'_>>, Vec<_>) = balance
        .nodes()
        .filter(|node| !balance.is_direction_sum(node))
        .partition(|node| node.counts(policy));
    let networks = balance
        .residuals(policy)
        .into_iter()
        .enumerate()
        .filter(|(_, off)| off.unsigned_abs() > u128::from(balance.tolerance()))
        .map(|(counter, off)| Broken {
            is_network: true,
            amount: if counter == 0 {
                off
            } else {
                off.saturating_neg()
            },
        });
    let directions = counted.into_iter().map(|node| Broken {
        is_network: false,
        amount: if node.path == NodePath::Top {
            direction_excess(node)
        } else {
            -direction_excess(node)
        },
    });
    let broken: Vec<_> = networks.chain(directions).collect();
    let together = if balance.tolerance() == 0 {
        fewest(&broken)
    } else {
        // What is within tolerance may make up for what is missing to a balance, so that groups are not known.
        bound(&broken)
    };
    // A node that no network sum contains is settled by one of its own counters.
    alone.len() + together
}

/// By how much the total of a node is more than the sum of its directions, in the unit of the tree.
fn direction_excess(node: &Node<'_>) -> i128 {
    let [total, toward, from] = node.figures.map(i128::from);
    (total - toward - from) * i128::from(node.scale())
}

/// As many counters are wrong at least: each broken sum contains one, and none is in two sums of one kind.
fn bound(broken: &[Broken]) -> usize {
    let networks = broken.iter().filter(|sum| sum.is_network).count();
    networks.max(broken.len() - networks)
}

/// The fewest edges that settle these sums.
fn fewest(broken: &[Broken]) -> usize {
    if broken.len() > MOST_SUMS {
        return bound(broken);
    }
    let alone: Vec<_> = (0..1_usize << broken.len())
        .map(|group| edges(broken, group))
        .collect();
    // For every set of sums, as bits, the fewest edges; a set with its last group taken off is a smaller number.
    let mut best: Vec<Option<usize>> = vec![Some(0)];
    for set in 1_usize..1 << broken.len() {
        let mut fewest = None;
        let mut group = set;
        while group > 0 {
            let rest = best.get(set & !group).copied().flatten();
            let edges = alone.get(group).copied().flatten();
            if let (Some(rest), Some(edges)) = (rest, edges) {
                fewest =
                    Some(fewest.map_or(rest + edges, |fewest: usize| fewest.min(rest + edges)));
            }
            group = (group - 1) & set;
        }
        best.push(fewest);
    }
    // The two sides of a tree balance, because each counter is on both.
    best.last().copied().flatten().unwrap_or(bound(broken))
}

/// The edges that settle one group by itself, if it balances.
fn edges(broken: &[Broken], group: usize) -> Option<usize> {
    let members = broken
        .iter()
        .enumerate()
        .filter(|(index, _)| group & (1 << index) != 0)
        .map(|(_, sum)| sum);
    let (mut networks, mut directions, mut balance) = (0, 0, 0_i128);
    for sum in members {
        if sum.is_network {
            networks += 1;
            balance = balance.checked_add(sum.amount)?;
        } else {
            directions += 1;
            balance = balance.checked_sub(sum.amount)?;
        }
    }
    match (balance, networks, directions) {
        (0, 0, one_kind) | (0, one_kind, 0) => Some(one_kind),
        (0, ..) => Some(networks + directions - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(networks: &[i128], directions: &[i128]) -> usize {
        let side = |is_network: bool, amounts: &[i128]| -> Vec<Broken> {
            let broken = |&amount| Broken { is_network, amount };
            amounts.iter().map(broken).collect()
        };
        let mut broken = side(true, networks);
        broken.extend(side(false, directions));
        fewest(&broken)
    }

    #[test]
    fn the_fewest_counters_are_found() {
        assert_eq!(least(&[], &[]), 0);
        assert_eq!(least(&[5], &[5]), 1);
        assert_eq!(least(&[5, 7], &[12]), 2);
        assert_eq!(least(&[5, 7], &[7, 5]), 2);
        assert_eq!(least(&[5, 7], &[6, 6]), 3);
        // One kind alone: each needs a counter of its own, by way of a sum that holds.
        assert_eq!(least(&[5, -5], &[]), 2);
        assert_eq!(least(&[], &[3, 4, -7]), 3);
        assert_eq!(least(&[1, 2, 3], &[1, 2, 3]), 3);
        assert_eq!(least(&[1, 2, 4], &[3, 4]), 3);
        assert_eq!(least(&[9], &[1, 2, 3, 3]), 4);
    }

    #[test]
    fn too_many_sums_give_a_number_that_is_still_right() {
        assert_eq!(least(&[11], &[1; 11]), 11);
        assert_eq!(least(&[5], &[4]), 1);
    }
}
