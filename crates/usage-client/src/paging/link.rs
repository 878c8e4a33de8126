//! Checks the link to the next page.
//!
//! A link is never fetched: it is only asked for the position of the next page, and only after it has
//! turned out to lead to the same resource of the same server with the same query.

use url::{Host, Url};

use crate::{
    ProtocolError,
    http::{origin::origin, redaction::Secrets},
    paging::list::ListQuery,
};

/// Bytes that the position in a link may have. An address has room for 64 KiB, in which a byte of the position
/// may take three, and the servers that say how long a target may be take 8 KiB.
const LONGEST_POSITION: usize = 16 * 1024;

/// The position that a link names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NextPage {
    pub(crate) page: Option<String>,
    pub(crate) page_token: Option<String>,
    /// The page size that the position is counted in; a server that serves smaller pages than asked
    /// says so here.
    pub(crate) page_size: u16,
}

/// Reads the position of the next page from a link on the page at `current`. What an error shows of the
/// link has none of the secrets in it.
pub(crate) fn check<Q: ListQuery>(
    link: &str,
    current: &Url,
    query: &Q,
    page_size: u16,
    secrets: &Secrets<'_>,
) -> Result<NextPage, ProtocolError> {
    let shown = |text: &str| secrets.shown(text);
    let target = current
        .join(link.trim())
        .map_err(|_| ProtocolError::GarbageLink { link: shown(link) })?;
    same_resource(&target, current, &shown)?;
    unchanged(&target, query, &shown)?;
    let next = NextPage {
        page: parameter(&target, "Page")?,
        page_token: parameter(&target, "PageToken")?,
        page_size: smaller_page(&target, page_size, &shown)?,
    };
    if next.page.is_none() && next.page_token.is_none() {
        return Err(ProtocolError::NoPosition);
    }
    let parts = [&next.page, &next.page_token].into_iter().flatten();
    let found = parts.map(String::len).fold(0, usize::saturating_add);
    if found > LONGEST_POSITION {
        let limit = LONGEST_POSITION;
        return Err(ProtocolError::LongPosition { found, limit });
    }
    Ok(next)
}

fn same_resource(
    target: &Url,
    current: &Url,
    shown: &impl Fn(&str) -> String,
) -> Result<(), ProtocolError> {
    if !target.username().is_empty() || target.password().is_some() {
        let host = target
            .host()
            .as_ref()
            .map(Host::to_string)
            .unwrap_or_default();
        return Err(ProtocolError::UserInLink { host: shown(&host) });
    }
    // Origins of other schemes than http are opaque and never equal.
    if target.origin() != current.origin() {
        return Err(ProtocolError::ForeignLink {
            origin: shown(&origin(target)),
            expected: origin(current),
        });
    }
    if target.path() != current.path() {
        return Err(ProtocolError::OtherPath {
            path: shown(target.path()),
        });
    }
    Ok(())
}

/// Refuses a link that repeats the query with other values; it may leave them out.
fn unchanged<Q: ListQuery>(
    target: &Url,
    query: &Q,
    shown: &impl Fn(&str) -> String,
) -> Result<(), ProtocolError> {
    for name in Q::FIXED.iter().copied() {
        if let Some(value) = parameter(target, name)?
            && query.agrees(name, &value) != Some(true)
        {
            return Err(ProtocolError::ChangedQuery {
                parameter: name,
                value: quoted::<Q>(name, &value, shown),
            });
        }
    }
    Ok(())
}

/// The value of a parameter as an error shows it.
pub(super) fn quoted<Q: ListQuery>(
    name: &str,
    value: &str,
    shown: &impl Fn(&str) -> String,
) -> String {
    let is_personal = |personal: &&str| personal.eq_ignore_ascii_case(name);
    if Q::PERSONAL.iter().any(is_personal) {
        "hidden".to_owned()
    } else {
        shown(value)
    }
}

/// The page size of the link where it is smaller than ours. A number of a page means another place in
/// pages of another size, so a smaller size has to be taken over and a larger one refused.
fn smaller_page(
    target: &Url,
    ours: u16,
    shown: &impl Fn(&str) -> String,
) -> Result<u16, ProtocolError> {
    let Some(value) = parameter(target, "PageSize")? else {
        return Ok(ours);
    };
    match value.parse() {
        Ok(theirs) if 0 < theirs && theirs <= ours => Ok(theirs),
        _ => Err(ProtocolError::ChangedQuery {
            parameter: "PageSize",
            value: shown(&value),
        }),
    }
}

