//! What came of a fetch.

use std::{num::NonZeroU32, time::Duration};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use usage_model::{Granularity, PageSize, Window};

use super::server_limits::Facts;
use crate::{
    Continuity, Page,
    error::failure::Effort,
    paging::{dedup::Repeats, identity::bounds},
};

/// What came of a fetch in windows.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FetchReport {
    /// Pages delivered.
    pub pages: u64,
    /// Records delivered, without the malformed ones.
    pub records: u64,
    /// Records that do not decode.
    pub malformed: u64,
    /// Records delivered that state no period, so that nothing says whether they belong to the window.
    pub without_period: u64,
    /// Records for periods that another page, piece or window brought too, and that are not delivered.
    pub repeated: u64,
    /// How many of those have other figures than the record that is delivered.
    pub differing: u64,
    /// Requests for the pages delivered and for those that failed, refused windows that were then tried in
    /// pieces and the requests that found that out included.
    pub attempts: u64,
    /// Time spent on waits between attempts and for the client's turn, summed over all pages; windows
    /// fetched at a time wait at a time.
    pub waited: Duration,
    /// How long of that the server had asked for, with `Retry-After`; the rest is the client's own.
    pub waited_as_asked: Duration,
    /// Bytes of the bodies of the pages delivered, decompressed.
    pub bytes: u64,
    /// When the server answered last, by its own clock.
    pub server_date: Option<DateTime<Utc>>,
    /// How many UTC days the windows had that the server took, where it refused longer ones. With the granularity
    /// `all` a window was then asked for in pieces, and each record is the total of a piece.
    pub longest_window: Option<NonZeroU32>,
    /// The page size that was asked for in the end, where the server refused or failed at a larger one.
    pub smaller_pages: Option<PageSize>,
    /// Periods missing exactly between two pages of a window, which may mean that the data moved while it
    /// was paged through.
    pub gaps: Vec<Window>,
    /// The windows that have ended, and what was not asked for, in the order of time.
    pub windows: Vec<WindowReport>,
}

/// What came of one window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WindowReport {
    /// The window as it was asked for; the server widens it to whole UTC days.
    pub window: Window,
    /// Whether it is complete.
    pub state: WindowState,
    /// Whether it starts before the retention limit: usage there is left out without an error.
    pub past_retention: bool,
    /// How many hours or days it has, whole or in part; `None` with the granularity `all`. The server may
    /// leave out those without usage, so that fewer records are no proof that some are missing.
    pub expected: Option<u64>,
    /// Records delivered, malformed ones included.
    pub records: u64,
    /// Pages delivered.
    pub pages: u64,
    /// The parts that could not be fetched, in the order of time.
    pub missing: Vec<Window>,
}

/// How a window ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WindowState {
    /// Not yet.
    #[default]
    UnderWay,
    /// Everything that the server has for it was delivered.
    Complete,
    /// A part of it is missing, or all of it; the other pages were delivered.
    Failed,
    /// It was not asked for, because the failure before would have met it too.
    NotAsked,
    /// It was not asked for, because it is past retention and was to be left out.
    Expired,
    /// It was not asked for, because it is in the future.
    Future,
}

impl FetchReport {
    /// Returns about how many requests were made again: all but the first for each page delivered and each part that
    /// failed.
    ///
    /// A window that the server refuses as too long and that is asked for in pieces counts as one.
    pub fn retries(&self) -> u64 {
        let failed = self
            .windows
            .iter()
            .filter(|one| one.state == WindowState::Failed);
        let failed = failed.map(|one| u64::try_from(one.missing.len()).unwrap_or(u64::MAX));
        let first = failed.fold(self.pages, u64::saturating_add);
        self.attempts.saturating_sub(first)
    }

    /// Returns whether nothing is missing that was asked for.
    ///
    /// What was not to be asked for is not missing: a range wholly in the future yields nothing and is
    /// complete, and so is one wholly past retention that was left out. [`FetchReport::windows`] tells
    /// them apart by their [`WindowState`].
    pub fn is_complete(&self) -> bool {
        let missing = |state| matches!(state, WindowState::Failed | WindowState::NotAsked);
        !self.windows.iter().any(|window| missing(window.state))
    }

