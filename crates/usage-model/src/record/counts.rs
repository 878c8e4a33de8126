//! One usage counter, and the three of a node, for Commands and for Data.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Error};

use crate::{DataUnit, Field, Lenient, named};

/// A usage counter: a number of Commands, or of data units, from 0 to 2⁶³−1.
///
/// The API declares its counters as `int64` and never counts below zero, so this is the whole range a
/// counter can have. Adding is checked; there is no operator that could wrap or panic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u64);

impl Count {
    /// No usage.
    pub const ZERO: Self = Self(0);

    /// The largest counter the API can send, 2⁶³−1.
    pub const MAX: Self = Self(i64::MAX.unsigned_abs());

    /// Returns a counter of `value`, or `None` above [`Count::MAX`].
    ///
    /// ```
    /// use usage_model::Count;
    ///
    /// assert!(Count::new(5_446_765_119).is_some());
    /// assert!(Count::new(1 << 63).is_none());
    /// ```
    pub const fn new(value: u64) -> Option<Self> {
        if value <= Self::MAX.0 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// Returns the number itself.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the number, wide enough for sums of any list of counters that fits in memory.
    pub fn wide(self) -> u128 {
        u128::from(self.0)
    }

    /// Returns the sum, or `None` above [`Count::MAX`].
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Self::new(sum),
            None => None,
        }
    }
}

impl From<u32> for Count {
    fn from(value: u32) -> Self {
        Self(u64::from(value))
    }
}

impl From<Count> for u64 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl TryFrom<u64> for Count {
    type Error = CountOutOfRange;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        Self::new(value).ok_or(CountOutOfRange { value })
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Field<Count> {
    /// Returns the count as sums read it: absent and null are 0.
    ///
    /// ```
    /// use usage_model::{Count, Field};
    ///
    /// assert_eq!(Field::<Count>::Null.or_zero(), Count::ZERO);
    /// assert_eq!(Field::Value(Count::from(7)).or_zero().get(), 7);
    /// ```
    pub const fn or_zero(self) -> Count {
        match self {
            Self::Value(count) => count,
            Self::Absent | Self::Null => Count::ZERO,
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Count {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A usage counter, written as a whole number without fraction or exponent.",
            "type": "integer",
            "format": "int64",
            "minimum": 0,
            "maximum": Self::MAX.get(),
        })
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A number above [`Count::MAX`] that was meant to be a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} is above 9223372036854775807, the largest counter")]
#[non_exhaustive]
pub struct CountOutOfRange {
    /// The refused number.
    pub value: u64,
}

/// What a tree of counters counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a usage record has exactly these two trees"
)]
pub enum Kind {
    /// Commands: short messages to and from SIMs.
    Commands,
    /// Data: bytes to and from SIMs.
    Data,
}

named!(pub Kind, "a tree of a record", { Commands: "commands", Data: "data" });

/// One of the three counters that every node has, named by its direction so that both kinds share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a node has exactly these three counters"
)]
pub enum Counter {
    /// `total`: both directions together.
    Total,
    /// `to_sim` of Commands, `download` of Data.
    TowardSim,
    /// `from_sim` of Commands, `upload` of Data.
    FromSim,
}

impl Counter {
    /// Returns the name of the counter's member in a node of the given kind.
    pub const fn name(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Total, _) => "total",
            (Self::TowardSim, Kind::Commands) => "to_sim",
            (Self::TowardSim, Kind::Data) => "download",
            (Self::FromSim, Kind::Commands) => "from_sim",
            (Self::FromSim, Kind::Data) => "upload",
        }
    }
}

// In the order of `Counts::counters`; the member of a record has the name of its kind.
named!(pub Counter, "a counter", { Total: "total", TowardSim: "toward_sim", FromSim: "from_sim" });

