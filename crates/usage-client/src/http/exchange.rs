//! One HTTP request and its response, read to the end within its limits.

use std::time::{Duration, SystemTime};

use url::Url;

use crate::{
    error::{
        ProtocolError,
        failure::{Endpoint, Failure, FailureKind},
    },
    http::{
        deadline::{Deadline, Passed},
        decoding::{Decoder, DecodingError, UnknownCoding},
        origin::origin,
        transport::{Body, Incoming, Request, Transport, TransportError, TransportErrorKind},
    },
};

/// Bytes of an error body that are read; the rest says nothing.
const ERROR_BODY_LIMIT: u64 = 64 * 1024;

/// Bytes that the headers of a response may have. The API's have some hundreds; the transport itself reads
/// several times this much at most.
const HEAD_LIMIT: u64 = 64 * 1024;

/// How long a response may take, and how long it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) timeout: Duration,
    /// How long the body may stop coming.
    pub(crate) idle: Duration,
    /// Bytes of the decoded body.
    pub(crate) body: u64,
}

/// A response, whatever its status.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) server_date: Option<SystemTime>,
    /// The body, with its coding taken off.
    pub(crate) body: Vec<u8>,
}

/// Sends the request and reads the response.
///
/// With a status of success the body is complete, or the exchange failed. With any other status it is what
/// could be read of its start: the status counts for more than a body that was cut.
pub(crate) async fn exchange(
    transport: &dyn Transport,
    request: Request,
    endpoint: Endpoint,
    limits: Limits,
) -> Result<Response, Failure> {
    let deadline = Deadline::after(Some(limits.timeout));
    let late = |Passed| Failure::new(endpoint, FailureKind::Timeout(limits.timeout));
    let address = request.address.clone();
    let Incoming {
        status,
        headers,
        mut body,
    } = deadline
        .limit(transport.send(request))
        .await
        .map_err(late)?
        .map_err(|error| failure(endpoint, &address, error))?;
    let head = Head::of(headers);
    if head.size > HEAD_LIMIT {
        let kind = FailureKind::HeadTooLarge { limit: HEAD_LIMIT };
        return Err(Failure::new(endpoint, kind));
    }
    let coding = head.coding;
    let mut response = Response {
        status,
        content_type: head.content_type,
        location: head.location,
        retry_after: head.retry_after,
        server_date: head.server_date,
        body: Vec::new(),
    };
    let success = (200..300).contains(&status);
    let limit = if success {
        limits.body
    } else {
        ERROR_BODY_LIMIT
    };
    let decoder = Decoder::new(coding.as_deref(), limit);
    let mut decoder = match decoder {
        Ok(decoder) => decoder,
        // Of a refusal the status says enough.
        Err(UnknownCoding) if !success => return Ok(response),
        Err(UnknownCoding) => {
            let kind = FailureKind::Protocol(ProtocolError::UnknownCoding);
            return Err(Failure::new(endpoint, kind));
        }
    };
    let read = deadline
        .limit(read(&mut *body, &mut decoder, limits.idle))
        .await;
    if success {
        let received = u64::try_from(decoder.decoded().len()).unwrap_or(u64::MAX);
        read.map_err(late)?.map_err(|stop| match stop {
            Stop::Decoding(DecodingError::TooLarge) => {
                Failure::new(endpoint, FailureKind::TooLarge { limit: limits.body })
            }
            Stop::Decoding(DecodingError::Broken) => {
                Failure::new(endpoint, FailureKind::Cut { received })
            }
            Stop::Idle => {
                let limit = limits.idle;
                Failure::new(endpoint, FailureKind::Idle { limit, received })
            }
            Stop::Transport(error) => {
                let cut = Failure::new(endpoint, FailureKind::Cut { received });
                match error.reason {
                    Some(reason) => cut.caused_by(reason),
                    None => cut,
                }
            }
        })?;
    }
    // Whatever stops the reading of an error body, what was read is what there is.
    response.body = decoder.take();
    Ok(response)
}

/// The failure of an exchange whose response did not begin.
fn failure(endpoint: Endpoint, address: &Url, error: TransportError) -> Failure {
    let origin = || origin(address);
    let kind = match error.kind {
        TransportErrorKind::Request => FailureKind::Request,
        TransportErrorKind::Tls => FailureKind::Tls { origin: origin() },
        TransportErrorKind::Connect => FailureKind::Connect { origin: origin() },
        TransportErrorKind::EndlessHead => FailureKind::HeadTooLarge { limit: HEAD_LIMIT },
        TransportErrorKind::Lost => FailureKind::Lost,
    };
    let failure = Failure::new(endpoint, kind);
    match error.reason {
        Some(reason) => failure.caused_by(reason),
        None => failure,
    }
}

/// The headers of a response that matter.
struct Head {
    /// Bytes of the names and values of all headers.
    size: u64,
    coding: Option<String>,
    content_type: Option<String>,
    location: Option<String>,
    retry_after: Option<String>,
    server_date: Option<SystemTime>,
}

impl Head {
    fn of(headers: Vec<(String, String)>) -> Self {
        let sizes = headers.iter().map(|(name, value)| {
            u64::try_from(name.len().saturating_add(value.len())).unwrap_or(u64::MAX)
        });
        let mut head = Self {
            size: sizes.fold(0, u64::saturating_add),
            coding: None,
            content_type: None,
            location: None,
            retry_after: None,
            server_date: None,
        };
        for (name, value) in headers {
            match name.as_str() {
                "content-encoding" => head.coding = Some(value),
                "content-type" => head.content_type = Some(value),
                "location" => head.location = Some(value),
                "retry-after" => head.retry_after = Some(value),
                "date" => head.server_date = httpdate::parse_http_date(value.trim()).ok(),
                _ => {}
            }
        }
        head
    }
}

/// Why a body was not read to its end.
enum Stop {
    Decoding(DecodingError),
    /// Nothing came for too long.
    Idle,
    Transport(TransportError),
}

async fn read(body: &mut dyn Body, decoder: &mut Decoder, idle: Duration) -> Result<(), Stop> {
    loop {
        let chunk = Deadline::after(Some(idle)).limit(body.chunk()).await;
        let chunk = chunk
            .map_err(|Passed| Stop::Idle)?
            .map_err(Stop::Transport)?;
        let Some(chunk) = chunk else {
            return decoder.finish().map_err(Stop::Decoding);
        };
        decoder.push(&chunk).map_err(Stop::Decoding)?;
    }
}
