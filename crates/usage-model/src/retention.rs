//! How long the API keeps usage, and how long it takes to be complete.

use chrono::{DateTime, Months, NaiveTime, TimeDelta, Utc};

/// Calendar months for which usage is kept before it is deleted; from the vendor's page, "Retention period".
pub const RETENTION_MONTHS: u32 = 18;

/// Usage may not be reflected at all for this long; from the vendor's page, "Data availability".
pub const REFLECTED_AFTER: TimeDelta = TimeDelta::hours(24);

/// Usage is typically complete after this long; from the vendor's page, "Data availability".
pub const SETTLED_AFTER: TimeDelta = TimeDelta::hours(48);

/// Returns whether the usage of a period that ends at `end` is complete in data fetched at `as_of`, as far as the
/// vendor promises: whether [`SETTLED_AFTER`] has passed.
pub fn is_settled(end: DateTime<Utc>, as_of: DateTime<Utc>) -> bool {
    // Beyond the calendar nothing has passed.
    end.checked_add_signed(SETTLED_AFTER)
        .is_some_and(|settled| settled <= as_of)
}

/// Returns the instant before which usage is past retention, for data fetched at `as_of`.
///
/// The UTC date of `as_of`, 18 calendar months earlier (the day clamped to the length of the month), at
/// midnight UTC. Subtracting from the date and not from the instant keeps it from ever moving back: a
/// later `as_of` never gives an earlier cutoff.
///
/// A record is past retention where its end ≤ cutoff, and partly so where start < cutoff < end.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use usage_model::retention_cutoff;
///
/// let as_of: DateTime<Utc> = "2025-08-31T12:00:00Z".parse()?;
/// assert_eq!(retention_cutoff(as_of).to_rfc3339(), "2024-02-29T00:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn retention_cutoff(as_of: DateTime<Utc>) -> DateTime<Utc> {
    as_of
        .date_naive()
        .checked_sub_months(Months::new(RETENTION_MONTHS))
        .map_or(DateTime::<Utc>::MIN_UTC, |day| {
            day.and_time(NaiveTime::MIN).and_utc()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutoff(as_of: &str) -> String {
        let cutoff = retention_cutoff(as_of.parse().unwrap());
        cutoff.format("%Y-%m-%dT%H:%MZ").to_string()
    }

    #[test]
    fn the_day_is_clamped_to_the_month() {
        assert_eq!(cutoff("2024-08-28T23:00:00Z"), "2023-02-28T00:00Z");
        assert_eq!(cutoff("2024-08-29T00:00:00Z"), "2023-02-28T00:00Z");
        assert_eq!(cutoff("2024-08-31T23:59:59Z"), "2023-02-28T00:00Z");
        assert_eq!(cutoff("2024-09-01T00:00:00Z"), "2023-03-01T00:00Z");
        assert_eq!(cutoff("2025-08-31T00:00:00Z"), "2024-02-29T00:00Z");
        assert_eq!(cutoff("2026-08-31T00:00:00Z"), "2025-02-28T00:00Z");
    }

    #[test]
    fn the_cutoff_never_moves_back() {
        let mut as_of: DateTime<Utc> = "2023-12-01T00:00:00Z".parse().unwrap();
        let mut last = retention_cutoff(as_of);
        for _ in 0..24 * 365 * 5 {
            as_of += TimeDelta::hours(1);
            let next = retention_cutoff(as_of);
            assert!(next >= last, "{as_of}");
            last = next;
        }
    }

    #[test]
    fn usage_is_settled_once_48_hours_have_passed() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let end = at("2026-06-02T00:00:00Z");
        assert!(is_settled(end, at("2026-06-04T00:00:00Z")));
        assert!(!is_settled(end, at("2026-06-03T23:59:59.999Z")));
        assert!(!is_settled(
            DateTime::<Utc>::MAX_UTC,
            DateTime::<Utc>::MAX_UTC
        ));
    }

    #[test]
    fn the_edge_of_the_calendar_is_no_panic() {
        assert_eq!(
            retention_cutoff(DateTime::<Utc>::MIN_UTC),
            DateTime::<Utc>::MIN_UTC
        );
    }
}
