//! Bodies of answers, whole and broken.

use std::{io, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;

/// What a gateway in front of the API says while it has nothing better to say.
const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Service temporarily unavailable</title></head>\
    <body><h1>We will be back soon</h1></body></html>\n";

/// What happens after half of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// The connection is closed.
    Close,
    /// The connection is reset.
    Reset,
    /// Nothing, and the connection stays open.
    Silence,
}

/// How the body of a page is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Delivery {
    /// Over what time the whole body would come; all at once without it.
    pub(super) over: Option<Duration>,
    /// What happens after half of the body; all of it comes without it.
    pub(super) broken: Option<Break>,
}

/// In how many pieces a slow body comes.
const PIECES: usize = 16;

/// A JSON body.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => json_bytes(status, bytes.into(), Delivery::default()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A body that is JSON already, at its pace, whole or breaking off in the middle.
pub(super) fn json_bytes(status: StatusCode, bytes: Bytes, delivery: Delivery) -> Response {
    let length = bytes.len();
    let body = if delivery == Delivery::default() {
        Body::from(bytes)
    } else {
        Body::from_stream(delivered(bytes, delivery))
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

/// The pieces of a body, as far as they come.
fn delivered(
    bytes: Bytes,
    Delivery { over, broken }: Delivery,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let size = match over {
        Some(_) => bytes.len().div_ceil(PIECES).max(1),
        None => bytes.len().max(1),
    };
    let pause = over.map(|over| over / u32::try_from(PIECES).unwrap_or(u32::MAX));
    let kept = if broken.is_some() {
        bytes.slice(..bytes.len() / 2)
    } else {
        bytes
    };
    let pieces = stream::unfold(kept, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok(piece), rest))
    });
    let end = stream::iter(broken).then(|broken| async move {
        let kind = match broken {
            Break::Close => io::ErrorKind::ConnectionAborted,
            Break::Reset => io::ErrorKind::ConnectionReset,
            Break::Silence => std::future::pending().await,
        };
        // What came before is sent only while the body has nothing more to give.
        tokio::task::yield_now().await;
        Err(io::Error::from(kind))
    });
    pieces.chain(end)
}
