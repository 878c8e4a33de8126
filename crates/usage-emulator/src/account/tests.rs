//! Laws of what the API shows, whatever the layout of its lists.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use usage_model::{Counter, Counts, Kind, Usage, UsageRecord};

use super::*;
use crate::world::{Day, FleetPlan};

/// The moment that everything here is near: 15 March 2026, noon.
const NOON: i64 = 1_773_576_000;

fn time(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOON + 60 * minutes, 0).unwrap()
}

fn account(seed: u64, sims: u32, minutes: i64, listing: Listing) -> Account {
    let clock = Clock::new(time(minutes), 0).unwrap();
    Account {
        world: World::new(seed, sims, FleetPlan::default()),
        clock,
        listing,
    }
}

fn any_listing() -> impl Strategy<Value = Listing> {
    let order = prop::sample::select(Order::ALL.to_vec());
    let empty = prop::sample::select(EmptyPeriods::ALL.to_vec());
    let end = prop::sample::select(EndOfWindow::ALL.to_vec());
    (order, empty, end).prop_map(|(order, empty, end)| Listing {
        order,
        empty,
        end,
        ..Listing::default()
    })
}

/// A window of up to nine days that ends near the moment, or near the edge of retention.
fn any_window() -> impl Strategy<Value = (DateTime<Utc>, DateTime<Utc>)> {
    let end = prop_oneof![-9_000_i64..3_000, -790_000_i64..-780_000];
    (end, 0_i64..13_000).prop_map(|(end, length)| (time(end - length), time(end)))
}

fn listed(
    account: &Account,
    resource: Resource,
    granularity: Granularity,
    window: (DateTime<Utc>, DateTime<Utc>),
) -> Vec<UsageRecord> {
    let now = account.clock.now();
    let list = account.records(resource, granularity, window, now).unwrap();
    let listed = list.ordinals().filter(|ordinal| list.is_listed(*ordinal));
    listed.map(|ordinal| list.record(ordinal)).collect()
}

type Sums = BTreeMap<(Kind, String, Counter), u128>;

/// The counters of all records, by network and by country.
fn sums(records: &[UsageRecord]) -> Sums {
    fn add<C: Counts>(sums: &mut Sums, usage: &Usage<C>) {
        let entries = usage.international_roaming.entries();
        let international = entries.iter().map(|entry| {
            let code = entry.country_code.value().unwrap().as_str();
            (code.to_owned(), &entry.node)
        });
        let own = [
            ("top", Some(&usage.top)),
            ("home", usage.home.value()),
            ("national", usage.national_roaming.value()),
        ];
        let own = own
            .into_iter()
            .filter_map(|(name, node)| Some((name.to_owned(), node?)));
        for (name, node) in own.chain(international) {
            for counter in Counter::ALL {
                let count = node.count(counter).wide();
                *sums.entry((C::KIND, name.clone(), counter)).or_default() += count;
            }
        }
    }
    let mut sums = Sums::new();
    for record in records {
        add(&mut sums, record.commands.value().unwrap());
        add(&mut sums, record.data.value().unwrap());
    }
    // A record lists no country without usage, so that one may be missing where it counts 0.
    sums.retain(|_, count| *count > 0);
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_is_the_sum_of_the_days_and_days_of_their_hours(
        seed: u64, minutes in 0_i64..3_000, listing in any_listing(), window in any_window(),
    ) {
        let account = account(seed, 30, minutes, listing);
        let of = |granularity| sums(&listed(&account, Resource::Account, granularity, window));
        let all = of(Granularity::All);
        prop_assert_eq!(&all, &of(Granularity::Daily));
        prop_assert_eq!(&all, &of(Granularity::Hourly));
    }

    #[test]
    fn the_account_is_the_sum_of_its_sims(
        seed: u64, sims in 0_u32..120, listing in any_listing(), window in any_window(),
    ) {
        let account = account(seed, sims, 0, listing);
        let whole = sums(&listed(&account, Resource::Account, Granularity::Daily, window));
        let each = account.world.sim_sids().flat_map(|sid| {
            listed(&account, Resource::Sim(sid), Granularity::Daily, window)
        });
        prop_assert_eq!(whole, sums(&each.collect::<Vec<_>>()));
    }

    #[test]
    fn a_time_that_was_waited_for_gives_the_same_bytes_as_one_that_was_started_at(
        seed: u64, steps in prop::collection::vec(0_u64..3_000, 1..4),
        listing in any_listing(), window in any_window(),
    ) {
        let waited_for = account(seed, 30, 0, listing);
        let text = |account: &Account| {
            let records = listed(account, Resource::Account, Granularity::Hourly, window);
            serde_json::to_string(&records).unwrap()
        };
        let mut minutes = 0;
        for step in steps {
            // What was asked on the way leaves no trace.
            text(&waited_for);
            waited_for.clock.advance(std::time::Duration::from_mins(step)).unwrap();
            minutes += i64::try_from(step).unwrap();
        }
        prop_assert_eq!(text(&waited_for), text(&account(seed, 30, minutes, listing)));
    }

    #[test]
    fn the_layout_changes_nothing_but_the_layout(
        seed: u64, sim in 0_u32..30, window in any_window(),
    ) {
        let with = |order, empty| {
            let listing = Listing { order, empty, ..Listing::default() };
            let account = account(seed, 30, 0, listing);
            let sid = account.world.sim_sid(sim);
            listed(&account, Resource::Sim(sid), Granularity::Hourly, window)
        };
        let plain = with(Order::OldestFirst, EmptyPeriods::Include);
        let mut turned = with(Order::NewestFirst, EmptyPeriods::Include);
        turned.reverse();
        prop_assert_eq!(&plain, &turned);
        let used = |record: &UsageRecord| !sums(std::slice::from_ref(record)).is_empty();
        let kept: Vec<UsageRecord> = plain.into_iter().filter(used).collect();
        prop_assert_eq!(kept, with(Order::OldestFirst, EmptyPeriods::Omit));
    }

    #[test]
    fn what_has_passed_out_of_retention_stays_away_and_what_settled_stays(
        seed: u64, steps in prop::collection::vec(0_i64..60_000, 1..6),
    ) {
        let account = account(seed, 10, 0, Listing::default());
        // From the whole calendar, so that the list starts where retention does.
        let window = (DateTime::UNIX_EPOCH, time(-10_000));
        let end = Day::from(window.1).0;
        let first = || Day::from(usage_model::retention_cutoff(account.clock.now())).0;
        let mut before = listed(&account, Resource::Account, Granularity::Daily, window);
        prop_assert_eq!(i64::try_from(before.len()).unwrap(), end - first());
        for minutes in steps {
            account.clock.advance(TimeDelta::minutes(minutes).to_std().unwrap()).unwrap();
            let after = listed(&account, Resource::Account, Granularity::Daily, window);
            // Days go from the front, as many as retention says, and those that are left stay as they were.
            prop_assert_eq!(i64::try_from(after.len()).unwrap(), end - first());
            prop_assert!(before.ends_with(&after));
            before = after;
        }
    }
}
