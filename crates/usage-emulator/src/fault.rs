//! Faults: ways in which the API is made to misbehave.

mod counter_path;
mod data;
mod edit;
mod grammar;
mod injected;
mod transport;
mod when;

use std::{fmt, str::FromStr};

pub(crate) use self::edit::{Change, plant};
pub use self::{
    counter_path::{CounterPath, NodeName},
    data::{DataFault, DataFaultKind, Member},
    grammar::FaultError,
    injected::Planted,
    transport::{TransportFault, TransportFaultKind},
};

/// A fault that the emulator commits on purpose.
///
/// A fault has a text form, which [`FromStr`] reads and [`Display`](fmt::Display) writes; its grammar is
/// [`Fault::grammar`].
///
/// ```
/// use usage_emulator::Fault;
///
/// let fault: Fault = "wrong-sum:2026-03-05:data.home.download:+1000".parse()?;
/// assert!(matches!(fault, Fault::Data(_)));
/// let fault: Fault = "status:429@3x2;retry-after=1".parse()?;
/// assert_eq!(fault.to_string(), "status:429@3x2;retry-after=1");
/// # Ok::<(), usage_emulator::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A record is sent with wrong contents.
    Data(DataFault),
    /// A request for records is answered wrongly.
    Transport(TransportFault),
}

impl Fault {
    /// The text form of faults, as lines for a help text.
    pub const fn grammar() -> &'static str {
        grammar::TEXT
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads the text form of a fault.
    ///
    /// # Errors
    ///
    /// Where the name is unknown, or what follows it is not what that fault takes.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        grammar::parse(text).map_err(|problem| FaultError::new(text, problem))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(fault) => fmt::Display::fmt(fault, f),
            Self::Transport(fault) => fmt::Display::fmt(fault, f),
        }
    }
}

impl From<DataFault> for Fault {
    fn from(fault: DataFault) -> Self {
        Self::Data(fault)
    }
}

impl From<TransportFault> for Fault {
    fn from(fault: TransportFault) -> Self {
        Self::Transport(fault)
    }
}
