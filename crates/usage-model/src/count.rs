//! One usage counter.

use std::fmt;

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

    /// A counter of `value`, or `None` above [`Count::MAX`].
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

    /// The number itself.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number, wide enough for sums of any list of counters that fits in memory.
    pub fn wide(self) -> u128 {
        u128::from(self.0)
    }

    /// The sum, or `None` above [`Count::MAX`].
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

/// A number above [`Count::MAX`] that was meant to be a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} is above 9223372036854775807, the largest counter")]
#[non_exhaustive]
pub struct CountOutOfRange {
    /// The refused number.
    pub value: u64,
}
