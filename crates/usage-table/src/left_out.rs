//! What no table can hold.

use std::ops::{AddAssign, SubAssign};

/// How many figures and amounts are left out of rows and sums, because they cannot be told in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Counters in a unit that is not known, or beyond 2⁶³−1 bytes where a column holds no more.
    pub figures: u64,
    /// Amounts of money with more digits than a decimal holds.
    pub amounts: u64,
}

impl LeftOut {
    /// Returns whether nothing is left out.
    pub const fn is_none(self) -> bool {
        self.figures == 0 && self.amounts == 0
    }

    /// Returns what is left out in words, a sentence each.
    ///
    /// ```
    /// use usage_table::LeftOut;
    ///
    /// let mut left_out = LeftOut::default();
    /// assert!(left_out.remarks().is_empty());
    /// left_out.figures = 3;
    /// assert_eq!(left_out.remarks(), ["3 figures in an unknown unit or beyond 64 bits are left out"]);
    /// ```
    pub fn remarks(self) -> Vec<String> {
        let remark = |count, noun, why| {
            let verb = if count == 1 { "is" } else { "are" };
            (count > 0).then(|| format!("{} {why} {verb} left out", counted(count, noun)))
        };
        [
            remark(
                self.figures,
                "figure",
                "in an unknown unit or beyond 64 bits",
            ),
            remark(
                self.amounts,
                "amount",
                "with more digits than a decimal has",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, other: Self) {
        self.figures += other.figures;
        self.amounts += other.amounts;
    }
}

impl SubAssign for LeftOut {
    fn sub_assign(&mut self, other: Self) {
        self.figures -= other.figures;
        self.amounts -= other.amounts;
    }
}

/// Returns a number and its noun, which takes an `s` where the number is not 1.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
