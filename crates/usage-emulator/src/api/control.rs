//! The emulator's own endpoints, below `/_emulator`: for those who are not in the same process.
//!
//! They take no credentials, are no part of the API, and stand in no log.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;
use usage_model::Timestamp;

use super::{Api, body::json as answer};
use crate::{Fault, LoggedRequest, Planted, account::ClockError};

/// The routes.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/_emulator/clock", get(clock).post(put_forward))
        .route("/_emulator/account", get(account))
        .route("/_emulator/sims", get(sims))
        .route("/_emulator/requests", get(requests).delete(forget))
        .route(
            "/_emulator/faults",
            get(faults).post(add_faults).delete(clear_faults),
        )
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

async fn requests(State(api): State<Arc<Api>>) -> Response {
    let requests: Vec<_> = api.log.all().iter().map(request).collect();
    ok(&requests)
}

fn request(request: &LoggedRequest) -> serde_json::Value {
    json!({
        "number": request.number,
        "method": request.method,
        "target": request.target,
        "record_request": request.record_request,
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
    let transport = api.transport_faults();
    let transport: Vec<String> = transport.iter().map(ToString::to_string).collect();
    let planted = api.account.planted();
    let planted: Vec<_> = planted.iter().map(described).collect();
    ok(&json!({ "transport": transport, "planted": planted }))
}

fn described(planted: &Planted) -> serde_json::Value {
    json!({
        "fault": planted.fault.to_string(),
        "resource": planted.resource.to_string(),
        "granularity": planted.granularity.as_str(),
        "start": written(planted.start),
        "end": written(planted.end),
        "pointer": planted.pointer,
        // As a text, because readers of JSON lose digits of large numbers.
        "delta": planted.delta.map(|delta| delta.to_string()),
        "dormant": planted.dormant,
    })
}

/// Adds faults: `fault=…`, as often as there are faults. The first that cannot be planted ends it.
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
