//! The transport over HTTP/2, which servers choose within TLS. Here both sides know beforehand, and the server
//! is written by the frame.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

use super::*;
use crate::{
    error::failure::{Endpoint, Failure, FailureKind},
    http::exchange::{Limits, Response, exchange},
};

const LIMITS: Limits = Limits {
    timeout: Duration::from_secs(10),
    idle: Duration::from_secs(10),
    body: 1_000,
};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a frame may hold.
const FRAME: usize = 16_384;

/// Asks the server at that address with pings after so long a silence.
async fn ask(client: &Network, url: &Url) -> Result<Response, Failure> {
    let request = Request {
        address: url.clone(),
        authorization: None,
        form: None,
    };
    exchange(client, request, Endpoint::Api, LIMITS).await
}

fn client(silence: Duration) -> Network {
    let connections = Connections {
        user_agent: "test",
        tls: false,
        attempt_timeout: LIMITS.timeout,
        proxies: &Proxies::default(),
        certificates: &[],
    };
    let settings = settings(&connections, silence).unwrap();
    Network(settings.http2_prior_knowledge().build().unwrap())
}

/// A server that has an answer for each connection, counted from 0; none is silence, even where it is sent a
/// ping.
async fn server(answer: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let connections = AtomicUsize::new(0);
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let answer = answer(connections.fetch_add(1, Ordering::SeqCst));
            tokio::spawn(serve(stream, answer));
        }
    });
    url.parse().unwrap()
}

async fn serve(mut stream: TcpStream, answer: Option<Vec<u8>>) -> io::Result<()> {
    stream
        .read_exact(&mut [0; "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()])
        .await?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [high, middle, low, kind, flags, ..] = head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload).await?;
        match (kind, &answer) {
            (SETTINGS, _) if flags & ACK == 0 => {
                stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await?;
            }
            (HEADERS, Some(answer)) => stream.write_all(answer).await?,
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let [_, high, middle, low] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [high, middle, low, kind, flags, 0, 0, 0, stream];
    [&head, payload].concat()
}

/// A header that is spelled out (RFC 7541, section 6.2.2).
fn header(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [number(text.len()), text.as_bytes().to_vec()].concat();
    [vec![0], text(name), text(value)].concat()
}

/// A number after one bit of something else (RFC 7541, section 5.1).
fn number(mut number: usize) -> Vec<u8> {
    let byte = |number: usize| u8::try_from(number).unwrap();
    if number < 127 {
        return vec![byte(number)];
    }
    let mut bytes = vec![127];
    number -= 127;
    while number >= 128 {
        bytes.push(byte(number % 128 + 128));
        number /= 128;
    }
    bytes.push(byte(number));
    bytes
}

/// The status 200, which is entry 8 of the static table.
const OK: u8 = 0x88;

/// A response to the first request of a connection: status 200, a header as long as that, and no body.
fn response(filler: usize) -> Vec<u8> {
    in_frames(&[vec![OK], header("x", &"x".repeat(filler))].concat())
}

/// A response whose head is small as it comes: a header that goes into the table, where it is the first of its
/// own at 62, and so often from there that it takes a megabyte and more.
fn small_and_long() -> Vec<u8> {
    let mut kept = header("x", &"x".repeat(4_000));
    kept[0] = 0x40;
    in_frames(&[vec![OK], kept, vec![0x80 + 62; 300]].concat())
}

fn in_frames(block: &[u8]) -> Vec<u8> {
    let frames = block.chunks(FRAME).count();
    let head = block.chunks(FRAME).enumerate().flat_map(|(at, part)| {
        let kind = if at == 0 { HEADERS } else { CONTINUATION };
        let flags = if at + 1 == frames { END_HEADERS } else { 0 };
        frame(kind, flags, 1, part)
    });
    head.chain(frame(DATA, END_STREAM, 1, &[])).collect()
}

#[tokio::test]
async fn the_limit_of_the_head_is_the_same_over_http_2() {
    let patient = client(LONGEST_SILENCE);
    for filler in [0, 20_000, 65_000] {
        let url = server(move |_| Some(response(filler))).await;
        let reply = ask(&patient, &url).await.unwrap();
        assert_eq!(reply.status, 200, "{filler}");
    }
    // The last is more than the transport itself reads.
    for filler in [66_000, 200_000, 2_000_000] {
        let url = server(move |_| Some(response(filler))).await;
        let failure = ask(&patient, &url).await.unwrap_err();
        let limit = 64 * 1024;
        assert_eq!(
            failure.kind,
            FailureKind::HeadTooLarge { limit },
            "{filler}: {failure:?}"
        );
    }
    let url = server(|_| Some(small_and_long())).await;
    let failure = ask(&patient, &url).await.unwrap_err();
    assert!(
        matches!(failure.kind, FailureKind::HeadTooLarge { .. }),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_connection_that_is_dead_does_not_take_the_next_attempt_too() {
    let url = server(|connection| (connection > 0).then(|| response(0))).await;
    let client = client(Duration::from_millis(50));
    let failure = ask(&client, &url).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Lost, "{failure:?}");
    assert_eq!(ask(&client, &url).await.unwrap().status, 200);
}

#[test]
fn a_dead_connection_is_noticed_within_half_of_an_attempt() {
    for (attempt, expected) in [(4_000, 1_000), (20_000, 5_000), (40_000, 10_000)] {
        let silence = silence(Duration::from_millis(attempt));
        assert_eq!(silence, Duration::from_millis(expected));
    }
    assert_eq!(silence(Duration::from_millis(1)), SHORTEST_SILENCE);
    assert_eq!(silence(Duration::MAX), LONGEST_SILENCE);
}

#[test]
fn what_the_operating_system_says_of_a_failure_is_shown_and_nothing_else() {
    let of_the_system = io::Error::from_raw_os_error(24);
    let said = io_reason(&of_the_system).map(|reason| reason.to_string());
    assert_eq!(said, Some(of_the_system.to_string()));
    assert!(io_reason(&io::Error::other("of a library")).is_none());
}

#[test]
fn the_certificate_of_an_authority_is_told_from_another_that_is_not_valid() {
    use rustls::{CertificateError, OtherError};
    let reason = |text| {
        let other = OtherError(Arc::new(io::Error::other(text)));
        tls_reason(&CertificateError::Other(other).into())
    };
    assert_eq!(
        reason("CaUsedAsEndEntity"),
        "the server presents the certificate of an authority as its own"
    );
    assert_eq!(
        reason("EmptyEkuExtension"),
        "the server's certificate is not valid"
    );
}
