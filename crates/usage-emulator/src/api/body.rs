//! Bodies of answers, whole and broken.

use std::{io, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde::Serialize;

/// What a gateway in front of the API says while it has nothing better to say.
const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Service temporarily unavailable</title></head>\
    <body><h1>We will be back soon</h1></body></html>\n";

/// What happens after half of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// The connection is closed. Whether it is also reset is the connection's own affair.
    Close,
    /// Nothing, and the connection stays open.
    Silence,
}

/// In how many pieces a slow body comes.
const PIECES: usize = 16;

/// A JSON body.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => json_bytes(status, bytes.into(), None),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A body that is JSON already, whole or breaking off in the middle.
pub(super) fn json_bytes(status: StatusCode, bytes: Bytes, broken: Option<Break>) -> Response {
    let length = bytes.len();
    let body = match broken {
        None => Body::from(bytes),
        Some(broken) => half(&bytes, broken),
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // A body that breaks off has promised its whole length.
    headers.insert(header::CONTENT_LENGTH, length.into());
    response
}

/// An HTML page where JSON was asked for.
pub(super) fn html() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], HTML).into_response()
}

/// Makes the body of an answer come in pieces, spread over a time.
pub(super) async fn slowly(response: Response, over: Duration) -> Response {
    let (head, body) = response.into_parts();
    // The body is in memory already, and not larger than a page.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let size = bytes.len().div_ceil(PIECES).max(1);
    let pause = over / u32::try_from(PIECES).unwrap_or(u32::MAX);
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, io::Error>(piece), rest))
    });
    Response::from_parts(head, Body::from_stream(pieces))
}

fn half(bytes: &Bytes, broken: Break) -> Body {
    let first = bytes.slice(..bytes.len() / 2);
    let rest = async move {
        match broken {
            Break::Close => {
                // The first half is sent only while the body has nothing more to give.
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            }
            Break::Silence => std::future::pending().await,
        }
    };
    Body::from_stream(stream::iter([Ok(first)]).chain(stream::once(rest)))
}
