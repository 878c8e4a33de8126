//! The HTTP side of the emulator: the API's endpoints and the emulator's own.

mod authorize;
mod connection;
mod control;
mod credentials;
mod exchange;
mod gzip;
mod log;
mod openapi;
mod paging;
mod records;
mod sims;
mod token;
mod tokens;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, Uri, header};
use tokio::time::Instant;
use url::Url;

pub use self::log::LoggedRequest;
pub(crate) use self::{
    connection::Connection,
    credentials::{Clients, Credentials},
};
use self::{
    exchange::{KeptBack, Undated},
    log::RequestLog,
    tokens::Tokens,
};
use crate::{
    EmulatorError, Fault, InjectedFault, account::Account, answer::Refusal, dialect::Dialects,
    fault::Faults, world::Key,
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
    /// How long a client may take to send a request.
    deadline: Duration,
    clients: Clients,
    tokens: Tokens,
    dialects: Dialects,
    faults: Faults,
    seal: Key,
    /// How many pages have been made.
    pages: AtomicU64,
}

/// How the API behaves, apart from its data.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) base_url: Url,
    pub(crate) origin: Url,
    pub(crate) offload: bool,
    pub(crate) latency: Duration,
    pub(crate) deadline: Duration,
    pub(crate) clients: Clients,
    pub(crate) token_lifetime: Duration,
    pub(crate) dialects: Dialects,
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
            deadline: settings.deadline,
            clients: settings.clients,
            tokens: Tokens::new(key.at(TOKENS), settings.token_lifetime),
            dialects: settings.dialects,
            faults: Faults::new(settings.seed),
            seal: key.at(SEAL),
            pages: AtomicU64::new(0),
        }
    }

    /// Adds a fault, whose requests are counted from here on.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<(), EmulatorError> {
        self.faults.add(&self.account, &self.dialects, fault)
    }

    /// Ends all faults.
    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Returns what every fault in a record changes now.
    pub(crate) fn injected(&self) -> Vec<InjectedFault> {
        self.faults.injected(&self.account, &self.dialects)
    }

    /// Returns a number that no other page has been made with.
    fn next_serial(&self) -> u64 {
        self.pages.fetch_add(1, Ordering::Relaxed)
    }
}

/// Routes requests to the endpoints of the API and of the emulator itself.
pub(crate) fn router(api: Arc<Api>) -> Router {
    let only_get = |route: axum::routing::MethodRouter<Arc<Api>>| {
        // A route for GET would answer HEAD as well, which the API does not know.
        let refuse = |headers: HeaderMap| async move { not_allowed("GET", &headers) };
        route.head(refuse).fallback(refuse)
    };
    let not_post = |headers: HeaderMap| async move { not_allowed("POST", &headers) };
    let token = post(token::token).fallback(not_post);
    let not_found = |uri: Uri, headers: HeaderMap| async move {
        exchange::write(Refusal::not_found(uri.path()).into(), &headers)
    };
    Router::new()
        .route("/v1/UsageRecords", only_get(get(records::of_account)))
        .route(
            "/v1/Sims/{sid}/UsageRecords",
            only_get(get(records::of_sim)),
        )
        .route(sims::PATH, only_get(get(sims::list)))
        .route(TOKEN_PATH, token)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&api), observe))
        // What follows is the emulator's own, and stands in no log.
        .merge(control::routes(Arc::clone(&api)))
        .route("/openapi.json", get(openapi::document))
        .layer(middleware::from_fn_with_state(Arc::clone(&api), date))
        .with_state(api)
}

/// Dates every answer by the emulated clock.
async fn date(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_dated = response.extensions().get::<Undated>().is_none();
    let date = httpdate::fmt_http_date(SystemTime::from(api.account.clock.now()));
    if let (true, Ok(date)) = (is_dated, HeaderValue::try_from(date)) {
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

fn not_allowed(allowed: &'static str, headers: &HeaderMap) -> Response {
    let mut response = exchange::write(Refusal::method_not_allowed().into(), headers);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// Keeps every request in the log, from its arrival on, and lets no answer go before its time: the latency
/// counts from the arrival, whatever the answer takes to be made.
async fn observe(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let now = || api.account.clock.now();
    let method = request.method().to_string();
    let entry = api.log.arrived(method, request.uri(), now());
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
