//! Signals that end a run: the first one asks for an orderly end, the third one ends the program at once.

use std::{
    fs, io,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use futures_util::{StreamExt, stream};
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use usage_model::named;

use super::Exit;
use crate::messages;

/// A signal that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The terminal is gone.
    Hangup,
    /// Ctrl-C.
    Interrupt,
    /// What `kill`, `timeout`, containers and service managers send.
    Terminate,
}

/// How often a signal has to come until the program ends at once.
const ENOUGH: u32 = 3;

/// The first signal that came, once there is one.
static FIRST: OnceLock<watch::Receiver<Option<Signal>>> = OnceLock::new();

/// Whether nothing was done yet that is worth keeping.
static BEFOREHAND: AtomicBool = AtomicBool::new(false);

impl Signal {
    const fn number(self) -> u8 {
        match self {
            Self::Hangup => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    /// The exit code of a program that the signal ended.
    pub(crate) const fn code(self) -> u8 {
        128 + self.number()
    }
}

// The names as users know them.
named!(pub(crate) Signal, "a signal", {
    Hangup: "SIGHUP",
    Interrupt: "Ctrl-C",
    Terminate: "SIGTERM",
});

/// Starts to listen for signals. Those that the program was started to ignore, as by `nohup`, stay ignored.
pub(crate) fn listen() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let ignored = ignored();
    let streams = {
        let _within = runtime.enter();
        Signal::ALL
            .into_iter()
            .filter(|one| ignored & (1 << (one.number() - 1)) == 0)
            .map(|one| {
                let mut signals = signal(SignalKind::from_raw(one.number().into()))?;
                let stream = stream::poll_fn(move |context| signals.poll_recv(context));
                Ok(stream.map(move |()| one).boxed())
            })
            .collect::<io::Result<Vec<_>>>()?
    };
    let (sender, receiver) = watch::channel(None);
    if FIRST.set(receiver).is_err() {
        return Ok(());
    }
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                let mut signals = stream::select_all(streams);
                let mut count = 0;
                while let Some(one) = signals.next().await {
                    count += 1;
                    if count == 1 {
                        sender.send_replace(Some(one));
                        if BEFOREHAND.load(Ordering::SeqCst) {
                            end_at_once(one);
                        }
                    } else if count >= ENOUGH {
                        std::process::exit(Exit::Ended(one).code().into());
                    }
                }
            });
        })?;
    Ok(())
}

/// Does what has to be done before anything else, such as reading the settings, and may wait for long, such as for a
/// pipe that nobody writes to. A signal ends the program at once meanwhile: there is nothing to keep.
pub(crate) fn beforehand<T>(work: impl FnOnce() -> T) -> T {
    BEFOREHAND.store(true, Ordering::SeqCst);
    if let Some(signal) = requested() {
        end_at_once(signal);
    }
    let done = work();
    BEFOREHAND.store(false, Ordering::SeqCst);
    done
}

fn end_at_once(signal: Signal) -> ! {
    let message = format!("ended by {signal} before anything was done");
    messages::error(&message, &[], Some("run it again"));
    std::process::exit(Exit::Ended(signal).code().into());
}

/// Completes when the first signal comes.
pub(crate) async fn received() -> Signal {
    if let Some(first) = FIRST.get()
        && let Ok(first) = first.clone().wait_for(Option::is_some).await
        && let Some(first) = *first
    {
        return first;
    }
    // Nobody listens, and the system ends the program itself.
    std::future::pending().await
}

/// The first signal, if one came.
pub(crate) fn requested() -> Option<Signal> {
    FIRST.get().and_then(|first| *first.borrow())
}

/// The signals that the program was started to ignore, a bit each; none where the system does not tell.
fn ignored() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
