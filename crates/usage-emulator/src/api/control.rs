//! The emulator's own endpoints, below `/_emulator`: for those who are not in the same process.
//!
//! They take no credentials, are no part of the API, and stand in no log. A web page that was opened on the
//! same machine cannot use them: a request that names another host, or comes from another origin, is
//! refused.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use url::{Host, Url, form_urlencoded};
use usage_model::Timestamp;

use super::{exchange, state::Api};
use crate::{Endpoint, Fault, InjectedFault, LoggedRequest, account::ClockError, answer::Answer};

/// The routes.
pub(super) fn routes(api: Arc<Api>) -> Router<Arc<Api>> {
    Router::new()
        .route("/_emulator/clock", get(clock).post(put_forward))
        .route("/_emulator/account", get(account))
        .route("/_emulator/sims", get(sims))
        .route("/_emulator/anomalies", get(anomalies))
        .route("/_emulator/requests", get(requests).delete(forget))
        .route(
            "/_emulator/faults",
            get(faults).post(add_faults).delete(clear_faults),
        )
        .layer(middleware::from_fn_with_state(api, guard))
}

/// Refuses requests that a web page could have caused.
async fn guard(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    if is_local(request.headers(), &api.origin) {
        next.run(request).await
    } else {
        let message = "expected the Host 127.0.0.1, [::1] or localhost, and no other Origin";
        answer(StatusCode::FORBIDDEN, &json!({ "message": message }))
    }
}

/// Returns whether `Host` is a name of this machine or that of the public origin, and `Origin`, if there
/// is one, is the same.
fn is_local(headers: &HeaderMap, public: &Url) -> bool {
    let named = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap_or("?"));
        // Of several, none can be trusted.
        if values.next().is_some() {
            Some("?")
        } else {
            value
        }
    };
    let Some(host) = named(header::HOST) else {
        // HTTP/1.0, and requests in process: no web page sends them.
        return named(header::ORIGIN).is_none();
    };
    let Ok(own) = format!("http://{host}").parse::<Url>() else {
        return false;
    };
    let is_loopback = match own.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_public = own.host() == public.host();
    let same_origin = named(header::ORIGIN).is_none_or(|origin| {
        let origin = origin.parse::<Url>().map(|url| url.origin());
        origin.is_ok_and(|origin| origin == own.origin() || origin == public.origin())
    });
    (is_loopback || is_public) && same_origin
}

fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    exchange::write(Answer::json(status, value), &HeaderMap::new())
}

fn refuse(message: impl Into<String>) -> Response {
    let message: String = message.into();
    answer(StatusCode::BAD_REQUEST, &json!({ "message": message }))
}

fn ok(value: &impl Serialize) -> Response {
    answer(StatusCode::OK, value)
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

async fn clock(State(api): State<Arc<Api>>) -> Response {
    ok(&json!({ "now": written(api.account.clock.now()) }))
}

/// Puts the clock forward: `advance=48h`, or `to=2026-03-20T00:00:00Z`.
async fn put_forward(State(api): State<Arc<Api>>, body: Bytes) -> Response {
    let mut fields = form_urlencoded::parse(&body);
    let clock = &api.account.clock;
    let moved = match fields
        .next()
        .as_ref()
        .map(|(name, value)| (&**name, &**value))
    {
        Some(("advance", text)) => match humantime::parse_duration(text) {
            Ok(by) => clock.advance(by),
            Err(error) => return refuse(format!("advance: {error}: expected, for instance, 48h")),
        },
        Some(("to", text)) => match text.parse::<Timestamp>() {
            Ok(time) => clock.advance_to(time.instant()),
            Err(error) => return refuse(format!("to: {error}")),
        },
        _ => return refuse("expected a form with advance=48h or to=2026-03-20T00:00:00Z"),
    };
    match moved {
        Ok(now) => ok(&json!({ "now": written(now) })),
        Err(ClockError::Past(_)) => refuse("the clock does not go back"),
        Err(ClockError::OutOfRange(_)) => refuse("expected a year from 1970 to 9998"),
    }
}

async fn account(State(api): State<Arc<Api>>) -> Response {
    let world = &api.account.world;
    ok(&json!({
        "account_sid": world.account_sid().as_str(),
        "sims": world.sim_sids().len(),
    }))
}

async fn sims(State(api): State<Arc<Api>>) -> Response {
    let sids = api.account.world.sim_sids();
    let sids: Vec<String> = sids.map(|sid| sid.to_string()).collect();
    ok(&sids)
}

async fn anomalies(State(api): State<Arc<Api>>) -> Response {
    let unusual = api.account.world.unusual();
    let unusual: Vec<_> = unusual
        .map(|(sid, anomaly)| json!({ "sim": sid.as_str(), "anomaly": anomaly.as_str() }))
        .collect();
    ok(&unusual)
}

async fn requests(State(api): State<Arc<Api>>) -> Response {
    let requests: Vec<_> = api.log.all().iter().map(request).collect();
    ok(&requests)
}

fn request(request: &LoggedRequest) -> serde_json::Value {
    json!({
        "number": request.number,
        "method": request.method,
        "target": request.target,
        "endpoint": request.endpoint.map(Endpoint::as_str),
        "endpoint_number": request.endpoint_number,
        "faults": request.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "status": request.status,
        "now": written(request.now),
    })
}

async fn forget(State(api): State<Arc<Api>>) -> Response {
    api.log.clear();
    StatusCode::NO_CONTENT.into_response()
}

async fn faults(State(api): State<Arc<Api>>) -> Response {
    let answers = api.faults.in_answers();
    let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
    let records: Vec<_> = api.injected().iter().map(described).collect();
    ok(&json!({ "answers": answers, "records": records }))
}

fn described(injected: &InjectedFault) -> serde_json::Value {
    json!({
        "fault": injected.fault.to_string(),
        "resource": injected.resource.to_string(),
        "granularity": injected.granularity.as_str(),
        "start": written(injected.start),
        "end": written(injected.end),
        "pointer": injected.pointer,
        // As a text, because readers of JSON lose digits of large numbers.
        "delta": injected.delta.map(|delta| delta.to_string()),
        "dormant": injected.dormant,
    })
}

/// Adds faults: `fault=…`, as often as there are faults. The first that is refused ends it.
async fn add_faults(State(api): State<Arc<Api>>, body: Bytes) -> Response {
    let mut faults = Vec::new();
    for (name, value) in form_urlencoded::parse(&body) {
        if name != "fault" {
            return refuse("expected a form with fault=FAULT, once for each fault");
        }
        match value.parse::<Fault>() {
            Ok(fault) => faults.push(fault),
            Err(error) => return refuse(error.to_string()),
        }
    }
    for fault in faults {
        if let Err(error) = api.add_fault(fault) {
            return refuse(error.to_string());
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn clear_faults(State(api): State<Arc<Api>>) -> Response {
    api.clear_faults();
    StatusCode::NO_CONTENT.into_response()
}
