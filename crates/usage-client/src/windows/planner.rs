//! Cuts a range into windows, one after the other, with what is known of the server by then.

use std::num::NonZeroU32;

use chrono::{DateTime, SubsecRound, Utc};
use usage_model::{Granularity, Window, WindowPart, retention_cutoff};

use super::{
    plan::WindowPlan,
    report::{WindowReport, WindowState},
    server_limits::{Facts, ServerLimits},
};
use crate::UsageQuery;

/// Hands out the windows of a range, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Planner {
    /// What has not been handed out.
    rest: Option<Window>,
    granularity: Granularity,
    /// The retention limit.
    cutoff: DateTime<Utc>,
    days: Option<NonZeroU32>,
    longest: Option<NonZeroU32>,
}

/// A window to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) window: Window,
    /// Whether it starts before the retention limit.
    pub(super) past_retention: bool,
}

impl Planner {
    /// Plans a query; gives what of its range is not asked for too.
    pub(super) fn new(query: &UsageQuery, plan: &WindowPlan) -> (Self, Vec<WindowReport>) {
        let range = query.window();
        let granularity = query.granularity();
        let cutoff = retention_cutoff(plan.as_of);
        let now = plan.as_of.trunc_subsecs(0);
        let start = if plan.leave_out_expired {
            range.start().max(cutoff)
        } else {
            range.start()
        };
        let expired = (
            Window::new(range.start(), start.min(range.end())).ok(),
            WindowState::Expired,
        );
        let future = (
            Window::new(range.start().max(now), range.end()).ok(),
            WindowState::Future,
        );
        let unasked = [expired, future].into_iter().filter_map(|(window, state)| {
            let window = window?;
            let is_past_retention = state == WindowState::Expired;
            let mut report = WindowReport::new(window, granularity, is_past_retention);
            report.state = state;
            Some(report)
        });
        let unasked = unasked.collect();
        let planner = Self {
            rest: Window::new(start, range.end().min(now)).ok(),
            granularity,
            cutoff,
            days: plan.days,
            longest: plan.longest,
        };
        (planner, unasked)
    }

    /// What has not been handed out.
    pub(super) const fn rest(&self) -> Option<Window> {
        self.rest
    }

    /// Hands nothing out any more; gives what would have been.
    pub(super) const fn stop(&mut self) -> Option<Window> {
        self.rest.take()
    }

    /// The next window.
    pub(super) fn next(&mut self, limits: &ServerLimits) -> Option<Planned> {
        let rest = self.rest.take()?;
        let window = match self.width(limits.facts()) {
            None => rest,
            Some(days) => {
                let window = rest.split(WindowPart::Day, days).next().unwrap_or(rest);
                // What is past retention and what is not are told apart.
                Window::new(window.start(), window.end().min(self.cutoff)).unwrap_or(window)
            }
        };
        self.rest = Window::new(window.end(), rest.end()).ok();
        Some(Planned {
            window,
            past_retention: window.start() < self.cutoff,
        })
    }

    /// All windows that would be handed out now.
    pub(super) fn all(&self, limits: &ServerLimits) -> Vec<Window> {
        let mut planner = self.clone();
        let planned = std::iter::from_fn(|| planner.next(limits));
        planned.map(|planned| planned.window).collect()
    }

    /// How many days wide the next window is; `None` for the whole range.
    fn width(&self, facts: Facts) -> Option<NonZeroU32> {
        if self.granularity == Granularity::All {
            // A record is as long as its window: it is cut only where the server takes no longer one.
            return facts.cap;
        }
        let days = self.days.or_else(|| page_width(self.granularity, facts));
        let limits = [self.longest, facts.cap].into_iter().flatten();
        Some(limits.fold(days?, NonZeroU32::min))
    }
}

