//! Whether the top of a tree is the sum of its networks.

use usage_model::{Counter, Counts, Kind, Usage};

use super::{
    balance::{Balance, Comparison},
    culprit::{self, Culprit},
};
use crate::{
    config::{options::Policy, severity::Severity},
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

pub(crate) static NETWORK_SUM: Rule = Rule {
    code: "UR201",
    name: "network-sum",
    severity: Severity::Error,
    scope: Scope::TreeCounter,
    since: "0.1.0",
    sentence: "Each counter of a tree must be the sum of that counter over home, national and international roaming.",
    formula: "top.f = home.f + national_roaming.f + Σ international_roaming[i].f, for f = total and both directions; \
              null and absent read as 0",
    origin: "KORE's page for Commands; every real response for both trees. For data the page leaves international roaming out; both real responses that have any include it.",
    false_positives: "Figures that the server converted to a coarser unit and rounded.",
    example: Example::new(data!(
        r#"{"total": 20, "download": 15, "upload": 5, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 20, "download": 15, "upload": 5, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"},
           "national_roaming": null, "international_roaming": [
    {"total": 5, "download": 5, "upload": null, "units": "bytes", "country_code": "DEU"}]}"#
    )),
};

pub(crate) static BREAKDOWN_MISSING: Rule = Rule {
    code: "UR203",
    name: "breakdown-missing",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "A tree whose top counters are not all 0 must have a breakdown by network.",
    formula: "some top.f ≠ 0 ⇒ home, national_roaming or an entry of international_roaming is present and not {}; \
              replaces UR201",
    origin: "Every real response with usage has a breakdown.",
    false_positives: "A server that reports totals only.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes",
           "home": null, "national_roaming": null, "international_roaming": []}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"},
           "national_roaming": null, "international_roaming": []}"#
    )),
};

pub(crate) static PART_EXCEEDS_WHOLE: Rule = Rule {
    code: "UR204",
    name: "part-exceeds-whole",
    severity: Severity::Error,
    scope: Scope::NodeCounter,
    since: "0.1.0",
    sentence: "If UR201 cannot be evaluated, no part may exceed the top counter.",
    formula: "child.f ≤ top.f, for parts whose unit can be compared with the unit of the top",
    origin: "Follows from UR201, which an unknown unit suspends.",
    false_positives: "Figures that the server rounded. Under policy exclude, international roaming is not compared.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "octets",
           "home": {"total": 16, "download": 11, "upload": 5, "units": "octets"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "octets",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "octets"}}"#
    )),
};

pub(crate) static INTERNATIONAL_OUTSIDE_TOTAL: Rule = Rule {
    code: "UR205",
    name: "international-outside-total",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "International data must be included in the total of data.",
    formula: "for data: UR201 fails, but top.f = home.f + national_roaming.f for all three counters, and no single wrong counter \
              explains it better; replaces UR201 under policy auto",
    origin: "KORE's page leaves international roaming out of the sum for data; real responses include it. For Commands the page includes it, so UR201 applies.",
    false_positives: "None known; policy exclude follows the page's wording.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 18, "download": 12, "upload": 6, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}"#
    )),
};

/// What was decided about the network sums of a tree.
#[derive(Debug)]
pub(crate) struct Judgement {
    decision: Decision,
    /// Whether international traffic was counted; never [`Policy::Auto`].
    pub(crate) policy: Policy,
    pub(crate) culprit: Culprit,
}

impl Judgement {
    /// Returns how the tree counts international traffic, if it has any and the policy of the run is not fixed.
    pub(crate) fn vote(&self, balance: &Balance<'_>, policy: Policy) -> Option<Policy> {
        if policy != Policy::Auto || !balance.has_international() {
            return None;
        }
        match self.decision {
            Decision::Sums if balance.holds(Policy::Include) => Some(Policy::Include),
            // Of Commands too one wrong counter is the simpler explanation.
            Decision::Sums => (self.culprit.suspect().is_none() && balance.holds(Policy::Exclude))
                .then_some(Policy::Exclude),
            Decision::Outside => Some(Policy::Exclude),
            Decision::NoBreakdown | Decision::Suspended => None,
        }
    }
}

