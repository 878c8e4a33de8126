//! What identifies a record in a list.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use serde_json::Value;
use usage_model::{MalformedRecord, Period, PlacedRecord};

use crate::paging::list::ListItem;

/// A record as it came, or what is wrong with it.
pub(crate) type Delivered = Result<PlacedRecord, MalformedRecord>;

/// The period of a record, where it states both ends.
pub(crate) fn bounds(placed: &PlacedRecord) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    placed.record.period.value().and_then(Period::bounds)
}

/// Whether a record says when it is. One that does not cannot be told from others like it, because an idle
/// SIM has the same figures in every hour.
pub(crate) fn states_its_time(record: &Delivered) -> bool {
    match record {
        Ok(record) => bounds(record).is_some(),
        Err(malformed) => {
            let record: Option<Value> = serde_json::from_str(&malformed.raw).ok();
            let start = record
                .as_ref()
                .and_then(|record| record.pointer("/period/start"));
            start.is_some_and(Value::is_string)
        }
    }
}

/// Whether both records are for the same period of the same account and SIM. Records that do not state
/// their period are only the same where they are equal in everything.
pub(crate) fn same(one: &Delivered, other: &Delivered) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => match (bounds(one), bounds(other)) {
            (Some(here), Some(there)) => {
                here == there
                    && one.record.sim_sid == other.record.sim_sid
                    && one.record.account_sid == other.record.account_sid
            }
            (None, None) => one.record == other.record,
            _ => false,
        },
        (Err(one), Err(other)) => one.raw == other.raw,
        _ => false,
    }
}

/// Returns a hash that is equal for records that are [`same`], and for others only by a collision in 64 bits.
pub(crate) fn identity_hash(record: &Delivered) -> u64 {
    let mut hasher = DefaultHasher::new();
    match record {
        Ok(placed) => match bounds(placed) {
            Some(bounds) => {
                let PlacedRecord { record, .. } = placed;
                (bounds, &record.sim_sid, &record.account_sid).hash(&mut hasher);
            }
            // Writing a record that was read does not fail, and such records are rare.
            None => serde_json::to_vec(&placed.record)
                .unwrap_or_default()
                .hash(&mut hasher),
        },
        Err(malformed) => malformed.raw.hash(&mut hasher),
    }
    hasher.finish()
}

impl ListItem for Delivered {
    fn identity_hash(&self) -> u64 {
        identity_hash(self)
    }

    fn is_distinguishable(&self) -> bool {
        states_its_time(self)
    }

    fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.as_ref().ok().and_then(bounds)
    }
}

/// Returns a hash of the contents of a page, from those of its records.
pub(crate) fn contents(hashes: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hashes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use usage_model::UsagePage;

    #[expect(
        clippy::result_large_err,
        reason = "it is the record, not the error of a call"
    )]
    fn read(record: &str) -> Delivered {
        let body = format!(r#"{{"usage_records":[{record}],"meta":null}}"#);
        let page = UsagePage::from_slice(body.as_bytes()).unwrap();
        page.records.into_iter().next().unwrap()
    }

    #[test]
    fn period_account_and_sim_tell_records_apart() {
        const HOUR: &str =
            r#""period":{"start":"2025-01-01T00:00:00Z","end":"2025-01-01T01:00:00Z"}"#;
        const MILLIS: &str =
            r#""period":{"start":"2025-01-01T00:00:00.000Z","end":"2025-01-01T01:00:00Z"}"#;
        const NEXT: &str =
            r#""period":{"start":"2025-01-01T01:00:00Z","end":"2025-01-01T02:00:00Z"}"#;
        for (one, other, expected) in [
            (
                format!("{{{HOUR}}}"),
                format!("{{{HOUR},\"data\":{{}}}}"),
                true,
            ),
            (format!("{{{HOUR}}}"), format!("{{{MILLIS}}}"), true),
            (format!("{{{HOUR}}}"), format!("{{{NEXT}}}"), false),
            (
                format!("{{{HOUR},\"sim_sid\":\"a\"}}"),
                format!("{{{HOUR},\"sim_sid\":\"b\"}}"),
                false,
            ),
            (
                format!("{{{HOUR},\"account_sid\":\"a\"}}"),
                format!("{{{HOUR},\"account_sid\":\"b\"}}"),
                false,
            ),
            ("{}".to_owned(), "{}".to_owned(), true),
            ("{}".to_owned(), r#"{"x":1}"#.to_owned(), false),
            ("{}".to_owned(), format!("{{{HOUR}}}"), false),
            ("7".to_owned(), "7".to_owned(), true),
            ("7".to_owned(), "8".to_owned(), false),
            ("7".to_owned(), "{}".to_owned(), false),
        ] {
            let (a, b) = (read(&one), read(&other));
            assert_eq!(same(&a, &b), expected, "{one} {other}");
            assert_eq!(same(&b, &a), expected, "{other} {one}");
            assert_eq!(
                identity_hash(&a) == identity_hash(&b),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_record_states_its_time_even_where_it_does_not_decode() {
        const HOUR: &str =
            r#"{"period":{"start":"2025-01-01T00:00:00Z","end":"2025-01-01T01:00:00Z"}}"#;
        for (record, expected) in [
            (HOUR, true),
            (r#"{"period":{"start":"yesterday"}}"#, true),
            (r#"{"period":{"end":"2025-01-01T01:00:00Z"}}"#, false),
            (r#"{"period":7}"#, false),
            ("{}", false),
            ("7", false),
        ] {
            assert_eq!(states_its_time(&read(record)), expected, "{record}");
        }
    }

    #[test]
    fn contents_depend_on_every_record_and_their_order() {
        let all = [&[1, 2][..], &[2, 1], &[1], &[1, 2, 3], &[]].map(contents);
        for (at, one) in all.iter().enumerate() {
            assert_eq!(all.iter().position(|other| other == one), Some(at));
        }
    }
}
