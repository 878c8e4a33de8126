//! A small blocking HTTP client. The emulator serves on a thread of its own, so that a test may block.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;
use usage_emulator::{EmulatorBuilder, RunningEmulator};

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How the connection ended, unless it was closed in order.
    pub(crate) broken: Option<ErrorKind>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The records of a page.
    pub(crate) fn records(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()["usage_records"]
            .as_array()
            .expect("a list")
            .clone()
    }

    /// A link of the page's `meta`.
    pub(crate) fn link(&self, name: &str) -> Option<String> {
        self.json()["meta"][name].as_str().map(str::to_owned)
    }
}

/// An emulator and the token to read from it.
pub(crate) struct Session {
    pub(crate) emulator: RunningEmulator,
    pub(crate) token: String,
}

/// How long silence is waited out where an answer should come.
const PATIENCE: Duration = Duration::from_mins(1);

impl Session {
    pub(crate) async fn start(builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.expect("an emulator");
        let token = grant(&emulator, "id", "secret").json()["access_token"].clone();
        let token = token.as_str().expect("a token").to_owned();
        Self { emulator, token }
    }

    /// Asks for a path and query, or for a link on a page.
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.get_with_patience(target, PATIENCE)
    }

    /// Asks, and takes silence for the end of the answer.
    pub(crate) fn get_with_patience(&self, target: &str, patience: Duration) -> Answer {
        let base = self.emulator.base_url();
        let target = target
            .strip_prefix(base.as_str().trim_end_matches('/'))
            .unwrap_or(target);
        let bearer = format!("Authorization: Bearer {}\r\n", self.token);
        read(write(&self.emulator, "GET", target, &bearer, ""), patience)
    }

    /// Asks, and gives the connection without waiting for the answer.
    pub(crate) fn leave(&self, target: &str) -> TcpStream {
        let bearer = format!("Authorization: Bearer {}\r\n", self.token);
        write(&self.emulator, "GET", target, &bearer, "")
    }

    /// All records of a query in the account's resource.
    pub(crate) fn account(&self, query: &str) -> Vec<Value> {
        self.all(&format!("/v1/UsageRecords?PageSize=1000&{query}"))
    }

    /// All records of a query, page after page.
    pub(crate) fn all(&self, target: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut next = Some(target.to_owned());
        while let Some(target) = next {
            let page = self.get(&target);
            records.extend(page.records());
            next = page.link("next_page_url");
        }
        records
    }
}

/// Asks for a token.
pub(crate) fn grant(emulator: &RunningEmulator, id: &str, secret: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    post(emulator, "application/x-www-form-urlencoded", &form)
}

/// Posts to the token endpoint.
pub(crate) fn post(emulator: &RunningEmulator, media_type: &str, body: &str) -> Answer {
    let headers = format!("Content-Type: {media_type}\r\n");
    send(
        emulator,
        "POST",
        emulator.token_url().path(),
        &headers,
        body,
    )
}

/// Sends a request and reads the answer.
pub(crate) fn send(
    emulator: &RunningEmulator,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> Answer {
    read(write(emulator, method, target, headers, body), PATIENCE)
}

/// Sends a request whose headers are all given, and reads the answer.
pub(crate) fn raw(
    session: &Session,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(session.emulator.addr()).expect("a connection");
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nConnection: close\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}",
    );
    stream
        .write_all(request.as_bytes())
        .expect("the request is taken");
    read(stream, PATIENCE)
}

fn write(
    emulator: &RunningEmulator,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> TcpStream {
    let mut stream = TcpStream::connect(emulator.addr()).expect("a connection");
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}",
        emulator.addr(),
    );
    stream
        .write_all(request.as_bytes())
        .expect("the request is taken");
    stream
}

/// Reads an answer until the connection ends, or is silent for too long.
fn read(mut stream: TcpStream, patience: Duration) -> Answer {
    stream.set_read_timeout(Some(patience)).expect("a timeout");
    let mut bytes = Vec::new();
    let broken = stream
        .read_to_end(&mut bytes)
        .err()
        .map(|error| error.kind());
    let split = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a whole head");
    let head = String::from_utf8(bytes[..split].to_vec()).expect("ASCII");
    let status = head
        .split(' ')
        .nth(1)
        .expect("a status")
        .parse()
        .expect("a number");
    Answer {
        status,
        head,
        body: bytes.split_off(split + 4),
        broken,
    }
}
