//! The periods that a query is answered with.

use std::ops::Range;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, retention_cutoff};

use super::listing::EndOfWindow;
use crate::world::{Day, Hour};

/// The periods of an answer, oldest first, each known by its position.
///
/// The window is widened to whole UTC days; whether an end at midnight belongs to it is for
/// [`EndOfWindow`] to say. There is a period for each hour or day of it, with usage or
/// without, except those wholly past retention and those that start after `now`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Periods {
    granularity: Granularity,
    window: Range<Day>,
    positions: Range<i64>,
}

impl Periods {
    /// The periods for a query from `start` to `end`, asked at `now`.
    pub(crate) fn new(
        granularity: Granularity,
        (start, end): (DateTime<Utc>, DateTime<Utc>),
        midnight: EndOfWindow,
        now: DateTime<Utc>,
    ) -> Self {
        let end = match midnight {
            EndOfWindow::Exclusive => Day::from(end),
            EndOfWindow::Inclusive => Day(Day::containing(end).0 + 1),
        };
        let window = Day::containing(start)..end;
        let shown = window.start.max(Day::from(retention_cutoff(now)))..window.end;
        let positions = match granularity {
            Granularity::Hourly => {
                let open = Hour::containing(now).0 + 1;
                shown.start.hours().start.0..shown.end.hours().start.0.min(open)
            }
            Granularity::Daily => shown.start.0..shown.end.0.min(Day::containing(now).0 + 1),
            // A single period, at position 0.
            Granularity::All => {
                0..i64::from(shown.start < shown.end && window.start.start() <= now)
            }
        };
        Self {
            granularity,
            window,
            positions,
        }
    }

    /// Returns how long the periods are.
    pub(crate) const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// Returns the window, widened to whole UTC days; the end is exclusive.
    pub(crate) fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.window.start.start(), self.window.end.start())
    }

    /// The positions that there are.
    pub(crate) fn positions(&self) -> Range<i64> {
        self.positions.clone()
    }

    /// The hours of the period at a position.
    pub(crate) fn hours(&self, position: i64) -> Range<Hour> {
        match self.granularity {
            Granularity::Hourly => Hour(position)..Hour(position + 1),
            Granularity::Daily => Day(position).hours(),
            Granularity::All => self.window.start.hours().start..self.window.end.hours().start,
        }
    }

    /// Start and end of the period at a position.
    pub(crate) fn period(&self, position: i64) -> (DateTime<Utc>, DateTime<Utc>) {
        let Range { start, end } = self.hours(position);
        (start.start(), end.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-15T12:30:00Z";

    fn periods(granularity: Granularity, start: &str, end: &str) -> Vec<String> {
        periods_until(EndOfWindow::Exclusive, granularity, start, end)
    }

    fn periods_until(
        midnight: EndOfWindow,
        granularity: Granularity,
        start: &str,
        end: &str,
    ) -> Vec<String> {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let periods = Periods::new(granularity, (at(start), at(end)), midnight, at(NOW));
        let text = |instant: DateTime<Utc>| instant.format("%y-%m-%dT%H").to_string();
        periods
            .positions()
            .map(|position| periods.period(position))
            .map(|(start, end)| format!("{}/{}", text(start), text(end)))
            .collect()
    }

    #[test]
    fn windows_are_widened_to_whole_days() {
        let daily = periods(
            Granularity::Daily,
            "2026-03-01T10:00:00Z",
            "2026-03-02T00:00:01Z",
        );
        assert_eq!(
            daily,
            ["26-03-01T00/26-03-02T00", "26-03-02T00/26-03-03T00"]
        );
        let hourly = periods(
            Granularity::Hourly,
            "2026-03-01T10:00:00Z",
            "2026-03-01T11:00:00Z",
        );
        assert_eq!(hourly.len(), 24);
        let all = periods(
            Granularity::All,
            "2026-03-01T10:00:00Z",
            "2026-03-02T00:00:01Z",
        );
        assert_eq!(all, ["26-03-01T00/26-03-03T00"]);
    }

    #[test]
    fn midnights_are_left_alone_and_the_end_is_exclusive() {
        let daily = periods(
            Granularity::Daily,
            "2026-03-01T00:00:00Z",
            "2026-03-02T00:00:00Z",
        );
        assert_eq!(daily, ["26-03-01T00/26-03-02T00"]);
        for granularity in Granularity::ALL {
            let none = periods(granularity, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
            assert_eq!(none, [""; 0], "{granularity}");
        }
    }

    #[test]
    fn an_inclusive_end_at_midnight_brings_the_day_that_starts_there() {
        let inclusive = |granularity, end| {
            periods_until(
                EndOfWindow::Inclusive,
                granularity,
                "2026-03-01T00:00:00Z",
                end,
            )
        };
        let midnight = "2026-03-02T00:00:00Z";
        assert_eq!(
            inclusive(Granularity::Daily, midnight),
            ["26-03-01T00/26-03-02T00", "26-03-02T00/26-03-03T00"]
        );
        assert_eq!(inclusive(Granularity::Hourly, midnight).len(), 48);
        assert_eq!(
            inclusive(Granularity::All, midnight),
            ["26-03-01T00/26-03-03T00"]
        );
        // Any other end lies within its day already.
        assert_eq!(
            inclusive(Granularity::Daily, "2026-03-01T23:59:59Z"),
            ["26-03-01T00/26-03-02T00"]
        );
    }

    #[test]
    fn nothing_starts_after_now_but_the_last_day_ends_after_it() {
        let daily = periods(
            Granularity::Daily,
            "2026-03-14T00:00:00Z",
            "2026-04-01T00:00:00Z",
        );
        assert_eq!(
            daily,
            ["26-03-14T00/26-03-15T00", "26-03-15T00/26-03-16T00"]
        );
        let hourly = periods(
            Granularity::Hourly,
            "2026-03-15T00:00:00Z",
            "2026-04-01T00:00:00Z",
        );
        assert_eq!(
            hourly.last().map(String::as_str),
            Some("26-03-15T12/26-03-15T13")
        );
        for granularity in Granularity::ALL {
            let none = periods(granularity, "2026-03-16T00:00:00Z", "2026-04-01T00:00:00Z");
            assert_eq!(none, [""; 0], "{granularity}");
        }
    }

    #[test]
    fn what_is_past_retention_is_left_out() {
        let daily = periods(
            Granularity::Daily,
            "2024-09-01T00:00:00Z",
            "2024-09-17T00:00:00Z",
        );
        assert_eq!(
            daily,
            ["24-09-15T00/24-09-16T00", "24-09-16T00/24-09-17T00"]
        );
        let all = periods(
            Granularity::All,
            "2024-09-01T00:00:00Z",
            "2024-09-17T00:00:00Z",
        );
        assert_eq!(all, ["24-09-01T00/24-09-17T00"]);
        for granularity in Granularity::ALL {
            let none = periods(granularity, "2024-09-01T00:00:00Z", "2024-09-15T00:00:00Z");
            assert_eq!(none, [""; 0], "{granularity}");
        }
    }

    #[test]
    fn the_whole_calendar_is_a_window() {
        let start = "0000-01-01T00:00:00Z";
        let hourly = periods(Granularity::Hourly, start, "9999-12-31T23:59:59Z");
        assert_eq!(
            hourly.first().map(String::as_str),
            Some("24-09-15T00/24-09-15T01")
        );
        assert_eq!(
            periods(Granularity::All, start, "9999-12-31T00:00:00Z").len(),
            1
        );
    }
}
