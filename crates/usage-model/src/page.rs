//! A page of the API: its records and its paging envelope.

mod address;

use crate::{Field, MalformedRecord, Place, UnknownMembers, UsageRecord};

pub use address::{PageAddress, address_instant, is_other_list};

/// One response body of the API: records, each on its own, and the paging envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsagePage {
    /// The records in the order of the page; a malformed one costs only itself.
    pub records: Vec<Result<PlacedRecord, MalformedRecord>>,
    /// The paging envelope; `None` where the body has none, or null.
    pub meta: Option<PageMeta>,
}

/// A record, and where it stands in what was read.
///
/// A record that does not decode has its place too: [`MalformedRecord::place`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlacedRecord {
    /// Where it stands.
    pub place: Place,
    /// The record.
    pub record: UsageRecord,
}

impl PlacedRecord {
    /// Returns a record at a place.
    pub const fn new(place: Place, record: UsageRecord) -> Self {
        Self { place, record }
    }
}

/// The member `meta` of a page: where the page stands and how to get the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct PageMeta {
    /// The index of the page, from 0.
    pub page: Field<MetaNumber>,
    /// How many records a page holds at most.
    pub page_size: Field<MetaNumber>,
    /// The address of the first page.
    pub first_page_url: Field<String>,
    /// The address of the page before this one; null on the first page.
    pub previous_page_url: Field<String>,
    /// The address of this page.
    pub url: Field<String>,
    /// The address of the next page; null or empty on the last page.
    pub next_page_url: Field<String>,
    /// The name of the member that holds the records.
    pub key: Field<String>,
    /// Members of this object that are not known.
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub unknown: UnknownMembers,
}

impl PageMeta {
    /// Returns the address of the next page; `None` if there is none. Null and empty end a list; a page without the
    /// member does not say whether another follows.
    pub fn next_page(&self) -> Option<&str> {
        self.next_page_url
            .value()
            .map(String::as_str)
            .filter(|url| !url.is_empty())
    }
}

impl PageMeta {
    /// Returns whether the page names another one before it. Servers that take one from 0 and stay at 0 name the first
    /// page itself there.
    pub fn names_page_before(&self) -> bool {
        let stated = |link: &Field<String>| {
            let text = link.value().map(|link| link.trim().to_owned());
            text.filter(|text| !text.is_empty())
        };
        let Some(previous) = stated(&self.previous_page_url) else {
            return false;
        };
        let mut first = [&self.url, &self.first_page_url].into_iter();
        let is_first = first.any(|link| stated(link).as_ref() == Some(&previous));
        !is_first && PageAddress::of(&previous).page() != Some(0)
    }
}

/// A number of the envelope, which some servers send as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetaNumber {
    /// A JSON number.
    Number(u64),
    /// A JSON string, kept verbatim.
    Text(Box<str>),
}

impl MetaNumber {
    /// Returns the number, if it is one.
    pub fn value(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_before_is_named_where_the_link_is_not_that_of_the_first_page() {
        for (links, is_named) in [
            ("{}", false),
            (r#"{"previous_page_url":null}"#, false),
            (r#"{"previous_page_url":" "}"#, false),
            (r#"{"previous_page_url":"?Page=1"}"#, true),
            (r#"{"previous_page_url":"?PageToken=a"}"#, true),
            (r#"{"previous_page_url":"?Page=0"}"#, false),
            (
                r#"{"previous_page_url":"?PageToken=a","url":"?PageToken=a"}"#,
                false,
            ),
            (r#"{"previous_page_url":" u","first_page_url":"u "}"#, false),
            (
                r#"{"previous_page_url":"u","url":"v","first_page_url":"w"}"#,
                true,
            ),
            (r#"{"url":"?Page=1","first_page_url":"?Page=1"}"#, false),
        ] {
            let meta: PageMeta = serde_json::from_str(links).unwrap();
            assert_eq!(meta.names_page_before(), is_named, "{links}");
        }
    }
}
