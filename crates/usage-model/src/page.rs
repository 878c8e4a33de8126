//! A whole page of the API.

use crate::{Field, MalformedDocument, MalformedRecord, PageMeta, UsageRecord};

/// One response body of the API: records, each on its own, and the paging envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsagePage {
    /// The records in the order of the page; a malformed one costs only itself.
    pub records: Vec<Result<UsageRecord, MalformedRecord>>,
    /// The paging envelope; absent where the body has none.
    pub meta: Field<PageMeta>,
}

impl UsagePage {
    /// Reads one response body.
    ///
    /// # Errors
    ///
    /// Where the body is no page: not JSON, cut short, without a list `usage_records`, or with a broken
    /// `meta`.
    pub fn from_slice(_body: &[u8]) -> Result<Self, MalformedDocument> {
        Err(MalformedDocument { position: crate::Position::default(), reason: String::new() })
    }
}
