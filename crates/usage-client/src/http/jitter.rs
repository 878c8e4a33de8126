//! The source of the randomness that spreads waits.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Random numbers, shared by all requests of a client; the same seed gives the same numbers.
pub(crate) struct Jitter(Mutex<fastrand::Rng>);

impl Jitter {
    /// Seeded, or different in every process where there is no seed.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(
            seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed),
        ))
    }

    /// A number, evenly spread over all values.
    pub(crate) fn draw(&self) -> u32 {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .u32(..)
    }
}

/// The part of a span that a random number gives: nothing for 0, all of it for the largest number.
pub(crate) fn part_of(span: Duration, random: u32) -> Duration {
    let nanos = span.as_nanos().saturating_mul(random.into()) / u128::from(u32::MAX);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_spread_over_the_whole_span() {
        let span = Duration::from_secs(8);
        assert_eq!(part_of(span, 0), Duration::ZERO);
        assert_eq!(part_of(span, u32::MAX), span);
        let half = part_of(span, u32::MAX / 2).as_secs_f64();
        assert!((3.99..4.01).contains(&half), "{half}");
        assert_eq!(
            part_of(Duration::MAX, u32::MAX),
            Duration::from_nanos(u64::MAX)
        );
    }

    #[test]
    fn a_seed_repeats_its_numbers() {
        let numbers = |seed| {
            let jitter = Jitter::new(Some(seed));
            [jitter.draw(), jitter.draw(), jitter.draw()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }
}
