//! Where in a list the next page starts, and where a fetch that failed can be taken up again.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::{Deserialize, Serialize};
use url::Url;
use usage_model::PageSize;

use crate::{
    SimQuery, UsageQuery,
    paging::{link::NextPage, list::ListQuery},
};

/// Where the next page of a fetch starts.
///
/// Opaque; it can be serialised, so that another process can take the fetch up again with
/// [`Client::pages_from`](crate::Client::pages_from). It is valid for the query that it came from. How
/// long the server honours it is not documented.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The fingerprint of the query.
    query: String,
    /// Pages before this one.
    index: u64,
    page_size: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page_token: Option<String>,
}

impl Cursor {
    /// The start of the list.
    pub(crate) fn first(query: &impl ListQuery) -> Self {
        Self {
            query: query.fingerprint(),
            index: 0,
            page_size: query.records_per_page().get(),
            page: None,
            page_token: None,
        }
    }

    /// The page after this one, where a checked link says it is.
    pub(crate) fn next(&self, next: NextPage) -> Self {
        Self {
            query: self.query.clone(),
            index: self.index.saturating_add(1),
            page_size: next.page_size,
            page: next.page,
            page_token: next.page_token,
        }
    }

    /// Pages before the one that this cursor leads to, counted from the start of the list.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many records the page may hold.
    pub(crate) const fn page_size(&self) -> u16 {
        self.page_size
    }

    /// Whether the cursor belongs to the query and could have come from a page of it.
    pub(crate) fn belongs_to(&self, query: &impl ListQuery) -> bool {
        self.query == query.fingerprint()
            && (PageSize::MIN.get()..=query.records_per_page().get()).contains(&self.page_size)
    }

    /// A number for what tells this page from the others of the list: its token, or its number where it has
    /// none. Others have another but by an accident that is not to be reckoned with.
    pub(crate) fn identity(&self) -> u64 {
        let identity = match (&self.page_token, &self.page) {
            (Some(token), _) => ("PageToken", token.as_str()),
            (None, Some(page)) => ("Page", page.as_str()),
            (None, None) => ("Page", "0"),
        };
        let mut hasher = DefaultHasher::new();
        identity.hash(&mut hasher);
        hasher.finish()
    }

    /// The address of the page, built from the query alone.
    pub(crate) fn address(&self, base: &Url, query: &impl ListQuery) -> Url {
        let mut address = query.address(base);
        {
            let mut pairs = address.query_pairs_mut();
            for (name, value) in query.parameters() {
                pairs.append_pair(name, &value);
            }
            pairs.append_pair("PageSize", &self.page_size.to_string());
            if let Some(page) = &self.page {
                pairs.append_pair("Page", page);
            }
            if let Some(token) = &self.page_token {
                pairs.append_pair("PageToken", token);
            }
        }
        address
    }
}

/// Without the page token, which a log has no use for, and without the parameters, which may be personal data.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.query.split('?').next().unwrap_or_default();
        f.debug_struct("Cursor")
            .field("path", &path)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// Where to go on after a failure, with [`Client::pages_from`](crate::Client::pages_from): the query whose list it
/// is, and the place in it.
///
/// It can be serialised, so that another process can go on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resume {
    /// The query.
    pub query: UsageQuery,
    /// Where the page that failed starts.
    pub cursor: Cursor,
}

/// A query whose list may be taken up again after a failure.
pub(crate) trait Resumable {
    /// Returns where; `None` if that is not offered.
    fn resume(&self, cursor: &Cursor) -> Option<Resume>;
}

impl Resumable for UsageQuery {
    fn resume(&self, cursor: &Cursor) -> Option<Resume> {
        Some(Resume {
            query: self.clone(),
            cursor: cursor.clone(),
        })
    }
}

/// A list of SIMs is short: it is read again from its start.
impl Resumable for SimQuery {
    fn resume(&self, _: &Cursor) -> Option<Resume> {
        None
    }
}

#[cfg(test)]
mod tests {
    use usage_model::{Granularity, Resource, Window};

    use super::*;
    use crate::UsageQuery;

    fn query(granularity: Granularity, page_size: u16) -> UsageQuery {
        let start = "2025-01-01T00:00:00Z".parse().unwrap();
        let end = "2025-02-01T00:00:00Z".parse().unwrap();
        let window = Window::new(start, end).unwrap();
        UsageQuery::new(Resource::Account, window, granularity)
            .page_size(PageSize::new(page_size).unwrap())
    }

    fn next(page: Option<&str>, page_token: Option<&str>, page_size: u16) -> NextPage {
        NextPage {
            page: page.map(str::to_owned),
            page_token: page_token.map(str::to_owned),
            page_size,
        }
    }

    #[test]
    fn a_cursor_counts_the_pages_and_leads_to_where_the_link_said() {
        let query = query(Granularity::Hourly, 50);
        let first = Cursor::first(&query);
        let second = first.next(next(Some("1"), None, 20));
        let third = second.next(next(Some("2"), Some("a b"), 20));
        for (cursor, index, page_size, position) in [
            (&first, 0, 50, ""),
            (&second, 1, 20, "&Page=1"),
            (&third, 2, 20, "&Page=2&PageToken=a+b"),
        ] {
            assert_eq!(cursor.index(), index);
            assert_eq!(cursor.page_size(), page_size);
            let address = cursor.address(&Url::parse("https://h").unwrap(), &query);
            assert_eq!(
                address.as_str(),
                format!(
                    "https://h/v1/UsageRecords?Start=2025-01-01T00%3A00%3A00Z\
                     &End=2025-02-01T00%3A00%3A00Z&Granularity=hourly&PageSize={page_size}{position}"
                )
            );
        }
    }

    #[test]
    fn a_page_is_known_again_by_its_token_and_without_one_by_its_number() {
        let first = Cursor::first(&query(Granularity::Hourly, 50));
        let identity = |page, token| first.next(next(page, token, 20)).identity();
        let known = identity(Some("1"), Some("a"));
        assert_eq!(identity(Some("2"), Some("a")), known);
        assert_eq!(identity(None, Some("a")), known);
        assert_eq!(identity(Some("0"), None), first.identity());
        let others = [identity(Some("1"), Some("b")), identity(Some("a"), None)];
        assert!(!others.contains(&known) && !others.contains(&first.identity()));
    }

    #[test]
    fn a_cursor_belongs_to_its_own_query_and_to_pages_that_it_could_have() {
        let own = query(Granularity::Hourly, 50);
        for (page_size, belongs) in [(0, false), (1, true), (50, true), (51, false)] {
            let cursor = Cursor::first(&own).next(next(Some("1"), None, page_size));
            assert_eq!(cursor.belongs_to(&own), belongs, "{page_size}");
            for other in [
                query(Granularity::Daily, 50),
                query(Granularity::Hourly, 60),
            ] {
                assert!(!cursor.belongs_to(&other), "{page_size} {other:?}");
            }
        }
    }

    #[test]
    fn a_cursor_survives_being_written_and_shows_no_page_token() {
        let first = Cursor::first(&query(Granularity::Hourly, 50));
        let cursor = first.next(next(None, Some("somebodys-token"), 50));
        let written = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<Cursor>(&written).unwrap(), cursor);
        let shown = format!("{cursor:?}");
        assert!(shown.contains("index: 1") && !shown.contains("somebodys-token"));
    }
}
