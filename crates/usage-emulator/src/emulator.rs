//! The emulated API as a value: called in process, looked into and moved through time.

pub(crate) mod builder;

use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, BodyDataStream},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_core::Stream;
use http::{Request, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use url::Url;
use usage_model::{AccountSid, SimSid};

use crate::{
    Anomaly, EmulatorError, Fault, InjectedFault, LoggedRequest,
    api::{self, Api, Connection, TOKEN_PATH},
};

/// An emulated API: an account, its clock, its faults and the log of requests.
///
/// Requests are given to [`handle`](Self::handle), without a socket; an emulator that is
/// [started](crate::EmulatorBuilder::start) takes them on a port as well. Clones are handles on the same
/// emulator.
///
/// ```
/// use bytes::Bytes;
/// use usage_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().seed(7).build()?;
/// let request = http::Request::get("/v1/UsageRecords?Granularity=daily")
///     .header("Authorization", "Basic YW55OmFueQ==")
///     .body(Bytes::new())?;
/// let response = emulator.handle(request).await;
/// assert_eq!(response.status(), 200);
/// assert_eq!(emulator.requests().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Emulator {
    api: Arc<Api>,
    service: TowerToHyperService<Router>,
}

impl Emulator {
    pub(crate) fn new(api: Api) -> Self {
        let api = Arc::new(api);
        let service = TowerToHyperService::new(api::router(Arc::clone(&api)));
        Self { api, service }
    }

    /// Answers a request, without a socket.
    ///
    /// The target of the request may be a path with a query or a whole URL; host and port are not looked
    /// at. Everything that waits (latency, delays, slow bodies, the life of tokens, a clock that runs)
    /// waits on the clock of the caller's tokio runtime, so that under a paused clock it takes no time.
    /// Nothing else runs on that runtime: a page is computed while the future is polled. Dropping the
    /// future is what a client does that gives up.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use usage_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().build()?;
    /// let response = emulator.handle(Request::get("/v1/UsageRecords").body(Bytes::new())?).await;
    /// assert_eq!(response.status(), 401); // without credentials
    /// # Ok(())
    /// # }
    /// ```
    pub async fn handle(&self, request: Request<Bytes>) -> Response<AnswerBody> {
        let answer = self.answer(request.map(Body::from), Connection::default());
        match answer.await {
            Ok(response) => response.map(|body| AnswerBody(body.into_data_stream())),
            Err(never) => match never {},
        }
    }

    /// Answers a request that came over a connection.
    pub(crate) fn answer(
        &self,
        mut request: Request<Body>,
        connection: Connection,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send + use<> {
        request.extensions_mut().insert(connection);
        self.service.call(request)
    }

    /// Returns the root of the API: `http://127.0.0.1:PORT/` if it listens on a port, otherwise
    /// `http://127.0.0.1/`.
    pub fn base_url(&self) -> Url {
        self.api.base_url.clone()
    }

    /// Returns the URL of the token endpoint.
    pub fn token_url(&self) -> Url {
        let mut url = self.base_url();
        url.set_path(TOKEN_PATH);
        url
    }

    /// Returns the account.
    pub fn account_sid(&self) -> AccountSid {
        self.api.account.world.account_sid()
    }

    /// Returns all SIMs that the account ever has, always in the same order, also those that have left and
    /// those that have not joined yet.
    pub fn sims(&self) -> Vec<SimSid> {
        self.api.account.world.sim_sids().collect()
    }

    /// Returns the SIMs that behave unusually, and how; there are some only if they were
    /// [asked for](crate::EmulatorBuilder::anomalies).
    pub fn anomalies(&self) -> Vec<(SimSid, Anomaly)> {
        self.api.account.world.unusual().collect()
    }

    /// Returns what the faults in records change at the emulated time that it is now, in the order in
    /// which they were added. A fault that would change nothing cannot be added, but may have come to that
    /// since.
    pub fn injected(&self) -> Vec<InjectedFault> {
        self.api.injected()
    }

    /// Returns what was asked and what was answered, oldest first; the last 10 000 requests are kept.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.api.log.all()
    }

    /// Forgets all requests so far; the next one has number 1 in [`requests`](Self::requests).
    pub fn clear_requests(&self) {
        self.api.log.clear();
    }

    /// Returns the time of the emulated clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.api.account.clock.now()
    }

    /// Puts the emulated clock forward and returns its time then: late usage shows, old usage goes.
    /// Tokens live in real time and are not concerned.
    ///
    /// # Errors
    ///
    /// Fails if the time would be after the year 9998.
    pub fn advance(&self, by: Duration) -> Result<DateTime<Utc>, EmulatorError> {
        Ok(self.api.account.clock.advance(by)?)
    }

    /// Puts the emulated clock forward to a time.
    ///
    /// # Errors
    ///
    /// Fails if the time has passed, or is after the year 9998.
    pub fn advance_to(&self, time: DateTime<Utc>) -> Result<DateTime<Utc>, EmulatorError> {
        Ok(self.api.account.clock.advance_to(time)?)
    }

    /// Adds a fault. A fault in answers counts requests from here on: the next one is number 1.
    ///
    /// # Errors
    ///
    /// Fails if a fault in a record would change nothing now, or take back what another one changes.
    pub fn add_fault(&self, fault: Fault) -> Result<(), EmulatorError> {
        self.api.add_fault(fault)
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.api.clear_faults();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

/// The body of an answer that was given in process, as a stream of its pieces.
///
/// A body that [`cut`](crate::Fault::grammar) breaks off ends with an error of the kind
/// [`ConnectionAborted`](io::ErrorKind::ConnectionAborted), one that `reset` breaks off with
/// [`ConnectionReset`](io::ErrorKind::ConnectionReset).
#[derive(Debug)]
pub struct AnswerBody(BodyDataStream);

impl Stream for AnswerBody {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        Pin::new(&mut self.0).poll_next(context).map_err(with_kind)
    }
}

/// Returns the error of a body with the kind that it has below the wrappers of the HTTP stack.
fn with_kind(error: axum::Error) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(each) = cause {
        if let Some(error) = each.downcast_ref::<io::Error>() {
            return error.kind().into();
        }
        cause = each.source();
    }
    io::Error::other(error)
}