/// How many days of records a page has room for, one day at least; `None` where a record is as long as the
/// window.
fn page_width(granularity: Granularity, facts: Facts) -> Option<NonZeroU32> {
    let a_day = match granularity {
        Granularity::Hourly => 24,
        Granularity::Daily => 1,
        Granularity::All => return None,
    };
    let room = facts.page_holds.saturating_sub(facts.beyond);
    Some(NonZeroU32::new(u32::from(room / a_day)).unwrap_or(NonZeroU32::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usage_model::{PageSize, Resource};

    const AS_OF: &str = "2026-11-01T06:30:00.5Z";

    fn days(days: u32) -> NonZeroU32 {
        NonZeroU32::new(days).unwrap()
    }

    fn plan() -> WindowPlan {
        WindowPlan::new(AS_OF.parse().unwrap())
    }

    fn query(start: &str, end: &str, granularity: Granularity, page_size: u16) -> UsageQuery {
        let window = Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        UsageQuery::new(Resource::Account, window, granularity)
            .page_size(PageSize::new(page_size).unwrap())
    }

    /// The windows as text, past retention marked with a star; borders only, because they meet.
    fn planned(query: &UsageQuery, plan: &WindowPlan) -> Vec<String> {
        let (mut planner, _) = Planner::new(query, plan);
        let limits = ServerLimits::new(query.records_per_page());
        let mut windows = Vec::new();
        let mut end = None;
        while let Some(planned) = planner.next(&limits) {
            assert!(end.is_none_or(|end| end == planned.window.start()));
            end = Some(planned.window.end());
            let star = if planned.past_retention { "*" } else { "" };
            windows.push(format!(
                "{}{star}",
                planned.window.start().format("%m-%dT%H")
            ));
        }
        windows.extend(end.map(|end| end.format("%m-%dT%H:%M:%S").to_string()));
        windows
    }

    #[test]
    fn a_window_is_as_wide_as_a_page() {
        for (granularity, page_size, beyond, expected) in [
            (Granularity::Hourly, 1000, 0, Some(41)),
            (Granularity::Hourly, 50, 0, Some(2)),
            (Granularity::Hourly, 50, 1, Some(2)),
            (Granularity::Hourly, 50, 3, Some(1)),
            (Granularity::Hourly, 48, 0, Some(2)),
            (Granularity::Hourly, 48, 1, Some(1)),
            (Granularity::Hourly, 47, 0, Some(1)),
            (Granularity::Hourly, 24, 0, Some(1)),
            (Granularity::Hourly, 1, 0, Some(1)),
            (Granularity::Hourly, 1, 24, Some(1)),
            (Granularity::Daily, 1000, 0, Some(1000)),
            (Granularity::Daily, 1000, 1, Some(999)),
            (Granularity::Daily, 1, 0, Some(1)),
            (Granularity::Daily, 1, 1, Some(1)),
            (Granularity::All, 1, 0, None),
        ] {
            let facts = Facts {
                page_holds: page_size,
                beyond,
                ..ServerLimits::new(PageSize::MAX).facts()
            };
            let width = page_width(granularity, facts).map(NonZeroU32::get);
            assert_eq!(width, expected, "{granularity} {page_size} {beyond}");
        }
    }

    #[test]
    fn bounds_are_midnights_and_the_ends_are_those_of_the_range() {
        for (start, end, granularity, page_size, expected) in [
            (
                "2026-09-01T00:00:00Z",
                "2026-09-06T00:00:00Z",
                Granularity::Hourly,
                50,
                &["09-01T00", "09-03T00", "09-05T00", "09-06T00:00:00"][..],
            ),
            (
                "2026-09-01T06:00:00Z",
                "2026-09-04T10:00:00Z",
                Granularity::Hourly,
                50,
                &["09-01T06", "09-03T00", "09-04T10:00:00"],
            ),
            (
                "2026-09-01T06:00:00Z",
                "2026-09-01T07:00:00Z",
                Granularity::Hourly,
                1000,
                &["09-01T06", "09-01T07:00:00"],
            ),
            (
                "2026-09-01T00:00:00Z",
                "2026-09-06T00:00:00Z",
                Granularity::All,
                1,
                &["09-01T00", "09-06T00:00:00"],
            ),
            (
                "2026-09-01T00:00:00Z",
                "2026-09-06T00:00:00Z",
                Granularity::Daily,
                1000,
                &["09-01T00", "09-06T00:00:00"],
            ),
        ] {
            let query = query(start, end, granularity, page_size);
            assert_eq!(planned(&query, &plan()), expected, "{query:?}");
        }
    }

    #[test]
    fn widths_can_be_set_and_limited() {
        let query = query(
            "2026-09-01T00:00:00Z",
            "2026-09-06T00:00:00Z",
            Granularity::Daily,
            1000,
        );
        let threes = ["09-01T00", "09-04T00", "09-06T00:00:00"];
        for plan in [
            plan().days(days(3)),
            plan().longest(days(3)),
            plan().days(days(4)).longest(days(3)),
            plan().days(days(3)).longest(days(4)),
        ] {
            assert_eq!(planned(&query, &plan), threes, "{plan:?}");
        }
        let (mut planner, _) = Planner::new(&query, &plan().longest(days(4)));
        let limits = ServerLimits::new(PageSize::MAX);
        limits.cap(days(2));
        let window = planner.next(&limits).unwrap().window;
        assert_eq!((window.end() - window.start()).num_days(), 2);
        assert_eq!(planner.stop().unwrap().start(), window.end());
        assert_eq!((planner.next(&limits), planner.rest()), (None, None));
    }

    #[test]
    fn all_is_one_window_whatever_is_set() {
        let query = query(
            "2024-09-01T00:00:00Z",
            "2026-09-06T00:00:00Z",
            Granularity::All,
            1000,
        );
        let plan = plan().days(days(3)).longest(days(3));
        assert_eq!(planned(&query, &plan), ["09-01T00*", "09-06T00:00:00"]);
    }

    #[test]
    fn a_window_past_retention_is_flagged_or_left_out() {
        let over = query(
            "2025-04-29T12:00:00Z",
            "2025-05-04T00:00:00Z",
            Granularity::Daily,
            1000,
        );
        let kept = ["04-29T12*", "05-01T00", "05-04T00:00:00"];
        assert_eq!(planned(&over, &plan()), kept);
        assert!(Planner::new(&over, &plan()).1.is_empty());
        let without = plan().leave_out_expired(true);
        assert_eq!(planned(&over, &without), ["05-01T00", "05-04T00:00:00"]);
        let (_, unasked) = Planner::new(&over, &without);
        let [unasked] = &unasked[..] else {
            panic!("{unasked:?}");
        };
        assert_eq!(
            unasked.window.to_string(),
            "2025-04-29T12:00:00Z to 2025-05-01T00:00:00Z"
        );
        assert!(unasked.past_retention);
        assert_eq!(unasked.state, WindowState::Expired);

        let before = query(
            "2025-04-29T12:00:00Z",
            "2025-04-30T00:00:00Z",
            Granularity::Daily,
            1000,
        );
        let (planner, unasked) = Planner::new(&before, &without);
        assert_eq!(planner.rest(), None);
        assert_eq!(unasked[0].window, before.window());
        // The limit itself is within retention.
        let at = query(
            "2025-05-01T00:00:00Z",
            "2025-05-02T00:00:00Z",
            Granularity::Daily,
            1000,
        );
        assert_eq!(planned(&at, &plan()), ["05-01T00", "05-02T00:00:00"]);
        assert!(Planner::new(&at, &without).1.is_empty());
    }

    #[test]
    fn the_future_is_not_asked_for() {
        let into = query(
            "2026-10-31T00:00:00Z",
            "2026-11-05T00:00:00Z",
            Granularity::Hourly,
            24,
        );
        assert_eq!(
            planned(&into, &plan()),
            ["10-31T00", "11-01T00", "11-01T06:30:00"]
        );
        let (_, unasked) = Planner::new(&into, &plan());
        let [unasked] = &unasked[..] else {
            panic!("{unasked:?}");
        };
        assert_eq!(
            unasked.window.to_string(),
            "2026-11-01T06:30:00Z to 2026-11-05T00:00:00Z"
        );
        assert_eq!(unasked.state, WindowState::Future);
        assert!(!unasked.past_retention);
        let future = query(
            "2026-11-01T06:30:00Z",
            "2026-11-05T00:00:00Z",
            Granularity::Hourly,
            24,
        );
        let (planner, unasked) = Planner::new(&future, &plan());
        assert_eq!(planner.rest(), None);
        assert_eq!(unasked[0].window, future.window());
    }
}
