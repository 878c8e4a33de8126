//! Rules on lists of records: what follows what, and what all have in common.

use super::{
    Example, Rule, RuleId, Scope,
    example::{line, series},
};
use crate::Severity;

pub(super) const INTERNATIONAL_POLICY_INCONSISTENT: Rule = Rule {
    since: "0.1.0",
    id: RuleId::INTERNATIONAL_POLICY_INCONSISTENT,
    code: "UR206",
    name: "international-policy-inconsistent",
    severity: Severity::Warning,
    scope: Scope::Tree,
    sentence: "All records with international traffic must count it alike, inside the total or outside it.",
    formula: "over a list, for commands and for data: not both (top = home + national_roaming + Σ international_roaming) \
              and (top = home + national_roaming), each in some record with international traffic; under policy auto",
    origin: "Both readings are documented, see UR205; one server has one of them.",
    false_positives: "Lists put together from different servers.",
    example: Example::new(TWO_READINGS),
    near_miss: Example::new(ONE_READING),
};

/// A day with 3 bytes abroad inside the total of 18, then one with 3 beside 15.
const TWO_READINGS: &str = r#"[{"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 18, "download": 12, "upload": 6, "units": "bytes",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}},
 {"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 15, "download": 10, "upload": 5, "units": "bytes",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}}]
"#;

/// Two days with 3 bytes abroad inside the total of 18.
const ONE_READING: &str = r#"[{"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 18, "download": 12, "upload": 6, "units": "bytes",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "DEU"}]}},
 {"account_sid": "ACabababababababababababababababab",
  "period": {"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 18, "download": 12, "upload": 6, "units": "bytes",
    "home": {"total": 15, "download": 10, "upload": 5, "units": "bytes"}, "international_roaming": [
    {"total": 3, "download": 2, "upload": 1, "units": "bytes", "country_code": "CHE"}]}}]
"#;

/// Three days, one after the other.
const THREE_DAYS: &str = series!(
    "2026-06-01".."2026-06-02",
    "2026-06-02".."2026-06-03",
    "2026-06-03".."2026-06-04",
);

pub(super) const DUPLICATE_IDENTICAL: Rule = Rule {
    since: "0.1.0",
    id: RuleId::DUPLICATE_IDENTICAL,
    code: "UR401",
    name: "duplicate-identical",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "There must be one record for each account, SIM and period, not a second one with the same counters.",
    formula: "records r ≠ s of one account and SIM: period(r) ≠ period(s)",
    origin: "The meaning of a list of usage. A page that was fetched twice, or overlapping queries, break it.",
    false_positives: "The last 16384 records of an account or SIM are remembered, fewer where there are very many SIMs; a \
                      duplicate of an earlier one is reported as an overlap (UR403). Records with redacted SIM SIDs look alike.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03",
        "2026-06-03".."2026-06-04",
    )),
    near_miss: Example::new(THREE_DAYS),
};

pub(super) const DUPLICATE_CONFLICTING: Rule = Rule {
    since: "0.1.0",
    id: RuleId::DUPLICATE_CONFLICTING,
    code: "UR402",
    name: "duplicate-conflicting",
    severity: Severity::Error,
    scope: Scope::Successor,
    sentence: "There must be no second record for an account, SIM and period with other counters.",
    formula: "period(r) = period(s) ⇒ all counters of r are those of s; null and absent read as 0, units converted",
    origin: "The meaning of a list of usage. Figures that grow between two pages break it.",
    false_positives: "Readings of different times that were put together on purpose. Of records too many to be remembered, as for \
                      UR401, a conflict is reported as an overlap (UR403).",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03" = 2,
        "2026-06-03".."2026-06-04",
    )),
    near_miss: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-03",
        "2026-06-02".."2026-06-03",
        "2026-06-03".."2026-06-04" = 2,
    )),
};