/// The three counters of one node.
///
/// Implemented by [`CommandCounts`] and [`DataCounts`] and closed to others; code that treats both
/// trees alike is generic over it.
pub trait Counts:
    sealed::Sealed + Clone + fmt::Debug + Default + PartialEq + Eq + Send + Sync + 'static
{
    /// Which tree these counters belong to.
    const KIND: Kind;

    /// One counter as the record has it.
    fn counter(&self, counter: Counter) -> Field<Count>;

    /// One counter, for changing it.
    fn counter_mut(&mut self, counter: Counter) -> &mut Field<Count>;

    /// The unit of the counters; `None` for a kind that has no units.
    fn units(&self) -> Option<&Field<Lenient<DataUnit>>>;

    /// The unit of the counters for changing it; `None` for a kind that has no units.
    fn units_mut(&mut self) -> Option<&mut Field<Lenient<DataUnit>>>;

    /// All three counters, in the order of [`Counter::ALL`].
    fn counters(&self) -> [Field<Count>; 3] {
        Counter::ALL.map(|counter| self.counter(counter))
    }
}

/// The counters of one node of the Commands tree, in Commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Commands", transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct CommandCounts {
    /// All Commands: those to SIMs and those from SIMs.
    pub total: Field<Count>,
    /// Commands sent to SIMs.
    pub to_sim: Field<Count>,
    /// Commands sent by SIMs.
    pub from_sim: Field<Count>,
}

/// The counters of one node of the Data tree, in the unit that `units` names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Data", transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct DataCounts {
    /// All data: downloaded and uploaded.
    pub total: Field<Count>,
    /// Data received by SIMs.
    pub download: Field<Count>,
    /// Data sent by SIMs.
    pub upload: Field<Count>,
    /// The unit of the three counters; `bytes` in every response seen.
    pub units: Field<Lenient<DataUnit>>,
}

impl CommandCounts {
    /// Counters that all have a value, in Commands.
    pub const fn new(total: Count, to_sim: Count, from_sim: Count) -> Self {
        Self {
            total: Field::Value(total),
            to_sim: Field::Value(to_sim),
            from_sim: Field::Value(from_sim),
        }
    }
}

impl DataCounts {
    /// Counters that all have a value, in bytes.
    pub const fn new(total: Count, download: Count, upload: Count) -> Self {
        Self {
            total: Field::Value(total),
            download: Field::Value(download),
            upload: Field::Value(upload),
            units: Field::Value(Lenient::Known(DataUnit::Bytes)),
        }
    }
}

impl Counts for CommandCounts {
    const KIND: Kind = Kind::Commands;

    fn counter(&self, counter: Counter) -> Field<Count> {
        match counter {
            Counter::Total => self.total,
            Counter::TowardSim => self.to_sim,
            Counter::FromSim => self.from_sim,
        }
    }

    fn counter_mut(&mut self, counter: Counter) -> &mut Field<Count> {
        match counter {
            Counter::Total => &mut self.total,
            Counter::TowardSim => &mut self.to_sim,
            Counter::FromSim => &mut self.from_sim,
        }
    }

    fn units(&self) -> Option<&Field<Lenient<DataUnit>>> {
        None
    }

    fn units_mut(&mut self) -> Option<&mut Field<Lenient<DataUnit>>> {
        None
    }
}

impl Counts for DataCounts {
    const KIND: Kind = Kind::Data;

    fn counter(&self, counter: Counter) -> Field<Count> {
        match counter {
            Counter::Total => self.total,
            Counter::TowardSim => self.download,
            Counter::FromSim => self.upload,
        }
    }

    fn counter_mut(&mut self, counter: Counter) -> &mut Field<Count> {
        match counter {
            Counter::Total => &mut self.total,
            Counter::TowardSim => &mut self.download,
            Counter::FromSim => &mut self.upload,
        }
    }

    fn units(&self) -> Option<&Field<Lenient<DataUnit>>> {
        Some(&self.units)
    }

    fn units_mut(&mut self) -> Option<&mut Field<Lenient<DataUnit>>> {
        Some(&mut self.units)
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "a sealed trait is closed on purpose")]
    pub trait Sealed {}
    impl Sealed for super::CommandCounts {}
    impl Sealed for super::DataCounts {}
}
