//! Rules on the period of a record: its bounds, retention and settling.

use usage_model::Granularity;

use super::{Example, Rule, RuleId, Scope, example::record};
use crate::Severity;

pub(super) const PERIOD_REVERSED: Rule = Rule {
    id: RuleId::PERIOD_REVERSED,
    code: "UR301",
    name: "period-reversed",
    severity: Severity::Error,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period must end after it starts; one that ends when it starts is a warning.",
    formula: "start < end; start = end is a warning",
    origin: "The meaning of a period; KORE's published example has an empty one.",
    false_positives: "An empty period in a sample.",
    example: Example::new(record!(start: "2026-06-02T00:00:00Z", end: "2026-06-01T00:00:00Z")),
    near_miss: Example::new(
        record!(start: "2026-06-02T00:00:00Z", end: "2026-06-02T01:00:00+00:30"),
    ),
};

pub(super) const PERIOD_ALIGNMENT: Rule = Rule {
    id: RuleId::PERIOD_ALIGNMENT,
    code: "UR302",
    name: "period-alignment",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "Where the granularity is hourly or daily, a period must be exactly one UTC hour or day.",
    formula: "start ≡ 0 mod bucket, end = start + bucket, in UTC; a bound that is a bound of the queried window is exempt",
    origin: "KORE's OpenAPI description: usage is grouped by hour or by day, in GMT.",
    false_positives: "A server that clips the newest bucket to the present.",
    example: Example::new(record!(start: "2026-06-01T01:00:00Z", end: "2026-06-02T01:00:00Z"))
        .granularity(Granularity::Daily),
    near_miss: Example::new(record!(start: "2026-06-01T00:00:00Z", end: "2026-06-02T00:00:00Z"))
        .granularity(Granularity::Daily),
};

pub(super) const FUTURE_PERIOD: Rule = Rule {
    id: RuleId::FUTURE_PERIOD,
    code: "UR303",
    name: "future-period",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record with usage must not start after it was fetched.",
    formula: "start < as-of + 5 min, unless all counters are 0",
    origin: "The meaning of usage. The API widens windows to whole UTC days, so an end in the future is normal.",
    false_positives: "A clock more than five minutes behind that of the server, or an as-of that is not the time of the fetch.",
    example: Example::new(record!(
        start: "2026-11-02T00:00:00Z",
        end: "2026-11-03T00:00:00Z",
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
    near_miss: Example::new(record!(
        start: "2026-11-01T00:00:00Z",
        end: "2026-11-02T00:00:00Z",
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
};

pub(super) const RETENTION_EXPIRED: Rule = Rule {
    id: RuleId::RETENTION_EXPIRED,
    code: "UR310",
    name: "retention-expired",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record must not be wholly older than the 18 months for which usage is kept.",
    formula: "end > cutoff; cutoff = UTC date of as-of − 18 calendar months, at 00:00Z",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "Records fetched earlier: give the time of the fetch as as-of.",
    example: Example::new(record!(start: "2025-04-30T00:00:00Z", end: "2025-05-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-05-01T00:00:00Z", end: "2025-05-02T00:00:00Z")),
};

pub(super) const RETENTION_PARTIAL: Rule = Rule {
    id: RuleId::RETENTION_PARTIAL,
    code: "UR311",
    name: "retention-partial",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record must not begin before the 18 months for which usage is kept.",
    formula: "start ≥ cutoff, or end ≤ cutoff (UR310)",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "Records fetched earlier: give the time of the fetch as as-of.",
    example: Example::new(record!(start: "2025-04-01T00:00:00Z", end: "2025-07-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-05-01T00:00:00Z", end: "2025-07-01T00:00:00Z")),
};

pub(super) const RETENTION_SOON: Rule = Rule {
    id: RuleId::RETENTION_SOON,
    code: "UR312",
    name: "retention-soon",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record that is still wholly kept is reported when it is about to expire, with the day.",
    formula: "start ≥ cutoff ⇒ end > cutoff at as-of + expiry horizon (30 days)",
    origin: "KORE's page, \"Retention period\".",
    false_positives: "None: it is a notice to fetch the record while it is there.",
    example: Example::new(record!(start: "2025-05-31T00:00:00Z", end: "2025-06-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-06-01T00:00:00Z", end: "2025-06-02T00:00:00Z")),
};

pub(super) const UNREFLECTED: Rule = Rule {
    id: RuleId::UNREFLECTED,
    code: "UR320",
    name: "unreflected",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period that ended less than 24 hours before the fetch may lack usage altogether.",
    formula: "end ≤ as-of − 24 h",
    origin: "KORE's page, \"Data availability\": usage may not be reflected for up to 24 hours.",
    false_positives: "None: it is a notice to fetch the record again.",
    example: Example::new(record!(start: "2026-10-31T00:00:00Z", end: "2026-11-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2026-10-30T12:00:00Z", end: "2026-10-31T12:00:00Z")),
};

pub(super) const SETTLING: Rule = Rule {
    id: RuleId::SETTLING,
    code: "UR321",
    name: "settling",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period that ended less than 48 hours before the fetch may still grow.",
    formula: "end ≤ as-of − 48 h, where UR320 holds",
    origin: "KORE's page, \"Data availability\": all usage is typically processed within 48 hours.",
    false_positives: "None: it is a notice to fetch the record again.",
    example: Example::new(record!(start: "2026-10-30T00:00:00Z", end: "2026-10-31T00:00:00Z")),
    near_miss: Example::new(record!(start: "2026-10-29T12:00:00Z", end: "2026-10-30T12:00:00Z")),
};
