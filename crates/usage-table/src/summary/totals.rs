//! What the records of a group add up to.

use std::collections::BTreeMap;

use usage_model::Sums;

use crate::Money;

/// What the records of a group add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// How many records there are; by network or country, those with a figure other than 0 there.
    pub records: u64,
    /// Data, in bytes: all, downloaded, uploaded.
    pub data: Sums,
    /// Commands: all, to SIMs, from SIMs.
    pub commands: Sums,
    /// What was billed for data and Commands, by currency; empty text where the record names none.
    pub billed: BTreeMap<String, Money>,
}

impl Totals {
    /// Adds what other records add up to. A figure beyond 2¹²⁸−1 stays there.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.data = sum(self.data, other.data);
        self.commands = sum(self.commands, other.commands);
        for (currency, amount) in &other.billed {
            self.billed
                .entry(currency.clone())
                .or_default()
                .add_all(*amount);
        }
    }
}

fn sum(one: Sums, other: Sums) -> Sums {
    one.checked_add(other).unwrap_or(Sums::new([u128::MAX; 3]))
}
