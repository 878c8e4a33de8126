//! Laws of the emulated world.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

/// 1 March 2026.
const MARCH: Day = Day(20_513);

/// A moment within a year, to the minute.
fn any_now() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..365 * 24 * 60).prop_map(|minutes| MARCH.start() + TimeDelta::minutes(minutes))
}

/// Some hours that end up to a week after `now` and start up to two months before.
fn hours_around(now: DateTime<Utc>) -> impl Strategy<Value = Range<Hour>> {
    let latest = Hour::containing(now).0 + 168;
    (0_i64..300, 0_i64..1500).prop_map(move |(before, length)| {
        let end = latest - before;
        Hour(end - length)..Hour(end)
    })
}

fn networks(usage: &NetworkUsage) -> impl Iterator<Item = (Network, Counters)> {
    let networks = [Network::Home, Network::National].into_iter();
    let networks = networks.chain(Country::ALL.map(Network::International));
    networks.map(|network| (network, usage.on(network)))
}

fn sum<'a>(each: impl IntoIterator<Item = &'a NetworkUsage>) -> NetworkUsage {
    let mut sum = NetworkUsage::default();
    for usage in each {
        for (network, counters) in networks(usage) {
            sum.add(network, counters);
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_account_is_the_sum_of_its_sims(
        seed: u64,
        sims in 0_u32..230,
        (now, hours) in any_now().prop_flat_map(|now| (Just(now), hours_around(now))),
    ) {
        let world = World::new(seed, sims, FleetPlan::default());
        let account = world.usage(Subject::Account, hours.clone(), now);
        let each: Vec<NetworkUsage> = (0..sims)
            .map(|index| world.usage(Subject::Sim(index), hours.clone(), now))
            .collect();
        prop_assert_eq!(account, sum(&each));
    }

    #[test]
    fn a_period_is_the_sum_of_its_parts(
        seed: u64,
        (now, hours) in any_now().prop_flat_map(|now| (Just(now), hours_around(now))),
        cut in 0_i64..1500,
    ) {
        let world = World::new(seed, 120, FleetPlan::default());
        let middle = Hour((hours.start.0 + cut).min(hours.end.0));
        let whole = world.usage(Subject::Account, hours.clone(), now);
        let before = world.usage(Subject::Account, hours.start..middle, now);
        let after = world.usage(Subject::Account, middle..hours.end, now);
        prop_assert_eq!(whole, sum([&before, &after]));
    }

    #[test]
    fn figures_grow_until_they_are_settled_and_never_shrink(
        seed: u64,
        (now, hours) in any_now().prop_flat_map(|now| (Just(now), hours_around(now))),
        later in 0_i64..300,
    ) {
        let world = World::new(seed, 40, FleetPlan::default());
        let later = now + TimeDelta::hours(later);
        let first = world.usage(Subject::Account, hours.clone(), now);
        let second = world.usage(Subject::Account, hours.clone(), later);
        for ((network, first), (_, second)) in networks(&first).zip(networks(&second)) {
            prop_assert!(first.download <= second.download, "{network:?}");
            prop_assert!(first.upload <= second.upload, "{network:?}");
            prop_assert!(first.to_sim <= second.to_sim, "{network:?}");
            prop_assert!(first.from_sim <= second.from_sim, "{network:?}");
        }
        if hours.end.start() + LATEST <= now {
            prop_assert_eq!(first, second);
        }
    }

    #[test]
    fn nothing_is_known_of_the_future_or_of_what_is_past_retention(seed: u64, now in any_now()) {
        let world = World::new(seed, 40, FleetPlan::default());
        let future = Hour::containing(now)..Hour(Hour::containing(now).0 + 500);
        prop_assert_eq!(world.usage(Subject::Account, future, now), NetworkUsage::default());
        let cutoff = Hour::from(retention_cutoff(now));
        let expired = Hour(cutoff.0 - 500)..cutoff;
        prop_assert_eq!(world.usage(Subject::Account, expired, now), NetworkUsage::default());
        let oldest_day = cutoff..Hour(cutoff.0 + 24);
        prop_assert_ne!(world.usage(Subject::Account, oldest_day, now), NetworkUsage::default());
    }
}

#[test]
fn late_usage_shows_over_days() {
    let world = World::new(7, 96, FleetPlan::default());
    let total = |later| {
        let now = Day(MARCH.0 + 1).start() + TimeDelta::hours(later);
        let used = world.usage(Subject::Account, MARCH.hours(), now);
        used.total().data()
    };
    let (at_once, after_one, after_two, after_five) = (total(0), total(24), total(48), total(120));
    assert!(
        at_once > 0,
        "the first hours of a day show before it is over"
    );
    assert!(at_once < after_one && after_one < after_five);
    assert!(
        after_two >= after_five / 100 * 98,
        "{after_two} of {after_five}"
    );
    assert_eq!(after_five, total(1000));
}

#[test]
fn a_fleet_uses_every_network_and_comes_and_goes() {
    let world = World::new(1, 200, FleetPlan::default());
    let now = MARCH.start();
    let year = Day(MARCH.0 - 370).hours().start..Day(MARCH.0 - 5).hours().start;
    let used = world.usage(Subject::Account, year, now);
    for (network, counters) in networks(&used) {
        assert!(counters.download > 0 && counters.upload > 0, "{network:?}");
        assert!(counters.to_sim > 0 && counters.from_sim > 0, "{network:?}");
    }
    let months = |index| {
        (1..12).map(move |month| {
            let start = Day(MARCH.0 - 30 * month - 30).hours().start;
            (index, start..Hour(start.0 + 24))
        })
    };
    let silent = |(index, hours)| {
        let used: NetworkUsage = world.usage(Subject::Sim(index), hours, now);
        used == NetworkUsage::default()
    };
    let seasonal = (0..96).filter(|index| {
        let days: Vec<bool> = months(*index).map(silent).collect();
        days.contains(&true) && days.contains(&false)
    });
    assert!((5..40).contains(&seasonal.count()));
}
