//! Control totals: what all records add up to, for comparing runs and readers.

use serde::{Deserialize, Serialize};
use usage_model::{DataUnit, Sums};

use crate::findings::wire::decimal;

/// What the top figures of all records that were read add up to, each record as often as it came. Null and
/// absent read as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ControlTotals {
    /// Commands.
    pub commands: CommandTotals,
    /// Data, in bytes.
    pub data: DataTotals,
}

/// What the Commands of all records add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommandTotals {
    /// All Commands.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub total: u128,
    /// Commands sent to SIMs.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub to_sim: u128,
    /// Commands sent by SIMs.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub from_sim: u128,
}

/// What the data of all records adds up to, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DataTotals {
    /// All data, in bytes.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub total: u128,
    /// Data received by SIMs, in bytes.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub download: u128,
    /// Data sent by SIMs, in bytes.
    #[serde(with = "decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^(0|[1-9][0-9]*)$"))
    )]
    pub upload: u128,
    /// Records whose data is left out of these totals, because its unit is not known.
    pub left_out: u64,
}

impl ControlTotals {
    /// Adds what another part of a run adds up to.
    pub(crate) fn join(&mut self, other: &Self) {
        let (commands, data) = (&mut self.commands, &mut self.data);
        for (sum, other) in [
            (&mut commands.total, other.commands.total),
            (&mut commands.to_sim, other.commands.to_sim),
            (&mut commands.from_sim, other.commands.from_sim),
            (&mut data.total, other.data.total),
            (&mut data.download, other.data.download),
            (&mut data.upload, other.data.upload),
        ] {
            *sum = sum.saturating_add(other);
        }
        data.left_out += other.data.left_out;
    }
}

impl CommandTotals {
    /// Adds the counters of one record.
    pub(crate) fn add(&mut self, sums: Sums) {
        let slots = [&mut self.total, &mut self.to_sim, &mut self.from_sim];
        add(slots, sums);
    }
}

impl DataTotals {
    /// Adds the counters of one record, which are in `unit`; `None` where that is not known.
    pub(crate) fn add(&mut self, sums: Sums, unit: Option<DataUnit>) {
        match unit.and_then(|unit| sums.to_bytes(unit)) {
            Some(sums) => add(
                [&mut self.total, &mut self.download, &mut self.upload],
                sums,
            ),
            None => self.left_out += 1,
        }
    }
}

/// One record is at most 2¹⁰³ bytes, so the totals are exact for 2²⁵ records of that size, and stay at the
/// largest number rather than start anew beyond it.
fn add(slots: [&mut u128; 3], sums: Sums) {
    for (slot, figure) in slots.into_iter().zip(sums.figures()) {
        *slot = slot.saturating_add(figure);
    }
}
