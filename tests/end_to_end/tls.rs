//! A private certificate authority, a server that speaks TLS with a certificate of it, and a proxy before it.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

use crate::server::complete;

/// The host that the certificates are for. Nobody can resolve it but the proxy.
pub(crate) const HOST: &str = "api.example.test";

/// Years in which a certificate is valid.
pub(crate) const ALWAYS: (i32, i32) = (2000, 4000);

/// Tells the authorities apart.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// An authority whose certificate no system trusts.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    files: tempfile::TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("Authority {number} of the tests");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).unwrap().pem();
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("authority.pem"), &pem).unwrap();
        let folder = files.path().join("certificates");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("corporate.pem"), &pem).unwrap();
        std::fs::write(folder.join("notes.txt"), "no certificate").unwrap();
        Self {
            issuer: Issuer::new(params, key),
            files,
        }
    }

    /// The file of its certificate in PEM.
    pub(crate) fn file(&self) -> String {
        self.files
            .path()
            .join("authority.pem")
            .display()
            .to_string()
    }

    /// A folder that has its certificate.
    pub(crate) fn folder(&self) -> String {
        self.files.path().join("certificates").display().to_string()
    }

    /// Starts a server with a certificate for a name that is valid from one year to another. It answers a POST with a
    /// token, and all else with a page of records.
    pub(crate) fn serve(&self, name: &str, (from, until): (i32, i32)) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            );
        let config = Arc::new(config.unwrap());
        listen(move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            answer(StreamOwned::new(connection, stream))
        })
    }
}

const TOKEN: &str = r#"{"access_token":"the-token","expires_in":3600,"token_type":"Bearer"}"#;

const PAGE: &str = r#"{"usage_records":[{"period":{"start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z"}}],"meta":{"next_page_url":null}}"#;

fn answer(mut stream: impl Read + Write) -> io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !complete(&request) {
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            length => request.extend_from_slice(&chunk[..length]),
        }
    }
    let body = if request.starts_with(b"POST") {
        TOKEN
    } else {
        PAGE
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}

/// Starts a server that does not speak TLS.
pub(crate) fn serve_plainly() -> SocketAddr {
    listen(|mut stream| {
        let length = stream.read(&mut [0; 4096])?;
        assert!(length > 0);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    })
}

/// Serves connections on loopback for the rest of the test, each in a thread.
fn listen(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            // A client that goes away is none of this server's business.
            thread::spawn(move || drop(serve(stream)));
        }
    });
    address
}

/// A proxy that connects to one server, whatever it is asked for, and writes down what that was.
pub(crate) struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy before a server.
    pub(crate) fn before(server: SocketAddr) -> Self {
        Self::start(move |mut stream, head| {
            let mut other = TcpStream::connect(server)?;
            if head.starts_with("CONNECT ") {
                stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            } else {
                other.write_all(head.as_bytes())?;
            }
            join(&stream, &other)
        })
    }

    /// Starts a proxy that refuses everything with a status.
    pub(crate) fn refusing(status: &str) -> Self {
        let refusal =
            format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Self::start(move |mut stream, _| stream.write_all(refusal.as_bytes()))
    }

    fn start(go_on: impl Fn(TcpStream, &str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&heads);
        let address = listen(move |mut stream| {
            let mut head = Vec::new();
            // Byte by byte: what follows the head is for the server.
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            log.lock().unwrap().push(head.clone());
            go_on(stream, &head)
        });
        Self { address, heads }
    }

    /// Its address, with a user name and a password before it or without.
    pub(crate) fn url(&self, user: &str) -> String {
        format!("http://{user}{}", self.address)
    }

    /// The first line of each request so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        let lines = heads.iter().map(|head| head.lines().next());
        lines
            .map(|line| line.unwrap_or_default().to_owned())
            .collect()
    }

    /// All that it was told.
    pub(crate) fn heard(&self) -> String {
        self.heads.lock().unwrap().concat()
    }
}

/// Carries bytes both ways until both sides are done.
fn join(one: &TcpStream, other: &TcpStream) -> io::Result<()> {
    let (mut from, mut to) = (one.try_clone()?, other.try_clone()?);
    let there = thread::spawn(move || {
        let _: io::Result<u64> = io::copy(&mut from, &mut to);
        let _: io::Result<()> = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (other.try_clone()?, one.try_clone()?);
    let _: io::Result<u64> = io::copy(&mut from, &mut to);
    let _: io::Result<()> = to.shutdown(Shutdown::Write);
    let _: thread::Result<()> = there.join();
    Ok(())
}
