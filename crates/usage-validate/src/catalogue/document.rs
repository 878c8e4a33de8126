//! Rules on input that cannot be read.

use super::{Example, Rule, RuleId, Scope, example::data};
use crate::Severity;

pub(super) const MALFORMED_DOCUMENT: Rule = Rule {
    id: RuleId::MALFORMED_DOCUMENT,
    code: "UR001",
    name: "malformed-document",
    severity: Severity::Error,
    scope: Scope::Document,
    since: "0.1.0",
    sentence: "The input must be a page of the API, an array of records, or NDJSON of records or pages.",
    formula: "input ∈ { page, [record…], record⏎…, page⏎… }",
    origin: "The shapes that the API sends and that this project writes.",
    false_positives: "None: what follows the place named was not read.",
    example: Example::new("{\"usage_records\": [{\"commands\": {\"total\": 0}},\n"),
    near_miss: Example::new("{\"usage_records\": [], \"meta\": {\"next_page_url\": null}}\n"),
};

pub(super) const MALFORMED_RECORD: Rule = Rule {
    id: RuleId::MALFORMED_RECORD,
    code: "UR002",
    name: "malformed-record",
    severity: Severity::Error,
    scope: Scope::Record,
    since: "0.1.0",
    sentence: "Every member that is known must have a value of its documented type and range.",
    formula: "counters: null or an integer, 0 ≤ counter ≤ 2⁶³−1; timestamps: null or RFC 3339 with an offset; \
              trees, nodes, period: null or an object",
    origin: "KORE's OpenAPI description, widened by every shape seen in real responses.",
    false_positives: "None known. All other records of the input are checked nevertheless.",
    example: Example::new(data!(
        r#"{"total": "15", "download": 10, "upload": 5, "units": "bytes"}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": null, "download": null, "upload": null, "units": "bytes"}"#
    )),
};
