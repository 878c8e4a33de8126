//! Numbers that look random and are a pure function of what they are for.

/// The odd constant of splitmix64: 2⁶⁴ divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of splitmix64: a bijection of 64-bit numbers in which each bit depends on all bits.
///
/// From Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
pub(crate) const fn mix(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The inverse of [`mix`].
pub(crate) const fn unmix(number: u64) -> u64 {
    let z = number ^ (number >> 31) ^ (number >> 62);
    let z = z.wrapping_mul(0x3196_42b2_d24d_8ec3);
    let z = z ^ (z >> 27) ^ (z >> 54);
    let z = z.wrapping_mul(0x96de_1b17_3f11_9089);
    z ^ (z >> 30) ^ (z >> 60)
}

/// A place in the tree of all draws; each place has one number.
///
/// A draw is addressed by the path that leads to it, for instance seed → cohort → hour → purpose, so that
/// no draw depends on which others were made, or in what order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u64);

impl Key {
    /// The root of the tree that belongs to a seed.
    pub(crate) const fn of_seed(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(STEP)))
    }

    /// The place below this one that `part` names.
    pub(crate) const fn at(self, part: u64) -> Self {
        Self(mix(self.0 ^ mix(part.wrapping_add(STEP))))
    }

    /// The place below this one that an hour or a day names.
    pub(crate) const fn at_time(self, ordinal: i64) -> Self {
        self.at(ordinal.cast_unsigned())
    }

    /// The number of this place.
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// A number from 0 to `bound − 1`, for bounds up to 2³²; 0 for a bound of 0.
    pub(crate) const fn below(self, bound: u64) -> u64 {
        ((self.0 >> 32) * bound) >> 32
    }

    /// A number from `low` to `high`, both inclusive.
    pub(crate) const fn between(self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Whether an event happens that happens once in `times` draws.
    pub(crate) const fn once_in(self, times: u64) -> bool {
        self.below(times) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finaliser_is_the_published_one() {
        // The first outputs of splitmix64 started with 1234567.
        let first = mix(1_234_567_u64.wrapping_add(STEP));
        assert_eq!(first, 6_457_827_717_110_365_317);
        let second = mix(1_234_567_u64.wrapping_add(STEP).wrapping_add(STEP));
        assert_eq!(second, 3_203_168_211_198_807_973);
    }

    #[test]
    fn unmix_undoes_mix() {
        for number in (0..1000).chain(u64::MAX - 1000..=u64::MAX) {
            assert_eq!(unmix(mix(number)), number);
            assert_eq!(mix(unmix(number)), number);
        }
    }

    #[test]
    fn draws_stay_within_bounds_and_reach_them() {
        let key = Key::of_seed(1);
        let drawn: Vec<u64> = (0..1000).map(|n| key.at(n).between(3, 6)).collect();
        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&6));
        let events = (0..10_000).filter(|n| key.at(*n).once_in(10)).count();
        assert!((800..1200).contains(&events), "{events}");
    }
}
