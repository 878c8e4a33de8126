//! Faults in the answer to a request.

use std::{fmt, time::Duration};

use url::Url;

use super::{
    grammar::{FOREIGN, FaultError, STATUS},
    when::When,
};

/// A request for records that is answered wrongly: which ones, and how.
///
/// GET requests to the two record resources are counted from 1 in the order in which they arrive, whatever
/// they are answered with; all others are not counted, those for tokens included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportFault {
    when: When,
    kind: TransportFaultKind,
}

/// How a request is answered wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportFaultKind {
    /// `status`: an error body with this status, whatever was asked.
    Status {
        /// The HTTP status, 400 to 599.
        code: u16,
        /// The header `Retry-After`, in whole seconds.
        retry_after: Option<u64>,
    },
    /// `status` with `;retry-after-date=`: the same, with a date in `Retry-After`.
    StatusUntil {
        /// The HTTP status, 400 to 599.
        code: u16,
        /// How many seconds after the answer the date is, in real time.
        seconds: u64,
    },
    /// `cut`: the connection is closed after half of the body.
    Cut,
    /// `stall`: half of the body, then nothing, with the connection open.
    Stall,
    /// `reset`: the connection is reset after half of the body.
    Reset,
    /// `slow`: the body comes in sixteen pieces, spread over this time.
    Slow {
        /// How long the body takes, to the millisecond.
        over: Duration,
    },
    /// `html`: status 200 and an HTML page, as a gateway in front of the API sends it.
    Html,
    /// `expire-token`: every token issued until now is dead, that of the request included.
    ExpireToken,
    /// `loop`: the link to the next page points at the page itself.
    Loop,
    /// `loop-back`: the link to the next page points at the page before, where there is one.
    LoopBack,
    /// `foreign-link`: the link to the next page points at another origin.
    ForeignLink {
        /// The other origin; path and query stay.
        origin: Url,
    },
    /// `delay`: the answer takes so much longer.
    Delay {
        /// How much longer, to the millisecond.
        by: Duration,
    },
    /// `advance`: before the answer, the emulator's clock is put forward, so that data changes between
    /// two pages.
    Advance {
        /// By how much.
        by: Duration,
    },
}

impl TransportFault {
    /// A fault in the answer to the request with this number, counted from 1.
    ///
    /// # Errors
    ///
    /// For the request 0, a status outside 400 to 599, or an origin without a host.
    pub fn at(request: u64, kind: TransportFaultKind) -> Result<Self, FaultError> {
        let when = When::InARow {
            first: request,
            times: 1,
        };
        Self { when, kind }.checked()
    }

    /// A fault in a share of all answers, in percent; which ones follows from the emulator's seed, the
    /// fault itself and the numbers of the requests. Different faults strike independently of each other.
    ///
    /// # Errors
    ///
    /// For more than 100 percent, a status outside 400 to 599, or an origin without a host.
    pub fn in_percent(percent: u8, kind: TransportFaultKind) -> Result<Self, FaultError> {
        let when = When::Percent(percent);
        Self { when, kind }.checked()
    }

    /// The same fault in so many requests in a row. A fault in a share of all answers stays one.
    ///
    /// # Errors
    ///
    /// For 0 requests.
    pub fn times(mut self, times: u64) -> Result<Self, FaultError> {
        if let When::InARow { first, .. } = self.when {
            self.when = When::InARow { first, times };
        }
        self.checked()
    }

    fn checked(self) -> Result<Self, FaultError> {
        let problem = self.when.problem().or_else(|| self.kind.problem());
        match problem {
            None => Ok(self),
            Some(problem) => Err(FaultError::new(&self.to_string(), problem)),
        }
    }

    /// The same fault, with requests counted from a later one.
    pub(crate) const fn after(mut self, requests: u64) -> Self {
        self.when = self.when.after(requests);
        self
    }

    /// How the requests are answered wrongly.
    pub const fn kind(&self) -> &TransportFaultKind {
        &self.kind
    }

    /// Whether the request with a number is answered wrongly by an emulator of this seed.
    pub fn concerns(&self, request: u64, seed: u64) -> bool {
        self.when.concerns(request, seed, &self.to_string())
    }
}

impl TransportFaultKind {
    /// What was expected in place of something that no fault can have.
    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Status { code: 400..600, .. } | Self::StatusUntil { code: 400..600, .. } => None,
            Self::Status { .. } | Self::StatusUntil { .. } => Some(STATUS),
            Self::ForeignLink { origin } if !origin.has_host() => Some(FOREIGN),
            _ => None,
        }
    }

    /// The name of the fault in its text form.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } | Self::StatusUntil { .. } => "status",
            Self::Cut => "cut",
            Self::Stall => "stall",
            Self::Reset => "reset",
            Self::Slow { .. } => "slow",
            Self::Html => "html",
            Self::ExpireToken => "expire-token",
            Self::Loop => "loop",
            Self::LoopBack => "loop-back",
            Self::ForeignLink { .. } => "foreign-link",
            Self::Delay { .. } => "delay",
            Self::Advance { .. } => "advance",
        }
    }
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match &self.kind {
            TransportFaultKind::Status { code, .. }
            | TransportFaultKind::StatusUntil { code, .. } => write!(f, ":{code}")?,
            TransportFaultKind::ForeignLink { origin } => write!(f, ":{origin}")?,
            TransportFaultKind::Delay { by: time } | TransportFaultKind::Slow { over: time } => {
                write!(f, ":{}", time.as_millis())?;
            }
            TransportFaultKind::Advance { by } => {
                write!(f, ":{}", humantime::format_duration(*by))?;
            }
            _ => {}
        }
        write!(f, "{}", self.when)?;
        match &self.kind {
            TransportFaultKind::Status {
                retry_after: Some(seconds),
                ..
            } => write!(f, ";retry-after={seconds}"),
            TransportFaultKind::StatusUntil { seconds, .. } => {
                write!(f, ";retry-after-date={seconds}")
            }
            _ => Ok(()),
        }
    }
}
