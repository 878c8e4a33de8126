//! An emulator that serves on a port of its own.

mod socket;

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Deref,
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use axum::{body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, runtime, sync::oneshot};

use self::socket::Socket;
use crate::{
    Emulator, EmulatorBuilder, EmulatorError, api::Connection, emulator::builder::loopback,
};

/// The largest head of a request, from its method to its last header.
const MAX_HEAD: usize = 32 * 1024;

/// How long to wait before connections are accepted again where the machine has no room for one more.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// An emulator that serves on 127.0.0.1, until it is shut down or dropped.
///
/// It runs on a thread and a runtime of its own, whatever happens to the runtime of the caller. It
/// dereferences to the [`Emulator`] that it serves.
///
/// ```
/// use std::time::Duration;
///
/// use usage_emulator::Emulator;
///
/// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start_blocking()?;
/// assert!(emulator.addr().ip().is_loopback());
/// assert_eq!(emulator.advance(Duration::from_secs(3600))?.to_rfc3339(), "2026-03-15T13:00:00+00:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RunningEmulator {
    emulator: Emulator,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    stopped: oneshot::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl EmulatorBuilder {
    /// Starts the emulator on a thread of its own, on a port of 127.0.0.1.
    ///
    /// It serves until it is shut down or dropped, whatever happens to the runtime of the caller.
    ///
    /// # Errors
    ///
    /// Fails as [`build`](Self::build) does, and if the port cannot be had.
    pub async fn start(self) -> Result<RunningEmulator, EmulatorError> {
        RunningEmulator::start(self).await
    }

    /// Starts the emulator as [`start`](Self::start) does, for callers without a runtime.
    ///
    /// # Errors
    ///
    /// Fails as [`start`](Self::start) does.
    pub fn start_blocking(self) -> Result<RunningEmulator, EmulatorError> {
        RunningEmulator::start_blocking(self)
    }
}

impl RunningEmulator {
    /// Starts an emulator without blocking the task that waits for it.
    async fn start(builder: EmulatorBuilder) -> Result<Self, EmulatorError> {
        let (started, has_started) = oneshot::channel();
        let thread = spawn(builder, move |result| drop(started.send(result)))?;
        let result = has_started.await.map_err(|_| ended_early())?;
        result.map(|started| Self::new(started, thread))
    }

    /// Starts an emulator and blocks the thread until it serves.
    fn start_blocking(builder: EmulatorBuilder) -> Result<Self, EmulatorError> {
        let (started, has_started) = mpsc::sync_channel(1);
        let thread = spawn(builder, move |result| drop(started.send(result)))?;
        let result = has_started.recv().map_err(|_| ended_early())?;
        result.map(|started| Self::new(started, thread))
    }

    fn new(started: Started, thread: JoinHandle<()>) -> Self {
        Self {
            emulator: started.emulator,
            address: started.address,
            stop: Some(started.stop),
            stopped: started.stopped,
            thread: Some(thread),
        }
    }

    /// Returns the address that the emulator listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops serving and closes all connections. When it returns, the port is free.
    ///
    /// Dropping the emulator does the same and blocks the thread meanwhile.
    pub async fn shutdown(mut self) {
        self.ask_to_stop();
        // An error means that the thread is gone, which is what is waited for.
        let _stopped = (&mut self.stopped).await;
    }

    fn ask_to_stop(&mut self) {
        // Dropping the sender is the signal.
        drop(self.stop.take());
    }
}

impl Deref for RunningEmulator {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

impl fmt::Debug for RunningEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningEmulator")
            .field("address", &self.address)
            .field("emulator", &self.emulator)
            .finish_non_exhaustive()
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        self.ask_to_stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported there.
            let _ended = thread.join();
        }
    }
}

/// What the thread hands over once it serves.
struct Started {
    emulator: Emulator,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

fn ended_early() -> EmulatorError {
    EmulatorError::Thread {
        source: io::Error::other("the thread ended at once"),
    }
}

/// Builds the emulator and serves it on a new thread; `report` is called once, before it serves.
fn spawn(
    builder: EmulatorBuilder,
    report: impl FnOnce(Result<Started, EmulatorError>) + Send + 'static,
) -> Result<JoinHandle<()>, EmulatorError> {
    let serve = move || match prepare(builder) {
        Ok(prepared) => {
            let (stop, stop_asked) = oneshot::channel();
            let (stopping, stopped) = oneshot::channel();
            report(Ok(Started {
                emulator: prepared.emulator.clone(),
                address: prepared.address,
                stop,
                stopped,
            }));
            prepared.serve(stop_asked);
            // The emulator may have been dropped meanwhile.
            let _unheard = stopping.send(());
        }
        Err(error) => report(Err(error)),
    };
    std::thread::Builder::new()
        .name("usage-emulator".to_owned())
        .spawn(serve)
        .map_err(|source| EmulatorError::Thread { source })
}

/// Everything that serving needs, so that it cannot fail any more.
struct Prepared {
    emulator: Emulator,
    address: SocketAddr,
    header_deadline: Duration,
    runtime: runtime::Runtime,
    listener: tokio::net::TcpListener,
}

fn prepare(builder: EmulatorBuilder) -> Result<Prepared, EmulatorError> {
    let (port, header_deadline) = (builder.port, builder.header_deadline);
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| EmulatorError::Thread { source })?;
    let listen = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let _context = runtime.enter();
        Ok((tokio::net::TcpListener::from_std(listener)?, address))
    };
    let (listener, address) = listen().map_err(|source| EmulatorError::Listen { port, source })?;
    let emulator = builder.build_at(loopback(address))?;
    Ok(Prepared {
        emulator,
        address,
        header_deadline,
        runtime,
        listener,
    })
}

impl Prepared {
    /// Serves until asked to stop. All connections end with the runtime.
    fn serve(self, stop_asked: oneshot::Receiver<()>) {
        let Self {
            emulator,
            header_deadline,
            runtime,
            listener,
            ..
        } = self;
        runtime.block_on(async {
            let accepting = async {
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            tokio::spawn(connection(emulator.clone(), stream, header_deadline));
                        }
                        // A connection that ended before it was accepted, or too many open files.
                        Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                    }
                }
            };
            let accepting = std::pin::pin!(accepting);
            futures_util::future::select(accepting, stop_asked).await;
        });
    }
}

/// Serves one connection until its end.
async fn connection(emulator: Emulator, stream: TcpStream, header_deadline: Duration) {
    // Small answers should not wait for more to come; without the option they only take longer.
    let _best_effort = stream.set_nodelay(true);
    let connection = Connection::default();
    let socket = Socket::new(stream, connection.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        emulator.answer(request.map(Body::new), connection.clone())
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_deadline)
        .max_header_size(MAX_HEAD)
        // The answers have the date of the emulated clock.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(socket), service)
        .await;
    // A client that goes away, and a body that breaks off on purpose, end a connection early.
    drop(served);
}
