//! The chain of hashes over all readings.
//!
//! `h(n) = SHA-256(h(n−1) ‖ key ‖ fetched_at ‖ text)`, where `h(0)` is 32 zero bytes. Key and time are lines:
//! account, SIM, granularity, start and end of the period, time of the reading, each ended by a line feed and
//! empty where there is none; the record's text follows as it was received. Who keeps one hash can tell later
//! that no reading up to it was changed, removed or put in between.

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::key::{Bounds, Series, rfc3339};

/// The hash of a reading and of all readings before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// The hash before the first reading.
    pub const START: Self = Self([0; 32]);

    /// Returns the bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash that was stored; `None` unless it has 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The hash of the next reading.
    #[must_use]
    pub fn next(
        self,
        series: &Series,
        period: Option<Bounds>,
        fetched_at: DateTime<Utc>,
        text: &str,
    ) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        let sim = series.sim.as_ref().map_or("", |sim| sim.as_str());
        let granularity = series.granularity.as_str();
        for line in [&series.account, sim, granularity] {
            digest.update(line);
            digest.update("\n");
        }
        for instant in [
            period.map(|period| period.start),
            period.map(|period| period.end),
            Some(fetched_at),
        ] {
            digest.update(instant.map(rfc3339).unwrap_or_default());
            digest.update("\n");
        }
        digest.update(text);
        Self(digest.finalize().into())
    }
}

/// The hash as 64 hexadecimal digits.
impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use usage_model::Granularity;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_documented_form_is_what_is_hashed() {
        let series = Series::new("AC1", None, Granularity::Daily);
        let period = Bounds::new(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z"));
        let hash = ChainHash::START.next(&series, Some(period), at("2026-06-03T04:05:06Z"), "{}");
        let mut expected = Sha256::new();
        expected.update([0; 32]);
        expected.update("AC1\n\ndaily\n2026-06-01T00:00:00Z\n2026-06-02T00:00:00Z\n");
        expected.update("2026-06-03T04:05:06Z\n{}");
        let expected: [u8; 32] = expected.finalize().into();
        assert_eq!(*hash.as_bytes(), expected);
    }

    #[test]
    fn every_part_counts() {
        let sim = "DE00000000000000000000000000000001".parse().unwrap();
        let account = |sim| Series::new("AC1", sim, Granularity::Daily);
        let hourly = Series::new("AC1", None, Granularity::Hourly);
        let day = Bounds::new(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z"));
        let longer = Bounds::new(at("2026-06-01T00:00:00Z"), at("2026-06-03T00:00:00Z"));
        let (now, later) = (at("2026-06-03T00:00:00Z"), at("2026-06-03T00:00:01Z"));
        let first = ChainHash::START.next(&account(None), Some(day), now, "{}");
        let others = [
            ChainHash::START.next(&account(Some(sim)), Some(day), now, "{}"),
            ChainHash::START.next(&hourly, Some(day), now, "{}"),
            ChainHash::START.next(&account(None), Some(longer), now, "{}"),
            ChainHash::START.next(&account(None), None, now, "{}"),
            ChainHash::START.next(&account(None), Some(day), later, "{}"),
            ChainHash::START.next(&account(None), Some(day), now, "{ }"),
            first.next(&account(None), Some(day), now, "{}"),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(*other, first, "{index}");
            assert!(!others[..index].contains(other), "{index}");
        }
    }
}
