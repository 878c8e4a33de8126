//! What a finding is about: the run, a list, or a record.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use usage_model::{Container, Place, Position, Timestamp, UsageRecord};

use super::{
    finding::{Key, KeyPeriod},
    fingerprint::Fingerprint,
    text,
};

/// What a finding is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    /// The run as a whole.
    Run,
    /// An input, a list or a page.
    List(ListRef<'a>),
    /// A record.
    Record(&'a RecordRef<'a>),
}

/// An input, a list or a page, and where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListRef<'a> {
    /// The name of the input, if it has one.
    pub(crate) source: Option<&'a str>,
    /// Where in the input; line 0 where that is not known.
    pub(crate) position: Position,
    /// What tells it from others of the same input, for the fingerprint.
    pub(crate) identity: Option<&'a str>,
}

/// A record, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct RecordRef<'a> {
    /// Where it stands in the input; `None` where it comes from none.
    pub(crate) place: Option<Place>,
    /// The name of the input, if it has one.
    pub(crate) source: Option<&'a str>,
    pub(crate) key: KeyRef<'a>,
    /// Whether the record ended less than 48 hours before the fetch.
    pub(crate) provisional: bool,
    /// Whether a finding about the record was counted.
    pub(crate) found: Cell<bool>,
}

/// What a record is about, wherever that is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyRef<'a> {
    /// In the record itself.
    Record(&'a UsageRecord),
    /// What is left of a record that was checked before.
    Parts {
        account: Option<&'a str>,
        sim: Option<&'a str>,
        /// Start and end in their own spelling; `None` where the record has no period.
        period: Option<[Option<Timestamp>; 2]>,
    },
    /// Read from the text of a malformed record.
    Text(&'a Key),
    /// Nothing says, and this tells the record from others.
    Unknown(&'a str),
    /// The finding is about many records, of which this is the first.
    Many,
}

impl Subject<'_> {
    pub(crate) fn source(&self) -> Option<&str> {
        match self {
            Self::Run => None,
            Self::List(list) => list.source,
            Self::Record(record) => record.source,
        }
    }

    pub(crate) fn record(&self) -> Option<u64> {
        match self {
            Self::Record(record) => record.place.map(|place| place.record),
            Self::Run | Self::List(_) => None,
        }
    }

    /// Where the subject stands, if it was read from text.
    pub(crate) fn position(&self) -> Option<Position> {
        let position = match self {
            Self::Run => return None,
            Self::List(list) => list.position,
            Self::Record(record) => record.place?.position,
        };
        (position.line > 0).then_some(position)
    }

    pub(crate) const fn container(&self) -> Container {
        match self {
            Self::Record(RecordRef {
                place: Some(place), ..
            }) => place.container,
            Self::Run | Self::List(_) | Self::Record(_) => Container::Document,
        }
    }

    pub(crate) fn key(&self) -> Option<Key> {
        match self {
            Self::Record(record) => record.key.to_key(),
            Self::Run | Self::List(_) => None,
        }
    }

    pub(crate) const fn provisional(&self) -> bool {
        match self {
            Self::Record(record) => record.provisional,
            Self::Run | Self::List(_) => false,
        }
    }

    /// Adds what the subject is to a fingerprint: the same in another fetch of the same data.
    pub(crate) fn identify(&self, fingerprint: Fingerprint) -> Fingerprint {
        match self {
            Self::Run => fingerprint,
            Self::List(ListRef {
                source, identity, ..
            }) => [*source, *identity]
                .into_iter()
                .flatten()
                .fold(fingerprint, Fingerprint::part),
            Self::Record(record) => record.key.identify(fingerprint),
        }
    }
}

impl KeyRef<'_> {
    fn to_key(self) -> Option<Key> {
        match self {
            Self::Record(record) => Some(Key::of(record)),
            Self::Parts {
                account,
                sim,
                period,
            } => Some(Key {
                account_sid: account.map(text::shortened),
                sim_sid: sim.map(text::shortened),
                period: period.map(|[start, end]| KeyPeriod {
                    start: start.map(|bound| bound.to_string()),
                    end: end.map(|bound| bound.to_string()),
                }),
            }),
            Self::Text(key) => Some(key.clone()),
            Self::Unknown(_) | Self::Many => None,
        }
    }

    fn identify(self, fingerprint: Fingerprint) -> Fingerprint {
        let about =
            |account: Option<&str>, sim: Option<&str>, period: [Option<DateTime<Utc>>; 2]| {
                fingerprint.about(account.unwrap_or_default(), sim.unwrap_or_default(), period)
            };
        match self {
            Self::Record(record) => fingerprint.record(record),
            Self::Parts {
                account,
                sim,
                period,
            } => about(
                account,
                sim,
                period
                    .unwrap_or_default()
                    .map(|bound| bound.map(Timestamp::instant)),
            ),
            Self::Text(key) => {
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
            Self::Unknown(identity) => fingerprint.part(identity),
            Self::Many => fingerprint,
        }
    }
}