pub(super) const OVERLAP: Rule = Rule {
    since: "0.1.0",
    id: RuleId::OVERLAP,
    code: "UR403",
    name: "overlap",
    severity: Severity::Error,
    scope: Scope::Successor,
    sentence: "Periods of one account and SIM must not overlap, not even with one that is not the neighbour.",
    formula: "records r, s of one account and SIM: end(r) ≤ start(s) or end(s) ≤ start(r), unless the periods are the same",
    origin: "The meaning of a list of usage: figures of overlapping periods must not be added up.",
    false_positives: "Lists of different granularities that were put together; check one at a time. Duplicates of records too many \
                      to be remembered, as for UR401. Where more than 1024 gaps of an account or SIM were open, fewer where \
                      there are very many, the time of the oldest is not evaluated.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-04",
        "2026-06-03".."2026-06-06",
    )),
    near_miss: Example::new(series!(
        "2026-06-03".."2026-06-06",
        "2026-05-31".."2026-06-03",
    )),
};

pub(super) const GAP: Rule = Rule {
    since: "0.1.0",
    id: RuleId::GAP,
    code: "UR404",
    name: "gap",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "Periods of one account and SIM must follow each other without a gap.",
    formula: "the union of all periods of one account and SIM is one interval; a gap is as many buckets as fit into it. \
              A record that was moved by less than a bucket overlaps (UR403) and leaves no gap; a record that could not \
              be read, or names no time, stands for one bucket",
    origin: "One record for each hour or day. Whether the API leaves out times without usage is not documented.",
    false_positives: "Servers that leave out times without usage. Gaps are reported at the end of the list, in case a later \
                      record fills them; more than 1024 of an account or SIM, fewer where there are very many, earlier.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-04".."2026-06-05",
    )),
    near_miss: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
    )),
};

pub(super) const OUT_OF_ORDER: Rule = Rule {
    since: "0.1.0",
    id: RuleId::OUT_OF_ORDER,
    code: "UR405",
    name: "out-of-order",
    severity: Severity::Info,
    scope: Scope::Successor,
    sentence: "Records of one account and SIM should run in one direction of time throughout, either of the two.",
    formula: "start(rᵢ) < start(rᵢ₊₁) for all i, or > for all i; duplicates and overlaps are left out",
    origin: "Lists are sorted by time, though which way is not documented.",
    false_positives: "Lists put together from several queries.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
    )),
    near_miss: Example::new(series!(
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
        "2026-06-01".."2026-06-02",
    )),
};

pub(super) const MIXED_ACCOUNT: Rule = Rule {
    since: "0.1.0",
    id: RuleId::MIXED_ACCOUNT,
    code: "UR406",
    name: "mixed-account",
    severity: Severity::Error,
    scope: Scope::Record,
    sentence: "All records of a list must be of one account, unless accounts are `many`.",
    formula: "account_sid(r) = account_sid(s) for all records that have one, redacted ones left out; reported once for each \
              further account",
    origin: "A query is about one account.",
    false_positives: "Lists of several accounts that were put together on purpose.",
    example: Example::new(concat!(
        line!("2026-06-01", "2026-06-02", 1),
        line!(
            "2026-06-01",
            "2026-06-02",
            1,
            "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
        ),
    )),
    near_miss: Example::new(concat!(
        line!("2026-06-01", "2026-06-02", 1),
        line!(
            "2026-06-02",
            "2026-06-03",
            1,
            "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
        ),
    )),
};

pub(super) const MIXED_GRANULARITY: Rule = Rule {
    since: "0.1.0",
    id: RuleId::MIXED_GRANULARITY,
    code: "UR407",
    name: "mixed-granularity",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "All periods of a list must be equally long.",
    formula: "end(r) − start(r) = end(s) − start(s); shorter ones at an edge of the queried window are exempt, and lists of \
              granularity all",
    origin: "A query has one granularity.",
    false_positives: "Months, which are not equally long: check records of granularity all with that granularity.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-02".."2026-06-04",
    )),
    near_miss: Example::new(THREE_DAYS),
};
