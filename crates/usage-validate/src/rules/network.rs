//! Whether the top of a tree is the sum of its networks.

use usage_model::{Counter, Counts, Usage};

use super::{
    balance::Balance,
    culprit::{self, Culprit},
};
use crate::{
    Policy,
    catalogue::RuleId,
    findings::draft::{Draft, Figures},
    findings::text,
    validator::check::Check,
};

/// What was decided about the network sums of a tree.
#[derive(Debug)]
pub(super) struct Judgement {
    network: Network,
    /// Whether international traffic was counted; never [`Policy::Auto`].
    pub(super) reading: Policy,
    pub(super) culprit: Culprit,
}

impl Judgement {
    /// How the tree counts international traffic, where it has any and the run was not told.
    pub(super) fn vote(&self, balance: &Balance<'_>, policy: Policy) -> Option<Policy> {
        if policy != Policy::Auto || !balance.has_abroad() {
            return None;
        }
        match self.network {
            Network::Sums => balance.holds(Policy::Include).then_some(Policy::Include),
            Network::Outside => Some(Policy::Exclude),
            Network::NoBreakdown | Network::Suspended => None,
        }
    }
}

/// Which rule speaks about the network sums of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// The sums themselves: UR201.
    Sums,
    /// Usage without any share by network: UR203.
    NoBreakdown,
    /// A unit is not known, so that shares can only be compared one by one: UR204.
    Suspended,
    /// The sums fit once international traffic is left out: UR205.
    Outside,
}

/// Decides which rule speaks about the network sums of a tree, and counts what was evaluated.
pub(super) fn judge(balance: &Balance<'_>, policy: Policy, check: &mut Check<'_>) -> Judgement {
    let pinned = match policy {
        Policy::Exclude => Policy::Exclude,
        Policy::Auto | Policy::Include => Policy::Include,
    };
    let judgement = |network, reading, culprit| Judgement {
        network,
        reading,
        culprit,
    };
    if balance.top.figures != [0; 3] {
        check.evaluated(RuleId::BREAKDOWN_MISSING);
        if balance.children.is_empty() {
            let culprit = if balance.suspended {
                Culprit::Undecided
            } else {
                culprit::find(balance, pinned)
            };
            return judgement(Network::NoBreakdown, pinned, culprit);
        }
    }
    if balance.suspended {
        return judgement(Network::Suspended, pinned, Culprit::Undecided);
    }
    let culprit = culprit::find(balance, pinned);
    if policy == Policy::Auto && balance.has_abroad() {
        check.evaluated(RuleId::INTERNATIONAL_OUTSIDE_TOTAL);
        // One wrong counter is the simpler explanation, and only then do both kinds of sums name it.
        if culprit.suspect().is_none()
            && !balance.holds(Policy::Include)
            && balance.holds(Policy::Exclude)
        {
            // Traffic outside the total stays a finding, whatever counter is corrected.
            return judgement(Network::Outside, Policy::Exclude, culprit);
        }
    }
    check.evaluated_times(RuleId::NETWORK_SUM, 3);
    judgement(Network::Sums, pinned, culprit)
}

/// Reports what was decided.
pub(super) fn report<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    check: &mut Check<'_>,
) {
    match judgement.network {
        Network::Sums => sums(balance, judgement, check),
        Network::NoBreakdown => no_breakdown(balance, judgement, check),
        Network::Suspended => parts(tree, balance, judgement, check),
        Network::Outside => outside(balance, check),
    }
}

fn sums(balance: &Balance<'_>, judgement: &Judgement, check: &mut Check<'_>) {
    let kind = balance.kind;
    for (index, counter) in Counter::ALL.into_iter().enumerate() {
        let expected = balance.expected(judgement.reading, index);
        let actual = balance.top.scaled(index);
        if balance.agree(expected, actual) {
            continue;
        }
        check.report(RuleId::NETWORK_SUM, || {
            let name = counter.name(kind);
            let international = if judgement.reading == Policy::Exclude {
                ", international roaming left out"
            } else {
                ""
            };
            let unit = if balance.in_bytes {
                ", all in bytes"
            } else {
                ""
            };
            let message = format!(
                "`{kind}.{name}` is {} the sum of its networks{international}{unit}",
                text::difference(expected, actual)
            );
            Draft {
                figures: Some(Figures {
                    expected,
                    actual,
                    operands: balance
                        .counted(judgement.reading)
                        .map(|node| (node.path.counter_pointer(kind, counter), node.scaled(index)))
                        .collect(),
                }),
                suspect: judgement.culprit.suspect(),
                policy: Some(judgement.reading),
                ..Draft::new(balance.top.path.counter_pointer(kind, counter), message)
            }
            .help(judgement.culprit.help(balance, judgement.reading))
        });
    }
}

fn no_breakdown(balance: &Balance<'_>, judgement: &Judgement, check: &mut Check<'_>) {
    let kind = balance.kind;
    check.report(RuleId::BREAKDOWN_MISSING, || Draft {
        suspect: judgement.culprit.suspect(),
        ..Draft::new(
            balance.top.path.pointer(kind),
            format!("`{kind}` has usage, and no share on any network"),
        )
        .help("network sums (UR201) were not evaluated for this tree")
    });
}

fn parts<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    check: &mut Check<'_>,
) {
    let kind = balance.kind;
    for child in balance.counted(judgement.reading) {
        let Some((child_scale, top_scale)) = balance.comparable(child) else {
            continue;
        };
        let scaled = |figure: u64, scale: u64| u128::from(figure) * u128::from(scale);
        for (index, counter) in Counter::ALL.into_iter().enumerate() {
            let part = scaled(child.figures[index], child_scale);
            let whole = scaled(balance.top.figures[index], top_scale);
            check.evaluated(RuleId::PART_EXCEEDS_WHOLE);
            if part <= whole || balance.agree(whole, part) {
                continue;
            }
            check.report(RuleId::PART_EXCEEDS_WHOLE, || {
                let name = counter.name(kind);
                let unit = if child_scale == top_scale {
                    ""
                } else {
                    ", both in bytes"
                };
                let message = format!(
                    "`{}.{name}` is {} `{kind}.{name}`, which should contain it{unit}",
                    text::node(tree, child.path),
                    text::difference(whole, part)
                );
                Draft {
                    figures: Some(Figures {
                        expected: whole,
                        actual: part,
                        operands: vec![(balance.top.path.counter_pointer(kind, counter), whole)],
                    }),
                    policy: Some(judgement.reading),
                    ..Draft::new(child.path.counter_pointer(kind, counter), message)
                }
                .help(judgement.culprit.help(balance, judgement.reading))
            });
        }
    }
}

fn outside(balance: &Balance<'_>, check: &mut Check<'_>) {
    let kind = balance.kind;
    check.report(RuleId::INTERNATIONAL_OUTSIDE_TOTAL, || {
        let top = balance.top.scaled(0);
        let abroad = balance.expected(Policy::Include, 0).saturating_sub(top);
        let unit = if balance.in_bytes { ", all in bytes" } else { "" };
        let message = format!(
            "`{kind}` leaves international roaming out: home and national roaming make up all of its total of {top}, \
             and there are {abroad} beside it{unit}"
        );
        Draft {
            policy: Some(Policy::Exclude),
            ..Draft::new(balance.top.path.pointer(kind), message)
        }
        .help("add international roaming before comparing it with other records; policy exclude accepts this reading")
    });
}
