//! The sums of every group.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usage_model::{Kind, SETTLED_AFTER, Sums};

use crate::{By, LeftOut, Money};

use super::{
    names::Names,
    reading::{Part, Reading},
    totals::Totals,
};

/// As many cells as there are columns to group by.
pub(super) const CELLS: usize = By::ALL.len();

/// An account's own records, or those of its SIMs: the two are never added together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    pub(super) account: u32,
    pub(super) of_sims: bool,
}

/// A group of one side of an account, by the numbers of its cells in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupKey {
    pub(super) side: Side,
    pub(super) cells: [u32; CELLS],
}

/// What the records of each group and of each side add up to.
#[derive(Debug, Default)]
pub(super) struct Groups {
    numbers: BTreeMap<GroupKey, u32>,
    totals: Vec<Group>,
    sides: BTreeMap<Side, SideTotals>,
    /// The group that was asked for last: records of one month come together.
    last: Option<(GroupKey, u32)>,
}

/// What the records of a group add up to.
#[derive(Debug, Default)]
pub(super) struct Group {
    records: u64,
    data: [u128; 3],
    commands: [u128; 3],
    billed: Vec<Billed>,
    /// The latest end of a period.
    last_end: Option<DateTime<Utc>>,
}

/// What was billed in one currency.
#[derive(Debug)]
struct Billed {
    currency: u16,
    amounts: u64,
    sum: Money,
}

/// The records of one side of an account.
#[derive(Debug, Default)]
struct SideTotals {
    /// All of them.
    present: u64,
    /// Those that count in a group.
    records: u64,
    left_out: LeftOut,
    /// Those whose shares add up to another total than their own.
    differing: u64,
    /// Those with international usage that counts with home and national, because it names no country.
    nameless: u64,
}

/// Which sides count.
#[derive(Debug, Default)]
pub(super) struct Choice {
    sides: Vec<Side>,
    pub(super) records: u64,
    pub(super) left_out: LeftOut,
    /// Records whose shares add up to another total than their own.
    pub(super) differing: u64,
    /// Records with international usage that counts with home and national, because it names no country.
    pub(super) nameless: u64,
    /// Records of the sides that do not count.
    pub(super) ignored: u64,
}

impl Groups {
    /// The number of a group.
    pub(super) fn number(&mut self, key: GroupKey) -> u32 {
        if let Some((last, number)) = self.last
            && last == key
        {
            return number;
        }
        let next = u32::try_from(self.totals.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.totals.push(Group::default());
        }
        self.last = Some((key, number));
        number
    }

    /// Adds a reading of a period with that end.
    pub(super) fn add(&mut self, side: Side, reading: &Reading, end: Option<DateTime<Utc>>) {
        self.change(reading, Group::add);
        for group in reading.groups() {
            if let Some(group) = self.group(group) {
                group.records += 1;
                group.last_end = group.last_end.max(end);
            }
        }
        let side = self.sides.entry(side).or_default();
        side.present += 1;
        side.records += u64::from(reading.counts());
        side.left_out += reading.left_out;
        side.differing += u64::from(reading.differs);
        side.nameless += u64::from(reading.nameless);
    }

    /// Takes away a reading that was added before.
    pub(super) fn subtract(&mut self, side: Side, reading: &Reading) {
        self.change(reading, Group::subtract);
        for group in reading.groups() {
            if let Some(group) = self.group(group) {
                group.records -= 1;
            }
        }
        let side = self.sides.entry(side).or_default();
        side.present -= 1;
        side.records -= u64::from(reading.counts());
        side.left_out -= reading.left_out;
        side.differing -= u64::from(reading.differs);
        side.nameless -= u64::from(reading.nameless);
    }

    fn change(&mut self, reading: &Reading, by: fn(&mut Group, &Part)) {
        for part in &reading.parts {
            if let Some(group) = self.group(part.group) {
                by(group, part);
            }
        }
    }

    fn group(&mut self, number: u32) -> Option<&mut Group> {
        self.totals.get_mut(usize::try_from(number).ok()?)
    }

    /// Chooses one side of each account: its own records, or those of its SIMs where the groups are by SIM; the other
    /// where there is but that.
    pub(super) fn choose(&self, by_sim: bool) -> Choice {
        let mut choice = Choice::default();
        for (side, totals) in &self.sides {
            let other = Side {
                of_sims: !side.of_sims,
                ..*side
            };
            let has_other = self
                .sides
                .get(&other)
                .is_some_and(|other| other.present > 0);
            if side.of_sims == by_sim || !has_other {
                choice.sides.push(*side);
                choice.records += totals.records;
                choice.left_out += totals.left_out;
                choice.differing += totals.differing;
                choice.nameless += totals.nameless;
            } else {
                choice.ignored += totals.present;
            }
        }
        choice
    }

    /// The groups of the chosen sides that have records.
    pub(super) fn chosen<'a>(
        &'a self,
        choice: &'a Choice,
    ) -> impl Iterator<Item = (&'a GroupKey, &'a Group)> {
        self.numbers.iter().filter_map(|(key, number)| {
            let group = self.totals.get(usize::try_from(*number).ok()?)?;
            let is_chosen = choice.sides.binary_search(&key.side).is_ok();
            (is_chosen && group.records > 0).then_some((key, group))
        })
    }
}

impl Group {
    fn add(&mut self, part: &Part) {
        self.change(part, u128::saturating_add);
        if let Some((amount, currency)) = part.billed {
            let billed = self.billed(currency);
            billed.amounts += 1;
            billed.sum.add(amount);
        }
    }

    fn subtract(&mut self, part: &Part) {
        self.change(part, u128::saturating_sub);
        if let Some((amount, currency)) = part.billed {
            let billed = self.billed(currency);
            billed.amounts -= 1;
            billed.sum.subtract(amount);
        }
    }

    /// One record is at most 2¹⁰³ bytes, so the sums are exact for 2²⁵ records of that size, and stay at the largest
    /// number rather than start anew beyond it.
    fn change(&mut self, part: &Part, by: fn(u128, u128) -> u128) {
        let sums = match part.kind {
            Kind::Data => &mut self.data,
            Kind::Commands => &mut self.commands,
        };
        for (sum, figure) in sums.iter_mut().zip(part.figures()) {
            *sum = by(*sum, figure);
        }
    }

    fn billed(&mut self, currency: u16) -> &mut Billed {
        let found = self
            .billed
            .iter()
            .position(|billed| billed.currency == currency);
        let place = found.unwrap_or(self.billed.len());
        if place == self.billed.len() {
            self.billed.push(Billed {
                currency,
                amounts: 0,
                sum: Money::default(),
            });
        }
        &mut self.billed[place]
    }

    /// Whether figures of the group may still have grown after that time: usage arrives late.
    pub(super) fn is_growing(&self, as_of: DateTime<Utc>) -> bool {
        self.last_end
            .is_some_and(|end| as_of.signed_duration_since(end) < SETTLED_AFTER)
    }

    /// The sums under their names.
    pub(super) fn totals(&self, currencies: &Names) -> Totals {
        let billed = self.billed.iter().filter(|billed| billed.amounts > 0);
        Totals {
            records: self.records,
            data: Sums::new(self.data),
            commands: Sums::new(self.commands),
            billed: billed
                .map(|billed| {
                    (
                        currencies.name(billed.currency.into()).to_owned(),
                        billed.sum,
                    )
                })
                .collect(),
        }
    }
}
