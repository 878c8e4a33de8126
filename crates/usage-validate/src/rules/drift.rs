//! Whether a period that is read again says what it said before.

use chrono::{DateTime, Utc};
use usage_model::{
    Counts, Field, NodePath, Usage, UsageNode, UsageRecord, is_settled, retention_cutoff,
};

use super::{
    catalogue::{
        example::{Example, record},
        rule::{Graded, Rule, Scope},
    },
    counters::present,
    coverage::PERIOD,
    shares::{Difference, Shares},
};
use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        reporter::Reporter,
        subject::Subject,
        text::{self, instant},
    },
};

/// A day of June with figures at home and in national roaming: to SIMs and from SIMs, both trees alike.
macro_rules! reading {
    ($home_to:literal + $home_from:literal = $home:literal, $national:literal, $top_to:literal + $top_from:literal = $top:literal) => {
        reading!($home_to + $home_from = $home, $national, $top_to + $top_from = $top, "")
    };
    ($home_to:literal + $home_from:literal = $home:literal, $national:literal, $top_to:literal + $top_from:literal = $top:literal, $billed:literal) => {
        concat!(
            "{\"account_sid\": \"ACabababababababababababababababab\",\n",
            "  \"period\": {\"start\": \"2026-06-01T00:00:00Z\", \"end\": \"2026-06-02T00:00:00Z\"},\n",
            "  \"commands\": {\"total\": 0, \"to_sim\": 0, \"from_sim\": 0},\n",
            "  \"data\": {\"total\": ", $top, ", \"download\": ", $top_to, ", \"upload\": ", $top_from, ", \"units\": \"bytes\"", $billed, ",\n",
            "    \"home\": {\"total\": ", $home, ", \"download\": ", $home_to, ", \"upload\": ", $home_from, ", \"units\": \"bytes\"},\n",
            "    \"national_roaming\": {\"total\": ", $national, ", \"download\": ", $national, ", \"upload\": 0, \"units\": \"bytes\"}}}\n",
        )
    };
}

/// Three days after the day of the examples, and ten.
const SETTLED: (&str, &str) = ("2026-06-05T00:00:00Z", "2026-06-12T00:00:00Z");

/// A day after the day of the examples, and ten.
const UNSETTLED: (&str, &str) = ("2026-06-03T00:00:00Z", "2026-06-12T00:00:00Z");

pub(crate) static SETTLED_INCREASE: Rule = Rule {
    code: "UR701",
    name: "settled-increase",
    severity: Severity::Warning,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "A period that had ended 48 hours before its first reading must not show more usage in a later one.",
    formula: "end ≤ fetched₁ − 48 h ⇒ counter₂ ≤ counter₁, for every counter of a tree; a tree that UR704 explains is left out",
    origin: "KORE's page, \"Data availability\": all usage is typically processed within 48 hours.",
    false_positives: "Carriers that deliver later than KORE says, up to five days after the fact.",
    example: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(12 + 5 = 17, 3, 15 + 5 = 20),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
    near_miss: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(12 + 5 = 17, 1, 13 + 5 = 18),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
};

pub(crate) static SETTLED_DECREASE: Rule = Rule {
    code: "UR702",
    name: "settled-decrease",
    severity: Severity::Error,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "A period that had ended 48 hours before its first reading must not show less usage in a later one.",
    formula: "end ≤ fetched₁ − 48 h ⇒ counter₂ ≥ counter₁, for every counter of a tree; a tree that UR704 explains is left out",
    origin: "The meaning of a counter: usage that was counted does not go away.",
    false_positives: "Corrections of figures that were wrong.",
    example: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(8 + 5 = 13, 3, 11 + 5 = 16),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
    near_miss: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(12 + 5 = 17, 3, 15 + 5 = 20),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
};

pub(crate) static PROVISIONAL_DECREASE: Rule = Rule {
    code: "UR703",
    name: "provisional-decrease",
    severity: Severity::Warning,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "A period that was read before its usage was settled may show more usage later, but not less.",
    formula: "end > fetched₁ − 48 h ⇒ counter₂ ≥ counter₁, for every counter of a tree",
    origin: "KORE's page, \"Data availability\": usage arrives late; nothing says that it goes away again.",
    false_positives: "Corrections of figures while they settle.",
    example: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(8 + 5 = 13, 3, 11 + 5 = 16),
    ))
    .read_twice(UNSETTLED.0, UNSETTLED.1),
    near_miss: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(12 + 5 = 17, 3, 15 + 5 = 20),
    ))
    .read_twice(UNSETTLED.0, UNSETTLED.1),
};

