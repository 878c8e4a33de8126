//! One request to an endpoint that faults can strike, and its way to an answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, extract::FromRequestParts, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts};
use url::form_urlencoded;

use super::{
    authorize::authorize,
    gzip,
    log::Entry,
    paging::{PagedList, Paging},
    state::Api,
};
use crate::{
    answer::{Answer, Break, Delivery, Gzip, Refusal},
    fault::{Asked, Endpoint, Fault, RequestEffect},
};

/// What a request says of itself: its connection, its entry in the log, its headers and its target.
#[derive(Debug)]
pub(super) struct Incoming {
    connection: Connection,
    entry: Option<Entry>,
    headers: HeaderMap,
    uri: Uri,
}

impl<S: Sync> FromRequestParts<S> for Incoming {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let connection = parts.extensions.get::<Connection>();
        Ok(Self {
            connection: connection.cloned().unwrap_or_default(),
            entry: parts.extensions.get::<Entry>().copied(),
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
        })
    }
}

/// A request on its way to an answer, and the faults that concern it.
#[derive(Debug)]
pub(super) struct Exchange {
    api: Arc<Api>,
    incoming: Incoming,
    faults: Vec<Fault>,
    asked: Asked,
}

/// How long an answer was kept back by a fault. It comes on top of the latency.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeptBack(pub(super) Duration);

/// Marks an answer that goes without the header `Date`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Undated;

impl Exchange {
    /// Counts a request and finds the faults that concern it.
    pub(super) fn new(api: Arc<Api>, endpoint: Endpoint, incoming: Incoming) -> Self {
        let (number, faults) = api.faults.next(endpoint);
        if let Some(entry) = incoming.entry {
            api.log.counted(entry, (endpoint, number), faults.clone());
        }
        let query = incoming.uri.query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        api.dialects.read_parameters(&mut parameters);
        let asked = Asked {
            path: incoming.uri.path().to_owned(),
            parameters,
            now: api.account.clock.now(),
            delay: Duration::ZERO,
            advance: Duration::ZERO,
            expires_tokens: false,
            surplus: 0,
            cache: api.faults.cache(),
        };
        let mut exchange = Self {
            api,
            incoming,
            faults,
            asked,
        };
        for effect in exchange.faults.iter().flat_map(Fault::request_effects) {
            if let RequestEffect::Ask(change) = effect {
                change(&mut exchange.asked);
            }
        }
        exchange
    }

    pub(super) fn api(&self) -> &Api {
        &self.api
    }

    /// Returns what is asked, with the changes that faults made to it.
    pub(super) const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Returns the headers of the request.
    pub(super) const fn headers(&self) -> &HeaderMap {
        &self.incoming.headers
    }

    /// Returns what the faults of the request do.
    pub(super) fn effects(&self) -> impl Iterator<Item = &RequestEffect> {
        self.faults.iter().flat_map(Fault::request_effects)
    }

    /// Checks the credentials of the request.
    pub(super) fn authorize(&self) -> Result<(), Refusal> {
        let api = self.api();
        let account_sid = api.account.world.account_sid();
        authorize(
            self.headers(),
            &api.tokens,
            &api.clients,
            account_sid.as_str(),
        )
    }

    /// Makes the page of a list that is asked for, with what faults do to it.
    pub(super) fn page<L: PagedList>(
        &self,
        paging: &Paging<'_>,
        list: &L,
    ) -> Result<Answer, Refusal> {
        let mut page = paging.page(list, self.asked.surplus)?;
        for effect in self.effects() {
            if let RequestEffect::Page(change) = effect {
                page.disturb(change);
            }
        }
        let failed = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, None, "Internal error");
        let body = page.write(&self.api.dialects).map_err(failed)?;
        let mut answer = Answer::new(StatusCode::OK, "application/json", body);
        answer.gzip = Some(Gzip::default());
        Ok(answer)
    }

    /// Answers the request: with what a fault puts in place of an answer, or with what `make` returns.
    pub(super) async fn answer(
        mut self,
        make: impl FnOnce(&Self) -> Result<Answer, Refusal> + Send + 'static,
    ) -> Response {
        let delay = self.asked.delay;
        wait(delay).await;
        if self.asked.expires_tokens {
            self.api.tokens.expire_all();
        }
        if !self.asked.advance.is_zero() {
            // A clock at the end of the calendar stays there.
            let _best_effort = self.api.account.clock.advance(self.asked.advance);
        }
        self.asked.now = self.api.account.clock.now();
        let instead = self.effects().find_map(|effect| match effect {
            RequestEffect::Instead(answer) => answer(&self.asked),
            _ => None,
        });
        let offload = self.api.offload;
        let finish = move || {
            let answer = instead.unwrap_or_else(|| make(&self).unwrap_or_else(Answer::from));
            self.finish(answer)
        };
        let mut response = if offload {
            // A long page takes milliseconds, in which the other connections go on.
            tokio::task::spawn_blocking(finish)
                .await
                .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
        } else {
            finish()
        };
        response.extensions_mut().insert(KeptBack(delay));
        response
    }

    /// Changes an answer as dialects and faults have it, and writes it.
    fn finish(&self, mut answer: Answer) -> Response {
        let api = self.api();
        api.dialects.apply_to_answer(&mut answer);
        for effect in self.effects() {
            if let RequestEffect::Answer(change) = effect {
                change(&self.asked, &mut answer);
            }
        }
        if answer.delivery.broken == Some(Break::Reset) {
            self.incoming.connection.reset_on_close();
        }
        write(answer, self.headers())
    }
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// Waits, unless there is nothing to wait for: a timer takes a millisecond at least.
pub(super) async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Writes an answer, compressed if the client takes that.
pub(super) fn write(answer: Answer, asked: &HeaderMap) -> Response {
    let Answer {
        status,
        mut headers,
        mut body,
        gzip,
        delivery,
        is_dated,
    } = answer;
    if let Some(Gzip { members, name }) = gzip {
        let vary = HeaderValue::from_static("accept-encoding");
        headers.insert(header::VARY, vary);
        if gzip::is_accepted(asked)
            && let Ok(compressed) = gzip::compress(&body, members)
        {
            body = compressed;
            let name = HeaderValue::from_static(name);
            headers.insert(header::CONTENT_ENCODING, name);
        }
    }
    // A body that breaks off has promised its whole length.
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    let body = if delivery == Delivery::default() {
        Body::from(body)
    } else {
        Body::from_stream(delivery.pieces(body))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if !is_dated {
        response.extensions_mut().insert(Undated);
    }
    response
}

/// A handle on the connection that a request came over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    reset: Arc<AtomicBool>,
}

impl Connection {
    /// Makes the end of the connection a reset and not an orderly close.
    fn reset_on_close(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Returns whether the connection ends with a reset.
    pub(crate) fn is_reset_on_close(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }
}
