//! A server that gives one answer to everything.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
};

/// Starts it on loopback for the rest of the test; gives its origin.
pub(crate) fn serve(answer: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.to_owned();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            // A client that goes away is none of this server's business.
            let _: std::io::Result<()> = connection.and_then(|stream| respond(stream, &answer));
        }
    });
    origin
}

fn respond(mut stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !complete(&request) {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        request.extend_from_slice(&chunk[..length]);
    }
    stream.write_all(answer.as_bytes())
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