    pub(super) fn add(&mut self, page: &Page, repeats: &Repeats) {
        let (records, malformed) = counts(page);
        self.pages = self.pages.saturating_add(1);
        self.records = self.records.saturating_add(records);
        self.malformed = self.malformed.saturating_add(malformed);
        let read = page.records.iter().flatten();
        let without_period = read.filter(|record| bounds(record).is_none()).count();
        self.without_period = self.without_period.saturating_add(length(without_period));
        self.repeated = self.repeated.saturating_add(repeats.records);
        self.differing = self
            .differing
            .saturating_add(length(repeats.differing.len()));
        self.attempts = self.attempts.saturating_add(page.attempts.into());
        self.waited = self.waited.saturating_add(page.waited);
        self.waited_as_asked = self.waited_as_asked.saturating_add(page.waited_as_asked);
        self.bytes = self.bytes.saturating_add(page.bytes);
        self.server_date = self.server_date.max(page.server_date);
        if let Continuity::Gap(window) = page.continuity {
            self.gaps.push(window);
        }
    }

    /// Puts a window in its place: what is in the future stands here from the start.
    pub(super) fn file(&mut self, window: WindowReport) {
        let earlier = |other: &WindowReport| other.window < window.window;
        let place = self.windows.partition_point(earlier);
        self.windows.insert(place, window);
    }

    /// Adds what was spent on requests that brought nothing to deliver.
    pub(super) fn spent(&mut self, effort: Effort) {
        self.attempts = self.attempts.saturating_add(effort.attempts.into());
        self.waited = self.waited.saturating_add(effort.waited);
        self.waited_as_asked = self.waited_as_asked.saturating_add(effort.asked);
    }

    /// Says what the server turned out to take.
    pub(super) fn learn(&mut self, facts: Facts, asked: PageSize) {
        self.longest_window = facts.cap;
        // A server that takes no page at all has not said which ones it takes.
        let has_taken = facts.taken.is_some_and(|taken| taken <= facts.page_size);
        self.smaller_pages = (facts.page_size < asked && has_taken).then_some(facts.page_size);
    }
}

