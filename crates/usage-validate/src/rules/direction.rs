//! Whether the total of each node is the sum of its two directions.

use usage_model::{Counter, Counts, Usage};

use super::{
    balance::Balance,
    network::Judgement,
    tree::{figures, present},
};
use crate::{
    catalogue::RuleId,
    findings::draft::{Draft, Figures},
    findings::text,
    validator::check::Check,
};

/// Reports every node whose total is not the sum of its directions (UR202).
///
/// The figures of one node have one unit, so they are compared as they stand.
pub(super) fn report<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    check: &mut Check<'_>,
) {
    for (path, node) in present(tree) {
        let figures @ [total, toward, from] = figures(node);
        if balance.is_direction_sum(figures) {
            continue;
        }
        check.report(RuleId::DIRECTION_SUM, || {
            let kind = C::KIND;
            let [expected, actual] = [toward + from, total].map(u128::from);
            let message = format!(
                "`{}.total` is {} the sum of {} and {}",
                text::node(tree, path),
                text::difference(expected, actual),
                Counter::TowardSim.name(kind),
                Counter::FromSim.name(kind),
            );
            let operand =
                |counter, figure: u64| (path.counter_pointer(kind, counter), u128::from(figure));
            Draft {
                figures: Some(Figures {
                    expected,
                    actual,
                    operands: vec![
                        operand(Counter::TowardSim, toward),
                        operand(Counter::FromSim, from),
                    ],
                }),
                suspect: judgement.culprit.suspect(),
                ..Draft::new(path.counter_pointer(kind, Counter::Total), message)
            }
            .help(judgement.culprit.help(balance, judgement.reading))
        });
    }
}
