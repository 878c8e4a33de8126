//! Control totals: what all records add up to, for comparing runs and readers.

use serde::{Deserialize, Serialize};
use usage_model::Sums;

use crate::{findings::wire::decimal, rules::duplicates::figures::TopFigures};

/// What the top figures of all records that were read add up to, each period counted once: of a period that came again the figures that came last. Null and absent read as 0.
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
    /// Periods whose data is left out of these totals, because its unit is not known.
    pub left_out: u64,
}

impl ControlTotals {
    /// What nothing adds up to.
    pub(crate) const ZERO: Self = Self {
        commands: CommandTotals {
            total: 0,
            to_sim: 0,
            from_sim: 0,
        },
        data: DataTotals {
            total: 0,
            download: 0,
            upload: 0,
            left_out: 0,
        },
    };

    /// Adds the figures of one period.
    pub(crate) fn add(&mut self, figures: &TopFigures) {
        change(
            self.commands.slots(),
            figures.commands(),
            u128::saturating_add,
        );
        match figures.data() {
            Some(data) => change(self.data.slots(), data, u128::saturating_add),
            None => self.data.left_out += 1,
        }
    }

    /// Puts later figures of a period in the place of earlier ones.
    pub(crate) fn replace(&mut self, earlier: &TopFigures, later: &TopFigures) {
        if earlier == later {
            return;
        }
        change(
            self.commands.slots(),
            earlier.commands(),
            u128::saturating_sub,
        );
        match earlier.data() {
            Some(data) => change(self.data.slots(), data, u128::saturating_sub),
            None => self.data.left_out -= 1,
        }
        self.add(later);
    }

    /// Adds what another part of a run adds up to.
    pub(crate) fn merge(&mut self, other: &Self) {
        let (commands, data) = (&other.commands, &other.data);
        let sums = Sums::new([commands.total, commands.to_sim, commands.from_sim]);
        change(self.commands.slots(), sums, u128::saturating_add);
        let sums = Sums::new([data.total, data.download, data.upload]);
        change(self.data.slots(), sums, u128::saturating_add);
        self.data.left_out += data.left_out;
    }
}

impl CommandTotals {
    const fn slots(&mut self) -> [&mut u128; 3] {
        [&mut self.total, &mut self.to_sim, &mut self.from_sim]
    }
}

impl DataTotals {
    const fn slots(&mut self) -> [&mut u128; 3] {
        [&mut self.total, &mut self.download, &mut self.upload]
    }
}

/// One record is at most 2¹⁰³ bytes, so the totals are exact for 2²⁵ records of that size, and stay at the
/// largest number rather than start anew beyond it.
fn change(slots: [&mut u128; 3], sums: Sums, by: fn(u128, u128) -> u128) {
    for (slot, figure) in slots.into_iter().zip(sums.figures()) {
        *slot = by(*slot, figure);
    }
}
