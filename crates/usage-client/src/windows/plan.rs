//! How a range is to be fetched in windows.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

/// How many windows are fetched at a time unless told otherwise.
pub const DEFAULT_CONCURRENCY: NonZeroU32 = match NonZeroU32::new(4) {
    Some(four) => four,
    None => NonZeroU32::MIN,
};

/// How a range is cut into windows, and how many are fetched at a time.
///
/// Windows meet at UTC midnights, because the server widens what it is asked for to whole UTC days. Unless
/// told otherwise a window is as wide as one page has records for, so that every request of a fetch can go
/// out without waiting for the one before. The granularity `all` has one record for a window, so that its
/// range is never cut.
///
/// What lies after [`WindowPlan::new`]'s `as_of` is not asked for: a range wholly in the future yields
/// nothing, and the report says so with a window of the state
/// [`WindowState::Future`](crate::WindowState::Future).
///
/// ```
/// use std::num::NonZeroU32;
///
/// use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
/// use usage_model::{Granularity, Resource, Window};
///
/// let client = Client::builder().credentials(Credentials::bearer("an-access-token")).build()?;
/// let window = Window::new("2026-02-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
/// let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
/// let plan = WindowPlan::new("2026-03-15T12:00:00Z".parse()?).days(NonZeroU32::new(7).expect("not 0"));
/// assert_eq!(client.windows(query, &plan).planned().len(), 4); // nothing is sent
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct WindowPlan {
    pub(super) as_of: DateTime<Utc>,
    pub(super) concurrency: NonZeroU32,
    pub(super) days: Option<NonZeroU32>,
    pub(super) longest: Option<NonZeroU32>,
    pub(super) leave_out_expired: bool,
}

impl WindowPlan {
    /// Returns a plan of windows as wide as a page, four at a time.
    ///
    /// `as_of` is the present: usage after it does not exist yet, and retention is counted from it.
    pub const fn new(as_of: DateTime<Utc>) -> Self {
        Self {
            as_of,
            concurrency: DEFAULT_CONCURRENCY,
            days: None,
            longest: None,
            leave_out_expired: false,
        }
    }

    /// Sets how many windows are fetched at a time. In memory are at most that many and one more. Of each there
    /// are as many pages as hold the records of one page of the largest size; where a window has more, one
    /// page besides that is fetched by then.
    pub const fn concurrency(mut self, windows: NonZeroU32) -> Self {
        self.concurrency = windows;
        self
    }

    /// Sets the width of windows to `n` UTC days instead of a page. Where the server lists the newest records first,
    /// the whole of a window is in memory, because its oldest records come last.
    pub const fn days(mut self, days: NonZeroU32) -> Self {
        self.days = Some(days);
        self
    }

    /// Limits windows to `n` UTC days, for servers with a limit: some refuse more than 31 days
    /// of hours, or three months of days. Such a limit need not be set: where a server refuses a window
    /// longer than that, it is tried in shorter pieces. What is refused for another reason costs a request
    /// more for each such window.
    pub const fn longest(mut self, days: NonZeroU32) -> Self {
        self.longest = Some(days);
        self
    }

    /// Sets whether what lies wholly before the retention limit, 18 calendar months before `as_of`, is left
    /// out. By default it is asked for all the same, and its pages are marked.
    pub const fn leave_out_expired(mut self, leave_out: bool) -> Self {
        self.leave_out_expired = leave_out;
        self
    }

    pub(super) fn at_a_time(&self) -> usize {
        usize::try_from(self.concurrency.get()).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_windows_are_fetched_at_a_time_by_default() {
        let plan = WindowPlan::new("2026-11-01T00:00:00Z".parse().unwrap());
        assert_eq!(plan.at_a_time(), 4);
        let seven = NonZeroU32::new(7).unwrap();
        assert_eq!(plan.concurrency(seven).at_a_time(), 7);
    }
}
