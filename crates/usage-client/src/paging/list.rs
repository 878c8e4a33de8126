//! What the API lists, usage records or SIMs, as the walk through the pages of a list sees it.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use tracing::Span;
use url::Url;
use usage_model::{MalformedDocument, PageMeta, PageSize};

use crate::ProtocolError;

/// A query whose answer is a list in pages.
pub(crate) trait ListQuery: Clone + Send + Sync + 'static {
    /// What the list has.
    type Item: ListItem;

    /// The member of a page that holds the list.
    const KEY: &'static str;

    /// The parameters that a link must not change.
    const FIXED: &'static [&'static str];

    /// Members whose values identify a device: a body that names one of them is not quoted.
    const PERSONAL: &'static [&'static str];

    /// Returns the path from the root of the API.
    fn path(&self) -> String;

    /// Returns the path with placeholders for what identifies somebody, for logs.
    fn template(&self) -> &'static str;

    /// Opens the span of a whole fetch. Nothing in it may identify somebody.
    fn span(&self) -> Span;

    /// Returns the parameters besides those of paging, as they are sent.
    fn parameters(&self) -> Vec<(&'static str, String)>;

    /// Returns how many items a page may hold.
    fn records_per_page(&self) -> PageSize;

    /// Returns whether a parameter of a link asks for the same as this query; `None` if its value is not
    /// understood.
    fn agrees(&self, parameter: &str, value: &str) -> Option<bool>;

    /// Reads a body, and no more than one item past the page size.
    fn read(body: &[u8], page_size: PageSize) -> Result<ListPage<Self::Item>, MalformedDocument>;

    /// Refuses items that the query does not ask for, in an answer with that date.
    fn check_asked_for(
        &self,
        items: &[Self::Item],
        server_date: Option<DateTime<Utc>>,
    ) -> Result<(), ProtocolError>;

    /// Returns the address of the list below the base URL, without a query.
    fn address(&self, base: &Url) -> Url {
        let mut address = base.clone();
        let base = base.path().trim_end_matches('/');
        address.set_path(&format!("{base}{}", self.path()));
        address
    }

    /// Returns the query in one text, its page size included: what a cursor is valid for.
    fn fingerprint(&self) -> String {
        let mut text = format!("{}?", self.path());
        for (name, value) in self.parameters() {
            // Writing to a string does not fail.
            let _ = write!(text, "{name}={value}&");
        }
        let _ = write!(text, "PageSize={}", self.records_per_page());
        text
    }
}

/// A body of a list: its items and its paging envelope.
pub(crate) struct ListPage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) meta: Option<PageMeta>,
}

/// An item of a list.
pub(crate) trait ListItem: Send + Sync + 'static {
    /// Returns a hash of what identifies the item: equal for two copies of one item, and for two items only by a
    /// collision in 64 bits.
    fn identity_hash(&self) -> u64;

    /// Returns whether the item states what identifies it.
    fn is_distinguishable(&self) -> bool;

    /// Returns start and end of the period of the item, if it states both.
    fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)>;
}
