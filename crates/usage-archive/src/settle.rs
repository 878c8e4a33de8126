//! When the figures of a period are final.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{REFLECTED_AFTER, is_settled};

use crate::key::Bounds;

/// How far apart two equal readings have to be before their figures count as final.
///
/// Figures of a carrier arrive in batches, some of them daily; two readings within one batch prove nothing.
pub const CONFIRMED_AFTER: TimeDelta = TimeDelta::hours(12);

/// How far the figures of a period are from being final, as of the last time it was read.
///
/// A period goes through the first four in this order, and from final to reopened where its figures change.
/// A reopened period becomes final again in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// The period had not ended.
    Open,
    /// It had ended less than 24 hours before: usage may be missing altogether.
    Provisional,
    /// It was read when it was less than 48 hours old, or not yet twice with the same figures.
    Settling,
    /// It was read at least 48 hours after its end, with the same figures as at least 12 hours before.
    Final,
    /// Its figures changed after they were final.
    Reopened,
}

impl State {
    /// Every state, in the order in which a period goes through them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Provisional,
        Self::Settling,
        Self::Final,
        Self::Reopened,
    ];

    /// Returns the state as the archive's views write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Provisional => "provisional",
            Self::Settling => "settling",
            Self::Final => "final",
            Self::Reopened => "reopened",
        }
    }

    /// Returns the state of a period after its last reading.
    pub fn of(period: Bounds, last: Seen, was_final: bool) -> Self {
        if last.is_final(period) {
            return Self::Final;
        }
        if was_final {
            return Self::Reopened;
        }
        match period.age(last.last) {
            age if age < TimeDelta::zero() => Self::Open,
            age if age < REFLECTED_AFTER => Self::Provisional,
            _ => Self::Settling,
        }
    }

    /// Returns the state of a record by its age at the fetch alone, without knowledge of other readings:
    /// provisional, settling or final.
    pub fn by_age(period: Bounds, fetched_at: DateTime<Utc>) -> Self {
        if is_settled(period.end, fetched_at) {
            Self::Final
        } else if period.age(fetched_at) < REFLECTED_AFTER {
            Self::Provisional
        } else {
            Self::Settling
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When the same figures were read first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Seen {
    /// The first time.
    pub first: DateTime<Utc>,
    /// The last time; the first time where they were read once.
    pub last: DateTime<Utc>,
}

impl Seen {
    /// Says that figures were read from the first to the last time without a change.
    pub const fn new(first: DateTime<Utc>, last: DateTime<Utc>) -> Self {
        Self { first, last }
    }

    /// Whether the figures are final: read when the period was 48 hours old or older, and equal to a reading at
    /// least 12 hours before.
    pub fn is_final(self, period: Bounds) -> bool {
        is_settled(period.end, self.last)
            && self.last.signed_duration_since(self.first) >= CONFIRMED_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Bounds {
        Bounds::new(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z"))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn state(first: &str, last: &str) -> State {
        State::of(day(), Seen::new(at(first), at(last)), false)
    }

    #[test]
    fn a_period_goes_from_open_to_final() {
        let once = |time: &str| state(time, time);
        assert_eq!(once("2026-06-01T23:59:59Z"), State::Open);
        assert_eq!(once("2026-06-02T00:00:00Z"), State::Provisional);
        assert_eq!(once("2026-06-02T23:59:59Z"), State::Provisional);
        assert_eq!(once("2026-06-03T00:00:00Z"), State::Settling);
        assert_eq!(once("2027-06-03T00:00:00Z"), State::Settling);
        assert_eq!(
            state("2026-06-03T12:00:00Z", "2026-06-03T23:59:59Z"),
            State::Settling
        );
        assert_eq!(
            state("2026-06-03T12:00:01Z", "2026-06-04T00:00:00Z"),
            State::Settling
        );
        assert_eq!(
            state("2026-06-03T12:00:00Z", "2026-06-04T00:00:00Z"),
            State::Final
        );
    }

    #[test]
    fn a_change_reopens_until_the_new_figures_are_final() {
        let changed =
            |first: &str, last: &str| State::of(day(), Seen::new(at(first), at(last)), true);
        assert_eq!(
            changed("2026-06-08T00:00:00Z", "2026-06-08T11:59:59Z"),
            State::Reopened
        );
        assert_eq!(
            changed("2026-06-08T00:00:00Z", "2026-06-08T12:00:00Z"),
            State::Final
        );
    }

    #[test]
    fn age_alone_knows_nothing_of_other_readings() {
        let by_age = |time: &str| State::by_age(day(), at(time));
        assert_eq!(by_age("2026-06-01T00:00:00Z"), State::Provisional);
        assert_eq!(by_age("2026-06-02T23:59:59Z"), State::Provisional);
        assert_eq!(by_age("2026-06-03T00:00:00Z"), State::Settling);
        assert_eq!(by_age("2026-06-04T00:00:00Z"), State::Final);
    }
}
