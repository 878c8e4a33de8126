//! Whether a parameter of a link asks for what a query asks for, however the server writes it.

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Window, address_instant};

/// What a query asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// `Start` as it is sent.
    pub(super) start: DateTime<Utc>,
    /// `End` as it is sent.
    pub(super) end: DateTime<Utc>,
    /// The window as the server may widen it.
    pub(super) days: Window,
    pub(super) granularity: Granularity,
}

/// Compares a parameter with the query: a bound of the window as it was sent or as the server widens it to whole UTC
/// days, however it is written, and the granularity in capitals or not. `None` if the value is not understood.
pub(super) fn agrees(asked: Asked, parameter: &str, value: &str) -> Option<bool> {
    let Asked {
        start,
        end,
        days,
        granularity,
    } = asked;
    match parameter {
        "Start" => address_instant(value).map(|theirs| theirs == start || theirs == days.start()),
        "End" => address_instant(value).map(|theirs| {
            // The last second before an end, or a part of it, stands for the end.
            [end, days.end()]
                .into_iter()
                .any(|end| theirs <= end && end - theirs <= TimeDelta::seconds(1))
        }),
        "Granularity" => {
            let theirs: Granularity = value.to_ascii_lowercase().parse().ok()?;
            Some(theirs == granularity)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;
    use usage_model::Resource;

    use super::*;
    use crate::UsageQuery;

    #[test]
    fn the_window_as_the_server_widens_or_spells_it_is_the_same() {
        let window = |start: &str, end: &str| {
            let window = Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
            UsageQuery::new(Resource::Account, window, Granularity::Hourly)
        };
        let odd = window("2025-01-01T09:30:00Z", "2025-01-31T17:45:00Z");
        let even = window("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z");
        for (query, link) in [
            (
                &odd,
                "?Page=2&Start=2025-01-01T00:00:00Z&End=2025-02-01T00:00:00Z",
            ),
            (
                &odd,
                "?Page=2&Start=2025-01-01T00:00Z&End=2025-02-01T00:00Z",
            ),
            (
                &odd,
                "?Page=2&Start=2025-01-01T09:30Z&End=2025-01-31T17:45:00.000Z",
            ),
            (&odd, "?Page=2&Start=2025-01-01&End=2025-01-31T23:59:59Z"),
            (
                &odd,
                "?Page=2&End=2025-01-31T23:59:59.999Z&Granularity=HOURLY",
            ),
            (
                &even,
                "?Page=2&Start=2025-01-01&End=2025-02-01&Granularity=Hourly",
            ),
            (&even, "?Page=2&Start=2025-01-01T01:00:00%2B01:00"),
            (&even, "?Page=2&End=2025-01-31T23:59:59.999Z"),
            // The day of an end that counts as within the window.
            (&even, "?Page=2&End=2025-02-02T00:00:00Z"),
        ] {
            let link = Url::parse("https://h").unwrap().join(link).unwrap();
            for (name, value) in link.query_pairs().filter(|(name, _)| name != "Page") {
                assert_eq!(agrees(query.asked(), &name, &value), Some(true), "{link}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_neither_the_same_nor_another() {
        let start = "2025-01-01T00:00:00Z".parse().unwrap();
        let end = "2025-02-01T00:00:00Z".parse().unwrap();
        let window = Window::new(start, end).unwrap();
        let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
        for (parameter, value, expected) in [
            ("Start", "soon", None),
            ("End", "", None),
            ("Granularity", "weekly", None),
            ("Region", "eu", None),
            ("Start", "2025-01-02", Some(false)),
            ("End", "2025-02-03", Some(false)),
            ("Granularity", "DAILY", Some(false)),
        ] {
            assert_eq!(
                agrees(query.asked(), parameter, value),
                expected,
                "{parameter} {value}"
            );
        }
    }
}
