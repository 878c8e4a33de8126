//! One HTTP request and its response, read to the end within its limits.

use std::time::{Duration, SystemTime};

use reqwest::{RequestBuilder, Response, header};
use url::Url;

use crate::{
    error::failure::{Endpoint, Failure, FailureKind},
    http::{
        deadline::{Deadline, Passed},
        origin::origin_of,
        transport,
    },
};

/// Bytes of an error body that are read; the rest says nothing.
const ERROR_BODY_LIMIT: u64 = 64 * 1024;

/// Bytes that the headers of a response may have. The API's have some hundreds; the transport itself reads
/// several times this much at most.
const HEAD_LIMIT: u64 = 64 * 1024;

/// The status of a response whose body is wanted.
const OK: u16 = 200;

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
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) server_date: Option<SystemTime>,
    pub(crate) body: Vec<u8>,
}

/// Sends the request and reads the response.
///
/// With status 200 the body is complete, or the exchange failed. With any other status it is what could
/// be read of its start: the status counts for more than a body that was cut.
pub(crate) async fn exchange(
    request: RequestBuilder,
    endpoint: Endpoint,
    address: &Url,
    limits: Limits,
) -> Result<Reply, Failure> {
    let deadline = Deadline::after(Some(limits.timeout));
    let late = |Passed| Failure::new(endpoint, FailureKind::Timeout(limits.timeout));
    let mut response = deadline
        .limit(request.send())
        .await
        .map_err(late)?
        .map_err(|error| {
            let kind = transport::classify(&error, HEAD_LIMIT, || origin_of(address));
            Failure::new(endpoint, kind).caused_by(error.without_url())
        })?;
    if head_size(&response) > HEAD_LIMIT {
        let kind = FailureKind::HeadTooLarge { limit: HEAD_LIMIT };
        return Err(Failure::new(endpoint, kind));
    }
    let mut reply = head(&response);
    if reply.status == OK {
        let read = read(&mut response, &mut reply.body, limits.body, limits.idle);
        match deadline.limit(read).await.map_err(late)? {
            Ok(()) => {}
            Err(Stop::TooLarge) => {
                let kind = FailureKind::TooLarge { limit: limits.body };
                return Err(Failure::new(endpoint, kind));
            }
            Err(Stop::Idle) => {
                let (limit, received) = (limits.idle, length(&reply.body));
                return Err(Failure::new(
                    endpoint,
                    FailureKind::Idle { limit, received },
                ));
            }
            Err(Stop::Cut(error)) => {
                let received = length(&reply.body);
                let kind = FailureKind::Cut { received };
                return Err(Failure::new(endpoint, kind).caused_by(error.without_url()));
            }
        }
    } else {
        let read = read(
            &mut response,
            &mut reply.body,
            ERROR_BODY_LIMIT,
            limits.idle,
        );
        // Whatever stops the reading, what was read is what there is.
        let _ = deadline.limit(read).await;
    }
    Ok(reply)
}

/// Bytes of the names and values of all headers.
fn head_size(response: &Response) -> u64 {
    let headers = response.headers().iter();
    headers
        .map(|(name, value)| {
            length(name.as_str().as_bytes()).saturating_add(length(value.as_bytes()))
        })
        .fold(0, u64::saturating_add)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn head(response: &Response) -> Reply {
    let text = |name| {
        let value = response.headers().get(name)?.as_bytes();
        Some(String::from_utf8_lossy(value).into_owned())
    };
    Reply {
        status: response.status().as_u16(),
        content_type: text(header::CONTENT_TYPE),
        location: text(header::LOCATION),
        retry_after: text(header::RETRY_AFTER),
        server_date: text(header::DATE).and_then(|date| httpdate::parse_http_date(&date).ok()),
        body: Vec::new(),
    }
}

/// Why a body was not read to its end.
enum Stop {
    TooLarge,
    /// Nothing came for too long.
    Idle,
    /// The transport reports a cut, a reset and a broken compression alike.
    Cut(reqwest::Error),
}

/// Reads the body, counting its decoded bytes; stops where the limit is passed.
async fn read(
    response: &mut Response,
    body: &mut Vec<u8>,
    limit: u64,
    idle: Duration,
) -> Result<(), Stop> {
    let mut left = limit;
    loop {
        let chunk = Deadline::after(Some(idle)).limit(response.chunk()).await;
        let Some(chunk) = chunk.map_err(|Passed| Stop::Idle)?.map_err(Stop::Cut)? else {
            return Ok(());
        };
        left = left.checked_sub(length(&chunk)).ok_or(Stop::TooLarge)?;
        body.extend_from_slice(&chunk);
    }
}
