//! Where in a list the next page starts.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use usage_model::PageSize;

use crate::{UsageQuery, link::NextPage, query::instant};

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
    pub(crate) fn first(query: &UsageQuery) -> Self {
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
    pub(crate) fn belongs_to(&self, query: &UsageQuery) -> bool {
        self.query == query.fingerprint()
            && (PageSize::MIN.get()..=query.records_per_page().get()).contains(&self.page_size)
    }

    /// What tells this page from the others of the list: its token, or its number where it has none.
    pub(crate) fn identity(&self) -> String {
        match (&self.page_token, &self.page) {
            (Some(token), _) => format!("PageToken={token}"),
            (None, Some(page)) => format!("Page={page}"),
            (None, None) => "Page=0".to_owned(),
        }
    }

    /// The address of the page, built from the query alone.
    pub(crate) fn address(&self, base: &Url, query: &UsageQuery) -> Url {
        let mut address = query.address(base);
        {
            let mut pairs = address.query_pairs_mut();
            pairs
                .append_pair("Start", &instant(query.start()))
                .append_pair("End", &instant(query.end()))
                .append_pair("Granularity", query.granularity().as_str())
                .append_pair("PageSize", &self.page_size.to_string());
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

/// Without the page token, which a log has no use for.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("query", &self.query)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}