pub(crate) static RECLASSIFIED: Rule = Rule {
    code: "UR704",
    name: "reclassified",
    severity: Severity::Warning,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "The usage of a settled period must stay in its network, country and direction.",
    formula: "end ≤ fetched₁ − 48 h, and of the top and of all networks together neither Σ total nor Σ (toward + from) changed \
              ⇒ counter₂ = counter₁, for every counter of a tree; replaces UR701 and UR702",
    origin: "Follows from UR701 and UR702: traffic that is counted elsewhere is more in one place and less in another.",
    false_positives: "Partners that say later in which network traffic was.",
    example: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(8 + 5 = 13, 5, 13 + 5 = 18),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
    near_miss: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18),
        reading!(10 + 5 = 15, 5, 15 + 5 = 20),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
};

pub(crate) static VANISHED: Rule = Rule {
    code: "UR705",
    name: "vanished",
    severity: Severity::Error,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "A period that was read before must be there as long as usage is kept.",
    formula: "start ≥ cutoff of retention at fetched₂ ⇒ the period is in the second reading",
    origin: "KORE's page, \"Retention period\": usage is kept for 18 months.",
    false_positives: "A second reading that did not ask for the period, or was cut off.",
    example: Example::new(record!(start: "2026-06-01T00:00:00Z", end: "2026-06-02T00:00:00Z"))
        .read_twice(SETTLED.0, "2027-12-01T23:59:59Z"),
    near_miss: Example::new(record!(start: "2026-06-01T00:00:00Z", end: "2026-06-02T00:00:00Z"))
        .read_twice(SETTLED.0, "2027-12-02T00:00:00Z"),
};

pub(crate) static BILLED_CHANGED: Rule = Rule {
    code: "UR706",
    name: "billed-changed",
    severity: Severity::Info,
    scope: Scope::Reading,
    since: "0.1.0",
    sentence: "The amounts billed for a settled period should stay as they are if its counters do.",
    formula: "end ≤ fetched₁ − 48 h and counter₂ = counter₁ for every counter of a tree ⇒ billed₂ = billed₁ at every node of it",
    origin: "The meaning of an amount billed.",
    false_positives: "Money settles later than traffic.",
    example: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18, ", \"billed\": 0.02"),
        reading!(10 + 5 = 15, 3, 13 + 5 = 18, ", \"billed\": 0.03"),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
    near_miss: Example::new(concat!(
        reading!(10 + 5 = 15, 3, 13 + 5 = 18, ", \"billed\": 0.02"),
        reading!(10 + 5 = 15, 3, 13 + 5 = 18, ", \"billed\": 0.020"),
    ))
    .read_twice(SETTLED.0, SETTLED.1),
};

/// Compares two readings of a period, the first of them fetched at an instant (UR701 to UR704, UR706).
pub(crate) fn compare(
    earlier: &UsageRecord,
    fetched_at: DateTime<Utc>,
    later: &UsageRecord,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.evaluated(&VANISHED);
    let end = later.period.value().and_then(|period| period.end.value());
    let is_settled = end.is_some_and(|end| is_settled(end.instant(), fetched_at));
    tree(
        &earlier.commands,
        &later.commands,
        is_settled,
        subject,
        reporter,
    );
    tree(&earlier.data, &later.data, is_settled, subject, reporter);
}

fn tree<C: Counts>(
    earlier: &Field<Usage<C>>,
    later: &Field<Usage<C>>,
    is_settled: bool,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let (Some(before), Some(after)) = (Shares::of(earlier), Shares::of(later)) else {
        return;
    };
    let changes = after.differences(&before, C::KIND, 0);
    let (more, less): (Vec<_>, Vec<_>) = changes.into_iter().partition(Difference::is_more);
    if !is_settled {
        reporter.evaluated(&PROVISIONAL_DECREASE);
        changed(&PROVISIONAL_DECREASE, &less, subject, reporter);
        return;
    }
    for rule in [
        &SETTLED_INCREASE,
        &SETTLED_DECREASE,
        &RECLASSIFIED,
        &BILLED_CHANGED,
    ] {
        reporter.evaluated(rule);
    }
    if more.is_empty() && less.is_empty() {
        billed(earlier, later, subject, reporter);
    } else if before.volumes() == after.volumes() {
        moved(&more, &less, subject, reporter);
    } else {
        changed(&SETTLED_INCREASE, &more, subject, reporter);
        changed(&SETTLED_DECREASE, &less, subject, reporter);
    }
}

