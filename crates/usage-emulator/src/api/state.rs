//! What the endpoints share: the account and how the API behaves.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use url::Url;

use super::{credentials::Clients, log::RequestLog, tokens::Tokens};
use crate::{
    EmulatorError, Fault, InjectedFault, account::Account, dialect::Dialects, fault::Faults,
    world::Key,
};

/// The draws of what the API hands out.
const TOKENS: u64 = 101;
const SEAL: u64 = 102;

/// The API over an account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) log: RequestLog,
    /// The root of the API where it listens.
    pub(crate) base_url: Url,
    /// What links start with.
    pub(super) origin: Url,
    /// Whether pages are computed on other threads, so that they hold up no other request.
    pub(super) offload: bool,
    pub(super) latency: Duration,
    /// How long a client may take to send a request.
    pub(super) deadline: Duration,
    pub(super) clients: Clients,
    pub(super) tokens: Tokens,
    pub(super) dialects: Dialects,
    pub(super) faults: Faults,
    /// What page tokens are sealed with.
    pub(super) seal: Key,
    /// How many pages have been made.
    pages: AtomicU64,
}

/// How the API behaves, apart from its data.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) base_url: Url,
    pub(crate) origin: Url,
    pub(crate) offload: bool,
    pub(crate) latency: Duration,
    pub(crate) deadline: Duration,
    pub(crate) clients: Clients,
    pub(crate) token_lifetime: Duration,
    pub(crate) dialects: Dialects,
}

impl Api {
    pub(crate) fn new(account: Account, settings: Settings) -> Self {
        let key = Key::of_seed(settings.seed);
        Self {
            account,
            log: RequestLog::default(),
            base_url: settings.base_url,
            origin: settings.origin,
            offload: settings.offload,
            latency: settings.latency,
            deadline: settings.deadline,
            clients: settings.clients,
            tokens: Tokens::new(key.at(TOKENS), settings.token_lifetime),
            dialects: settings.dialects,
            faults: Faults::new(settings.seed),
            seal: key.at(SEAL),
            pages: AtomicU64::new(0),
        }
    }

    /// Adds a fault, whose requests are counted from here on.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<(), EmulatorError> {
        Ok(self.faults.add(&self.account, &self.dialects, fault)?)
    }

    /// Ends all faults.
    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Returns what every fault in a record changes now.
    pub(crate) fn injected(&self) -> Vec<InjectedFault> {
        self.faults.injected(&self.account, &self.dialects)
    }

    /// Returns a number that no other page has been made with.
    pub(super) fn next_serial(&self) -> u64 {
        self.pages.fetch_add(1, Ordering::Relaxed)
    }
}
