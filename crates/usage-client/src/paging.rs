//! Walks a list from page to page, checks each link, and recognises what came before.

mod call;
pub(crate) mod continuity;
pub(crate) mod cursor;
pub(crate) mod dedup;
pub(crate) mod fetch;
pub(crate) mod identity;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod resume;
pub(crate) mod walk;
