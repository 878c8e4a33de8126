//! A server that does what its script says, one step for each request.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// What the server does with one request. After each the connection is over.
pub enum Step {
    /// Writes the bytes and closes.
    Write(Vec<u8>),
    /// Writes the bytes and then nothing, with the connection left open.
    Stall(Vec<u8>),
    /// Writes the bytes and resets the connection.
    Reset(Vec<u8>),
    /// Writes the first bytes, then the others again and again as long as they are taken.
    Endless(Vec<u8>, Vec<u8>),
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method and target, for instance `GET /v1/UsageRecords?Page=1`.
    pub line: String,
    /// The head without its first line, in lower case up to the colons.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice in {self:?}");
        value
    }

    /// The parameters of the target, decoded.
    pub fn query(&self) -> Vec<(String, String)> {
        let target = self.line.split(' ').nth(1).unwrap();
        let url = Url::parse("http://h").unwrap().join(target).unwrap();
        url.query_pairs().into_owned().collect()
    }
}

/// What is done with a request, when the time has come.
pub type Later = Pin<Box<dyn Future<Output = Step> + Send>>;

/// Decides what is done with a request.
type Answer = dyn Fn(&Request) -> Later + Send + Sync;

/// A running server; stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    script: Arc<Mutex<VecDeque<Step>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that takes one step of the script for each request, in the order in which they come.
    pub async fn start(script: impl IntoIterator<Item = Step>) -> Self {
        let script: VecDeque<_> = script.into_iter().collect();
        let script = Arc::new(Mutex::new(script));
        let steps = Arc::clone(&script);
        let answer = move |_: &Request| {
            let step = steps.lock().unwrap().pop_front();
            let over = b"HTTP/1.1 599 Script Over\r\ncontent-length: 0\r\n\r\n";
            let step = step.unwrap_or_else(|| Step::Write(over.to_vec()));
            now(step)
        };
        Self::run(Arc::new(answer), script).await
    }

    /// A server whose answer depends on the request.
    pub async fn answering(answer: impl Fn(&Request) -> Step + Send + Sync + 'static) -> Self {
        let answer = move |request: &Request| now(answer(request));
        Self::run(Arc::new(answer), Arc::default()).await
    }

    /// A server that takes its time.
    pub async fn answering_later(
        answer: impl Fn(&Request) -> Later + Send + Sync + 'static,
    ) -> Self {
        Self::run(Arc::new(answer), Arc::default()).await
    }

    async fn run(answer: Arc<Answer>, script: Arc<Mutex<VecDeque<Step>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        Self {
            address,
            requests,
            script,
            task,
        }
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("http://{}", self.address)).unwrap()
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The number of requests, after making sure that the whole script was used.
    pub fn finished(&self) -> usize {
        assert_eq!(
            self.script.lock().unwrap().len(),
            0,
            "steps of the script are left"
        );
        self.requests().len()
    }
}

fn now(step: Step) -> Later {
    Box::pin(std::future::ready(step))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Request>>>, answer: Arc<Answer>) {
    let Ok(request) = read_request(&mut stream).await else {
        return;
    };
    let step = answer(&request);
    log.lock().unwrap().push(request);
    let step = step.await;
    // A client that goes away in the middle is part of the game.
    let _ = match step {
        Step::Write(bytes) => write(&mut stream, &bytes).await,
        Step::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Step::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            stream.set_zero_linger()
        }
        Step::Endless(head, rest) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&rest).await.is_ok() {}
            Ok(())
        }
    };
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let headers: Vec<_> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        stream.read_buf(&mut body).await?;
    }
    let body = String::from_utf8(body).unwrap();
    Ok(Request {
        line,
        headers,
        body,
    })
}
