//! The transport of tests: connections that break, stall or cannot be made are simulated in process, so that a paused
//! clock can be trusted.

use std::{collections::VecDeque, io, pin::Pin};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, future::BoxFuture};
use secrecy::ExposeSecret as _;
use usage_emulator::Emulator;

use super::{Body, Incoming, Request, Transport, TransportError, TransportErrorKind};

/// What comes of a request.
pub(crate) type Outcome = Result<Incoming, TransportError>;

/// A transport over a function.
pub(crate) struct Simulated<F>(pub(crate) F);

impl<F> Transport for Simulated<F>
where
    F: Fn(Request) -> BoxFuture<'static, Outcome> + Send + Sync,
{
    fn send(&self, request: Request) -> BoxFuture<'static, Outcome> {
        (self.0)(request)
    }
}

/// The emulator without a socket.
pub(crate) fn emulated(emulator: &Emulator) -> impl Transport + use<> {
    let emulator = emulator.clone();
    Simulated(move |request: Request| -> BoxFuture<'static, Outcome> {
        let emulator = emulator.clone();
        Box::pin(async move {
            let builder = match &request.form {
                None => http::Request::get(request.address.as_str()),
                Some(_) => http::Request::post(request.address.as_str())
                    .header("content-type", "application/x-www-form-urlencoded"),
            };
            let builder = match &request.authorization {
                Some(header) => builder.header("authorization", header.expose_secret()),
                None => builder,
            };
            let form = request
                .form
                .as_ref()
                .map(|form| form.expose_secret().to_owned());
            let request = builder.body(Bytes::from(form.unwrap_or_default())).unwrap();
            let (head, body) = emulator.handle(request).await.into_parts();
            let headers = head.headers.iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
            Ok(Incoming {
                status: head.status.as_u16(),
                headers: headers.collect(),
                body: Box::new(Streamed(Box::pin(body))),
            })
        })
    })
}

/// A body that is a stream.
struct Streamed(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>);

impl Body for Streamed {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(async {
            self.0
                .next()
                .await
                .transpose()
                .map_err(|_| TransportError::lost())
        })
    }
}

/// How a body ends that is given in parts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Complete,
    Lost,
    Stalled,
}

/// An answer with that status and body.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8], end: End) -> Incoming {
    let headers = headers.iter();
    Incoming {
        status,
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Box::new(Parts {
            parts: body.chunks(1_024).map(Bytes::copy_from_slice).collect(),
            end,
        }),
    }
}

struct Parts {
    parts: VecDeque<Bytes>,
    end: End,
}

impl Body for Parts {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(async {
            match (self.parts.pop_front(), self.end) {
                (Some(part), _) => Ok(Some(part)),
                (None, End::Complete) => Ok(None),
                (None, End::Lost) => Err(TransportError::lost()),
                (None, End::Stalled) => std::future::pending().await,
            }
        })
    }
}

/// A connection that could not be made.
pub(crate) fn unconnected() -> TransportError {
    TransportError {
        kind: TransportErrorKind::Connect,
        reason: None,
    }
}
