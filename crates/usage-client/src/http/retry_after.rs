//! Reads the header `Retry-After`.

use std::time::{Duration, SystemTime};

/// How long a server asks to wait.
///
/// The header holds seconds or an HTTP date. A date is measured against the server's own `Date`: the
/// two clocks need not agree. `None` where the header is neither, or a date without a `Date` beside it.
pub(crate) fn parse(value: &str, server_date: Option<SystemTime>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a wait beyond any deadline all the same.
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(server_date?).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let date = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        for (value, expected) in [
            ("0", Some(Duration::ZERO)),
            ("121", Some(Duration::from_secs(121))),
            (" 7 ", Some(Duration::from_secs(7))),
            ("99999999999999999999999", Some(Duration::MAX)),
            (
                "Wed, 21 Oct 2026 07:28:30 GMT",
                Some(Duration::from_secs(30)),
            ),
            (
                "Wednesday, 21-Oct-26 07:29:01 GMT",
                Some(Duration::from_secs(61)),
            ),
            ("Wed, 21 Oct 2026 07:27:00 GMT", Some(Duration::ZERO)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("2026-10-21T07:28:30Z", None),
        ] {
            assert_eq!(parse(value, Some(date)), expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_needs_the_clock_of_the_server() {
        assert_eq!(parse("Wed, 21 Oct 2026 07:28:30 GMT", None), None);
        assert_eq!(parse("5", None), Some(Duration::from_secs(5)));
    }
}
