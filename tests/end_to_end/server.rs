//! Servers that answer what a test says.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
};

/// Starts a server that gives one answer to everything on loopback for the rest of the test; gives its origin.
pub(crate) fn serve(answer: &str) -> String {
    let answer = answer.to_owned();
    start(move |_| answer.clone())
}

/// Starts a server that answers the target of each request with a body of JSON.
pub(crate) fn serve_json(body: impl Fn(&str) -> String + Send + 'static) -> String {
    start(move |target| {
        let body = body(target);
        format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    })
}

fn start(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            // A client that goes away is none of this server's business.
            let _: std::io::Result<()> = connection.and_then(|stream| respond(stream, &answer));
        }
    });
    origin
}

fn respond(mut stream: TcpStream, answer: &impl Fn(&str) -> String) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !complete(&request) {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        request.extend_from_slice(&chunk[..length]);
    }
    let request = String::from_utf8_lossy(&request);
    let target = request.split(' ').nth(1).unwrap_or_default();
    stream.write_all(answer(target).as_bytes())
}

/// Whether the request is all there: headers, and as much body as they announce.
pub(crate) fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((headers, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().unwrap());
    body.len() >= length
}
