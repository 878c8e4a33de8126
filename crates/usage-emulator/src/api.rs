//! The HTTP side of the emulator.

mod authorize;
mod body;
mod connection;
mod control;
mod credentials;
mod gzip;
mod log;
mod openapi;
mod page;
mod paging;
mod query;
mod records;
mod refusal;
mod token;
mod tokens;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::time::Instant;
use url::Url;

pub use self::log::LoggedRequest;
pub(crate) use self::{
    connection::Connection,
    credentials::{Clients, Credentials},
    query::Query,
};
use self::{
    log::{Entry, RequestLog},
    refusal::Refusal,
    tokens::Tokens,
};
use crate::{
    EmulatorError, Fault, TransportFault, TransportFaultKind, account::Account, world::Key,
};

/// The path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// The draws of what the API hands out.
const TOKENS: u64 = 101;
const SEAL: u64 = 102;

/// The API over an account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) log: RequestLog,
    /// The root of the API where it listens.
    pub(crate) base_url: Url,
    /// What links start with.
    origin: Url,
    /// Whether pages are computed on other threads, so that they hold up no other request.
    offload: bool,
    latency: Duration,
    clients: Clients,
    tokens: Tokens,
    seal: Key,
    seed: u64,
    faults: Mutex<Vec<TransportFault>>,
    requests: AtomicU64,
}

/// How the API behaves, apart from its data.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) base_url: Url,
    pub(crate) origin: Url,
    pub(crate) offload: bool,
    pub(crate) latency: Duration,
    pub(crate) clients: Clients,
    pub(crate) token_lifetime: Duration,
    pub(crate) faults: Vec<TransportFault>,
}

impl Api {
    pub(crate) fn new(account: Account, settings: Settings) -> Self {
        let key = Key::of_seed(settings.seed);
        Self {
            account,
            log: RequestLog::default(),
            base_url: settings.base_url,
            origin: settings.origin,
            offload: settings.offload,
            latency: settings.latency,
            clients: settings.clients,
            tokens: Tokens::new(key.at(TOKENS), settings.token_lifetime),
            seal: key.at(SEAL),
            seed: settings.seed,
            faults: Mutex::new(settings.faults),
            requests: AtomicU64::new(0),
        }
    }

    /// Adds a fault, whose requests are counted from here on.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<(), EmulatorError> {
        match fault {
            Fault::Data(fault) => self.account.plant(&fault)?,
            Fault::Transport(fault) => {
                let fault = fault.after(self.requests.load(Ordering::Relaxed));
                self.lock_faults().push(fault);
            }
        }
        Ok(())
    }

    /// Ends all faults.
    pub(crate) fn clear_faults(&self) {
        self.account.clear_faults();
        self.lock_faults().clear();
    }

    /// The faults in answers.
    pub(crate) fn transport_faults(&self) -> Vec<TransportFault> {
        self.lock_faults().clone()
    }

    /// Counts a request for records, and gives the faults that concern it.
    fn next_faults(&self, entry: Entry) -> Vec<TransportFaultKind> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut concerned = self.transport_faults();
        concerned.retain(|fault| fault.concerns(number, self.seed));
        let kinds = concerned
            .iter()
            .map(TransportFault::kind)
            .cloned()
            .collect();
        self.log.counted(entry, number, concerned);
        kinds
    }

    fn lock_faults(&self) -> MutexGuard<'_, Vec<TransportFault>> {
        // Nothing panics while it holds the lock.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Routes requests to the endpoints of the API and of the emulator itself.
pub(crate) fn router(api: Arc<Api>) -> Router {
    let only_get = |route: axum::routing::MethodRouter<Arc<Api>>| {
        // A route for GET would answer HEAD as well, which the API does not know.
        let refuse = || async { not_allowed("GET") };
        route.head(refuse).fallback(refuse)
    };
    let token = post(token::token).fallback(|| async { not_allowed("POST") });
    Router::new()
        .route("/v1/UsageRecords", only_get(get(records::of_account)))
        .route(
            "/v1/Sims/{sid}/UsageRecords",
            only_get(get(records::of_sim)),
        )
        .route(TOKEN_PATH, token)
        .fallback(|uri: Uri| async move { Refusal::not_found(uri.path()) })
        .layer(DefaultBodyLimit::max(token::MAX_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&api), observe))
        // What follows is the emulator's own, and stands in no log.
        .merge(control::routes())
        .route("/openapi.json", get(openapi::document))
        .layer(middleware::from_fn_with_state(Arc::clone(&api), date))
        .with_state(api)
}

/// Dates every answer by the emulated clock.
async fn date(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let date = httpdate::fmt_http_date(SystemTime::from(api.account.clock.now()));
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Waits, unless there is nothing to wait for: a timer takes a millisecond at least.
async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

fn not_allowed(allowed: &'static str) -> Response {
    let mut response = Refusal::method_not_allowed().into_response();
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// How long an answer was kept back by a fault. It comes on top of the latency.
#[derive(Clone, Copy, Debug)]
struct KeptBack(Duration);

/// Keeps every request in the log, from its arrival on, and lets no answer go before its time: the latency
/// counts from the arrival, whatever the answer takes to be made.
async fn observe(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let now = || api.account.clock.now();
    let entry = api
        .log
        .arrived(request.method().to_string(), request.uri(), now());
    request.extensions_mut().insert(entry);
    // A client that gives up ends this at any point where it waits.
    let response = next.run(request).await;
    let kept_back = response.extensions().get::<KeptBack>();
    let kept_back = kept_back.map_or(Duration::ZERO, |KeptBack(time)| *time);
    let spent = arrived.elapsed().saturating_sub(kept_back);
    wait(api.latency.saturating_sub(spent)).await;
    api.log.answered(entry, response.status().as_u16(), now());
    response
}
