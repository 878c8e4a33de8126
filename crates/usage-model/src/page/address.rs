//! What the address of a page says of its list and of its place there.

use std::borrow::Cow;

use chrono::{DateTime, DurationRound as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::{Granularity, SimSid, Timestamp};

/// What the address of a page says of the list that the page belongs to, and of its place there.
///
/// Hosts and the start of paths are those that a server or a proxy knows itself by, and tell nothing; nor does what is
/// not understood, or stands twice. `Start` and `End` may be written in any way, and be widened to whole UTC days.
///
/// ```
/// use usage_model::PageAddress;
///
/// let first = PageAddress::of("https://api.example/v1/UsageRecords?Start=2026-06-01T06:00:00Z");
/// let next = PageAddress::of("/proxy/v1/UsageRecords?Start=2026-06-01&Page=1");
/// let other = PageAddress::of("/v1/UsageRecords?Start=2025-06-01T06:00:00Z&Page=1");
/// assert_eq!(first.difference(&next), None);
/// assert_eq!(first.difference(&other), Some("Start"));
/// assert_eq!(next.page(), Some(1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAddress {
    path: String,
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    granularity: Option<Granularity>,
    page_size: Option<u64>,
    page: Option<u64>,
    has_place: bool,
}

impl PageAddress {
    /// Reads an address, absolute or relative.
    pub fn of(address: &str) -> Self {
        let address = address.trim();
        let address = address.split('#').next().unwrap_or_default();
        let (before, query) = address.split_once('?').unwrap_or((address, ""));
        let path = match before.split_once("//") {
            // A host goes before the path.
            Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
                rest.find('/').map_or("", |start| &rest[start..])
            }
            _ => before,
        };
        let value = |name: &str| parameter(query, name);
        let number = |name: &str| value(name)?.parse().ok();
        Self {
            path: path.to_owned(),
            start: value("Start").and_then(|text| address_instant(&text)),
            end: value("End").and_then(|text| address_instant(&text)),
            granularity: value("Granularity")
                .and_then(|text| text.to_ascii_lowercase().parse().ok()),
            page_size: number("PageSize"),
            page: number("Page"),
            has_place: value("Page").is_some() || value("PageToken").is_some(),
        }
    }

    /// Returns the number of the page.
    pub const fn page(&self) -> Option<u64> {
        self.page
    }

    /// Returns how many records a page has.
    pub const fn page_size(&self) -> Option<u64> {
        self.page_size
    }

    /// Returns whether it says which page of the list it is, by a number or a token.
    pub const fn has_place(&self) -> bool {
        self.has_place
    }

    /// Returns the first part, `path` or the name of a parameter, that shows that two addresses are of different lists.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let differ = |one: Option<DateTime<Utc>>, other, same: fn(_, _) -> bool| {
            one.zip(other).is_some_and(|(one, other)| !same(one, other))
        };
        let granularities = self.granularity.zip(other.granularity);
        if is_other_list(&self.path, &other.path) || is_other_list(&other.path, &self.path) {
            Some("path")
        } else if differ(self.start, other.start, is_same_start) {
            Some("Start")
        } else if differ(self.end, other.end, is_same_end) {
            Some("End")
        } else if granularities.is_some_and(|(one, other)| one != other) {
            Some("Granularity")
        } else {
            None
        }
    }
}

/// Returns whether a path names another list than the one that is asked for, or that of another SIM. A proxy may have
/// changed what stands before, and a SIM may be called by its unique name.
pub fn is_other_list(path: &str, asked: &str) -> bool {
    let (list, sim) = list_and_sim(path);
    let (asked_list, asked_sim) = list_and_sim(asked);
    let is_known = |list: &str| ["UsageRecords", "Sims"].contains(&list);
    is_known(list)
        && is_known(asked_list)
        && (list != asked_list
            || match (sim, asked_sim) {
                (Some(sim), Some(asked)) => {
                    let sids = [sim, asked].map(str::parse::<SimSid>);
                    matches!(sids, [Ok(sim), Ok(asked)] if sim != asked)
                }
                (sim, asked) => sim.is_some() != asked.is_some(),
            })
}

/// The list at the end of a path, and the SIM whose list it is.
fn list_and_sim(path: &str) -> (&str, Option<&str>) {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let list = segments.next().unwrap_or_default();
    let sim = segments.next();
    let sim = sim.filter(|_| segments.next() == Some("Sims"));
    (list, sim)
}

/// Reads an instant in the forms in which addresses have it: RFC 3339, without seconds, or a date for its midnight.
pub fn address_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.instant());
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    if let Ok(minutes) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ") {
        return Some(minutes.and_utc());
    }
    let date: NaiveDate = text.parse().ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc())
}

