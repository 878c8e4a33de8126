//! By how much sums may be off.

/// By how much a sum may be off without a finding, in either direction; 0 by default.
///
/// Data is in bytes, whatever unit a record is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Tolerance {
    /// For sums of Commands: a number of Commands.
    pub commands: u64,
    /// For sums of data, in bytes.
    pub data: u64,
}

impl Tolerance {
    /// Returns the same for both trees.
    pub const fn both(figure: u64) -> Self {
        Self {
            commands: figure,
            data: figure,
        }
    }

    pub(crate) const fn of(self, kind: usage_model::Kind) -> u64 {
        match kind {
            usage_model::Kind::Commands => self.commands,
            usage_model::Kind::Data => self.data,
        }
    }
}
