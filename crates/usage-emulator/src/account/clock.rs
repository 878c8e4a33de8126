//! What time it is in the emulated world.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};
use tokio::time::Instant;

/// The years that records can be written for.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

/// The last moment of those years, in whole seconds.
const LAST: DateTime<Utc> = match DateTime::from_timestamp(253_370_764_799, 0) {
    Some(last) => last,
    None => DateTime::UNIX_EPOCH,
};

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
    /// By how much the clock was put forward.
    ahead: Mutex<TimeDelta>,
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
            ahead: Mutex::default(),
        })
    }

    /// The time in the emulated world. A clock that runs tells whole seconds, so that the windows made
    /// from it can be read; at the end of the last year that there is it stops.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let ahead = *self.lock();
        self.shown(self.exact(ahead).map_or(LAST, |now| now.min(LAST)))
    }

    /// Puts the clock forward and tells the time then.
    pub(crate) fn advance(&self, by: Duration) -> Result<DateTime<Utc>, ClockError> {
        let far = ClockError::OutOfRange(DateTime::<Utc>::MAX_UTC);
        let by = TimeDelta::from_std(by).map_err(|_| far)?;
        self.put_forward(|now| now.checked_add_signed(by).ok_or(far))
    }

    /// Puts the clock forward to a time. A clock that runs may have passed it by less than the second
    /// that it tells; it is then left alone.
    pub(crate) fn advance_to(&self, time: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
        self.put_forward(|now| {
            if time < self.shown(now) {
                return Err(ClockError::Past(time));
            }
            Ok(time.max(now))
        })
    }

    /// Puts the clock to the time that follows from what it is; nobody else moves it meanwhile.
    fn put_forward(
        &self,
        then: impl FnOnce(DateTime<Utc>) -> Result<DateTime<Utc>, ClockError>,
    ) -> Result<DateTime<Utc>, ClockError> {
        let mut ahead = self.lock();
        let now = self.exact(*ahead).ok_or(ClockError::OutOfRange(LAST))?;
        let then = in_range(then(now)?)?;
        let further = ahead.checked_add(&then.signed_duration_since(now));
        *ahead = further.ok_or(ClockError::OutOfRange(then))?;
        Ok(self.shown(then))
    }

    /// The time to the nanosecond, or `None` where the calendar has ended.
    fn exact(&self, ahead: TimeDelta) -> Option<DateTime<Utc>> {
        let mut now = self.origin.checked_add_signed(ahead)?;
        if self.speed > 0 {
            let run = self.started.elapsed().saturating_mul(self.speed);
            now = now.checked_add_signed(TimeDelta::from_std(run).ok()?)?;
        }
        Some(now)
    }

    /// What the clock tells at a time.
    fn shown(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        if self.speed == 0 {
            time
        } else {
            time.trunc_subsecs(0)
        }
    }

    fn lock(&self) -> MutexGuard<'_, TimeDelta> {
        // Nothing panics while it holds the lock.
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn it_is_put_to_the_nanosecond() {
        let clock = Clock::new(at("2026-03-15T23:59:59.000000501Z"), 0).unwrap();
        let midnight = at("2026-03-16T00:00:00Z");
        assert_eq!(clock.advance_to(midnight), Ok(midnight));
        let by = Duration::from_nanos(1);
        assert_eq!(clock.advance(by), Ok(midnight + TimeDelta::nanoseconds(1)));
    }

    #[test]
    fn many_who_put_it_to_one_time_put_it_there_once() {
        let clock = Clock::new(at("2026-03-15T12:00:00Z"), 0).unwrap();
        for round in 1..=500 {
            let target = at("2026-03-15T12:00:00Z") + TimeDelta::hours(round);
            let barrier = std::sync::Barrier::new(4);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        barrier.wait();
                        clock.advance_to(target).unwrap();
                    });
                }
            });
            assert_eq!(clock.now(), target);
        }
    }

    #[test]
    fn it_stops_at_the_end_of_the_last_year() {
        assert_eq!(LAST, at("9998-12-31T23:59:59Z"));
        let fastest = Clock::new(at("9998-12-31T23:59:58Z"), u32::MAX).unwrap();
        let begun = Instant::now();
        while fastest.now() < LAST {
            assert!(begun.elapsed() < Duration::from_mins(1), "{fastest:?}");
        }
        // So fast that a moment later the calendar itself is at its end.
        let clock = Clock {
            ahead: Mutex::new(TimeDelta::MAX),
            ..Clock::new(at("2026-03-15T12:00:00Z"), 1).unwrap()
        };
        for clock in [fastest, clock] {
            assert_eq!(clock.now(), LAST);
            assert!(clock.advance(HOUR).is_err());
            assert_eq!(clock.now(), LAST);
        }
    }
}
