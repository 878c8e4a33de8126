//! Which record a finding is about, and where it stands.

use chrono::{DateTime, Utc};
use usage_model::{AccountSid, Field, Lenient, MalformedRecord, Place, SimSid, Timestamp};

use crate::{
    Key, KeyPeriod, catalogue::RuleId, findings::fingerprint::Fingerprint,
    findings::outlet::Origin, findings::text, validator::check,
};

/// Which record a finding is about, and where it stands: all that is left of a record once it is checked.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    pub(crate) account: Option<Lenient<AccountSid>>,
    pub(crate) sim: Option<Lenient<SimSid>>,
    /// Start and end in their own spelling; `None` where the record has no period.
    pub(crate) period: Option<[Option<Timestamp>; 2]>,
    pub(crate) provisional: bool,
}

impl Spot {
    /// The record that a malformed one was meant to be, where its text still says for what time it is.
    pub(crate) fn of_malformed(record: &MalformedRecord) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(&record.raw).ok()?;
        let text = |name: &str| value.get(name)?.as_str();
        let bound = |name: &str| value.get("period")?.get(name)?.as_str()?.parse().ok();
        Some(Self {
            place: record.place,
            account: text("account_sid").map(Lenient::from_text).map(bounded),
            sim: text("sim_sid").map(Lenient::from_text).map(bounded),
            period: Some([Some(bound("start")?), Some(bound("end")?)]),
            provisional: false,
        })
    }

    /// Start and end, where both are there and the end is after the start.
    pub(crate) fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let [start, end] = self.period?;
        let (start, end) = (start?.instant(), end?.instant());
        (start < end).then_some((start, end))
    }

    /// What a finding about the record says of it.
    pub(crate) fn origin<'a>(&self, rule: RuleId, source: Option<&'a str>) -> Origin<'a> {
        let [start, end] = self.period.unwrap_or_default();
        let spelled = |bound: Option<Timestamp>| bound.map(|bound| bound.to_string());
        Origin {
            offset: check::offset(self.place.position),
            source,
            record: Some(self.place.record),
            line: check::line(self.place.position.line),
            container: self.place.container,
            key: Some(Key {
                account_sid: self
                    .account
                    .as_ref()
                    .map(|sid| text::shortened(sid.as_str())),
                sim_sid: self.sim.as_ref().map(|sid| text::shortened(sid.as_str())),
                period: self.period.map(|_| KeyPeriod {
                    start: spelled(start),
                    end: spelled(end),
                }),
            }),
            provisional: self.provisional,
            fingerprint: Fingerprint::new(rule.rule().code).about(
                self.account.as_ref().map_or("", |sid| sid.as_str()),
                self.sim.as_ref().map_or("", |sid| sid.as_str()),
                [start, end].map(|bound| bound.map(Timestamp::instant)),
            ),
        }
    }
}

/// Bytes of a text in place of a SID that are kept; a SID has 34.
const LONGEST_SID: usize = 256;

/// An identifier of bounded length: of a text that is none and too long to keep, its start and a hash of it all.
pub(crate) fn bounded<T>(sid: Lenient<T>) -> Lenient<T> {
    match sid {
        Lenient::Other(text) if text.len() > LONGEST_SID => {
            let hash = Fingerprint::new("").part(&text).finish();
            Lenient::Other(format!("{}{hash}", text::shortened(&text)).into())
        }
        sid => sid,
    }
}

/// The value of a member, taken along.
pub(crate) fn taken<T: Clone>(field: &Field<T>) -> Option<T> {
    field.value().cloned()
}
