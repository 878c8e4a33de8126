//! Faults in the answer to a request.

use std::{fmt, time::Duration};

use url::Url;

/// A request for records that is answered wrongly: which ones, and how.
///
/// Requests to the two record resources are counted from 1 in the order in which they arrive, whatever
/// they are answered with; requests for tokens are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportFault {
    first: u64,
    times: u64,
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
    /// `cut`: the connection is closed after half of the body.
    Cut,
    /// `stall`: half of the body, then nothing, with the connection open.
    Stall,
    /// `reset`: the connection is reset after half of the body.
    Reset,
    /// `html`: status 200 and an HTML page, as a gateway in front of the API sends it.
    Html,
    /// `expire-token`: every token issued until now is dead, that of the request included.
    ExpireToken,
    /// `loop`: the link to the next page points at the page itself.
    Loop,
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
}

impl TransportFault {
    /// A fault in the answer to the request with this number, counted from 1.
    pub const fn at(request: u64, kind: TransportFaultKind) -> Self {
        Self {
            first: request,
            times: 1,
            kind,
        }
    }

    /// The same fault in so many requests in a row.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// How the requests are answered wrongly.
    pub const fn kind(&self) -> &TransportFaultKind {
        &self.kind
    }

    /// Whether the request with a number is answered wrongly.
    pub const fn concerns(&self, request: u64) -> bool {
        self.first <= request && request - self.first < self.times
    }
}

impl TransportFaultKind {
    /// The name of the fault in its text form.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Cut => "cut",
            Self::Stall => "stall",
            Self::Reset => "reset",
            Self::Html => "html",
            Self::ExpireToken => "expire-token",
            Self::Loop => "loop",
            Self::ForeignLink { .. } => "foreign-link",
            Self::Delay { .. } => "delay",
        }
    }
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match &self.kind {
            TransportFaultKind::Status { code, .. } => write!(f, ":{code}")?,
            TransportFaultKind::ForeignLink { origin } => write!(f, ":{origin}")?,
            TransportFaultKind::Delay { by } => write!(f, ":{}", by.as_millis())?,
            _ => {}
        }
        write!(f, "@{}", self.first)?;
        if self.times != 1 {
            write!(f, "x{}", self.times)?;
        }
        match &self.kind {
            TransportFaultKind::Status {
                retry_after: Some(seconds),
                ..
            } => write!(f, ";retry-after={seconds}"),
            _ => Ok(()),
        }
    }
}
