//! A record as it is remembered once it was checked, for findings that come later.

use std::{cell::Cell, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usage_model::{AccountSid, Lenient, Place, SimSid, Timestamp};

use super::{
    fingerprint::Fingerprint,
    subject::{KeyRef, RecordRef},
    text,
};

/// The name of an input, shared by all that was read from it.
pub(crate) type Source = Option<Arc<str>>;

/// A record as it is remembered once it was checked; of bounded size. In JSON what tells it from other records.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(
        rename = "CarriedRecord",
        description = "A record, by what tells it from others."
    )
)]
pub(crate) struct Kept {
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) place: Option<Place>,
    /// The number of the record in its run, over all inputs, counted from 1.
    pub(crate) serial: u64,
    /// The account as the record names it; null where it names none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) account: Option<Lenient<AccountSid>>,
    /// The SIM as the record names it; null where it names none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) sim: Option<Lenient<SimSid>>,
    /// Start and end as they were written; null where the record has no period.
    pub(crate) period: Option<[Option<Timestamp>; 2]>,
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) provisional: bool,
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) source: Source,
    /// Whether a finding about the record was counted.
    pub(crate) found: bool,
}

impl Kept {
    /// Start and end, where both are there and the end is after the start.
    pub(crate) fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let [start, end] = self.period?;
        let (start, end) = (start?.instant(), end?.instant());
        (start < end).then_some((start, end))
    }

    /// Records before it in the input; of those that lists are checked for, all stand in one.
    pub(crate) const fn number(&self) -> u64 {
        match self.place {
            Some(place) => place.record,
            None => 0,
        }
    }

    /// The record as the subject of a finding.
    pub(crate) fn subject(&self) -> RecordRef<'_> {
        RecordRef {
            place: self.place,
            source: self.source.as_deref(),
            key: KeyRef::Parts {
                account: self.account.as_ref().map(Lenient::as_str),
                sim: self.sim.as_ref().map(Lenient::as_str),
                period: self.period,
            },
            provisional: self.provisional,
            found: Cell::new(self.found),
        }
    }

    /// Where the record stands among others.
    pub(crate) fn order(&self) -> RecordOrder<'_> {
        RecordOrder {
            account: self.account.as_ref().map(Lenient::as_str),
            sim: self.sim.as_ref().map(Lenient::as_str),
            time: self.bounds(),
            serial: self.serial,
        }
    }

    /// The record itself, where it stands before the first of others.
    pub(crate) fn if_before(&self, first: Option<&Self>) -> Option<Self> {
        first
            .is_none_or(|first| self.order() < first.order())
            .then(|| self.clone())
    }
}

/// Where a record stands among others: by account, SIM and period, and where those are the same as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RecordOrder<'a> {
    pub(crate) account: Option<&'a str>,
    pub(crate) sim: Option<&'a str>,
    pub(crate) time: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub(crate) serial: u64,
}

/// The longest text that is kept whole where a SID is expected, in bytes; a SID has 34.
const LONGEST_SID: usize = 256;

/// Returns an identifier of bounded length: a text that is not a SID and too long becomes its start and a digest of all
/// of it.
#[inline]
pub(crate) fn bounded<T: Clone>(sid: &Lenient<T>) -> Lenient<T> {
    match sid {
        Lenient::Known(sid) => Lenient::Known(sid.clone()),
        Lenient::Other(text) if text.len() > LONGEST_SID => {
            let digest = Fingerprint::new("").part(text).finish();
            Lenient::Other(format!("{}{digest}", text::shortened(text)).into())
        }
        Lenient::Other(text) => Lenient::Other(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_in_place_of_a_sid_is_cut_and_still_told_from_another() {
        let bounded = |text: &str| {
            bounded(&Lenient::<AccountSid>::Other(text.into()))
                .as_str()
                .to_owned()
        };
        let longest = "x".repeat(LONGEST_SID);
        assert_eq!(bounded(&longest), longest);
        let longer = bounded(&format!("{longest}1"));
        assert!(longer.len() < LONGEST_SID, "{longer}");
        assert_ne!(longer, bounded(&format!("{longest}2")));
        assert_eq!(longer, bounded(&format!("{longest}1")));
    }
}
