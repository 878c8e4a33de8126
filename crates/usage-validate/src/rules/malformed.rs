//! Input that cannot be read.

use std::{cell::Cell, collections::BTreeMap};

use serde_json::Value;
use usage_model::{MalformedDocument, MalformedRecord};

use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        finding::{Key, KeyPeriod},
        fingerprint::Fingerprint,
        kept::{Kept, Source, bounded},
        reporter::Reporter,
        subject::{KeyRef, ListRef, RecordRef, Subject},
        text,
    },
    rules::catalogue::{
        example::{Example, data},
        rule::{Rule, Scope},
    },
};

pub(crate) static MALFORMED_DOCUMENT: Rule = Rule {
    code: "UR001",
    name: "malformed-document",
    severity: Severity::Error,
    scope: Scope::Document,
    since: "0.1.0",
    sentence: "The input must be a page of the API, an array of records or pages, or NDJSON of either, and must not be empty.",
    formula: "input ∈ { page, [record…], [page…], record⏎…, page⏎… }, not empty",
    origin: "The shapes that the API sends and that this project writes.",
    false_positives: "None. The input after the place that the finding names was not read.",
    example: Example::new("{\"usage_records\": [{\"commands\": {\"total\": 0}},\n"),
    near_miss: Example::new("{\"usage_records\": [], \"meta\": {\"next_page_url\": null}}\n"),
};

pub(crate) static MALFORMED_RECORD: Rule = Rule {
    code: "UR002",
    name: "malformed-record",
    severity: Severity::Error,
    scope: Scope::Record,
    since: "0.1.0",
    sentence: "Every record must decode: each known member has a value of its documented type and range.",
    formula: "counters: null or an integer, 0 ≤ counter ≤ 2⁶³−1; timestamps: null or RFC 3339 with an offset; \
              trees, nodes, period: null or an object",
    origin: "KORE's OpenAPI description, widened by every shape seen in real responses.",
    false_positives: "None known. All other records of the input are still checked. A page or list that breaks off before another one is one malformed record.",
    example: Example::new(data!(
        r#"{"total": "15", "download": 10, "upload": 5, "units": "bytes"}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": null, "download": null, "upload": null, "units": "bytes"}"#
    )),
};

/// Different texts of malformed records that are told apart by how often they came.
const MOST_TEXTS: usize = 1 << 12;

/// The malformed records of a run of which nothing says which records they are, by their texts.
#[derive(Debug, Default)]
pub(crate) struct NamelessSeen(BTreeMap<String, u64>);

impl NamelessSeen {
    /// A text that no other malformed record of the run has, and that this one has in another fetch as well.
    fn identify(&mut self, record: &MalformedRecord) -> String {
        let text = Fingerprint::new("").part(&record.raw).finish();
        if self.0.len() >= MOST_TEXTS && !self.0.contains_key(&text) {
            return format!("{text} at {}", record.position.offset);
        }
        let times = self.0.entry(text.clone()).or_default();
        *times += 1;
        format!("{text} {times}")
    }
}

/// Reports a record that could not be read (UR002).
pub(crate) fn malformed_record(
    record: &MalformedRecord,
    source: &Source,
    nameless: &mut NamelessSeen,
    reporter: &mut Reporter,
) {
    let key = key(&record.raw);
    let identity = match &key {
        Some(_) => String::new(),
        None => nameless.identify(record),
    };
    let mut place = record.place;
    place.position = record.position;
    let subject = RecordRef {
        place: Some(place),
        source: source.as_deref(),
        key: key
            .as_ref()
            .map_or(KeyRef::Unknown(&identity), KeyRef::Text),
        provisional: false,
        // Malformed records are counted by themselves.
        found: Cell::new(true),
    };
    reporter.report(&MALFORMED_RECORD, Subject::Record(&subject), || {
        let message = format!("found {}, expected {}", record.found, record.expected);
        Draft::new(record.pointer.clone(), message)
            .help("no other rule checked this record; all other records were checked")
    });
}

/// Reports an input that is no list of records (UR001).
pub(crate) fn malformed_document(
    document: &MalformedDocument,
    source: &Source,
    reporter: &mut Reporter,
) {
    let subject = ListRef {
        source: source.as_deref().or(Some("")),
        position: document.position,
        identity: None,
    };
    reporter.report(&MALFORMED_DOCUMENT, Subject::List(subject), || {
        let message = document.to_string();
        Draft::new("", message).help(
            "the rest of the input was not read; give a page of the API, an array of records or pages, or NDJSON of either",
        )
    });
}

/// Counts how often the rules on input that cannot be read were evaluated: on every record, and on every input that was
/// named.
pub(crate) fn count(inputs: u64, reporter: &mut Reporter) {
    let tally = &mut reporter.tally;
    tally.evaluated(&MALFORMED_RECORD, tally.decoded + tally.malformed);
    let broken = tally.rule(&MALFORMED_DOCUMENT).failed;
    tally.evaluated(&MALFORMED_DOCUMENT, inputs.max(broken));
}

/// The record that a malformed one was meant to be, as far as its text still says so.
pub(crate) fn claim(record: &MalformedRecord, source: &Source) -> Kept {
    let key = record.key();
    let bounds = [key.start, key.end];
    Kept {
        place: Some(record.place),
        serial: 0,
        account: key.account_sid.as_ref().map(bounded),
        sim: key.sim_sid.as_ref().map(bounded),
        period: bounds.iter().any(Option::is_some).then_some(bounds),
        provisional: false,
        source: source.clone(),
        found: true,
    }
}

/// What a malformed record is about, as far as its text still says so: not [`MalformedRecord::key`], since texts that
/// are no instants are named as well.
fn key(raw: &str) -> Option<Key> {
    let value: Value = serde_json::from_str(raw).ok()?;
    let member = |name: &str| value.get(name)?.as_str().map(text::shortened);
    let bound = |name: &str| {
        value
            .get("period")?
            .get(name)?
            .as_str()
            .map(text::shortened)
    };
    let period = KeyPeriod {
        start: bound("start"),
        end: bound("end"),
    };
    let key = Key {
        account_sid: member("account_sid"),
        sim_sid: member("sim_sid"),
        period: (period != KeyPeriod::default()).then_some(period),
    };
    (key != Key::default()).then_some(key)
}
