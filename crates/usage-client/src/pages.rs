//! Walks a list from page to page.

use std::{collections::BTreeSet, sync::Arc};

use futures_core::Stream;
use futures_util::stream;

use crate::{
    Cursor, Page, ProtocolError, UsageQuery,
    answer::Answer,
    call::Call,
    client::Inner,
    deadline::Deadline,
    error::{ConfigError, Effort, Error, PagePlace},
    failure::{Endpoint, Failure, Trouble},
    link,
    retry::GiveUp,
};

/// Where the walk stands.
enum State {
    /// Nothing was asked for yet; the clock of the total timeout has not started.
    Start(Arc<Inner>, UsageQuery, Option<Cursor>),
    More(Box<Walk>, Cursor),
    Done,
}

/// What a walk carries from page to page.
struct Walk {
    client: Arc<Inner>,
    query: UsageQuery,
    deadline: Deadline,
    /// The identities of the pages that have been asked for.
    seen: BTreeSet<String>,
}

/// The pages of a query from a cursor on, or from the start. Ends after the last page or an error.
pub(crate) fn pages(
    client: Arc<Inner>,
    query: UsageQuery,
    cursor: Option<Cursor>,
) -> impl Stream<Item = Result<Page, Error>> + Send + use<> {
    stream::unfold(State::Start(client, query, cursor), |state| async move {
        let (mut walk, cursor) = match state {
            State::Start(client, query, cursor) => match Walk::start(client, query, cursor) {
                Ok(started) => started,
                Err(error) => return Some((Err(error), State::Done)),
            },
            State::More(walk, cursor) => (walk, cursor),
            State::Done => return None,
        };
        Some(match walk.step(&cursor).await {
            Ok(page) => {
                let next = match page.cursor.clone() {
                    Some(cursor) => State::More(walk, cursor),
                    None => State::Done,
                };
                (Ok(page), next)
            }
            Err(error) => (Err(error), State::Done),
        })
    })
}

impl Walk {
    fn start(
        client: Arc<Inner>,
        query: UsageQuery,
        cursor: Option<Cursor>,
    ) -> Result<(Box<Self>, Cursor), Error> {
        let cursor = cursor.unwrap_or_else(|| Cursor::first(&query));
        if !cursor.belongs_to(&query) {
            return Err(ConfigError::ForeignCursor.into());
        }
        let walk = Self {
            deadline: Deadline::after(client.total_timeout),
            seen: BTreeSet::from([cursor.identity()]),
            client,
            query,
        };
        Ok((Box::new(walk), cursor))
    }

    /// Fetches the page that the cursor leads to.
    async fn step(&mut self, cursor: &Cursor) -> Result<Page, Error> {
        let address = cursor.address(&self.client.base_url, &self.query);
        let place = PagePlace {
            page: cursor.index(),
            path: address.path().to_owned(),
        };
        let call = Call {
            client: &self.client,
            address: &address,
            page_size: cursor.page_size(),
            deadline: self.deadline,
        };
        let (answer, effort) = call.run(place.clone()).await?;
        let next = match answer.meta.next_page() {
            None => Ok(None),
            Some(link) => link::check(link, &address, &self.query, cursor.page_size())
                .map(|next| cursor.next(next))
                .and_then(|next| self.remember(next).map(Some)),
        };
        match next {
            Ok(next) => Ok(page(answer, cursor.index(), next, effort)),
            Err(error) => {
                let failure = Failure::new(Endpoint::Api, Trouble::Protocol(error));
                Err(Error::failed(failure, place, effort, GiveUp::Final))
            }
        }
    }

    /// Refuses a page that has been asked for before.
    fn remember(&mut self, next: Cursor) -> Result<Cursor, ProtocolError> {
        if self.seen.insert(next.identity()) {
            Ok(next)
        } else {
            Err(ProtocolError::RepeatedPage)
        }
    }
}

fn page(answer: Answer, index: u64, cursor: Option<Cursor>, effort: Effort) -> Page {
    Page {
        records: answer.records,
        meta: answer.meta,
        index,
        server_date: answer.server_date,
        cursor,
        attempts: effort.attempts,
        elapsed: effort.elapsed,
        bytes: answer.bytes,
    }
}
