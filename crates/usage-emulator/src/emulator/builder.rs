//! How an emulator is set up.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    Emulator, Fault,
    account::{Account, Clock, DepartedSims, EmptyPeriods, EndOfWindow, Listing, Order},
    api::{Api, Clients, Credentials, Settings},
    dialect::{Dialect, Dialects},
    error::EmulatorError,
    world::{Anomaly, Day, FleetPlan, MAX_ANOMALIES, MAX_SIMS, World},
};

/// The time in the emulated world where none is asked for: a day in the middle of a month.
pub const DEFAULT_NOW: DateTime<Utc> = match DateTime::from_timestamp(1_773_576_000, 0) {
    Some(now) => now,
    None => DateTime::UNIX_EPOCH,
};

/// The seed where none is asked for.
pub const DEFAULT_SEED: u64 = 1;

/// SIMs of the account where no number is asked for.
pub const DEFAULT_SIMS: u32 = 25;

/// The lifetime of tokens where none is asked for; the shortest that the API's clients can choose.
const DEFAULT_TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// How long a client may take to send a request where no other time is asked for.
const DEFAULT_HEADER_DEADLINE: Duration = Duration::from_secs(30);

/// An emulator being set up.
#[derive(Clone, Debug)]
#[must_use = "an emulator does nothing until it is started"]
pub struct EmulatorBuilder {
    seed: u64,
    now: DateTime<Utc>,
    speed: u32,
    listing: Listing,
    dialects: Dialects,
    sims: u32,
    turnover: u8,
    anomalies: u32,
    latency: Duration,
    clients: Clients,
    token_lifetime: Duration,
    pub(crate) port: u16,
    pub(crate) header_deadline: Duration,
    faults: Vec<Fault>,
    public_origin: Option<Url>,
}

impl Emulator {
    /// Returns the settings of a new emulator: it has [`DEFAULT_SIMS`] SIMs of [`DEFAULT_SEED`], the time
    /// [`DEFAULT_NOW`], any free port, and accepts any credentials.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            seed: DEFAULT_SEED,
            now: DEFAULT_NOW,
            speed: 0,
            listing: Listing::default(),
            dialects: Dialects::default(),
            sims: DEFAULT_SIMS,
            turnover: 0,
            anomalies: 0,
            latency: Duration::ZERO,
            clients: Clients::Any,
            token_lifetime: DEFAULT_TOKEN_LIFETIME,
            port: 0,
            header_deadline: DEFAULT_HEADER_DEADLINE,
            faults: Vec::new(),
            public_origin: None,
        }
    }
}

impl EmulatorBuilder {
    /// Sets the seed from which account, SIMs and usage follow.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the time in the emulated world when it starts. It stands still from there unless
    /// [`running`](Self::running) says otherwise, and can be put forward with
    /// [`Emulator::advance`].
    pub const fn now(mut self, now: DateTime<Utc>) -> Self {
        self.now = now;
        self
    }

    /// Lets the time in the emulated world run `speed` times as fast as real time; with 0, the default, it
    /// stands still. A clock that runs tells whole seconds.
    pub const fn running(mut self, speed: u32) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the direction in which records are listed; oldest first by default.
    pub const fn order(mut self, order: Order) -> Self {
        self.listing.order = order;
        self
    }

    /// Sets whether a window that ends at midnight has the day that starts there; by default it has not.
    pub const fn end_of_window(mut self, end: EndOfWindow) -> Self {
        self.listing.end = end;
        self
    }

    /// Sets what becomes of records without usage; they are included by default.
    pub const fn empty_periods(mut self, empty: EmptyPeriods) -> Self {
        self.listing.empty = empty;
        self
    }

