//! Whether the total of each node is the sum of its two directions.

use usage_model::{Counter, Counts, Kind, Usage};

use super::{balance::Balance, network::Judgement};
use crate::{
    config::severity::Severity,
    findings::{
        draft::{Draft, Figures},
        reporter::Reporter,
        subject::Subject,
        text,
    },
    rules::catalogue::{
        example::{Example, data},
        rule::{Rule, Scope},
    },
};

pub(crate) static DIRECTION_SUM: Rule = Rule {
    code: "UR202",
    name: "direction-sum",
    severity: Severity::Error,
    scope: Scope::Node,
    since: "0.1.0",
    sentence: "The total of a node must be the sum of its two directions.",
    formula: "total = to_sim + from_sim in commands, total = download + upload in data, at every node; \
              null and absent read as 0",
    origin: "KORE's page describes total as both directions; every real response.",
    false_positives: "None known.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 6, "units": "bytes"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 10, "download": 10, "upload": null, "units": "bytes",
           "home": {"total": 10, "download": 10, "units": "bytes"}}"#
    )),
};

/// Reports every node whose total is not the sum of its directions (UR202).
///
/// The figures of one node have one unit, so they are compared as they stand.
pub(crate) fn report<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    for node in balance.nodes() {
        if balance.is_direction_sum(node) {
            continue;
        }
        let (path, [total, toward, from]) = (node.path, node.figures);
        reporter.report(&DIRECTION_SUM, subject, || {
            let kind = C::KIND;
            let [expected, actual] = [toward + from, total].map(u128::from);
            let message = format!(
                "`{}.total` is {} the sum of {} and {}",
                text::node(tree, path),
                text::difference(expected, actual, kind == Kind::Data && node.is_bytes()),
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
            .help(judgement.culprit.help(balance, judgement.policy))
        });
    }
}
