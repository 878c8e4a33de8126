//! Rules on sums.

use super::{Example, Rule, RuleId, Scope, example::data};
use crate::Severity;

pub(super) const NETWORK_SUM: Rule = Rule {
    id: RuleId::NETWORK_SUM,
    code: "UR201",
    name: "network-sum",
    severity: Severity::Error,
    scope: Scope::TreeCounter,
    since: "0.1.0",
    sentence: "Each counter of a tree must be the sum of that counter over home, national and international roaming.",
    formula: "top.f = home.f + national_roaming.f + Σ international_roaming[i].f, for f = total and both directions; \
              null and absent read as 0",
    origin: "KORE's page for Commands; every real response for both trees. For data the page leaves international \
             roaming out, which both real responses that have any contradict.",
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

pub(super) const DIRECTION_SUM: Rule = Rule {
    id: RuleId::DIRECTION_SUM,
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

pub(super) const BREAKDOWN_MISSING: Rule = Rule {
    id: RuleId::BREAKDOWN_MISSING,
    code: "UR203",
    name: "breakdown-missing",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "A tree whose top is not 0 must have at least one share by network.",
    formula: "some top.f ≠ 0 ⇒ home, national_roaming or an entry of international_roaming is there and not {}; \
              stands instead of UR201",
    origin: "Every real response with usage has shares.",
    false_positives: "A server that only reports totals.",
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

pub(super) const PART_EXCEEDS_WHOLE: Rule = Rule {
    id: RuleId::PART_EXCEEDS_WHOLE,
    code: "UR204",
    name: "part-exceeds-whole",
    severity: Severity::Error,
    scope: Scope::NodeCounter,
    since: "0.1.0",
    sentence: "Where UR201 cannot be evaluated, no share may be larger than the top.",
    formula: "child.f ≤ top.f, for shares whose unit can be compared with that of the top",
    origin: "Follows from UR201, which a unit that is not known suspends.",
    false_positives: "Figures that the server rounded; under policy exclude international roaming is not compared.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "octets",
           "home": {"total": 16, "download": 11, "upload": 5, "units": "octets"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "octets",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "octets"}}"#
    )),
};

pub(super) const INTERNATIONAL_OUTSIDE_TOTAL: Rule = Rule {
    id: RuleId::INTERNATIONAL_OUTSIDE_TOTAL,
    code: "UR205",
    name: "international-outside-total",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "International traffic must be inside the top figures.",
    formula: "UR201 fails, but top.f = home.f + national_roaming.f for all three counters, and no single wrong counter \
              explains it better; stands instead of UR201 under policy auto",
    origin: "KORE's page words the sum for data without international roaming; real responses include it.",
    false_positives: "None known; policy exclude takes the page's wording for granted.",
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
