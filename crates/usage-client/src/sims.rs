//! The SIMs of the account.

mod query;

use std::{collections::BTreeSet, sync::Arc};

use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, future, stream};

use crate::{
    Error, Page,
    paging::{fetch::Shared, walk},
};

pub use query::SimQuery;
use query::{Delivered, sid};

/// The pages of the list, each SIM once.
pub(crate) fn pages(
    client: Arc<Shared>,
    query: SimQuery,
) -> impl Stream<Item = Result<Page<Delivered>, Error>> + Send + use<> {
    let mut seen = BTreeSet::new();
    walk::pages(client, query, None).map_ok(move |mut page| {
        page.records
            .retain(|sim| sid(sim).is_none_or(|sid| seen.insert(sid)));
        page
    })
}

/// The SIMs of pages, one by one.
pub(crate) fn each(
    pages: impl Stream<Item = Result<Page<Delivered>, Error>> + Send,
) -> impl Stream<Item = Result<Delivered, Error>> + Send {
    pages.flat_map(|page| match page {
        Ok(page) => stream::iter(page.records).map(Ok).left_stream(),
        Err(error) => stream::once(future::ready(Err(error))).right_stream(),
    })
}
