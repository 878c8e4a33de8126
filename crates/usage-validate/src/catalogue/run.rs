//! Rules on the run itself, reported in the summary.

use usage_model::Granularity;

use super::{Example, Rule, RuleId, Scope, example::record};
use crate::Severity;

pub(super) const FINDINGS_CAPPED: Rule = Rule {
    id: RuleId::FINDINGS_CAPPED,
    code: "UR901",
    name: "findings-capped",
    severity: Severity::Info,
    scope: Scope::Run,
    since: "0.1.0",
    sentence: "There should be no more findings than are listed; all counts stay exact.",
    formula: "findings ≤ limit",
    origin: "This project: lists have a limit, counts do not.",
    false_positives: "None.",
    example: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z"))
        .max_findings(0),
    near_miss: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z"))
        .max_findings(1),
};

pub(super) const NOT_EVALUATED: Rule = Rule {
    id: RuleId::NOT_EVALUATED,
    code: "UR902",
    name: "not-evaluated",
    severity: Severity::Info,
    scope: Scope::Run,
    since: "0.1.0",
    sentence: "Every selected rule should have been evaluated at least once; one that was not has not passed.",
    formula: "∀ selected rules: evaluated ≥ 1",
    origin: "This project: silence of a rule that never ran says nothing.",
    false_positives: "Rules that the input gives no occasion for.",
    example: Example::new("[]\n"),
    near_miss: Example::new(ALL_RULES)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"),
};

/// A page of two days that gives every rule something to be evaluated on.
const ALL_RULES: &str = r#"{"usage_records": [{"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 18, "download": 12, "upload": 6, "units": "bytes",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}},
 {"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 15, "download": 10, "upload": 5, "units": "octets",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "octets"}}}],
 "meta": {"page": 0, "next_page_url": null}}
"#;
