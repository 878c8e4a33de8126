//! Why an emulator cannot start, or do what it is told.

use std::io;

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    account::ClockError,
    fault::{Fault, RefusedFault},
    world::{MAX_ANOMALIES, MAX_SIMS},
};

/// Why an emulator cannot start, or do what it is told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// The port is taken, or may not be used.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 stands for any.
        port: u16,
        /// What the operating system says.
        source: io::Error,
    },
    /// The thread that serves requests cannot be started.
    #[error("cannot start the thread that serves requests")]
    Thread {
        /// What the operating system says.
        source: io::Error,
    },
    /// The fleet is larger than its counters have room for.
    #[error("{sims} SIMs are too many: expected at most {MAX_SIMS}")]
    TooManySims {
        /// The number that was asked for.
        sims: u32,
    },
    /// There are not enough SIMs that could behave unusually.
    #[error(
        "{of_each} SIMs of each anomaly are too many: expected at most {MAX_ANOMALIES}, and fewer in a small fleet"
    )]
    TooManyAnomalies {
        /// The number that was asked for.
        of_each: u32,
    },
    /// The time is outside the years that records can be written for.
    #[error("the time {now} is out of range: expected a year from 1970 to 9998")]
    Time {
        /// The time that was asked for.
        now: DateTime<Utc>,
    },
    /// The clock does not go back.
    #[error("the time {now} has passed: the clock can only be put forward")]
    Past {
        /// The time that was asked for.
        now: DateTime<Utc>,
    },
    /// Links cannot be made from the public origin.
    #[error("{origin} cannot be the origin of links: expected http or https and a host")]
    PublicOrigin {
        /// The origin that was asked for.
        origin: Box<Url>,
    },
    /// A fault in a record would change nothing, or take back what another one changes.
    #[error("the fault {fault} cannot be added: {reason}")]
    Fault {
        /// The fault.
        fault: Box<Fault>,
        /// What is in its way.
        reason: &'static str,
    },
}

impl From<ClockError> for EmulatorError {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::OutOfRange(now) => Self::Time { now },
            ClockError::Past(now) => Self::Past { now },
        }
    }
}

impl From<RefusedFault> for EmulatorError {
    fn from(refused: RefusedFault) -> Self {
        Self::Fault {
            fault: refused.fault,
            reason: refused.reason,
        }
    }
}
