//! Walks a list from page to page.

use std::{collections::BTreeSet, sync::Arc};

use futures_core::Stream;
use futures_util::stream;
use secrecy::SecretString;
use tracing::Instrument as _;
use url::Url;
use usage_model::Window;

use crate::{
    Continuity, Cursor, Page, ProtocolError,
    error::{
        ConfigError, Error, PagePlace,
        failure::{CallFailure, Effort, Endpoint, Failure, FailureKind, GiveUp},
    },
    http::response::Answer,
    paging::{
        ahead::Ahead,
        call::Call,
        continuity::Edge,
        cursor::Resumable,
        fetch::{Fetch, Shared},
        link,
        list::ListQuery,
        meta_check,
    },
};

/// Pages without records in a row after which a list is taken for one without an end. An empty page in the
/// middle of a list is not its end, but the servers that send some send a few.
const MOST_EMPTY_PAGES: u32 = 50;

/// A walk through the pages of a list.
pub(crate) struct Walk<Q> {
    fetch: Arc<Fetch>,
    query: Q,
    /// The window to name in errors, where the query is one of several of a fetch.
    window: Option<Window>,
    /// What that window may hold.
    ahead: Option<Arc<Ahead>>,
    /// The next page; `None` after the last.
    cursor: Option<Cursor>,
    /// The identities of the pages that have been asked for, as numbers, because a token may be long.
    seen: BTreeSet<u64>,
    /// The contents of the pages that came, those left out whose records do not say when they are.
    contents: BTreeSet<u64>,
    /// The last page that had records.
    edge: Option<Edge>,
    pages: u64,
    /// Pages without records since the last that had some.
    empty_pages: u32,
}

/// The pages of a query from a cursor on, or from the start. Ends after the last page or an error.
pub(crate) fn pages<Q: ListQuery + Resumable>(
    client: Arc<Shared>,
    query: Q,
    cursor: Option<Cursor>,
) -> impl Stream<Item = Result<Page<Q::Item>, Error>> + Send + use<Q> {
    enum State<Q> {
        /// Nothing was asked for yet; the clock of the total timeout has not started.
        Start(Arc<Shared>, Q, Option<Cursor>),
        More(Box<Walk<Q>>),
        Done,
    }
    let start = State::Start(client, query, cursor);
    stream::unfold(start, |state| async move {
        let mut walk = match state {
            State::Start(client, query, cursor) => {
                let fetch = Arc::new(Fetch::start(client, &query, 1));
                match Walk::new(fetch, query, cursor) {
                    Ok(walk) => Box::new(walk),
                    Err(error) => return Some((Err(error), State::Done)),
                }
            }
            State::More(walk) => walk,
            State::Done => return None,
        };
        let span = walk.fetch.span.clone();
        let page = walk.next().instrument(span).await?;
        let state = match page {
            Ok(_) => State::More(walk),
            Err(_) => State::Done,
        };
        Some((page, state))
    })
}

impl<Q: ListQuery + Resumable> Walk<Q> {
    /// A walk from a cursor on, or from the start.
    pub(crate) fn new(fetch: Arc<Fetch>, query: Q, cursor: Option<Cursor>) -> Result<Self, Error> {
        let cursor = cursor.unwrap_or_else(|| Cursor::first(&query));
        if !cursor.belongs_to(&query) {
            return Err(ConfigError::ForeignCursor.into());
        }
        Ok(Self {
            fetch,
            query,
            window: None,
            ahead: None,
            seen: BTreeSet::from([cursor.identity()]),
            cursor: Some(cursor),
            contents: BTreeSet::new(),
            edge: None,
            pages: 0,
            empty_pages: 0,
        })
    }

    /// Makes it the walk of one window of a fetch.
    pub(crate) fn of_window(self, window: Window, ahead: Arc<Ahead>) -> Self {
        Self {
            window: Some(window),
            ahead: Some(ahead),
            ..self
        }
    }

    /// The next page; `None` after the last. After an error the cursor still leads to the page that failed.
    pub(crate) async fn next(&mut self) -> Option<Result<Page<Q::Item>, Error>> {
        let cursor = self.cursor.clone()?;
        let page = self.step(&cursor).await;
        if let Ok(page) = &page {
            self.cursor.clone_from(&page.cursor);
        }
        Some(page)
    }

