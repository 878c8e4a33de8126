//! Control totals: what all records add up to, for comparing runs and readers.

use serde::{Deserialize, Serialize};
use usage_model::Sums;

#[cfg(feature = "schema")]
use crate::findings::wire::DecimalText;
use crate::{findings::wire::decimal, rules::duplicates::figures::TopFigures};

/// What the top figures of all records that were read add up to, each period counted once: of a period that came again the figures that came last. The records of an account and those of its SIMs are never added together: where both are there, those of the account count. Null and absent read as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ControlTotals {
    /// Commands.
    pub commands: CommandTotals,
    /// Data, in bytes.
    pub data: DataTotals,
    /// Periods of SIMs that are left out of these totals, because the records of their account are there too.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(!default))]
    pub sims_left_out: u64,
}

/// The totals of one kind: a figure for each counter, in the order of [`usage_model::Counter::ALL`], and what else there is.
macro_rules! totals {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$figure_doc:meta])* $figure:ident,)+;
        $($(#[$other_doc:meta])* $other:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$figure_doc])*
                #[serde(with = "decimal")]
                #[cfg_attr(feature = "schema", schemars(with = "DecimalText"))]
                pub $figure: u128,
            )+
            $($(#[$other_doc])* pub $other: $type,)*
        }

        impl $name {
            const ZERO: Self = Self { $($figure: 0,)+ $($other: 0,)* };

            const fn slots(&mut self) -> [&mut u128; 3] {
                [$(&mut self.$figure),+]
            }

            const fn sums(&self) -> Sums {
                Sums::new([$(self.$figure),+])
            }
        }
    };
}

totals! {
    /// What the Commands of all records add up to.
    CommandTotals {
        /// All Commands.
        total,
        /// Commands sent to SIMs.
        to_sim,
        /// Commands sent by SIMs.
        from_sim,;
    }
}

totals! {
    /// What the data of all records adds up to, in bytes.
    DataTotals {
        /// All data, in bytes.
        total,
        /// Data received by SIMs, in bytes.
        download,
        /// Data sent by SIMs, in bytes.
        upload,;
        /// Periods whose data is left out of these totals, because its unit is not known.
        left_out: u64,
    }
}

impl ControlTotals {
    /// What nothing adds up to.
    pub(crate) const ZERO: Self = Self {
        commands: CommandTotals::ZERO,
        data: DataTotals::ZERO,
        sims_left_out: 0,
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
            None => self.data.left_out = self.data.left_out.saturating_add(1),
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
            None => self.data.left_out = self.data.left_out.saturating_sub(1),
        }
        self.add(later);
    }

    /// Adds what another part of a run adds up to.
    pub(crate) fn merge(&mut self, other: &Self) {
        change(
            self.commands.slots(),
            other.commands.sums(),
            u128::saturating_add,
        );
        change(self.data.slots(), other.data.sums(), u128::saturating_add);
        self.data.left_out = self.data.left_out.saturating_add(other.data.left_out);
        self.sims_left_out = self.sims_left_out.saturating_add(other.sims_left_out);
    }

    /// What is left without a part of these totals.
    pub(crate) fn without(mut self, part: &Self) -> Self {
        change(
            self.commands.slots(),
            part.commands.sums(),
            u128::saturating_sub,
        );
        change(self.data.slots(), part.data.sums(), u128::saturating_sub);
        self.data.left_out = self.data.left_out.saturating_sub(part.data.left_out);
        self.sims_left_out = self.sims_left_out.saturating_sub(part.sims_left_out);
        self
    }
}

/// One record is at most 2¹⁰³ bytes, so the totals are exact for 2²⁵ records of that size, and stay at the
/// largest number rather than start anew beyond it.
#[inline]
fn change(slots: [&mut u128; 3], sums: Sums, by: impl Fn(u128, u128) -> u128) {
    for (slot, figure) in slots.into_iter().zip(sums.figures()) {
        *slot = by(*slot, figure);
    }
}
