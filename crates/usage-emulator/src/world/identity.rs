//! The SIDs of an account and its SIMs, computed and not stored.

use usage_model::{AccountSid, RatePlanSid, Sid, SidKind, SimSid};

use super::hash::{Key, mix, unmix};

/// The draws of identities.
const ACCOUNT: u64 = 1;
const SIM: u64 = 2;
const SIM_CHECK: u64 = 3;
const RATE_PLAN: u64 = 4;
const DETAILS: u64 = 5;

/// The SIDs that belong to a seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identities(Key);

impl Identities {
    /// The SIDs below a key.
    pub(crate) const fn new(key: Key) -> Self {
        Self(key)
    }

    /// The account.
    pub(crate) fn account(self) -> AccountSid {
        let key = self.0.at(ACCOUNT);
        sid(key.number(), key.at(ACCOUNT).number())
    }

    /// The SIM with an index.
    ///
    /// The first 16 digits are a bijection of the index, so that the index can be had back; the others
    /// are a check over them.
    pub(crate) fn sim(self, index: u32) -> SimSid {
        let scrambled = mix(u64::from(index).wrapping_add(self.0.at(SIM).number()));
        sid(scrambled, self.check(scrambled))
    }

    /// The rate plan with a number.
    pub(crate) fn rate_plan(self, number: u64) -> RatePlanSid {
        let key = self.0.at(RATE_PLAN).at(number);
        sid(key.number(), key.at(RATE_PLAN).number())
    }

    /// The key of what else is said of a SIM.
    pub(crate) fn details(self, index: u32) -> Key {
        self.0.at(DETAILS).at(u64::from(index))
    }

    /// The index of a SIM, or `None` where the SID is not one of this seed.
    pub(crate) fn index(self, sim: SimSid) -> Option<u32> {
        let digits = sim.as_str().get(2..)?;
        let (scrambled, check) = digits.split_at_checked(16)?;
        let scrambled = u64::from_str_radix(scrambled, 16).ok()?;
        let check = u64::from_str_radix(check, 16).ok()?;
        let index = unmix(scrambled).wrapping_sub(self.0.at(SIM).number());
        (check == self.check(scrambled))
            .then(|| u32::try_from(index).ok())
            .flatten()
    }

    const fn check(self, scrambled: u64) -> u64 {
        self.0.at(SIM_CHECK).at(scrambled).number()
    }
}

#[expect(
    clippy::expect_used,
    reason = "the prefix and 32 hexadecimal digits are what a SID is made of"
)]
fn sid<K: SidKind>(high: u64, low: u64) -> Sid<K> {
    format!("{}{high:016x}{low:016x}", K::PREFIX)
        .parse()
        .expect("a SID")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sim_is_found_by_its_sid() {
        let identities = Identities::new(Key::of_seed(9));
        let mut seen = BTreeSet::new();
        for index in (0..2000).chain([u32::MAX]) {
            let sid = identities.sim(index);
            assert!(seen.insert(sid));
            assert_eq!(identities.index(sid), Some(index));
        }
    }

    #[test]
    fn sids_of_another_seed_are_strangers() {
        let (ours, theirs) = (
            Identities::new(Key::of_seed(1)),
            Identities::new(Key::of_seed(2)),
        );
        assert_ne!(ours.account(), theirs.account());
        assert!((0..2000).all(|index| ours.index(theirs.sim(index)).is_none()));
    }

    #[test]
    fn a_sid_with_a_wrong_digit_is_no_sim() {
        let identities = Identities::new(Key::of_seed(9));
        let sid = identities.sim(3);
        for place in 2..sid.as_str().len() {
            let mut text = sid.as_str().to_owned();
            let other = if text.get(place..=place) == Some("0") {
                "1"
            } else {
                "0"
            };
            text.replace_range(place..=place, other);
            assert_eq!(identities.index(text.parse().unwrap()), None, "{text}");
        }
    }
}
