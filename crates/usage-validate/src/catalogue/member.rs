//! Rules on single members of a record.

use super::{
    Example, Rule, RuleId, Scope,
    example::{data, record},
};
use crate::Severity;

pub(super) const MISSING_MEMBER: Rule = Rule {
    id: RuleId::MISSING_MEMBER,
    code: "UR101",
    name: "missing-member",
    severity: Severity::Warning,
    scope: Scope::Member,
    since: "0.1.0",
    sentence: "A record must have account_sid, period, commands and data, and a period its start and end.",
    formula: "account_sid, period, commands, data ∉ { absent, null, {} }; period ≠ {} ⇒ start, end ∉ { absent, null }",
    origin: "KORE's page lists them as the properties of a record; its published example has a record of empty objects.",
    false_positives: "A record of a period without usage may be made of empty objects.",
    example: Example::new(data!("{}")),
    near_miss: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#
    )),
};

pub(super) const NULL_COUNTER: Rule = Rule {
    id: RuleId::NULL_COUNTER,
    code: "UR102",
    name: "null-counter",
    severity: Severity::Info,
    scope: Scope::Node,
    since: "0.1.0",
    sentence: "A node that is there should have all three of its counters.",
    formula: "node ∉ { absent, null, {} } ⇒ each of its counters ∉ { absent, null }",
    origin: "KORE's page gives 0 as the empty value of a counter; real responses have null, alone and beside numbers.",
    false_positives: "The API sends null where it means 0; sums read it as 0.",
    example: Example::new(record!(
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": null,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
    near_miss: Example::new(record!(
        commands: r#"{"total": 1, "to_sim": 1, "from_sim": 0, "national_roaming": null,
               "home": {"total": 1, "to_sim": 1, "from_sim": 0}}"#,
        data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
    )),
};

pub(super) const UNKNOWN_MEMBER: Rule = Rule {
    id: RuleId::UNKNOWN_MEMBER,
    code: "UR103",
    name: "unknown-member",
    severity: Severity::Info,
    scope: Scope::Record,
    since: "0.1.0",
    sentence: "Every member of a record should be a known one; each unknown one is reported once, with its number.",
    formula: "members(record) ⊆ known members",
    origin: "All members of KORE's page, of its OpenAPI description and of every real response.",
    false_positives: "The API may grow new members at any time.",
    example: Example::new(data!(
        r#"{"total": 0, "download": 0, "uplaod": 0, "upload": 0, "units": "bytes"}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes", "billed": 0, "billing_units": "USD"}"#
    )),
};

pub(super) const SID_PATTERN: Rule = Rule {
    id: RuleId::SID_PATTERN,
    code: "UR104",
    name: "sid-pattern",
    severity: Severity::Warning,
    scope: Scope::Sid,
    since: "0.1.0",
    sentence: "account_sid must be AC and 32 hexadecimal digits, sim_sid DE and 32 hexadecimal digits.",
    formula: "account_sid ~ ^AC[0-9a-fA-F]{32}$, sim_sid ~ ^DE[0-9a-fA-F]{32}$",
    origin: "The pattern of account_sid on KORE's page, that of SIMs in its OpenAPI description.",
    false_positives: "Published samples have the digits replaced by X; the message says so.",
    example: Example::new(
        r#"[{"account_sid": "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}}]
"#,
    ),
    near_miss: Example::new(
        r#"[{"account_sid": "ACABABABABABABABABABABABABABABABAB",
  "sim_sid": "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}}]
"#,
    ),
};

pub(super) const UNIT: Rule = Rule {
    id: RuleId::UNIT,
    code: "UR105",
    name: "unit",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "All nodes of the data tree must have the same, known unit.",
    formula: "∀ nodes n, m of data: units(n) = units(m) ∈ { bytes, KB, MB, GB, TB, KiB, MiB, GiB, TiB }",
    origin: "KORE's page: \"Most often 'bytes'\"; every real response says bytes.",
    false_positives: "Known units are converted exactly before summing (1 KB = 1000 bytes, 1 KiB = 1024 bytes), but \
                      figures that the server rounded to a coarser unit no longer add up. A unit that is not known \
                      suspends UR201 for its tree. A node without unit is read in the first unit of its tree, or in bytes.",
    example: Example::new(data!(
        r#"{"total": 15000, "download": 10000, "upload": 5000, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "KB"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "KB",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "KB"}}"#
    )),
};

pub(super) const COUNTRY_ENTRY: Rule = Rule {
    id: RuleId::COUNTRY_ENTRY,
    code: "UR106",
    name: "country-entry",
    severity: Severity::Warning,
    scope: Scope::CountryEntry,
    since: "0.1.0",
    sentence: "Every entry of international_roaming must have a country_code of three capital letters, none twice.",
    formula: "∀ entries e: country_code(e) ~ ^[A-Z]{3}$; e ≠ e′ ⇒ country_code(e) ≠ country_code(e′)",
    origin: "Real responses have ISO 3166-1 alpha-3 codes, one entry a country.",
    false_positives: "None known.",
    example: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes", "international_roaming": [
    {"total": 12, "download": 8, "upload": 4, "units": "bytes", "country_code": "DEU"},
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "bytes", "international_roaming": [
    {"total": 12, "download": 8, "upload": 4, "units": "bytes", "country_code": "DEU"},
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "CHE"}]}"#
    )),
};
