//! What a run says about itself; counted in the summary, and no finding.

use usage_model::Granularity;

use crate::{
    config::severity::Severity,
    rules::catalogue::{
        example::{Example, record},
        rule::{Rule, Scope},
    },
};

pub(crate) static FINDINGS_CAPPED: Rule = Rule {
    code: "UR901",
    name: "findings-capped",
    severity: Severity::Info,
    scope: Scope::Run,
    since: "0.1.0",
    sentence: "Every finding should be listed; beyond the limit the counts stay exact.",
    formula: "findings ≤ limit",
    origin: "This project: lists of findings have a limit, counts have none.",
    false_positives: "None.",
    example: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z"))
        .max_findings(0),
    near_miss: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z"))
        .max_findings(1),
};

pub(crate) static NOT_EVALUATED: Rule = Rule {
    code: "UR902",
    name: "not-evaluated",
    severity: Severity::Info,
    scope: Scope::Run,
    since: "0.1.0",
    sentence: "Every selected rule should be evaluated at least once; a rule that was not evaluated has not passed.",
    formula: "∀ selected rules: evaluated ≥ 1",
    origin: "This project: a rule that never ran says nothing about the input.",
    false_positives: "Rules that do not apply to the input.",
    example: Example::new("[]\n"),
    near_miss: Example::new(ALL_RULES)
        .granularity(Granularity::Daily)
        .window("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"),
};

/// A page of two days that gives every rule something to be evaluated on.
const ALL_RULES: &str = r#"{"usage_records": [{"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 18, "download": 12, "upload": 6, "units": "bytes", "billed": 0.01, "billing_units": "USD",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}},
 {"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 15, "download": 10, "upload": 5, "units": "octets",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "octets"}}}],
 "meta": {"page": 0, "next_page_url": null}}
"#;

/// The rules that are counted once for a run, in the order of their codes.
pub(crate) const RULES: [&Rule; 2] = [&FINDINGS_CAPPED, &NOT_EVALUATED];
