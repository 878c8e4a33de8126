//! The ways in which a response is not what the API answers.

use usage_model::Granularity;

/// How a response breaks the protocol of the API.
///
/// The client stops at each of these: going on would deliver records twice, leave some out in
/// silence, or send the credentials elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The body is not JSON and does not claim to be.
    #[error("{content_type} instead of a page of the list, starting {start:?}")]
    NotJson {
        /// The media type of the response, or `no content type`.
        content_type: String,
        /// The first characters of the body.
        start: String,
    },
    /// The body is JSON, or claims to be, but no page of the list.
    #[error("not a page of the list: {reason}; the body starts {start:?}")]
    NotPage {
        /// What is wrong, and where.
        reason: String,
        /// The first characters of the body.
        start: String,
    },
    /// The body is compressed in a way that was not asked for.
    #[error("the body has a content coding that was not asked for")]
    UnknownCoding,
    /// The page has no `meta`, so that nothing says whether another page follows.
    #[error("the page has no meta, so the end of the list cannot be told")]
    MissingMeta,
    /// The `meta` has no `next_page_url`, not even null.
    #[error("the meta has no next_page_url, so the end of the list cannot be told")]
    MissingNextPage,
    /// The page holds more records than the query asked for.
    #[error("more records on a page than the {asked} that were asked for")]
    TooManyRecords {
        /// The page size that was asked for.
        asked: u16,
    },
    /// The page holds the access token, client secret or password of the client, in whatever spelling. It is not
    /// delivered, since records are delivered exactly as they came.
    #[error(
        "the page contains the access token, client secret or password that it was asked for with"
    )]
    HoldsCredential,
    /// The first page of the list names another before it.
    #[error("the first page of the list names another page before it")]
    NotFirst,
    /// A record on the page lies outside the window that was asked for, even where that is widened to whole UTC
    /// days. Something between drops `Start` and `End`, or answers from what it kept of another request.
    #[error("a record from {start} to {end} is outside the window that was asked for")]
    OutsideWindow {
        /// The start of its period.
        start: String,
        /// The end of its period.
        end: String,
    },
    /// The page says of itself that it answers another query than the one that was asked, or a SIM on it is one that
    /// the filter leaves out.
    #[error(
        "the page answers another query than the one that was asked: its {parameter} is {value:?}"
    )]
    OtherQuery {
        /// The name of the parameter.
        parameter: &'static str,
        /// The first characters of its value.
        value: String,
    },
    /// A record on the page is that of an hour where days were asked for, or the reverse, or one of several where one
    /// for the whole window was asked for.
    #[error("a record from {start} to {end} does not fit: {asked} records were asked for")]
    OtherGranularity {
        /// The start of its period.
        start: String,
        /// The end of its period.
        end: String,
        /// What was asked for.
        asked: Granularity,
    },
    /// A record on the page names no SIM, though those of one SIM were asked for: it may be that of the account.
    #[error("a record names no SIM, though the records of one SIM were asked for")]
    NoSim,
    /// The page has another number than the pages before it lead to: another one is missing.
    #[error(
        "the page says that it is page {found} of the list, counted from 0, in place of page {expected}"
    )]
    OtherPage {
        /// The number that the page has.
        found: u64,
        /// The number of the page that was asked for.
        expected: u64,
    },
    /// The list goes on, but one page after the other has no records.
    #[error("the list goes on after {pages} pages in a row without records")]
    EmptyPages {
        /// How many pages.
        pages: u32,
    },
    /// The link to the next page is not an address.
    #[error("the link to the next page is not an address: {link:?}")]
    GarbageLink {
        /// The first characters of the link.
        link: String,
    },
    /// The link to the next page carries a user name or password.
    #[error("the link to the next page carries a user name, with the host {host}")]
    UserInLink {
        /// The host that the link really names.
        host: String,
    },
    /// The link to the next page leads to another scheme, host or port.
    #[error("the link to the next page leads to {origin}, not to {expected}")]
    ForeignLink {
        /// Where the link leads.
        origin: String,
        /// The origin that the client was configured for.
        expected: String,
    },
    /// The link to the next page leads to another resource.
    #[error("the link to the next page leads to {path:?}, another resource")]
    OtherPath {
        /// The path of the link.
        path: String,
    },
    /// The link to the next page changes a parameter of the query.
    #[error("the link to the next page changes {parameter} to {value:?}")]
    ChangedQuery {
        /// The name of the parameter.
        parameter: &'static str,
        /// The first characters of its value in the link.
        value: String,
    },
    /// The link to the next page names no page.
    #[error("the link to the next page has neither Page nor PageToken")]
    NoPosition,
    /// The link to the next page names a position that is too long for an address.
    #[error("the link to the next page names a position of {found} bytes, more than {limit}")]
    LongPosition {
        /// The bytes of `Page` and `PageToken`.
        found: usize,
        /// How many they may be.
        limit: usize,
    },
    /// The link to the next page names one parameter more than once.
    #[error("the link to the next page names {parameter} more than once")]
    AmbiguousLink {
        /// The name of the parameter.
        parameter: &'static str,
    },
    /// The link leads to a page that this fetch has been to.
    #[error("the link to the next page leads back to a page already fetched")]
    RepeatedPage,
    /// The page holds the records of a page that this fetch has been to, under another address. Pages on
    /// which no record says when it is may be the same.
    #[error("the page holds the same records as one already fetched")]
    RepeatedContent,
    /// The list has more pages than the limit.
    #[error("the list goes on after {limit} pages")]
    TooManyPages {
        /// How many pages a list may have.
        limit: u64,
    },
    /// The answer of the token endpoint holds no access token that can be used.
    #[error("the token endpoint answers without a usable access token: {reason}")]
    NoToken {
        /// What is wrong with the answer.
        reason: &'static str,
    },
}

impl ProtocolError {
    /// Whether the message quotes what the server wrote.
    pub(crate) const fn quotes(&self) -> bool {
        match self {
            Self::NotJson { .. }
            | Self::NotPage { .. }
            | Self::GarbageLink { .. }
            | Self::UserInLink { .. }
            | Self::ForeignLink { .. }
            | Self::OtherPath { .. }
            | Self::ChangedQuery { .. }
            | Self::OtherQuery { .. } => true,
            Self::UnknownCoding
            | Self::MissingMeta
            | Self::MissingNextPage
            | Self::TooManyRecords { .. }
            | Self::HoldsCredential
            | Self::NotFirst
            | Self::NoPosition
            | Self::LongPosition { .. }
            | Self::AmbiguousLink { .. }
            | Self::RepeatedPage
            | Self::RepeatedContent
            | Self::TooManyPages { .. }
            | Self::OutsideWindow { .. }
            | Self::OtherGranularity { .. }
            | Self::NoSim
            | Self::OtherPage { .. }
            | Self::EmptyPages { .. }
            | Self::NoToken { .. } => false,
        }
    }
}
