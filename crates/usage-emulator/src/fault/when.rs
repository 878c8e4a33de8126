//! Which requests a transport fault concerns.

use std::fmt;

use super::grammar::REQUEST;
use crate::world::Key;

/// Which requests a fault concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// So many in a row.
    InARow { first: u64, times: u64 },
    /// A share of all, drawn from the emulator's seed.
    Percent(u8),
}

/// The draws of shares.
const SHARE: u64 = 103;

impl When {
    /// Whether a request with this number is concerned; `seed` is the emulator's, and `fault` the text of
    /// the fault, so that two faults do not strike the same requests.
    pub(super) fn concerns(self, request: u64, seed: u64, fault: &str) -> bool {
        match self {
            Self::InARow { first, times } => first <= request && request - first < times,
            Self::Percent(percent) => {
                let share = Key::of_seed(seed).at(SHARE);
                let of_fault = fault.bytes().fold(share, |key, byte| key.at(byte.into()));
                of_fault.at(request).below(100) < u64::from(percent)
            }
        }
    }

    /// What was expected where no request can be concerned.
    pub(super) const fn problem(self) -> Option<&'static str> {
        match self {
            Self::InARow { first: 0, .. }
            | Self::InARow { times: 0, .. }
            | Self::Percent(101..) => Some(REQUEST),
            Self::InARow { .. } | Self::Percent(_) => None,
        }
    }

    /// The same requests, counted from a later one.
    pub(super) const fn after(self, requests: u64) -> Self {
        match self {
            Self::InARow { first, times } => Self::InARow {
                first: first.saturating_add(requests),
                times,
            },
            Self::Percent(percent) => Self::Percent(percent),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InARow { first, times: 1 } => write!(f, "@{first}"),
            Self::InARow { first, times } => write!(f, "@{first}x{times}"),
            Self::Percent(percent) => write!(f, "@{percent}%"),
        }
    }
}
