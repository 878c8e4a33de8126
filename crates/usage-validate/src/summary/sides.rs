//! Whose figures they are: those of an account, or those of its SIMs, which say the same usage once more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usage_model::{AccountSid, Lenient};

use super::totals::ControlTotals;
use crate::rules::duplicates::figures::TopFigures;

/// What the records of one side of an account add up to: its own, or those of all its SIMs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CarriedSide"))]
pub(crate) struct Side {
    /// Periods, each counted once.
    periods: u64,
    /// What their figures add up to.
    totals: ControlTotals,
}

impl Side {
    /// Adds the figures of one period.
    pub(crate) fn add(&mut self, figures: &TopFigures) {
        self.periods = self.periods.saturating_add(1);
        self.totals.add(figures);
    }

    /// Puts later figures of a period in the place of earlier ones.
    pub(crate) fn replace(&mut self, earlier: &TopFigures, later: &TopFigures) {
        self.totals.replace(earlier, later);
    }

    fn merge(&mut self, other: &Self) {
        self.periods = self.periods.saturating_add(other.periods);
        self.totals.merge(&other.totals);
    }
}

/// Both sides of an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CarriedAccountTotals"))]
struct BothSides {
    /// The account; null for records that name none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    account: Option<Lenient<AccountSid>>,
    /// Its own records.
    own: Side,
    /// Those of its SIMs.
    sims: Side,
}

/// What the records of all accounts add up to, by account and side.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "Vec<BothSides>", into = "Vec<BothSides>")]
pub(crate) struct Sides(BTreeMap<Option<Lenient<AccountSid>>, [Side; 2]>);

impl From<Sides> for Vec<BothSides> {
    fn from(sides: Sides) -> Self {
        let accounts = sides.0.into_iter();
        accounts
            .map(|(account, [own, sims])| BothSides { account, own, sims })
            .collect()
    }
}

impl From<Vec<BothSides>> for Sides {
    fn from(accounts: Vec<BothSides>) -> Self {
        let mut sides = Self::EMPTY;
        for BothSides { account, own, sims } in accounts {
            sides.add(account.as_ref(), false, &own);
            sides.add(account.as_ref(), true, &sims);
        }
        sides
    }
}

impl Sides {
    pub(crate) const EMPTY: Self = Self(BTreeMap::new());

    /// Adds what records of one side of an account add up to.
    pub(crate) fn add(
        &mut self,
        account: Option<&Lenient<AccountSid>>,
        is_of_sims: bool,
        side: &Side,
    ) {
        let [own, sims] = self.0.entry(account.cloned()).or_default();
        if is_of_sims { sims } else { own }.merge(side);
    }

    /// Adds what another part of a run adds up to.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (account, [own, sims]) in &other.0 {
            self.add(account.as_ref(), false, own);
            self.add(account.as_ref(), true, sims);
        }
    }

    /// What all adds up to: of each account its own records, where there are any, and else those of its SIMs.
    pub(crate) fn totals(&self) -> ControlTotals {
        let mut totals = ControlTotals::ZERO;
        for [own, sims] in self.0.values() {
            if own.periods == 0 {
                totals.merge(&sims.totals);
            } else {
                totals.merge(&own.totals);
                totals.sims_left_out = totals.sims_left_out.saturating_add(sims.periods);
            }
        }
        totals
    }
}
