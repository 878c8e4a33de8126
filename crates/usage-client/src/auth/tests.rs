//! An access token that is about to expire, and the endpoint that gives the next one.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

use super::{
    token::{Granted, Token},
    *,
};
use crate::http::{
    proxy::Proxies,
    transport::{Connections, Network},
};

const LIMITS: Limits = Limits {
    timeout: Duration::from_mins(1),
    idle: Duration::from_mins(1),
    body: 1_000,
};

/// A token endpoint, and an authorizer for it that has a token which is due and good for an hour.
async fn with_due_token() -> (TcpListener, Authorizer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let kind = Kind::Client {
        id: "id".to_owned(),
        secret: SecretString::from("the-secret"),
    };
    let network = Network::new(&Connections {
        user_agent: "test",
        tls: false,
        attempt_timeout: LIMITS.timeout,
        proxies: &Proxies::default(),
        certificates: &[],
    });
    let transport: Arc<dyn Transport> = Arc::new(network.unwrap());
    let mut authorizer = Authorizer::new(kind, &transport, url.parse().unwrap(), LIMITS);
    let granted = Granted {
        asked: Instant::now(),
        header: SecretString::from("Bearer present"),
        life: Some(Duration::from_hours(1)),
    };
    let mut token = Token::new(granted, Generation::default(), 0);
    token.renew_at = Some(Instant::now());
    if let Authorizer::Tokens(tokens) = &mut authorizer {
        tokens.cache = Arc::new(TokenCache::with(token));
    }
    (listener, authorizer)
}

/// The token for a request that nothing has to be waited for.
fn at_once(authorizer: &Authorizer) -> String {
    let jitter = Jitter::new(Some(1));
    let span = Span::none();
    let authorization = authorizer.authorization(&jitter, &span).now_or_never();
    let header = authorization.unwrap().ok().unwrap().header;
    header.expose_secret().to_owned()
}

/// The request for a token, left without an answer.
async fn asked(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"client_secret=the-secret") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
    }
    stream
}

#[tokio::test]
async fn no_request_waits_for_the_token_after_its_own() {
    let (endpoint, authorizer) = with_due_token().await;
    for _ in 0..3 {
        assert_eq!(at_once(&authorizer), "Bearer present");
    }
    let mut stream = asked(&endpoint).await;
    assert_eq!(at_once(&authorizer), "Bearer present");
    let body = r#"{"access_token":"next","expires_in":3600}"#;
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
    while at_once(&authorizer) != "Bearer next" {
        tokio::task::yield_now().await;
    }
    // It was asked for once.
    assert!(endpoint.accept().now_or_never().is_none());
}

#[tokio::test]
async fn a_renewal_ends_with_the_client() {
    let (endpoint, authorizer) = with_due_token().await;
    at_once(&authorizer);
    let mut stream = asked(&endpoint).await;
    drop(authorizer);
    let mut byte = [0];
    let end = timeout(Duration::from_secs(10), stream.read(&mut byte)).await;
    assert_eq!(end.unwrap().unwrap(), 0);
}
