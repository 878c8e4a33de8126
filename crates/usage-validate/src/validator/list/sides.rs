//! What the records of a list add up to, the records of an account apart from those of its SIMs.

use std::collections::BTreeMap;

use super::{List, SideKey};
use crate::{
    summary::sides::{Side, Sides},
    validator::record::Entry,
};

impl List {
    /// Adds up a record that is of no series.
    pub(super) fn add_up(&mut self, entry: &Entry) {
        let side = self.side_of(entry);
        if let Some(side) = self.sides.get_mut(side) {
            side.add(&entry.top);
        }
    }

    /// The number of the side that a record is added up on.
    pub(super) fn side_of(&mut self, entry: &Entry) -> usize {
        if let Some(latest) = self.latest.as_ref().filter(|latest| latest.is_of(entry)) {
            return latest.side;
        }
        let key = SideKey {
            account: self.named(entry).or(self.own),
            is_of_sims: entry.record.sim.is_some(),
        };
        self.side(key)
    }

    pub(super) fn side(&mut self, key: SideKey) -> usize {
        let next = self.sides.len();
        let side = *self.side_index.entry(key).or_insert(next);
        if side == next {
            self.sides.push(Side::default());
        }
        side
    }

    /// What all records add up to, by account and side. Where the list is of one account, it has the records that name
    /// none.
    pub(super) fn sides(&self) -> Sides {
        let accounts: BTreeMap<u32, _> = self
            .accounts
            .iter()
            .map(|(sid, number)| (*number, sid))
            .collect();
        let mut sides = Sides::EMPTY;
        for (key, number) in &self.side_index {
            let account = key.account.or(self.own);
            let account = account.and_then(|account| accounts.get(&account).copied());
            if let Some(side) = self.sides.get(*number) {
                sides.add(account, key.is_of_sims, side);
            }
        }
        sides
    }
}
