//! An emulator that serves.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{runtime, sync::oneshot};
use url::Url;
use usage_model::{AccountSid, SimSid};

use crate::{
    Fault,
    api::{self, Api, LoggedRequest, TOKEN_PATH},
    error::EmulatorError,
    fault::Planted,
};

/// An emulator that serves on 127.0.0.1, until it is shut down or dropped.
#[derive(Debug)]
pub struct RunningEmulator {
    api: Arc<Api>,
    address: SocketAddr,
    base_url: Url,
    stop: Option<oneshot::Sender<()>>,
    stopped: oneshot::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl RunningEmulator {
    pub(crate) async fn start(
        api: Arc<Api>,
        listener: TcpListener,
        address: SocketAddr,
        base_url: Url,
    ) -> Result<Self, EmulatorError> {
        let (stop, stop_asked) = oneshot::channel();
        let (started, has_started) = oneshot::channel();
        let (stopping, stopped) = oneshot::channel();
        let served = Arc::clone(&api);
        let thread = std::thread::Builder::new()
            .name("usage-emulator".to_owned())
            .spawn(move || {
                run(served, listener, started, stop_asked);
                // Nobody may be waiting.
                let _unheard = stopping.send(());
            })
            .map_err(|source| EmulatorError::Thread { source })?;
        let emulator = Self {
            api,
            address,
            base_url,
            stop: Some(stop),
            stopped,
            thread: Some(thread),
        };
        let ended = || io::Error::other("the thread ended at once");
        has_started
            .await
            .unwrap_or_else(|_| Err(ended()))
            .map_err(|source| EmulatorError::Thread { source })?;
        Ok(emulator)
    }

    /// The root of the API, `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> Url {
        self.base_url.clone()
    }

    /// The token endpoint.
    pub fn token_url(&self) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(TOKEN_PATH);
        url
    }

    /// The address that the emulator listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The account.
    pub fn account_sid(&self) -> AccountSid {
        self.api.account.world.account_sid()
    }

    /// All SIMs of the account, always in the same order; there is a list of them only while asked for.
    pub fn sims(&self) -> Vec<SimSid> {
        self.api.account.world.sim_sids().collect()
    }

    /// What the data faults change at the emulated time that it is now, in the order in which they were
    /// given. A fault that would change nothing cannot be given, but may have come to that since.
    pub fn planted(&self) -> Vec<Planted> {
        self.api.account.planted()
    }

    /// What was asked and what was answered, oldest first; the last 10 000 requests are kept.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.api.log.all()
    }

    /// Forgets all requests so far; the next one has number 1 in [`requests`](Self::requests).
    pub fn clear_requests(&self) {
        self.api.log.clear();
    }

    /// The time in the emulated world.
    pub fn now(&self) -> DateTime<Utc> {
        self.api.account.clock.now()
    }

    /// Puts the clock of the emulated world forward and tells the time then: late usage shows, old
    /// usage goes. Tokens live in real time and are not concerned.
    ///
    /// # Errors
    ///
    /// Where the time would be after the year 9998.
    pub fn advance(&self, by: Duration) -> Result<DateTime<Utc>, EmulatorError> {
        Ok(self.api.account.clock.advance(by)?)
    }

    /// Puts the clock of the emulated world forward to a time.
    ///
    /// # Errors
    ///
    /// Where the time has passed, or is after the year 9998.
    pub fn advance_to(&self, time: DateTime<Utc>) -> Result<DateTime<Utc>, EmulatorError> {
        Ok(self.api.account.clock.advance_to(time)?)
    }

    /// Adds a fault. A transport fault counts requests from here on: the next one is number 1.
    ///
    /// # Errors
    ///
    /// Where a data fault would change nothing now, or take back what another one changes.
    pub fn add_fault(&self, fault: impl Into<Fault>) -> Result<(), EmulatorError> {
        self.api.add_fault(fault.into())
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.api.clear_faults();
    }

    /// Stops serving and closes all connections. When it returns, the port is free.
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

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        self.ask_to_stop();
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported over there.
            let _ended = thread.join();
        }
    }
}

/// Takes a port.
pub(crate) fn listen(port: u16) -> Result<(TcpListener, SocketAddr), EmulatorError> {
    let take = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    take().map_err(|source| EmulatorError::Listen { port, source })
}

/// The root of the API at an address.
#[expect(clippy::expect_used, reason = "an IPv4 address and a port make a URL")]
pub(crate) fn loopback(address: SocketAddr) -> Url {
    format!("http://{address}/").parse().expect("a URL")
}

/// Serves until asked to stop. All connections end with the runtime.
fn run(
    api: Arc<Api>,
    listener: TcpListener,
    started: oneshot::Sender<io::Result<()>>,
    stop_asked: oneshot::Receiver<()>,
) {
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // Whoever started the emulator may have gone meanwhile, here and below.
            let _unheard = started.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => {
                let _unheard = started.send(Ok(()));
                let serving = std::pin::pin!(api::serve(api, listener));
                futures_util::future::select(serving, stop_asked).await;
            }
            Err(error) => {
                let _unheard = started.send(Err(error));
            }
        }
    });
}