/// The value of a parameter; absent and empty are the same.
pub(super) fn parameter(
    target: &Url,
    parameter: &'static str,
) -> Result<Option<String>, ProtocolError> {
    let mut values = target
        .query_pairs()
        .filter(|(name, value)| name == parameter && !value.is_empty());
    let value = values.next().map(|(_, value)| value.into_owned());
    match values.next() {
        Some(_) => Err(ProtocolError::AmbiguousLink { parameter }),
        None => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use usage_model::{Granularity, Resource, SimStatus, Window};

    use super::*;
    use crate::{SimQuery, UsageQuery};

    const CURRENT: &str = "https://good:8443/v1/UsageRecords?Start=x&Page=1";

    fn query() -> UsageQuery {
        let start = "2025-01-01T00:00:00Z".parse().unwrap();
        let end = "2025-02-01T00:00:00Z".parse().unwrap();
        let window = Window::new(start, end).unwrap();
        UsageQuery::new(Resource::Account, window, Granularity::Hourly)
    }

    fn checked(link: &str) -> Result<NextPage, ProtocolError> {
        check(
            link,
            &Url::parse(CURRENT).unwrap(),
            &query(),
            1000,
            &Secrets::default(),
        )
    }

    #[test]
    fn links_to_the_next_page_give_its_position() {
        let next = |page: &str, token: &str, page_size| NextPage {
            page: (!page.is_empty()).then(|| page.to_owned()),
            page_token: (!token.is_empty()).then(|| token.to_owned()),
            page_size,
        };
        for (link, expected) in [
            (
                "https://good:8443/v1/UsageRecords?Page=2&PageToken=PA1",
                next("2", "PA1", 1000),
            ),
            (
                "https://GOOD:8443/v1/UsageRecords?PageToken=a%2Bb%3D",
                next("", "a+b=", 1000),
            ),
            ("/v1/UsageRecords?Page=2", next("2", "", 1000)),
            ("UsageRecords?Page=2", next("2", "", 1000)),
            ("?Page=2", next("2", "", 1000)),
            (" ?Page=2&PageSize=50&PageToken=\n", next("2", "", 50)),
            ("//good:8443/v1/UsageRecords?Page=2", next("2", "", 1000)),
            ("/v1/x/../UsageRecords?Page=2#top", next("2", "", 1000)),
            (
                "?Start=2025-01-01T00%3A00%3A00Z&End=2025-02-01T00:00:00.000Z&Granularity=hourly\
                 &PageSize=1000&Page=2",
                next("2", "", 1000),
            ),
        ] {
            assert_eq!(checked(link).as_ref(), Ok(&expected), "{link}");
        }
    }

    #[test]
    fn links_elsewhere_are_refused() {
        for (link, origin) in [
            ("https://evil/v1/UsageRecords?Page=2", "https://evil"),
            ("//evil:8443/v1/UsageRecords?Page=2", "https://evil:8443"),
            (
                "http://good:8443/v1/UsageRecords?Page=2",
                "http://good:8443",
            ),
            ("https://good/v1/UsageRecords?Page=2", "https://good"),
            (
                "https://good.evil:8443/v1/UsageRecords?Page=2",
                "https://good.evil:8443",
            ),
            ("ftp://good:8443/v1/UsageRecords?Page=2", "ftp://good:8443"),
            ("javascript:alert(1)", "javascript:"),
            ("file:///v1/UsageRecords?Page=2", "file:"),
            (
                "\\\\evil:8443\\v1\\UsageRecords?Page=2",
                "https://evil:8443",
            ),
        ] {
            let expected = ProtocolError::ForeignLink {
                origin: origin.to_owned(),
                expected: "https://good:8443".to_owned(),
            };
            assert_eq!(checked(link), Err(expected), "{link}");
        }
    }

    #[test]
    fn links_with_a_user_name_are_refused() {
        for (link, host) in [
            ("https://good:8443@evil/v1/UsageRecords?Page=2", "evil"),
            ("https://good@evil/v1/UsageRecords?Page=2", "evil"),
            ("https://me@good:8443/v1/UsageRecords?Page=2", "good"),
            ("https://:secret@good:8443/v1/UsageRecords?Page=2", "good"),
        ] {
            let expected = ProtocolError::UserInLink {
                host: host.to_owned(),
            };
            assert_eq!(checked(link), Err(expected), "{link}");
        }
    }

    #[test]
    fn links_to_another_resource_are_refused() {
        for (link, path) in [
            ("/v1/Sims?Page=2", "/v1/Sims"),
            ("/v1/UsageRecords/?Page=2", "/v1/UsageRecords/"),
            ("/v1/usagerecords?Page=2", "/v1/usagerecords"),
            ("/v1/UsageRecords/../Keys?Page=2", "/v1/Keys"),
            (
                "/v1/UsageRecords%2F..%2FKeys?Page=2",
                "/v1/UsageRecords%2F..%2FKeys",
            ),
        ] {
            let expected = ProtocolError::OtherPath {
                path: path.to_owned(),
            };
            assert_eq!(checked(link), Err(expected), "{link}");
        }
    }

    #[test]
    fn links_with_another_query_are_refused() {
        for (link, parameter, value) in [
            (
                "?Page=2&Start=2025-01-02T00:00:00Z",
                "Start",
                "2025-01-02T00:00:00Z",
            ),
            ("?Page=2&End=2025-01-31", "End", "2025-01-31"),
            (
                "?Page=2&End=2025-02-03T00:00:00Z",
                "End",
                "2025-02-03T00:00:00Z",
            ),
            ("?Page=2&Start=soon", "Start", "soon"),
            ("?Page=2&Granularity=daily", "Granularity", "daily"),
            ("?Page=2&PageSize=1001", "PageSize", "1001"),
            ("?Page=2&PageSize=0", "PageSize", "0"),
            ("?Page=2&PageSize=many", "PageSize", "many"),
        ] {
            let value = value.to_owned();
            let expected = ProtocolError::ChangedQuery { parameter, value };
            assert_eq!(checked(link), Err(expected), "{link}");
        }
    }

    #[test]
    fn garbage_is_refused() {
        for link in [
            "http://",
            "https://[::1",
            "https://good:99999/",
            "https://a b/",
        ] {
            assert!(
                matches!(checked(link), Err(ProtocolError::GarbageLink { .. })),
                "{link}: {:?}",
                checked(link)
            );
        }
        for link in [
            "?",
            "?Start=2025-01-01T00:00:00Z",
            "?page=2&pagetoken=x",
            "?Page=&PageToken=",
        ] {
            assert_eq!(checked(link), Err(ProtocolError::NoPosition), "{link}");
        }
        let long = "x".repeat(LONGEST_POSITION);
        assert!(checked(&format!("?PageToken={long}")).is_ok());
        let expected = ProtocolError::LongPosition {
            found: LONGEST_POSITION + 1,
            limit: LONGEST_POSITION,
        };
        let checked_with_page = checked(&format!("?Page=1&PageToken={long}"));
        assert_eq!(checked_with_page, Err(expected));
        let expected = ProtocolError::AmbiguousLink {
            parameter: "PageToken",
        };
        assert_eq!(checked("?PageToken=a&PageToken=b"), Err(expected));
    }
    #[test]
    fn links_of_a_list_of_sims_keep_the_filters_and_show_no_iccid() {
        let current = Url::parse("https://good/v1/Sims?Status=active").unwrap();
        let query = SimQuery::new().status(SimStatus::Active);
        let checked = |link: &str| check(link, &current, &query, 1000, &Secrets::default());
        assert!(checked("?Page=1&Status=active").is_ok());
        assert!(checked("?Page=1").is_ok());
        for (link, parameter, value) in [
            ("?Page=1&Status=ready", "Status", "ready"),
            ("?Page=1&Iccid=8988303000000000017", "Iccid", "hidden"),
        ] {
            let value = value.to_owned();
            let expected = ProtocolError::ChangedQuery { parameter, value };
            assert_eq!(checked(link), Err(expected), "{link}");
        }
    }
}
