//! What to read next, from what is held and the time.

use std::num::NonZeroU32;

use chrono::{DateTime, Datelike as _, Months, NaiveTime, TimeDelta, Utc};
use usage_model::{
    Granularity, RETENTION_MONTHS, SETTLED_AFTER, Window, WindowPart, retention_cutoff,
};

use crate::{
    key::Bounds,
    settle::{CONFIRMED_AFTER, Seen},
};

/// For how long after its end a period is read by every sync, and once after that; carriers deliver up to 120 hours
/// late.
pub const DEFAULT_LOOK_BACK: TimeDelta = TimeDelta::days(7);

/// How often the whole retention of an account is read again; it takes some fifteen requests.
pub const FULL_READ_EVERY: TimeDelta = TimeDelta::days(30);

/// How many periods a window has at most: as many records as the API puts on a page.
const PERIODS_PER_WINDOW: i32 = 1_000;

/// What is held of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// Windows that were read in full, and when.
    pub windows: Vec<(Window, DateTime<Utc>)>,
    /// Periods whose figures are not final, and when those were seen.
    pub unsettled: Vec<(Bounds, Seen)>,
}

/// Why a window is read. What is most urgent stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It was never read in full.
    Missing,
    /// Figures in it are not final.
    Unsettled,
    /// It was so young when it was read last that late usage may have arrived since.
    LookBack,
    /// The whole retention is due.
    Full,
}

/// A window to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// The window; it starts at a UTC midnight and ends at one, or at the time of the plan.
    pub window: Window,
    /// The most urgent reason for any part of it.
    pub reason: Reason,
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// The time, by the server's clock.
    pub at: DateTime<Utc>,
    /// Nothing before is read; `None` for the retention limit. Never before that limit.
    pub start: Option<DateTime<Utc>>,
    /// Nothing after is read; for a SIM that has left. What is final and older than the look-back is not read again.
    pub end: Option<DateTime<Utc>>,
    /// For how long after its end a period is read by every sync, and once after that.
    pub look_back: TimeDelta,
    /// Whether the whole retention is read in any case.
    pub all: bool,
    /// The longest window in days, where a server takes none that would fill a page.
    pub max_days: Option<NonZeroU32>,
}

impl PlanOptions {
    /// Plans the whole retention for a time, by the server's clock.
    pub const fn new(at: DateTime<Utc>) -> Self {
        Self {
            at,
            start: None,
            end: None,
            look_back: DEFAULT_LOOK_BACK,
            all: false,
            max_days: None,
        }
    }

    /// Returns the start of the range that is kept; inclusive.
    pub fn from(&self) -> DateTime<Utc> {
        let limit = retention_cutoff(self.at);
        self.start.map_or(limit, |start| start.max(limit))
    }
}

/// A day, or for `all` a calendar month, and how often it was read in full.
#[derive(Clone, Copy, Debug)]
struct Cell {
    window: Window,
    /// The first and the last time that a window covered all of it.
    covered: Option<Seen>,
    /// Whether a window ended within it, when it was not over yet.
    is_begun: bool,
    has_unsettled: bool,
    /// Whether a reading now could make something in it final.
    is_ripe: bool,
}

impl Cell {
    /// Whether a further reading would find the same, as far as one can know.
    fn is_final(&self) -> bool {
        let period = Bounds::new(self.window.start(), self.window.end());
        !self.has_unsettled && self.covered.is_some_and(|covered| covered.is_final(period))
    }

    /// Whether late usage may have arrived after the last reading.
    fn is_young(&self, look_back: TimeDelta) -> bool {
        let age_when_read = |seen: Seen| seen.last.signed_duration_since(self.window.end());
        self.covered
            .is_some_and(|covered| age_when_read(covered) < look_back)
    }
}

/// The windows to read of a series, in the order in which to read them: what is missing, oldest first, because that
/// is deleted next; then what is not final; then what late usage may still change; then the rest of the
/// retention, where it is due.
///
/// A pure function of what is held and the time. Neighbouring parts share a window as long as its records fit a
/// page.
///
/// ```
/// use usage_archive::{Held, PlanOptions, Reason, plan};
/// use usage_model::Granularity;
///
/// // Of an empty archive all is missing: 18 months of days, which fit one page.
/// let options = PlanOptions::new("2026-06-03T06:00:00Z".parse()?);
/// let planned = plan(&Held::default(), Granularity::Daily, &options);
/// assert_eq!(planned.len(), 1);
/// assert_eq!(planned[0].reason, Reason::Missing);
/// assert_eq!(planned[0].window.start(), options.from());
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn plan(held: &Held, granularity: Granularity, options: &PlanOptions) -> Vec<Planned> {
    let cells = cells(held, granularity, options);
    let mut covered = cells.iter().filter_map(|cell| cell.covered);
    let is_due = |seen: Seen| options.at.signed_duration_since(seen.last) >= FULL_READ_EVERY;
    let has_left = options.end.is_some();
    let is_full = options.all || (!has_left && covered.any(is_due));
    let wanted = cells.iter().filter_map(|cell| {
        let age = options.at.signed_duration_since(cell.window.end());
        let reason = match cell {
            Cell {
                covered: None,
                is_begun: false,
                ..
            } => Reason::Missing,
            cell if !cell.is_final() && (cell.is_ripe || age < DEFAULT_LOOK_BACK) => {
                Reason::Unsettled
            }
            _ if cell.is_young(options.look_back) => Reason::LookBack,
            _ if is_full => Reason::Full,
            _ => return None,
        };
        Some(Planned {
            window: cell.window,
            reason,
        })
    });
    let mut windows = join(wanted, granularity, options);
    windows.sort_by_key(|planned| (planned.reason, planned.window.start()));
    windows
}