/// The most counters that a message lists.
const MOST_NAMES: usize = 4;

/// Counters with what they were and are.
fn listed(changes: &[Difference]) -> String {
    let changes = changes.iter().map(|change| {
        let (before, after) = (text::grouped(change.expected), text::grouped(change.actual));
        format!("`{}` from {before} to {after}", change.name())
    });
    text::listed(changes, MOST_NAMES)
}

/// Reports counters of a tree that all grew, or all shrank.
fn changed(
    rule: impl Into<Graded>,
    changes: &[Difference],
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let Some(first) = changes.first() else { return };
    reporter.report(rule, subject, || {
        let how = if first.is_more() { "grew" } else { "shrank" };
        Draft {
            figures: Some(first.figures()),
            identity: Some(format!("/{}", first.kind)),
            ..Draft::new(first.pointer(), format!("figures {how} since an earlier reading: {}", listed(changes)))
        }
        .help("the expected figure is that of the earlier reading; keep both readings, and report the change to KORE if it matters")
    });
}

fn moved(more: &[Difference], less: &[Difference], subject: Subject<'_>, reporter: &mut Reporter) {
    // What is less in one place is more in another.
    let Some(first) = more.first() else { return };
    reporter.report(&RECLASSIFIED, subject, || {
        let message = format!(
            "usage of `{}` was moved since an earlier reading: {}; {}",
            first.kind,
            listed(less),
            listed(more)
        );
        Draft {
            figures: Some(first.figures()),
            identity: Some(format!("/{}", first.kind)),
            ..Draft::new(first.pointer(), message)
        }
        .help("the total is the same; what is billed by network or country may differ")
    });
}

fn billed<C: Counts>(
    earlier: &Field<Usage<C>>,
    later: &Field<Usage<C>>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let (Field::Value(earlier), Field::Value(later)) = (earlier, later) else {
        return;
    };
    let changed = present(later).find_map(|(path, after)| {
        let before = counterpart(earlier, later, path)?;
        let same = before.billed == after.billed && before.billing_units == after.billing_units;
        (!same).then_some((path, before, after))
    });
    let Some((path, before, node)) = changed else {
        return;
    };
    reporter.report(&BILLED_CHANGED, subject, || {
        let before = amount(before);
        let message = format!(
            "the amount billed in `{}` changed from {before} to {} since an earlier reading, and its counters did not",
            text::node(later, path),
            amount(node)
        );
        Draft {
            identity: Some(format!("/{}", C::KIND)),
            ..Draft::new(format!("{}/billed", path.pointer(C::KIND)), message)
        }
        .help("money settles later than traffic; take the later amount")
    });
}

/// The node of an earlier tree that stands for the same network or country as one of a later tree. Entries of countries
/// may come in another order.
fn counterpart<'a, C: Counts>(
    earlier: &'a Usage<C>,
    later: &Usage<C>,
    path: NodePath,
) -> Option<&'a UsageNode<C>> {
    let at = match path {
        NodePath::Top | NodePath::Home | NodePath::National => return earlier.node(path),
        NodePath::International(index) => index,
        NodePath::InternationalSingle => 0,
    };
    let code = &later.international_roaming.entries().get(at)?.country_code;
    let mut entries = earlier.international_roaming.entries().iter();
    let entry = entries.find(|entry| entry.country_code == *code)?;
    Some(&entry.node)
}

/// An amount and its currency in words.
fn amount<C: Counts>(node: &UsageNode<C>) -> String {
    let Field::Value(billed) = &node.billed else {
        return "nothing".to_owned();
    };
    let billed = text::shortened(&billed.to_string());
    match node.billing_units.value() {
        Some(currency) => format!("{billed} {}", text::shortened(currency.as_str())),
        None => billed,
    }
}

/// Reports a period that a second reading no longer has, if it is still kept then (UR705).
pub(crate) fn vanished(
    earlier: &UsageRecord,
    fetched_at: DateTime<Utc>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let bounds = earlier.period.value().and_then(usage_model::Period::bounds);
    let Some((start, end)) = bounds else { return };
    reporter.evaluated(&VANISHED);
    if start < retention_cutoff(fetched_at) {
        return;
    }
    reporter.report(&VANISHED, subject, || {
        let message = format!(
            "the period {} to {} was read before, and was no longer there at {}",
            instant(start),
            instant(end),
            instant(fetched_at)
        );
        Draft::new(PERIOD, message)
            .help("fetch that time again; what was read before is the only copy, if it stays away")
    });
}
