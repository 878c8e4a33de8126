//! What time it is, by the server's clock.

use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use usage_client::{Client, UsageQuery};
use usage_model::{Granularity, PageSize, Resource, Window};

use crate::{Error, store::CLOCK_TOLERANCE};

/// How far the server's clock may be from the time that was planned for; a plan for another time asks for the wrong
/// windows.
const PLAN_TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// How far the server's clock may be from ours: no clock that runs is further off, and every window would be another
/// one.
const FURTHEST_APART: TimeDelta = TimeDelta::days(3_653);

/// Where the time is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Ours; the server has not been asked.
    OursSoFar,
    /// Ours; the server answered without a time.
    Ours,
    Servers,
}

/// The time: ours until the server tells its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerClock {
    now: DateTime<Utc>,
    source: Source,
}

impl ServerClock {
    /// Our own time, for the first request.
    pub(super) const fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            source: Source::OursSoFar,
        }
    }

    /// The time as it was told last.
    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether the server told it.
    pub(super) const fn is_servers(&self) -> bool {
        matches!(self.source, Source::Servers)
    }

    /// Whether the server has answered, with or without a time.
    pub(super) const fn is_told(&self) -> bool {
        !matches!(self.source, Source::OursSoFar)
    }

    /// Takes over what a response says. Returns whether that is another time than what was planned for.
    pub(super) fn correct(&mut self, date: Option<DateTime<Utc>>) -> bool {
        let Some(date) = date else {
            if !self.is_told() {
                self.source = Source::Ours;
            }
            return false;
        };
        if self.is_servers() {
            self.now = self.now.max(date);
            return false;
        }
        let apart = date.signed_duration_since(self.now).abs();
        self.now = date;
        self.source = Source::Servers;
        apart > PLAN_TOLERANCE
    }

    /// Fails where the server's time cannot be right: it is more than ten years from ours, or before the start of
    /// what is to be read by more than clocks differ.
    pub(super) fn check_plausible(
        &self,
        ours: DateTime<Utc>,
        start: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        if !self.is_servers() {
            return Ok(());
        }
        if self.now.signed_duration_since(ours).abs() > FURTHEST_APART {
            return Err(Error::clock_wrong(self.now, "ours", ours));
        }
        match start {
            Some(start) if start.signed_duration_since(self.now) > CLOCK_TOLERANCE => Err(
                Error::clock_wrong(self.now, "and what is to be read starts at", start),
            ),
            _ => Ok(()),
        }
    }

    /// Fails where it is before what the archive has seen already.
    pub(super) fn check_not_before(&self, latest: DateTime<Utc>) -> Result<(), Error> {
        if latest.signed_duration_since(self.now) <= CLOCK_TOLERANCE {
            return Ok(());
        }
        let clock = if self.is_servers() {
            "the server's clock"
        } else {
            "the server tells no time, and our clock"
        };
        Err(Error::clock_back(clock, self.now, latest))
    }
}

/// What came of asking for the time alone.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) server_date: Option<DateTime<Utc>>,
    pub(super) requests: u64,
    pub(super) failure: Option<usage_client::Error>,
}

/// Asks for a page of one record of the day before `at`, for the sake of the time.
pub(super) async fn ask(client: &Client, at: DateTime<Utc>) -> Asked {
    let day = Window::new(at - TimeDelta::days(1), at);
    let (Ok(day), Ok(size)) = (day, PageSize::new(1)) else {
        return Asked::default();
    };
    let query = UsageQuery::new(Resource::Account, day, Granularity::Daily).page_size(size);
    match pin!(client.pages(query)).next().await {
        Some(Ok(page)) => Asked {
            server_date: page.server_date,
            requests: page.attempts.into(),
            failure: None,
        },
        Some(Err(error)) => Asked {
            server_date: error.server_date(),
            requests: error.attempts().into(),
            failure: Some(error),
        },
        None => Asked::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_date_counts_and_the_clock_does_not_go_back_after_it() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut clock = ServerClock::new(at("2026-11-27T10:00:00Z"));
        assert!(!clock.is_told());
        assert!(!clock.correct(None) && clock.is_told() && !clock.is_servers());
        assert!(clock.correct(Some(at("2026-11-27T10:10:01Z"))));
        assert!(!clock.correct(Some(at("2026-11-27T10:10:00Z"))));
        assert_eq!(clock.now(), at("2026-11-27T10:10:01Z"));
        let mut near = ServerClock::new(at("2026-11-27T10:00:00Z"));
        assert!(!near.correct(Some(at("2026-11-27T09:50:00Z"))));
        assert_eq!(near.now(), at("2026-11-27T09:50:00Z"));
    }
}