    /// Adds a dialect that answers are in.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialects.add(dialect);
        self
    }

    /// Sets how many SIMs the account has, up to a million.
    pub const fn sims(mut self, sims: u32) -> Self {
        self.sims = sims;
        self
    }

    /// Sets how many SIMs in a hundred join the account or leave it at some time from 18 months before the
    /// start to 24 months after it; none by default. More than 100 are 100.
    pub const fn turnover(mut self, percent: u8) -> Self {
        self.turnover = percent;
        self
    }

    /// Sets what becomes of SIMs that have left; by default they stay in the list, as `deactivated`.
    pub const fn departed_sims(mut self, departed: DepartedSims) -> Self {
        self.listing.departed = departed;
        self
    }

    /// Sets how many SIMs there are of each [`Anomaly`], up to a thousand; none by default. Which SIMs they are
    /// follows from the seed, and [`Emulator::anomalies`] tells it. Of all others, those that are active use
    /// data every day, about as much as before.
    pub const fn anomalies(mut self, of_each: u32) -> Self {
        self.anomalies = of_each;
        self
    }

    /// Sets how long every answer takes at least, also one that refuses; the emulator's own endpoints answer
    /// at once.
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the only client that gets tokens. Without it any identifier and secret do, so long as neither
    /// is empty. With Basic, the account SID stands for the identifier as well.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.clients = Clients::Only(Credentials {
            id: id.into(),
            secret: secret.into(),
        });
        self
    }

    /// Sets how long tokens live, in real time; an hour by default. `expires_in` has it in whole seconds.
    pub const fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets the port of 127.0.0.1 to listen on; 0, the default, takes any that is free.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how long a client may take to send the head of a request, from the connection or the end of the
    /// request before; the connection is then closed. 30 seconds by default.
    pub const fn header_deadline(mut self, deadline: Duration) -> Self {
        self.header_deadline = deadline;
        self
    }

    /// Adds a fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Sets the origin that links on pages start with, for an emulator behind a proxy; by default its own.
    /// Only scheme, host and port count.
    pub fn public_origin(mut self, mut origin: Url) -> Self {
        // Credentials have no place in links, nor in messages; a URL that cannot have any has none.
        let _removed = origin.set_username("").and(origin.set_password(None));
        self.public_origin = Some(origin);
        self
    }

    /// Makes the emulator without starting it: it answers requests
    /// [in process](Emulator::handle).
    ///
    /// # Errors
    ///
    /// Fails if the time is outside the years 1970 to 9998, there are more SIMs than a million, the public
    /// origin has no host, or a data fault would change nothing or take back what another one changes.
    pub fn build(self) -> Result<Emulator, EmulatorError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
        self.build_with(loopback(address), false)
    }

    /// Makes the emulator for the address that it listens on.
    pub(crate) fn build_at(self, base_url: Url) -> Result<Emulator, EmulatorError> {
        self.build_with(base_url, true)
    }

    fn build_with(self, base_url: Url, offload: bool) -> Result<Emulator, EmulatorError> {
        if self.sims > MAX_SIMS {
            return Err(EmulatorError::TooManySims { sims: self.sims });
        }
        let clock = Clock::new(self.now, self.speed)?;
        if self.anomalies > MAX_ANOMALIES {
            return Err(EmulatorError::TooManyAnomalies {
                of_each: self.anomalies,
            });
        }
        let plan = FleetPlan {
            today: Day::containing(self.now),
            turnover: self.turnover,
            anomalies: self.anomalies,
        };
        let world = World::new(self.seed, self.sims, plan);
        if world.unusual().count()
            < Anomaly::ALL.len() * usize::try_from(self.anomalies).unwrap_or(usize::MAX)
        {
            return Err(EmulatorError::TooManyAnomalies {
                of_each: self.anomalies,
            });
        }
        let account = Account {
            world,
            clock,
            listing: self.listing,
        };
        let origin = match self.public_origin {
            Some(origin) => public(&origin)?,
            None => base_url.clone(),
        };
        let settings = Settings {
            seed: self.seed,
            base_url,
            origin,
            offload,
            latency: self.latency,
            clients: self.clients,
            deadline: self.header_deadline,
            token_lifetime: self.token_lifetime,
            dialects: self.dialects,
        };
        let api = Api::new(account, settings);
        for fault in self.faults {
            api.add_fault(fault)?;
        }
        Ok(Emulator::new(api))
    }
}

/// Returns the root of the API at an address.
#[expect(clippy::expect_used, reason = "an IPv4 address and a port make a URL")]
pub(crate) fn loopback(address: SocketAddr) -> Url {
    format!("http://{address}/").parse().expect("a URL")
}

/// What links start with.
fn public(origin: &Url) -> Result<Url, EmulatorError> {
    let refused = || EmulatorError::PublicOrigin {
        origin: Box::new(origin.clone()),
    };
    if !matches!(origin.scheme(), "http" | "https") {
        return Err(refused());
    }
    // Taking the origin alone leaves out a path and a query.
    origin
        .origin()
        .ascii_serialization()
        .parse()
        .map_err(|_| refused())
}
