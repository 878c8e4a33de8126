//! What time it is in the emulated world.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

/// The years that records can be written for.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

/// The source of `now`; nothing else in the crate knows the time.
///
/// It starts at a moment that it is told, stands still or runs from there, and can be put forward. It
/// never goes back, because the API does not either: what has been delivered stays delivered, and what
/// has passed out of retention stays away.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: DateTime<Utc>,
    /// Seconds of the emulated world for each second of ours; 0 stands still.
    speed: u32,
    started: Instant,
    /// Milliseconds by which the clock was put forward.
    ahead: AtomicI64,
}

/// A time that the clock cannot be put to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockError {
    /// Records cannot be written for it.
    OutOfRange(DateTime<Utc>),
    /// It has passed.
    Past(DateTime<Utc>),
}

impl Clock {
    /// A clock that starts now at a moment, and runs so much faster than real time; 0 is a clock that
    /// stands still.
    pub(crate) fn new(origin: DateTime<Utc>, speed: u32) -> Result<Self, ClockError> {
        Ok(Self {
            origin: in_range(origin)?,
            speed,
            started: Instant::now(),
            ahead: AtomicI64::new(0),
        })
    }

    /// The time in the emulated world. A clock that runs tells whole seconds, so that the windows made
    /// from it can be read.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.at(self.ahead.load(Ordering::Relaxed))
            .unwrap_or(self.origin)
    }

    /// Puts the clock forward and tells the time then.
    pub(crate) fn advance(&self, by: Duration) -> Result<DateTime<Utc>, ClockError> {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut ahead = self.ahead.load(Ordering::Relaxed);
        loop {
            let further = ahead.saturating_add(by);
            let then = self
                .at(further)
                .ok_or(ClockError::OutOfRange(DateTime::<Utc>::MAX_UTC))?;
            let then = in_range(then)?;
            match self.ahead.compare_exchange_weak(
                ahead,
                further,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(then),
                Err(other) => ahead = other,
            }
        }
    }

    /// Puts the clock forward to a time.
    pub(crate) fn advance_to(&self, time: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
        let by = in_range(time)?.signed_duration_since(self.now()).to_std();
        self.advance(by.map_err(|_| ClockError::Past(time))?)
    }

    fn at(&self, ahead: i64) -> Option<DateTime<Utc>> {
        let ahead = TimeDelta::try_milliseconds(ahead)?;
        if self.speed == 0 {
            return self.origin.checked_add_signed(ahead);
        }
        let run = self.started.elapsed().saturating_mul(self.speed);
        let run = TimeDelta::from_std(run).ok()?;
        let now = self.origin.checked_add_signed(run)?;
        Some(now.checked_add_signed(ahead)?.trunc_subsecs(0))
    }
}

fn in_range(time: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
    if YEARS.contains(&time.year()) {
        Ok(time)
    } else {
        Err(ClockError::OutOfRange(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_stands_moves_only_when_it_is_put_forward() {
        let clock = Clock::new(at("2026-03-15T12:00:00.5Z"), 0).unwrap();
        assert_eq!(clock.now(), at("2026-03-15T12:00:00.5Z"));
        assert_eq!(clock.advance(HOUR), Ok(at("2026-03-15T13:00:00.5Z")));
        assert_eq!(
            clock.advance_to(at("2026-03-20T00:00:00Z")),
            Ok(at("2026-03-20T00:00:00Z"))
        );
        assert_eq!(clock.now(), at("2026-03-20T00:00:00Z"));
    }

    #[test]
    fn a_clock_that_runs_runs_by_its_speed() {
        // A million seconds a second: the time it takes to ask is enough to see it go.
        let clock = Clock::new(at("2026-03-15T12:00:00Z"), 1_000_000).unwrap();
        let first = clock.now();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(5) {
            std::thread::yield_now();
        }
        let second = clock.now();
        assert!(
            second - first >= TimeDelta::seconds(5000),
            "{first} {second}"
        );
        assert_eq!(second.timestamp_subsec_nanos(), 0);
    }

    #[test]
    fn it_goes_neither_back_nor_out_of_the_calendar() {
        let clock = Clock::new(at("2026-03-15T12:00:00Z"), 0).unwrap();
        let past = at("2026-03-15T11:59:59Z");
        assert_eq!(clock.advance_to(past), Err(ClockError::Past(past)));
        let far = at("9999-01-01T00:00:00Z");
        assert_eq!(clock.advance_to(far), Err(ClockError::OutOfRange(far)));
        assert!(clock.advance(Duration::MAX).is_err());
        assert_eq!(clock.now(), at("2026-03-15T12:00:00Z"));
        assert!(Clock::new(at("1969-12-31T23:59:59Z"), 0).is_err());
    }
}
