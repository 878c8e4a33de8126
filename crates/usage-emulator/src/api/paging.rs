//! Page tokens and links.

use url::Url;
use usage_model::{Field, Granularity, MetaNumber, PageMeta, Timestamp};

use super::query::Query;
use crate::{account::Resource, world::Key};

/// The first two letters of every page token.
const PREFIX: &str = "PT";

/// Where a page of a list starts and what comes before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageStarts {
    /// Where the page before this one starts; none for the first page.
    pub(super) previous: Option<i64>,
    /// Where this page starts, if its request had a token.
    pub(super) this: Option<i64>,
    /// Where the next page starts; none for the last page.
    pub(super) next: Option<i64>,
}

/// The paging of one list: its tokens hold for it alone.
#[derive(Debug)]
pub(super) struct Paging<'a> {
    seal: Key,
    origin: &'a Url,
    resource: Resource,
    query: &'a Query,
}

impl<'a> Paging<'a> {
    /// The paging of what a query asks of a resource.
    pub(super) fn new(key: Key, origin: &'a Url, resource: Resource, query: &'a Query) -> Self {
        let granularity = match query.granularity {
            Granularity::Hourly => 1,
            Granularity::Daily => 2,
            Granularity::All => 3,
        };
        let mut seal = key.at(granularity).at(u64::from(query.page_size.get()));
        for instant in [query.start, query.end] {
            let nanos = u64::from(instant.timestamp_subsec_nanos());
            seal = seal.at_time(instant.timestamp()).at(nanos);
        }
        for byte in resource.path().bytes() {
            seal = seal.at(u64::from(byte));
        }
        Self {
            seal,
            origin,
            resource,
            query,
        }
    }

    /// The token of the page that starts at a position.
    ///
    /// It names the position itself and not the number of the page, so that no record is skipped or
    /// sent twice where older ones pass out of retention between two requests.
    fn token(&self, position: i64) -> String {
        let hidden = position.cast_unsigned() ^ self.seal.number();
        let check = self.seal.at_time(position).number();
        format!("{PREFIX}{hidden:016x}{check:016x}")
    }

    /// The position that a token stands for, or `None` where it is not a token of this list.
    pub(super) fn position(&self, token: &str) -> Option<i64> {
        let hidden = token.strip_prefix(PREFIX)?.get(..16)?;
        let hidden = u64::from_str_radix(hidden, 16).ok()?;
        let position = (hidden ^ self.seal.number()).cast_signed();
        (self.token(position) == token).then_some(position)
    }

    /// The member `meta` of a page.
    pub(super) fn meta(&self, starts: PageStarts) -> PageMeta {
        // `Page` is the client's own count: it is given back, and counted on in the links.
        let page = self.query.page.unwrap_or(0);
        let number = |number| Field::Value(MetaNumber::Number(number));
        let url = |link: Option<Url>| link.map_or(Field::Null, |url| Field::Value(url.into()));
        let mut meta = PageMeta::default();
        meta.page = number(page);
        meta.page_size = number(u64::from(self.query.page_size.get()));
        meta.first_page_url = url(Some(self.link(0, None)));
        meta.previous_page_url = url(starts
            .previous
            .map(|start| self.link(page.saturating_sub(1), Some(start))));
        meta.url = url(Some(self.link(page, starts.this)));
        meta.next_page_url = url(starts
            .next
            .map(|start| self.link(page.saturating_add(1), Some(start))));
        meta.key = Field::Value("usage_records".to_owned());
        meta
    }

    fn link(&self, page: u64, position: Option<i64>) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&self.resource.path());
        let Query {
            start,
            end,
            granularity,
            page_size,
            ..
        } = self.query;
        url.query_pairs_mut()
            .append_pair("Granularity", granularity.as_str())
            .append_pair("Start", &Timestamp::from(*start).to_string())
            .append_pair("End", &Timestamp::from(*end).to_string())
            .append_pair("PageSize", &page_size.to_string())
            .append_pair("Page", &page.to_string());
        if let Some(position) = position {
            url.query_pairs_mut()
                .append_pair("PageToken", &self.token(position));
        }
        url
    }
}