    /// Fetches the page that the cursor leads to.
    async fn step(&mut self, cursor: &Cursor) -> Result<Page<Q::Item>, Error> {
        let address = cursor.address(&self.fetch.shared.base_url, &self.query);
        let place = PagePlace {
            page: cursor.index(),
            path: address.path().to_owned(),
            window: self.window,
            resume: self.query.resume(cursor),
        };
        let call = Call {
            fetch: &self.fetch,
            address: &address,
            query: &self.query,
            page_size: cursor.page_size(),
            ahead: self.ahead.as_deref(),
        };
        let span = tracing::debug_span!("page", usage.page = cursor.index());
        let (answer, header, effort) = match call.run().instrument(span).await {
            Ok(answered) => answered,
            Err(failure) => return Err(Error::of_page(failure, place)),
        };
        match self.check(cursor, &address, &answer, &header) {
            Ok((next, continuity)) => Ok(page(answer, cursor.index(), next, continuity, effort)),
            Err(error) => {
                let failure = CallFailure {
                    failure: Failure::new(Endpoint::Api, FailureKind::Protocol(error)),
                    effort,
                    give_up: GiveUp::Final,
                };
                Err(Error::of_page(failure, place))
            }
        }
    }

    /// Holds a page against the query and the pages before it; finds where the next one is.
    fn check(
        &mut self,
        cursor: &Cursor,
        address: &Url,
        answer: &Answer<Q::Item>,
        header: &SecretString,
    ) -> Result<(Option<Cursor>, Continuity), ProtocolError> {
        let secrets = self.fetch.shared.authorizer.secrets(header);
        meta_check::check(&answer.meta, cursor, address, &self.query, &secrets)?;
        self.query
            .check_asked_for(&answer.records, answer.server_date)?;
        let next = match answer.meta.next_page() {
            None => None,
            Some(link) => {
                let next = link::check(link, address, &self.query, cursor.page_size(), &secrets)?;
                Some(self.remember(cursor.next(next), answer.records.is_empty())?)
            }
        };
        Ok((next, self.join(answer)?))
    }

    /// Refuses a page that has been asked for before, and one page too many.
    fn remember(&mut self, next: Cursor, is_empty: bool) -> Result<Cursor, ProtocolError> {
        self.empty_pages = if is_empty {
            self.empty_pages.saturating_add(1)
        } else {
            0
        };
        if self.empty_pages >= MOST_EMPTY_PAGES {
            let pages = self.empty_pages;
            return Err(ProtocolError::EmptyPages { pages });
        }
        if !self.seen.insert(next.identity()) {
            return Err(ProtocolError::RepeatedPage);
        }
        self.pages = self.pages.saturating_add(1);
        let limit = self.fetch.shared.max_pages;
        if self.pages >= limit {
            return Err(ProtocolError::TooManyPages { limit });
        }
        Ok(next)
    }

    /// Refuses the records of a page that came before, and finds how the page joins the last one with records.
    fn join(&mut self, answer: &Answer<Q::Item>) -> Result<Continuity, ProtocolError> {
        // Nearly every list of a fetch in windows has one page, for which there is nothing to compare.
        if self.edge.is_none() && answer.meta.next_page().is_none() {
            return Ok(Continuity::Unknown);
        }
        let edge = Edge::of(&answer.records);
        if edge.contents.is_some_and(|all| !self.contents.insert(all)) {
            return Err(ProtocolError::RepeatedContent);
        }
        let continuity = match &self.edge {
            Some(before) => before.continuity(&edge),
            None => Continuity::Unknown,
        };
        // The page after one without records goes on where the one before that ended.
        if !answer.records.is_empty() {
            self.edge = Some(edge);
        }
        Ok(continuity)
    }
}

fn page<T>(
    answer: Answer<T>,
    index: u64,
    cursor: Option<Cursor>,
    continuity: Continuity,
    effort: Effort,
) -> Page<T> {
    Page {
        records: answer.records,
        meta: answer.meta,
        index,
        server_date: answer.server_date,
        cursor,
        continuity,
        attempts: effort.attempts,
        waited: effort.waited,
        waited_as_asked: effort.asked,
        elapsed: effort.elapsed,
        bytes: answer.bytes,
        body: answer.body,
    }
}
