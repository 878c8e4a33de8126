//! Faults in the contents of a record.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use usage_model::{Granularity, Kind, SimSid};

use super::{
    counter_path::CounterPath,
    grammar::{DELTA, FaultError},
};
use crate::{account::Resource, world::Hour};

/// A record that is sent with wrong contents: which one, and how.
///
/// It concerns the daily record of one UTC day, or the hourly record of one UTC hour, of the account or
/// of one SIM. All other records stay as they are, also those that sum up the same usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFault {
    resource: Resource,
    granularity: Granularity,
    start: DateTime<Utc>,
    kind: DataFaultKind,
}

/// How the contents of a record are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataFaultKind {
    /// `wrong-sum`: a counter is off by an amount, so that neither the sum over the networks nor the sum
    /// over the directions holds.
    WrongSum {
        /// The counter.
        counter: CounterPath,
        /// What is added to it; not 0.
        delta: i64,
    },
    /// `missing-breakdown`: the shares of a tree are missing, while its top says that there was usage.
    MissingBreakdown {
        /// The tree.
        tree: Kind,
    },
    /// `outside-total`: the top of a tree leaves out the usage on networks abroad.
    OutsideTotal {
        /// The tree.
        tree: Kind,
    },
    /// `malformed`: a counter is a text, not a number.
    Malformed {
        /// The counter; without it, `data.download`.
        counter: Option<CounterPath>,
    },
    /// `null-counter`: a counter is null.
    NullCounter {
        /// The counter; without it, the first of the record that is 0, so that all sums still hold.
        counter: Option<CounterPath>,
    },
    /// `reversed-period`: the period ends before it starts.
    ReversedPeriod,
    /// `bad-sid`: the account SID is redacted, and so no SID.
    BadSid,
    /// `unknown-member`: the record has a member that nobody knows, as the API may grow one.
    UnknownMember {
        /// The name of the member, of ASCII letters, digits and `_`; without it, `ip_commands`.
        name: Option<Box<str>>,
    },
    /// `wrong-type`: a member of the record is of another JSON type.
    WrongType {
        /// The member.
        member: Member,
    },
    /// `duplicate`: the record is sent once more, right after itself.
    Duplicate {
        /// A counter of the second one that is off, and by how much, which is not 0; without it, both are
        /// the same.
        change: Option<(CounterPath, i64)>,
    },
    /// `gap`: the record is not sent.
    Gap,
}

/// A member of a record that can be of a wrong type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Member {
    /// `account_sid`, a number.
    AccountSid,
    /// `period`, a text.
    Period,
    /// `commands`, a list.
    Commands,
    /// `data`, a list.
    Data,
}

impl Member {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::AccountSid, Self::Period, Self::Commands, Self::Data];

    /// The name in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountSid => "account_sid",
            Self::Period => "period",
            Self::Commands => "commands",
            Self::Data => "data",
        }
    }
}

impl DataFault {
    /// A fault in the account's daily record of a UTC day.
    ///
    /// # Errors
    ///
    /// Where it changes nothing whatever the record, because a difference is 0, or where the name of a
    /// member has other characters than ASCII letters, digits and `_`.
    pub fn on_day(day: NaiveDate, kind: DataFaultKind) -> Result<Self, FaultError> {
        let start = day.and_time(NaiveTime::MIN).and_utc();
        Self::new(Granularity::Daily, start, kind)
    }

    /// A fault in the account's hourly record of the UTC hour that an instant lies in.
    ///
    /// # Errors
    ///
    /// As for [`on_day`](Self::on_day).
    pub fn in_hour(hour: DateTime<Utc>, kind: DataFaultKind) -> Result<Self, FaultError> {
        let start = Hour::containing(hour).start();
        Self::new(Granularity::Hourly, start, kind)
    }

    fn new(
        granularity: Granularity,
        start: DateTime<Utc>,
        kind: DataFaultKind,
    ) -> Result<Self, FaultError> {
        let problem = kind.problem();
        let fault = Self {
            resource: Resource::Account,
            granularity,
            start,
            kind,
        };
        match problem {
            None => Ok(fault),
            Some(problem) => Err(FaultError::new(&fault.to_string(), problem)),
        }
    }

    /// The same fault in the record of one SIM.
    #[must_use]
    pub const fn of_sim(mut self, sim: SimSid) -> Self {
        self.resource = Resource::Sim(sim);
        self
    }

    /// Whose record is wrong.
    pub const fn resource(&self) -> Resource {
        self.resource
    }

    /// Whether the daily or the hourly record is wrong.
    pub const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// The start of the day or hour.
    pub const fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// How the record is wrong.
    pub const fn kind(&self) -> &DataFaultKind {
        &self.kind
    }
}

impl DataFaultKind {
    /// What was expected in place of something that no fault can have.
    fn problem(&self) -> Option<&'static str> {
        // A name that needs no escaping anywhere, neither in the text form nor in a JSON pointer.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match self {
            Self::WrongSum { delta: 0, .. }
            | Self::Duplicate {
                change: Some((_, 0)),
            } => Some(DELTA),
            Self::UnknownMember { name: Some(name) }
                if name.is_empty() || !name.bytes().all(plain) =>
            {
                Some("a name of letters, digits and _")
            }
            _ => None,
        }
    }

    /// The name of the fault in its text form.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WrongSum { .. } => "wrong-sum",
            Self::MissingBreakdown { .. } => "missing-breakdown",
            Self::OutsideTotal { .. } => "outside-total",
            Self::Malformed { .. } => "malformed",
            Self::NullCounter { .. } => "null-counter",
            Self::ReversedPeriod => "reversed-period",
            Self::BadSid => "bad-sid",
            Self::UnknownMember { .. } => "unknown-member",
            Self::WrongType { .. } => "wrong-type",
            Self::Duplicate { .. } => "duplicate",
            Self::Gap => "gap",
        }
    }
}

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = match self.granularity {
            Granularity::Hourly => "%Y-%m-%dT%H",
            Granularity::Daily | Granularity::All => "%Y-%m-%d",
        };
        write!(f, "{}:{}", self.kind.name(), self.start.format(time))?;
        match &self.kind {
            DataFaultKind::WrongSum { counter, delta }
            | DataFaultKind::Duplicate {
                change: Some((counter, delta)),
            } => write!(f, ":{counter}:{delta:+}")?,
            DataFaultKind::MissingBreakdown { tree } | DataFaultKind::OutsideTotal { tree } => {
                write!(f, ":{tree}")?;
            }
            DataFaultKind::Malformed {
                counter: Some(counter),
            }
            | DataFaultKind::NullCounter {
                counter: Some(counter),
            } => write!(f, ":{counter}")?,
            DataFaultKind::Malformed { counter: None }
            | DataFaultKind::NullCounter { counter: None }
            | DataFaultKind::ReversedPeriod
            | DataFaultKind::BadSid
            | DataFaultKind::UnknownMember { name: None }
            | DataFaultKind::Duplicate { change: None }
            | DataFaultKind::Gap => {}
            DataFaultKind::UnknownMember { name: Some(name) } => write!(f, ":{name}")?,
            DataFaultKind::WrongType { member } => write!(f, ":{}", member.as_str())?,
        }
        match self.resource {
            Resource::Account => Ok(()),
            Resource::Sim(sid) => write!(f, ";sim={sid}"),
        }
    }
}
