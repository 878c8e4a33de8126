//! Which endpoint answers a request, and what every answer has.

use std::{
    sync::Arc,
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

use super::{
    control,
    exchange::{self, KeptBack, Undated, wait},
    openapi, records, sims,
    state::Api,
    token::{self, TOKEN_PATH},
};
use crate::answer::Refusal;

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
