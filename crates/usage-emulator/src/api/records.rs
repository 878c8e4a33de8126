//! The record resources.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Extension, Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{
    Api, Connection, KeptBack,
    authorize::authorize,
    body::{self, Break, Delivery},
    gzip,
    log::Entry,
    page::page,
    refusal::{Refusal, RetryAfter},
};
use crate::{TransportFaultKind, account::Resource, api};

/// On which connection something is asked, where it stands in the log, and what it is.
type Asked = (Extension<Connection>, Extension<Entry>, HeaderMap, Uri);

/// Answers a request for the records of the account.
pub(super) async fn of_account(State(api): State<Arc<Api>>, asked: Asked) -> Response {
    answer(api, asked, Some(Resource::Account)).await
}

/// Answers a request for the records of a SIM.
pub(super) async fn of_sim(
    State(api): State<Arc<Api>>,
    asked: Asked,
    sid: Result<Path<String>, PathRejection>,
) -> Response {
    let sid = sid.ok().and_then(|Path(sid)| sid.parse().ok());
    answer(api, asked, sid.map(Resource::Sim)).await
}

async fn answer(api: Arc<Api>, asked: Asked, resource: Option<Resource>) -> Response {
    let faults = api.next_faults(asked.1.0);
    let kept_back = delay(&faults);
    api::wait(kept_back).await;
    if faults.contains(&TransportFaultKind::ExpireToken) {
        api.tokens.expire_all();
    }
    for fault in &faults {
        if let TransportFaultKind::Advance { by } = fault {
            // A clock at the end of the calendar stays there.
            let _best_effort = api.account.clock.advance(*by);
        }
    }
    let mut response = match faults
        .iter()
        .find_map(|fault| instead(fault, api.account.clock.now()))
    {
        Some(instead) => instead,
        None if !api.offload => made(&api, &asked, resource, &faults),
        // A long page takes milliseconds, in which the other connections go on.
        None => tokio::task::spawn_blocking(move || made(&api, &asked, resource, &faults))
            .await
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    };
    response.extensions_mut().insert(KeptBack(kept_back));
    response
}

/// The answer of an API that has nothing in its way: a page, or why there is none.
fn made(
    api: &Api,
    (Extension(connection), _, headers, uri): &Asked,
    resource: Option<Resource>,
    faults: &[TransportFaultKind],
) -> Response {
    let account_sid = api.account.world.account_sid();
    let page = authorize(headers, &api.tokens, &api.clients, account_sid.as_str())
        .and_then(|()| resource.ok_or_else(|| Refusal::not_found(uri.path())))
        .and_then(|resource| page(api, resource, uri, faults));
    match page {
        Ok(bytes) => {
            if faults.contains(&TransportFaultKind::Reset) {
                connection.reset_on_close();
            }
            let delivery = Delivery {
                over: slow(faults),
                broken: broken(faults),
            };
            page_of(bytes, gzip::is_accepted(headers), delivery)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The answer with a page, compressed where the client asked for that.
fn page_of(page: Bytes, gzip: bool, delivery: Delivery) -> Response {
    let compressed = gzip.then(|| gzip::compress(&page).ok()).flatten();
    let is_compressed = compressed.is_some();
    let body = compressed.unwrap_or(page);
    let mut response = body::json_bytes(StatusCode::OK, body, delivery);
    let headers = response.headers_mut();
    let vary = HeaderValue::from_static("accept-encoding");
    headers.insert(header::VARY, vary);
    if is_compressed {
        let gzip = HeaderValue::from_static("gzip");
        headers.insert(header::CONTENT_ENCODING, gzip);
    }
    response
}

/// Over what time the body of a page comes.
fn slow(faults: &[TransportFaultKind]) -> Option<Duration> {
    faults.iter().find_map(|fault| match fault {
        TransportFaultKind::Slow { over } => Some(*over),
        _ => None,
    })
}

/// By how much the faults of a request delay its answer.
fn delay(faults: &[TransportFaultKind]) -> Duration {
    let delays = faults.iter().filter_map(|fault| match fault {
        TransportFaultKind::Delay { by } => Some(*by),
        _ => None,
    });
    delays.fold(Duration::ZERO, Duration::saturating_add)
}

/// What is answered in place of everything else.
fn instead(fault: &TransportFaultKind, now: DateTime<Utc>) -> Option<Response> {
    match fault {
        TransportFaultKind::Status { code, retry_after } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some(Refusal::planted(status, retry_after.map(RetryAfter::Seconds)).into_response())
        }
        TransportFaultKind::StatusUntil { code, seconds } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some(Refusal::planted(status, Some(RetryAfter::after(now, *seconds))).into_response())
        }
        TransportFaultKind::Html => Some(body::html()),
        _ => None,
    }
}

/// How the body of a page breaks off.
fn broken(faults: &[TransportFaultKind]) -> Option<Break> {
    faults.iter().find_map(|fault| match fault {
        TransportFaultKind::Cut => Some(Break::Close),
        TransportFaultKind::Reset => Some(Break::Reset),
        TransportFaultKind::Stall => Some(Break::Silence),
        _ => None,
    })
}
