//! Holds what a page says of itself against what was asked.
//!
//! A proxy that keeps answers by their path, or drops the query, delivers the page of another list. Its `meta` tells,
//! where it says anything: every member may be missing, null or empty, and hosts and the start of paths are those
//! that the server knows itself by.

use url::Url;
use usage_model::{Field, MetaNumber, PageMeta, is_other_list};

use crate::{
    Cursor, ProtocolError,
    http::redaction::Secrets,
    paging::{
        link::{parameter, quoted},
        list::ListQuery,
    },
};

/// Refuses a page whose `meta` is that of another list, query or page.
pub(crate) fn check<Q: ListQuery>(
    meta: &PageMeta,
    cursor: &Cursor,
    asked: &Url,
    query: &Q,
    secrets: &Secrets<'_>,
) -> Result<(), ProtocolError> {
    if let Some(key) = stated(&meta.key).filter(|key| *key != Q::KEY) {
        return Err(ProtocolError::OtherQuery {
            parameter: "key",
            value: secrets.shown(key),
        });
    }
    check_number(meta, cursor, secrets)?;
    for link in [&meta.url, &meta.first_page_url, &meta.previous_page_url] {
        // What is not an address tells nothing.
        if let Some(link) = stated(link).and_then(|link| asked.join(link).ok()) {
            same_list(&link, query, secrets)?;
        }
    }
    let own = stated(&meta.url).and_then(|own| asked.join(own).ok());
    if let Some(own) = own
        && let Some(found) = parameter(&own, "Page").ok().flatten()
        && let Ok(found) = found.parse::<u64>()
        && found != cursor.index()
        && parameter(asked, "Page").ok().flatten() != Some(found.to_string())
    {
        let expected = cursor.index();
        return Err(ProtocolError::OtherPage { found, expected });
    }
    if cursor.index() == 0 && meta.names_page_before() {
        return Err(ProtocolError::NotFirst);
    }
    Ok(())
}

fn check_number(
    meta: &PageMeta,
    cursor: &Cursor,
    secrets: &Secrets<'_>,
) -> Result<(), ProtocolError> {
    let expected = cursor.index();
    let Some(number) = meta.page.value() else {
        return Ok(());
    };
    match (number.value(), number) {
        (Some(found), _) if found != expected => Err(ProtocolError::OtherPage { found, expected }),
        (None, MetaNumber::Text(text)) if !text.trim().is_empty() => {
            Err(ProtocolError::OtherQuery {
                parameter: "page",
                value: secrets.shown(text.as_bytes()),
            })
        }
        _ => Ok(()),
    }
}

/// Refuses an address of another list, or of the same one with another query.
fn same_list<Q: ListQuery>(
    link: &Url,
    query: &Q,
    secrets: &Secrets<'_>,
) -> Result<(), ProtocolError> {
    if is_other_list(link.path(), &query.path()) {
        return Err(ProtocolError::OtherQuery {
            parameter: "path",
            value: secrets.shown(link.path()),
        });
    }
    for name in Q::FIXED.iter().copied() {
        // What is not understood tells nothing, nor does a parameter that stands there twice.
        let value = parameter(link, name).ok().flatten();
        if let Some(value) = value
            && query.agrees(name, &value) == Some(false)
        {
            return Err(ProtocolError::OtherQuery {
                parameter: name,
                value: quoted::<Q>(name, &value, &|text| secrets.shown(text)),
            });
        }
    }
    Ok(())
}

