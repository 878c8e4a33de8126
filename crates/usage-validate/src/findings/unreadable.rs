//! What is said of input that could not be read.

use serde_json::Value;
use usage_model::{Container, MalformedDocument, MalformedRecord};

use crate::{
    catalogue::RuleId,
    findings::draft::Draft,
    findings::finding::{Key, KeyPeriod},
    findings::fingerprint::Fingerprint,
    findings::outlet::Origin,
    findings::text,
    validator::check,
};

/// What is said of a record that could not be read (UR002).
pub(crate) fn record<'a>(record: &MalformedRecord, source: Option<&'a str>) -> (Origin<'a>, Draft) {
    let key = key(&record.raw);
    let fingerprint = Fingerprint::new(RuleId::MALFORMED_RECORD.rule().code);
    let origin = Origin {
        source,
        record: Some(record.place.record),
        line: check::line(record.position.line),
        offset: check::offset(record.position),
        container: record.place.container,
        provisional: false,
        fingerprint: match &key {
            Some(key) => parts(fingerprint, key),
            None => fingerprint.part(source.unwrap_or_default()),
        },
        key,
    };
    let message = format!("found {}, expected {}", record.found, record.expected);
    let draft = Draft::new(record.pointer.clone(), message)
        .help("the record was not checked by any other rule; all other records were");
    (origin, draft)
}

/// What is said of an input that is no list of records (UR001).
pub(crate) fn document<'a>(
    document: &MalformedDocument,
    source: Option<&'a str>,
) -> (Origin<'a>, Draft) {
    let origin = Origin {
        source,
        record: None,
        line: check::line(document.position.line),
        offset: check::offset(document.position),
        container: Container::Document,
        key: None,
        provisional: false,
        fingerprint: Fingerprint::new(RuleId::MALFORMED_DOCUMENT.rule().code)
            .part(source.unwrap_or_default()),
    };
    let message = document.to_string();
    let draft = Draft::new("", message).help(
        "what follows was not read; give a page of the API, an array of records, or NDJSON of either",
    );
    (origin, draft)
}

/// What a malformed record is about, as far as its text still says so.
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

fn parts(fingerprint: Fingerprint, key: &Key) -> Fingerprint {
    let period = key.period.as_ref();
    [
        key.account_sid.as_ref(),
        key.sim_sid.as_ref(),
        period.and_then(|period| period.start.as_ref()),
        period.and_then(|period| period.end.as_ref()),
    ]
    .into_iter()
    .fold(fingerprint, |fingerprint, part| {
        fingerprint.part(part.map_or("", String::as_str))
    })
}
