//! What tells a record from the others of its list.

use chrono::{DateTime, Utc};

use crate::{AccountSid, Field, Lenient, MalformedRecord, SimSid, Timestamp, UsageRecord};

/// What tells a record from the others of its list: account, SIM and period, as far as the record states them.
///
/// A member that is absent, null or of a wrong type is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RecordKey {
    /// The account that the usage belongs to.
    pub account_sid: Option<Lenient<AccountSid>>,
    /// The SIM that the usage belongs to.
    pub sim_sid: Option<Lenient<SimSid>>,
    /// When the period starts; inclusive.
    pub start: Option<Timestamp>,
    /// When the period ends; exclusive.
    pub end: Option<Timestamp>,
}

impl RecordKey {
    /// Returns start and end as instants, if both are stated.
    pub fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((self.start?.instant(), self.end?.instant()))
    }
}

impl UsageRecord {
    /// Returns what tells the record from the others of its list.
    pub fn key(&self) -> RecordKey {
        let period = self.period.value();
        let bound = |bound: &Field<Timestamp>| bound.value().copied();
        RecordKey {
            account_sid: self.account_sid.value().cloned(),
            sim_sid: self.sim_sid.value().cloned(),
            start: period.and_then(|period| bound(&period.start)),
            end: period.and_then(|period| bound(&period.end)),
        }
    }
}

impl MalformedRecord {
    /// Returns what the text of the record still says of account, SIM and period.
    ///
    /// Nothing, if the text is not JSON. Members that decode are given even if it is the period that is wrong.
    pub fn key(&self) -> RecordKey {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&self.raw) else {
            return RecordKey::default();
        };
        let text = |pointer: &str| value.pointer(pointer)?.as_str();
        let bound = |pointer: &str| text(pointer)?.parse().ok();
        RecordKey {
            account_sid: text("/account_sid").map(Lenient::from_text),
            sim_sid: text("/sim_sid").map(Lenient::from_text),
            start: bound("/period/start"),
            end: bound("/period/end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Item, read_records};

    const SID: &str = "ACabababababababababababababababab";

    fn key_of_malformed(record: &str) -> RecordKey {
        let list = format!("[{record}]");
        match read_records(list.as_bytes()).next() {
            Some(Ok(Item::Malformed(record))) => record.key(),
            other => panic!("{record} is read as {other:?}"),
        }
    }

    #[test]
    fn a_record_has_the_key_that_it_states() {
        let text = format!(
            r#"{{"account_sid":"{SID}","sim_sid":"XX","period":{{"start":"2026-03-05T00:00:00Z"}}}}"#
        );
        let key = serde_json::from_str::<UsageRecord>(&text).unwrap().key();
        assert_eq!(key.account_sid, Some(Lenient::from_text(SID)));
        assert_eq!(key.sim_sid, Some(Lenient::Other("XX".into())));
        assert_eq!(key.start, "2026-03-05T00:00:00Z".parse().ok());
        assert_eq!((key.end, key.bounds()), (None, None));
        assert_eq!(UsageRecord::default().key(), RecordKey::default());
    }

    #[test]
    fn a_malformed_record_has_the_key_that_its_text_still_states() {
        let period = r#""period":{"start":"2026-03-05T00:00:00Z","end":"2026-03-06T00:00:00Z"}"#;
        let text = format!(r#"{{"account_sid":"{SID}",{period}}}"#);
        let good = serde_json::from_str::<UsageRecord>(&text).unwrap();
        let bad = format!(r#"{{"account_sid":"{SID}",{period},"data":7}}"#);
        assert_eq!(key_of_malformed(&bad), good.key());
        assert!(key_of_malformed(&bad).bounds().is_some());
    }

    #[test]
    fn what_is_of_a_wrong_type_is_left_out_of_the_key() {
        let key = key_of_malformed(
            r#"{"account_sid":7,"sim_sid":null,"period":{"start":"yesterday","end":"2026-03-06T00:00:00Z"}}"#,
        );
        assert_eq!(
            (key.account_sid, key.sim_sid, key.start),
            (None, None, None)
        );
        assert_eq!(key.end, "2026-03-06T00:00:00Z".parse().ok());
        assert_eq!(key_of_malformed("[]"), RecordKey::default());
    }
}
