//! Waits that a server asks for, with the header `Retry-After`.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// A wait that the server asked for with `Retry-After`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedWait {
    /// How long.
    pub wait: Duration,
    /// The status of the response that asked for it, or that its body reports.
    pub status: Option<u16>,
}

/// What is called when a server asks to wait.
#[derive(Clone)]
pub(crate) struct OnWait(pub(crate) Arc<dyn Fn(&AskedWait) + Send + Sync>);

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnWait")
    }
}

/// How long a server asks to wait.
///
/// The header holds seconds, which gateways write with a fraction too, or an HTTP date. A date is measured
/// against the server's own `Date`, because the two clocks need not agree; where there is none, against `now`.
/// `None` where the header is neither.
pub(crate) fn parse(
    value: &str,
    server_date: Option<SystemTime>,
    now: SystemTime,
) -> Option<Duration> {
    let value = value.trim();
    if let Some(seconds) = seconds(value) {
        return Some(seconds);
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let wait = until.duration_since(server_date.unwrap_or(now));
    Some(wait.unwrap_or(Duration::ZERO))
}

/// Whole or decimal seconds, rounded up to a millisecond: rather too long a wait than too short a one.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || value.ends_with('.') {
        return None;
    }
    // More digits than fit are a wait beyond any deadline all the same.
    let Ok(whole) = whole.parse() else {
        return Some(Duration::MAX);
    };
    let mut digits = fraction.bytes().map(|digit| u32::from(digit - b'0'));
    let thousandths = (0..3).fold(0, |value, _| value * 10 + digits.next().unwrap_or(0));
    let more = u32::from(digits.any(|digit| digit > 0));
    let fraction = Duration::from_millis((thousandths + more).into());
    Some(Duration::from_secs(whole).saturating_add(fraction))
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
            ("2.5", Some(Duration::from_millis(2_500))),
            ("0.0001", Some(Duration::from_millis(1))),
            ("1.9990", Some(Duration::from_millis(1_999))),
            ("1.0", Some(Duration::from_secs(1))),
            ("99999999999999999999999", Some(Duration::MAX)),
            ("99999999999999999999999.5", Some(Duration::MAX)),
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
            (".5", None),
            ("5.", None),
            ("1.5.2", None),
            ("1e3", None),
            ("soon", None),
            ("2026-10-21T07:28:30Z", None),
        ] {
            let parsed = parse(value, Some(date), SystemTime::UNIX_EPOCH);
            assert_eq!(parsed, expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_is_measured_by_our_clock_where_the_server_tells_no_time() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        let parsed = parse("Wed, 21 Oct 2026 07:28:30 GMT", None, now);
        assert_eq!(parsed, Some(Duration::from_secs(30)));
    }
}