/// Returns the first instant of the range whose figures are not final; `None` where all are.
///
/// What the server deletes before that is safely held.
pub fn first_unsettled(
    held: &Held,
    granularity: Granularity,
    options: &PlanOptions,
) -> Option<DateTime<Utc>> {
    let cells = cells(held, granularity, options);
    let open = cells.iter().find(|cell| !cell.is_final());
    open.map(|cell| cell.window.start())
}

/// Returns when the server deletes what it has from an instant on: the first midnight at which that lies before the
/// retention limit. `None` beyond the calendar.
pub fn deleted_at(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Months of 28 days and a day clamped to the month move the limit by three days at most.
    let about = instant.checked_add_months(Months::new(RETENTION_MONTHS))? - TimeDelta::days(4);
    let first = about.with_time(NaiveTime::MIN).single()?;
    (0..12)
        .map(|days| first + TimeDelta::days(days))
        .find(|midnight| retention_cutoff(*midnight) > instant)
}

/// Joins cells to windows of at most one page.
fn join(
    cells: impl Iterator<Item = Planned>,
    granularity: Granularity,
    options: &PlanOptions,
) -> Vec<Planned> {
    let longest = granularity
        .bucket()
        .map(|bucket| bucket * PERIODS_PER_WINDOW);
    let longest = match (longest, options.max_days) {
        (Some(longest), Some(days)) => Some(longest.min(TimeDelta::days(days.get().into()))),
        (longest, _) => longest,
    };
    let mut windows: Vec<Planned> = Vec::new();
    for cell in cells {
        let joined = windows.last_mut().and_then(|last| {
            let window = Window::new(last.window.start(), cell.window.end()).ok()?;
            let length = window.end().signed_duration_since(window.start());
            // A record of `all` is for its window, so that months are never joined.
            (length <= longest?).then_some((last, window))
        });
        match joined {
            Some((last, window)) => {
                last.window = window;
                last.reason = last.reason.min(cell.reason);
            }
            None => windows.push(cell),
        }
    }
    windows
}

/// The days or months of the range, with what is known of each.
fn cells(held: &Held, granularity: Granularity, options: &PlanOptions) -> Vec<Cell> {
    let end = options.end.map_or(options.at, |end| end.min(options.at));
    let Ok(range) = Window::new(options.from(), end) else {
        return Vec::new();
    };
    let part = match granularity {
        Granularity::All => WindowPart::Month,
        Granularity::Hourly | Granularity::Daily => WindowPart::Day,
    };
    let mut cells: Vec<Cell> = range
        .split(part, NonZeroU32::MIN)
        .filter(|cell| part == WindowPart::Day || is_whole_month(*cell))
        .map(|window| Cell {
            window,
            covered: None,
            is_begun: false,
            has_unsettled: false,
            is_ripe: false,
        })
        .collect();
    for &(window, read_at) in &held.windows {
        for cell in meeting(&mut cells, window.start(), window.end()) {
            if window.start() > cell.window.start() {
                continue;
            }
            if window.end() < cell.window.end() {
                cell.is_begun = true;
                continue;
            }
            let seen = cell.covered.get_or_insert(Seen::new(read_at, read_at));
            seen.first = seen.first.min(read_at);
            seen.last = seen.last.max(read_at);
        }
    }
    let is_ripe = |first: DateTime<Utc>| options.at.signed_duration_since(first) >= CONFIRMED_AFTER;
    for cell in &mut cells {
        cell.is_ripe = match cell.covered {
            Some(covered) => !cell.is_final() && is_ripe(covered.first),
            None => true,
        };
    }
    for &(period, seen) in &held.unsettled {
        for cell in meeting(&mut cells, period.start, period.end) {
            // A period that later windows no longer brought is as final as an empty one.
            let last = cell.covered.map_or(seen.last, |covered| covered.last);
            let is_final = period.age(last) >= SETTLED_AFTER
                && last.signed_duration_since(seen.first) >= CONFIRMED_AFTER;
            cell.has_unsettled |= !is_final;
            cell.is_ripe |= !is_final && is_ripe(seen.first);
        }
    }
    cells
}

/// The cells that a time meets.
fn meeting(
    cells: &mut [Cell],
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> impl Iterator<Item = &mut Cell> {
    let first = cells.partition_point(|cell| cell.window.end() <= start);
    let meeting = cells.get_mut(first..).unwrap_or_default().iter_mut();
    meeting.take_while(move |cell| cell.window.start() < end)
}

fn is_whole_month(cell: Window) -> bool {
    [cell.start(), cell.end()]
        .into_iter()
        .all(|bound| bound.day() == 1 && bound.time() == NaiveTime::MIN)
}
