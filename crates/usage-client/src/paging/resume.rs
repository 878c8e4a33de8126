//! Where a fetch that failed can be taken up again.

use serde::{Deserialize, Serialize};

use crate::{Cursor, SimQuery, UsageQuery};

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