impl WindowReport {
    pub(super) fn new(window: Window, granularity: Granularity, past_retention: bool) -> Self {
        Self {
            window,
            state: WindowState::UnderWay,
            past_retention,
            expected: granularity
                .bucket()
                .and_then(|length| periods(window, length)),
            records: 0,
            pages: 0,
            missing: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, page: &Page) {
        self.records = self.records.saturating_add(length(page.records.len()));
        self.pages = self.pages.saturating_add(1);
    }
}

/// How many periods of that length the window meets.
pub(super) fn periods(window: Window, length: TimeDelta) -> Option<u64> {
    let seconds = length.num_seconds();
    let first = window.start().timestamp().div_euclid(seconds);
    let end = window.end();
    // The last second counts where the window ends within it.
    let whole = end.trunc_subsecs(0) == end;
    let last = if whole {
        end.timestamp() - 1
    } else {
        end.timestamp()
    };
    let count = last
        .div_euclid(seconds)
        .checked_sub(first)?
        .checked_add(1)?;
    u64::try_from(count).ok()
}

/// Good and malformed records of a page.
fn counts(page: &Page) -> (u64, u64) {
    let malformed = page.records.iter().filter(|record| record.is_err()).count();
    let good = page.records.len().saturating_sub(malformed);
    (length(good), length(malformed))
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use usage_model::{PageMeta, Place, PlacedRecord, UsagePage, UsageRecord};

    use super::*;
    use crate::Repeat;

    #[test]
    fn hours_and_days_with_records_are_counted() {
        for (start, end, granularity, expected) in [
            (
                "2025-01-01T00:00:00Z",
                "2025-01-03T00:00:00Z",
                Granularity::Hourly,
                Some(48),
            ),
            (
                "2025-01-01T00:00:00Z",
                "2025-01-03T00:00:00Z",
                Granularity::Daily,
                Some(2),
            ),
            (
                "2025-01-01T00:00:00Z",
                "2025-01-03T00:00:00Z",
                Granularity::All,
                None,
            ),
            (
                "2025-01-01T00:59:59Z",
                "2025-01-01T01:00:01Z",
                Granularity::Hourly,
                Some(2),
            ),
            (
                "2025-01-01T00:59:59Z",
                "2025-01-01T01:00:00.5Z",
                Granularity::Hourly,
                Some(2),
            ),
            (
                "2025-01-01T00:59:59Z",
                "2025-01-01T01:00:00Z",
                Granularity::Hourly,
                Some(1),
            ),
            (
                "1969-12-31T23:00:00Z",
                "1970-01-01T01:00:00Z",
                Granularity::Hourly,
                Some(2),
            ),
        ] {
            let window = Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
            let report = WindowReport::new(window, granularity, false);
            assert_eq!(report.expected, expected, "{window}");
        }
    }

    /// A page with two records and a malformed one.
    fn page(continuity: Continuity, server_date: &str) -> Page {
        let body = br#"{"usage_records":[{"sim_sid":"DE"},7,{"sim_sid":"DE"}],"meta":null}"#;
        Page {
            records: UsagePage::from_slice(body).unwrap().records,
            meta: PageMeta::default(),
            index: 0,
            server_date: Some(server_date.parse().unwrap()),
            cursor: None,
            continuity,
            attempts: 3,
            waited: Duration::from_secs(2),
            waited_as_asked: Duration::from_secs(1),
            elapsed: Duration::from_secs(5),
            bytes: 100,
            body: None,
        }
    }

    #[test]
    fn a_report_adds_up_what_the_pages_brought_and_what_failures_cost() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (late, early) = ("2025-01-01T09:00:00Z", "2025-01-01T08:00:00Z");
        let gap = Window::new(at(early), at(late)).unwrap();
        let placed = || PlacedRecord::new(Place::default(), UsageRecord::default());
        let differing = Repeat {
            delivered: placed(),
            dropped: placed(),
            is_latest: true,
        };
        let pages = [
            page(Continuity::Gap(gap), late),
            page(Continuity::Contiguous, early),
        ];
        let mut report = FetchReport::default();
        let repeats = |records, differing| Repeats {
            records,
            differing,
            ..Repeats::default()
        };
        report.add(
            &pages[0],
            &repeats(4, vec![differing.clone(), differing.clone()]),
        );
        report.add(&pages[1], &repeats(1, vec![differing]));
        let effort = Effort {
            attempts: 5,
            waited: Duration::from_secs(7),
            asked: Duration::from_secs(3),
            elapsed: Duration::ZERO,
        };
        report.spent(effort);
        assert_eq!((report.pages, report.records, report.malformed), (2, 4, 2));
        assert_eq!((report.repeated, report.differing), (5, 3));
        assert_eq!((report.attempts, report.waited.as_secs()), (11, 11));
        assert_eq!(report.waited_as_asked.as_secs(), 5);
        assert_eq!(report.bytes, 200);
        assert_eq!(report.server_date, Some(at(late)));
        assert_eq!(report.gaps, [gap]);

        let mut window = WindowReport::new(gap, Granularity::Hourly, false);
        window.add(&pages[0]);
        window.add(&pages[1]);
        assert_eq!((window.pages, window.records), (2, 6));
    }

    #[test]
    fn what_was_not_to_be_asked_for_is_not_missing() {
        let start = "2025-01-01T00:00:00Z".parse().unwrap();
        let end = "2025-01-02T00:00:00Z".parse().unwrap();
        let window = Window::new(start, end).unwrap();
        for (state, complete) in [
            (WindowState::Complete, true),
            (WindowState::UnderWay, true),
            (WindowState::Expired, true),
            (WindowState::Future, true),
            (WindowState::Failed, false),
            (WindowState::NotAsked, false),
        ] {
            let mut report = WindowReport::new(window, Granularity::Daily, false);
            report.state = state;
            let fetch = FetchReport {
                windows: vec![report],
                ..FetchReport::default()
            };
            assert_eq!(fetch.is_complete(), complete, "{state:?}");
        }
    }
}