/// The value of a parameter; empty, or there twice, it says nothing.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut values = query.split('&').filter_map(|part| {
        let (key, value) = part.split_once('=')?;
        (unescaped(key) == name && !value.is_empty()).then_some(value)
    });
    let value = values.next()?;
    values
        .next()
        .is_none()
        .then(|| unescaped(value).into_owned())
}

/// A part of a query without its percent signs.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after
            .get(..2)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, left) = match (first, escaped) {
            (b'%', Some(byte)) => (byte, after.get(2..).unwrap_or_default()),
            (b'+', _) => (b' ', after),
            (byte, _) => (byte, after),
        };
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::days(1)).unwrap_or(at)
}

fn is_same_start(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    one == other || one == midnight(other) || other == midnight(one)
}

/// The last second before an end stands for the end, and so does the end of its day.
fn is_same_end(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    let day = TimeDelta::days(1);
    let widened = |end: DateTime<Utc>| {
        let before = end.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(end);
        [Some(end), midnight(before).checked_add_signed(day)]
    };
    let is_near = |one: DateTime<Utc>, other: DateTime<Utc>| {
        one.signed_duration_since(other).abs() <= TimeDelta::seconds(1)
    };
    let is_widened = |one, other| {
        widened(one)
            .into_iter()
            .flatten()
            .any(|end| is_near(end, other))
    };
    is_widened(one, other) || is_widened(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://h/v1/UsageRecords?Start=2026-06-01T06:00:00Z&End=2026-07-01T00:00:00Z&Granularity=daily";

    #[test]
    fn addresses_of_one_list_may_be_written_in_any_way() {
        for other in [
            OWN,
            "",
            "?Page=7",
            "http://[",
            "https://Sims",
            "//proxy/kore/v9/UsageRecords/#top",
            "/v1/UsageRecords?Start=2026-06-01&End=2026-06-30T23:59:59Z&Granularity=DAILY",
            "/v1/UsageRecords?Start=2026-06-01&End=2026-06-30T18:00:00Z",
            "/v1/UsageRecords?Start=2026-06-01T08%3A00:00%2B02:00&End=2026-07-01",
            "?Start=soon&End=&Granularity=weekly&Start=",
            "?Start=2025-01-01&Start=2024-01-01",
            "/somewhere/else?Start=2026-06-01T06:00Z",
        ] {
            let (own, other) = (PageAddress::of(OWN), PageAddress::of(other));
            assert_eq!(own.difference(&other), None, "{other:?}");
            assert_eq!(other.difference(&own), None, "{other:?}");
        }
    }

    #[test]
    fn addresses_of_different_lists_differ_in_a_part_that_is_named() {
        let sim = "DE0000000000000000000000000000000a";
        let own = OWN.replace("UsageRecords", &format!("Sims/{sim}/UsageRecords"));
        for (own, other, part) in [
            (OWN, "https://h/v1/Sims", "path"),
            (OWN, "/v1//Sims", "path"),
            (OWN, own.as_str(), "path"),
            (OWN, "?Start=2026-06-02", "Start"),
            (OWN, "?%53tart=2026-06-01T05:00:00Z", "Start"),
            (OWN, "?End=2026-06-29", "End"),
            (OWN, "?End=2026-07-02", "End"),
            (OWN, "?Start=2026-06-02&End=%+1", "Start"),
            (OWN, "?Granularity=hourly", "Granularity"),
            (
                &own,
                "/v1/Sims/DE0000000000000000000000000000000b/UsageRecords",
                "path",
            ),
        ] {
            let (own, other) = (PageAddress::of(own), PageAddress::of(other));
            assert_eq!(own.difference(&other), Some(part), "{other:?}");
            assert_eq!(other.difference(&own), Some(part), "{other:?}");
        }
        let upper = PageAddress::of(&own.replace('a', "A").replace("UsAge", "Usage"));
        assert_eq!(PageAddress::of(&own).difference(&upper), None);
        let named = PageAddress::of("/v1/Sims/tracker-7/UsageRecords");
        assert_eq!(PageAddress::of(&own).difference(&named), None);
    }

    #[test]
    fn an_address_says_which_page_it_is() {
        for (address, page, size, has_place) in [
            ("?Page=7&PageSize=50", Some(7), Some(50), true),
            ("?PageToken=x%", None, None, true),
            ("?Page=&PageToken=", None, None, false),
            ("?Page=x", None, None, true),
            ("?page=1", None, None, false),
        ] {
            let address = PageAddress::of(address);
            assert_eq!(
                (address.page(), address.page_size()),
                (page, size),
                "{address:?}"
            );
            assert_eq!(address.has_place(), has_place, "{address:?}");
        }
    }
}