/// Which rule speaks about the network sums of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
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
pub(crate) fn judge(balance: &Balance<'_>, policy: Policy, reporter: &mut Reporter) -> Judgement {
    let pinned = match policy {
        Policy::Exclude => Policy::Exclude,
        Policy::Auto | Policy::Include => Policy::Include,
    };
    let judgement = |decision, policy, culprit| Judgement {
        decision,
        policy,
        culprit,
    };
    if balance.top.figures != [0; 3] {
        reporter.evaluated(&BREAKDOWN_MISSING);
        if balance.children.is_empty() {
            let culprit = if balance.suspended {
                Culprit::Undecided
            } else {
                culprit::find(balance, pinned)
            };
            return judgement(Decision::NoBreakdown, pinned, culprit);
        }
    }
    if balance.suspended {
        return judgement(Decision::Suspended, pinned, Culprit::Undecided);
    }
    let culprit = culprit::find(balance, pinned);
    if policy == Policy::Auto && balance.kind == Kind::Data && balance.has_international() {
        reporter.evaluated(&INTERNATIONAL_OUTSIDE_TOTAL);
        // One wrong counter is the simpler explanation, and only then do both kinds of sums name it.
        if culprit.suspect().is_none()
            && !balance.holds(Policy::Include)
            && balance.holds(Policy::Exclude)
        {
            // Traffic outside the total stays a finding, whatever counter is corrected.
            return judgement(Decision::Outside, Policy::Exclude, culprit);
        }
    }
    reporter.evaluated_times(&NETWORK_SUM, 3);
    judgement(Decision::Sums, pinned, culprit)
}

/// Reports what was decided.
pub(crate) fn report<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    match judgement.decision {
        Decision::Sums => sums(balance, judgement, subject, reporter),
        Decision::NoBreakdown => no_breakdown(balance, judgement, subject, reporter),
        Decision::Suspended => parts(tree, balance, judgement, subject, reporter),
        Decision::Outside => outside(balance, subject, reporter),
    }
}

fn sums(
    balance: &Balance<'_>,
    judgement: &Judgement,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let kind = balance.kind;
    for (index, counter) in Counter::ALL.into_iter().enumerate() {
        let expected = balance.expected(judgement.policy, index);
        let actual = balance.top.scaled(index);
        if balance.agree(expected, actual) {
            continue;
        }
        reporter.report(&NETWORK_SUM, subject, || {
            let name = counter.name(kind);
            let international = if judgement.policy == Policy::Exclude {
                ", without international roaming"
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
                text::difference(expected, actual, balance.is_bytes())
            );
            Draft {
                figures: Some(Figures {
                    expected,
                    actual,
                    operands: balance
                        .counted(judgement.policy)
                        .map(|node| (node.path.counter_pointer(kind, counter), node.scaled(index)))
                        .collect(),
                }),
                suspect: judgement.culprit.suspect(),
                policy: Some(judgement.policy),
                ..Draft::new(balance.top.path.counter_pointer(kind, counter), message)
            }
            .help(judgement.culprit.help(balance, judgement.policy))
        });
    }
}

fn no_breakdown(
    balance: &Balance<'_>,
    judgement: &Judgement,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let kind = balance.kind;
    reporter.report(&BREAKDOWN_MISSING, subject, || Draft {
        suspect: judgement.culprit.suspect(),
        ..Draft::new(
            balance.top.path.pointer(kind),
            format!("`{kind}` has usage, but no breakdown by network"),
        )
        .help("network sums (UR201) were not evaluated for this tree")
    });
}

fn parts<C: Counts>(
    tree: &Usage<C>,
    balance: &Balance<'_>,
    judgement: &Judgement,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let kind = balance.kind;
    for child in balance.counted(judgement.policy) {
        for (index, counter) in Counter::ALL.into_iter().enumerate() {
            let Some(Comparison {
                part,
                whole,
                in_bytes,
                is_part,
            }) = balance.comparable(child, index)
            else {
                continue;
            };
            reporter.evaluated(&PART_EXCEEDS_WHOLE);
            if is_part {
                continue;
            }
            reporter.report(&PART_EXCEEDS_WHOLE, subject, || {
                let name = counter.name(kind);
                let unit = if in_bytes { ", both in bytes" } else { "" };
                let message = format!(
                    "`{}.{name}` is {} `{kind}.{name}`, which should include it{unit}",
                    text::node(tree, child.path),
                    text::difference(whole, part, in_bytes)
                );
                Draft {
                    figures: Some(Figures {
                        expected: whole,
                        actual: part,
                        operands: vec![(balance.top.path.counter_pointer(kind, counter), whole)],
                    }),
                    policy: Some(judgement.policy),
                    ..Draft::new(child.path.counter_pointer(kind, counter), message)
                }
                .help(judgement.culprit.help(balance, judgement.policy))
            });
        }
    }
}

fn outside(balance: &Balance<'_>, subject: Subject<'_>, reporter: &mut Reporter) {
    let kind = balance.kind;
    reporter.report(&INTERNATIONAL_OUTSIDE_TOTAL, subject, || {
        let top = balance.top.scaled(0);
        let international = balance.expected(Policy::Include, 0).saturating_sub(top);
        let unit = if balance.in_bytes { ", all in bytes" } else { "" };
        let message = format!(
            "the total of `{kind}` leaves international roaming out: home and national roaming add up to {top}, and \
             international roaming adds {international}{unit}"
        );
        Draft {
            policy: Some(Policy::Exclude),
            ..Draft::new(balance.top.path.pointer(kind), message)
        }
        .help("add international roaming before comparing it with other records; policy exclude accepts this record as it is")
    });
}
