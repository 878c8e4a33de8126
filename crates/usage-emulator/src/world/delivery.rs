//! When usage shows: carriers deliver it late.

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::Kind;

use super::{hash::Key, hour::Hour};

/// No usage is delivered later than this after the end of its hour.
pub(crate) const LATEST: TimeDelta = TimeDelta::hours(120);

/// Of a thousand deliveries, this many arrive within 24 hours.
const WITHIN_A_DAY: u64 = 900;
/// Of a thousand deliveries, this many arrive within 48 hours; the rest take up to [`LATEST`].
const WITHIN_TWO_DAYS: u64 = 996;

/// Minutes of a day.
const DAY: u64 = 24 * 60;

/// Whether usage of an hour has been delivered by `now`.
///
/// One delivery is what one cohort used in one hour, data and Commands each for themselves. Once
/// delivered it stays, so that figures only ever grow.
pub(crate) fn is_delivered(cohort: Key, kind: Kind, hour: Hour, now: DateTime<Utc>) -> bool {
    let age = now.signed_duration_since(Hour(hour.0 + 1).start());
    if age >= LATEST {
        return true;
    }
    let minutes = delay_minutes(cohort, kind, hour);
    u64::try_from(age.num_minutes()).is_ok_and(|age| minutes <= age)
}

/// How long a delivery takes, from the end of the hour.
fn delay_minutes(cohort: Key, kind: Kind, hour: Hour) -> u64 {
    let tree = match kind {
        Kind::Commands => 1,
        Kind::Data => 2,
    };
    let key = cohort.at(tree).at_time(hour.0);
    let minutes = key.at(1);
    match key.below(1000) {
        lot if lot < WITHIN_A_DAY => minutes.between(30, DAY),
        lot if lot < WITHIN_TWO_DAYS => minutes.between(DAY, 2 * DAY),
        _ => minutes.between(2 * DAY, 5 * DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_is_there_in_a_day_nearly_all_in_two_and_the_rest_in_five() {
        let mut late = [0; 3];
        for hour in 0..20_000 {
            let minutes = delay_minutes(Key::of_seed(5), Kind::Data, Hour(hour));
            for (count, days) in late.iter_mut().zip([1, 2, 5]) {
                *count += usize::from(minutes > days * DAY);
            }
        }
        let [after_one, after_two, after_five] = late;
        assert!((1500..2500).contains(&after_one), "{after_one}");
        assert!((20..200).contains(&after_two), "{after_two}");
        assert_eq!(after_five, 0);
    }

    #[test]
    fn what_was_delivered_stays() {
        let key = Key::of_seed(5);
        for hour in (0..500).map(Hour) {
            let states: Vec<bool> = (0..130)
                .map(|later| is_delivered(key, Kind::Data, hour, Hour(hour.0 + later).start()))
                .collect();
            assert!(states.is_sorted(), "{hour:?}");
            assert_eq!(
                states.first(),
                Some(&false),
                "nothing shows before its hour is over"
            );
            assert_eq!(states.last(), Some(&true));
        }
    }

    #[test]
    fn the_rare_late_delivery_comes_after_two_days() {
        let key = Key::of_seed(5);
        let missing = |hours_later| {
            let late = |hour: &i64| {
                let now = Hour(hour + 1 + hours_later).start();
                !is_delivered(key, Kind::Data, Hour(*hour), now)
            };
            (0..5000).filter(late).count()
        };
        assert!((5..50).contains(&missing(48)), "{}", missing(48));
        assert!((1..missing(48)).contains(&missing(96)), "{}", missing(96));
        assert_eq!(missing(120), 0);
    }
}
