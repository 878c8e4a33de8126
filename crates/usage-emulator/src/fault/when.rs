//! Which requests a fault concerns.

use std::str::FromStr;

use usage_model::named;

use super::arguments::{Expected, number};
use crate::world::Key;

/// What is expected after the `@` of a fault.
pub(super) const REQUEST: Expected =
    "the number of a request from 1, as @N or @NxTIMES, or a share, as @P%";

/// The endpoints whose requests faults concern; the requests of each are counted for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `records`: GET requests to the two record resources.
    Records,
    /// `sims`: GET requests to the list of SIMs.
    Sims,
    /// `token`: POST requests to the token endpoint.
    Token,
}

named!(pub Endpoint, "an endpoint", { Records: "records", Sims: "sims", Token: "token" });

/// Which of the requests to an endpoint a fault concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// All of them.
    Always,
    /// A number of them in a row, of which the first has a number from 1.
    InARow { first: u64, times: u64 },
    /// A share of all, drawn from the emulator's seed.
    Percent(u8),
}

/// The draws of shares.
const SHARE: u64 = 103;

impl When {
    /// Returns whether a request with this number is concerned; `seed` is the emulator's, and `fault`
    /// the text of the fault, so that two faults do not strike the same requests.
    pub(super) fn concerns(self, request: u64, seed: u64, fault: &str) -> bool {
        match self {
            Self::Always => true,
            Self::InARow { first, times } => first <= request && request - first < times,
            Self::Percent(percent) => {
                let share = Key::of_seed(seed).at(SHARE);
                let of_fault = fault.bytes().fold(share, |key, byte| key.at(byte.into()));
                of_fault.at(request).below(100) < u64::from(percent)
            }
        }
    }
}

impl FromStr for When {
    type Err = Expected;

    /// Reads what stands after the `@`.
    fn from_str(text: &str) -> Result<Self, Expected> {
        if let Some(percent) = text.strip_suffix('%') {
            let percent = number(percent).filter(|percent| *percent <= 100);
            return percent.map(Self::Percent).ok_or(REQUEST);
        }
        let (first, times) = text.split_once('x').unwrap_or((text, "1"));
        match (number(first), number(times)) {
            (Some(first @ 1..), Some(times @ 1..)) => Ok(Self::InARow { first, times }),
            _ => Err(REQUEST),
        }
    }
}