/// What a member says; null and empty say nothing.
fn stated(member: &Field<String>) -> Option<&str> {
    let text = member.value().map(|text| text.trim());
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use usage_model::{Granularity, Resource, UsagePage, Window};

    use super::*;
    use crate::{UsageQuery, paging::link::NextPage};

    const SIM: &str = "DE0000000000000000000000000000000a";

    fn query(resource: Resource) -> UsageQuery {
        let at = |text: &str| text.parse().unwrap();
        let window = Window::new(at("2025-01-01T00:00:00Z"), at("2025-02-01T00:00:00Z")).unwrap();
        UsageQuery::new(resource, window, Granularity::Hourly)
    }

    fn meta(members: &str) -> PageMeta {
        let body = format!(r#"{{"usage_records":[],"meta":{{{members}}}}}"#);
        UsagePage::from_slice(body.as_bytes())
            .unwrap()
            .meta
            .unwrap()
    }

    /// What a first page with these members is refused for.
    fn refused(members: &str, resource: Resource) -> Option<ProtocolError> {
        let query = query(resource);
        let cursor = Cursor::first(&query);
        let asked = cursor.address(&Url::parse("https://good/kore/").unwrap(), &query);
        check(&meta(members), &cursor, &asked, &query, &Secrets::default()).err()
    }

    #[test]
    fn what_servers_leave_out_or_write_otherwise_is_legal() {
        for members in [
            "",
            r#""key":null,"page":null,"url":null,"first_page_url":"","previous_page_url":"","page_size":null"#,
            r#""key":"usage_records","page":"0","page_size":"50""#,
            r#""key":"","page":"""#,
            r#""url":"https://elsewhere/v9/UsageRecords?Page=0&PageToken=PA1&Granularity=HOURLY""#,
            r#""url":"?Start=2025-01-01","first_page_url":"?Start=soon&Granularity=by-the-hour""#,
            r#""url":"http://[","first_page_url":"/wireless/list""#,
            r#""previous_page_url":"?Page=0&PageSize=50""#,
            r#""previous_page_url":"?PageSize=50","first_page_url":"?PageSize=50""#,
        ] {
            assert_eq!(refused(members, Resource::Account), None, "{members}");
        }
        let sim = Resource::Sim(SIM.parse().unwrap());
        for own in [SIM.replace('a', "A"), "tracker-7".to_owned()] {
            let members = format!(r#""url":"/v1/Sims/{own}/UsageRecords/""#);
            assert_eq!(refused(&members, sim), None, "{members}");
        }
    }

    #[test]
    fn a_page_of_another_list_query_or_place_is_refused() {
        let other = |parameter, value: &str| ProtocolError::OtherQuery {
            parameter,
            value: value.to_owned(),
        };
        let of_sim = format!("/v1/Sims/{SIM}/UsageRecords");
        let of_other = of_sim.replace("0a", "0b");
        let other_page = |found| ProtocolError::OtherPage { found, expected: 0 };
        let sim = Resource::Sim(SIM.parse().unwrap());
        for (resource, members, expected) in [
            (
                Resource::Account,
                r#""key":"sims""#.to_owned(),
                other("key", "sims"),
            ),
            (
                Resource::Account,
                r#""page":"seven""#.to_owned(),
                other("page", "seven"),
            ),
            (Resource::Account, r#""page":1"#.to_owned(), other_page(1)),
            (
                Resource::Account,
                r#""url":"?Page=3""#.to_owned(),
                other_page(3),
            ),
            (
                Resource::Account,
                r#""url":"https://elsewhere/v1/x?Start=2024-01-01T00:00:00Z""#.to_owned(),
                other("Start", "2024-01-01T00:00:00Z"),
            ),
            (
                Resource::Account,
                r#""first_page_url":"?Granularity=Daily""#.to_owned(),
                other("Granularity", "Daily"),
            ),
            (
                Resource::Account,
                r#""first_page_url":"/v1/Sims""#.to_owned(),
                other("path", "/v1/Sims"),
            ),
            (
                Resource::Account,
                format!(r#""url":"{of_sim}""#),
                other("path", &of_sim),
            ),
            (
                sim,
                format!(r#""url":"{of_other}""#),
                other("path", &of_other),
            ),
            (
                sim,
                r#""url":"/v1/UsageRecords""#.to_owned(),
                other("path", "/v1/UsageRecords"),
            ),
            (
                Resource::Account,
                r#""previous_page_url":"?Page=4&PageToken=PA4""#.to_owned(),
                ProtocolError::NotFirst,
            ),
        ] {
            assert_eq!(refused(&members, resource), Some(expected), "{members}");
        }
    }

    #[test]
    fn a_later_page_has_one_before_it_and_may_be_called_as_the_link_calls_it() {
        let query = query(Resource::Account);
        let second = Cursor::first(&query).next(NextPage {
            page: Some("5".to_owned()),
            page_token: None,
            page_size: 50,
        });
        let asked = second.address(&Url::parse("https://good/").unwrap(), &query);
        for (members, is_right) in [
            (
                r#""url":"?Page=5","previous_page_url":"?Page=0&PageToken=x""#,
                true,
            ),
            (
                r#""url":"?Page=1","previous_page_url":"?PageToken=x""#,
                true,
            ),
            (r#""url":"?Page=0""#, false),
        ] {
            let checked = check(&meta(members), &second, &asked, &query, &Secrets::default());
            assert_eq!(checked.is_ok(), is_right, "{members}");
        }
    }
}
