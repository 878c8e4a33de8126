//! What is unusual about a SIM.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Serialize, Serializer, ser::SerializeMap};
use usage_model::{SETTLED_AFTER, Window};

use crate::{bytes, left_out::counted};

/// The fewest earlier days with usage that say what is usual for a SIM.
const FEWEST_DAYS: usize = 7;

/// What counts as unusual, and as seen from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetOptions {
    /// The window that was fetched.
    pub window: Window,
    /// When it was fetched, by the server's clock.
    pub as_of: DateTime<Utc>,
    /// How long a SIM is without usage until it counts as silent; 7 days unless told otherwise.
    pub silent_after: TimeDelta,
    /// How many times the median of its earlier days a SIM has to use in a day; 5 unless told otherwise.
    pub runaway: u32,
    /// The bytes that such a day has to have at least; 10 MB unless told otherwise.
    pub runaway_floor: u64,
}

impl FleetOptions {
    /// Takes the default thresholds for the usage in a window, fetched at `as_of`.
    pub const fn new(window: Window, as_of: DateTime<Utc>) -> Self {
        Self {
            window,
            as_of,
            silent_after: TimeDelta::days(7),
            runaway: 5,
            runaway_floor: 10_000_000,
        }
    }

    /// Returns the midnight up to which usage is judged: later usage may still be missing.
    fn judged_until(&self) -> DateTime<Utc> {
        let settled = self.as_of.checked_sub_signed(SETTLED_AFTER);
        let until = settled.map_or(self.window.end(), |settled| settled.min(self.window.end()));
        until.date_naive().and_time(NaiveTime::MIN).and_utc()
    }
}

/// What is unusual about a SIM, with its figures.
///
/// All is judged up to 48 hours before the fetch, because later usage may still be missing; but usage that has arrived
/// since then shows that a SIM is neither unused nor silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlaggedUsage {
    /// `zero-usage`: active, and without usage in the window.
    ZeroUsage {
        /// Whole days that were judged.
        days: i64,
    },
    /// `silent`: active and used in the window, but not lately.
    Silent {
        /// When the last period with usage ended.
        since: DateTime<Utc>,
        /// Whole days from then to the end of what was judged.
        days: i64,
    },
    /// `runaway`: far above its own past on the last day that was judged.
    Runaway {
        /// That day.
        day: NaiveDate,
        /// Its data, in bytes.
        data: u128,
        /// The median of the data of earlier days with usage, in bytes, rounded down.
        median: u128,
        /// How many earlier days there are.
        days: usize,
    },
}

impl FlaggedUsage {
    /// Returns the name of the flag.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ZeroUsage { .. } => "zero-usage",
            Self::Silent { .. } => "silent",
            Self::Runaway { .. } => "runaway",
        }
    }

    /// Returns the figures in words: `no usage for 17 days, since 2026-10-12`.
    pub fn message(&self) -> String {
        match self {
            Self::ZeroUsage { days } => {
                format!(
                    "active, and no usage in {}",
                    counted(days.unsigned_abs(), "day")
                )
            }
            Self::Silent { since, days } => format!(
                "no usage for {}, since {}",
                counted(days.unsigned_abs(), "day"),
                since.format("%Y-%m-%d")
            ),
            Self::Runaway {
                day,
                data,
                median,
                days,
            } => format!(
                "{} on {day}, where the median of {days} earlier days is {}",
                bytes(*data),
                bytes(*median)
            ),
        }
    }
}

/// Written as an object of the figures, whole numbers as numbers, bytes as decimal strings, and the message.
impl Serialize for FlaggedUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::ZeroUsage { days } => map.serialize_entry("days", days)?,
            Self::Silent { since, days } => {
                map.serialize_entry("since", &usage_model::Timestamp::from(*since))?;
                map.serialize_entry("days", days)?;
            }
            Self::Runaway {
                day,
                data,
                median,
                days,
            } => {
                map.serialize_entry("day", &day.to_string())?;
                map.serialize_entry("data_total", &data.to_string())?;
                map.serialize_entry("median", &median.to_string())?;
                map.serialize_entry("days", days)?;
            }
        }
        map.serialize_entry("message", &self.message())?;
        map.end()
    }
}

/// What is known of a SIM when it is judged.
pub(super) struct Judged<'a> {
    pub(super) is_active: bool,
    /// When the last period with usage ended.
    pub(super) last_end: Option<DateTime<Utc>>,
    /// The data of each day with a record, in ascending order.
    pub(super) days: &'a [(NaiveDate, u128)],
}

/// Judges one SIM.
pub(super) fn flags(judged: &Judged<'_>, options: &FleetOptions) -> Vec<FlaggedUsage> {
    let until = options.judged_until();
    let whole_days = until
        .signed_duration_since(options.window.start())
        .num_days();
    if whole_days < 1 {
        return Vec::new();
    }
    let mut flags = Vec::new();
    match judged.last_end {
        None if judged.is_active => flags.push(FlaggedUsage::ZeroUsage { days: whole_days }),
        Some(since) if judged.is_active => {
            let silence = until.signed_duration_since(since);
            if silence >= options.silent_after {
                let days = silence.num_days();
                flags.push(FlaggedUsage::Silent { since, days });
            }
        }
        _ => {}
    }
    flags.extend(runaway(judged.days, until, options));
    flags
}

fn runaway(
    days: &[(NaiveDate, u128)],
    until: DateTime<Utc>,
    options: &FleetOptions,
) -> Option<FlaggedUsage> {
    let last = until.date_naive().pred_opt()?;
    let (_, data) = days.iter().find(|(day, _)| *day == last)?;
    let earlier = days.iter().filter(|(day, data)| *day < last && *data > 0);
    let mut earlier: Vec<u128> = earlier.map(|(_, data)| *data).collect();
    earlier.sort_unstable();
    if earlier.len() < FEWEST_DAYS {
        return None;
    }
    let upper = earlier.get(earlier.len() / 2)?;
    let lower = earlier.get((earlier.len() - 1) / 2)?;
    // Twice the median is a whole number also where it lies between two days.
    let twice_median = lower.saturating_add(*upper);
    let is_above = data.saturating_mul(2) > twice_median.saturating_mul(options.runaway.into());
    (is_above && *data > options.runaway_floor.into()).then_some(FlaggedUsage::Runaway {
        day: last,
        data: *data,
        median: twice_median / 2,
        days: earlier.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, day).unwrap()
    }

    fn midnight(date: u32) -> DateTime<Utc> {
        day(date).and_time(NaiveTime::MIN).and_utc()
    }

    /// October up to the 25th is judged.
    fn options() -> FleetOptions {
        let window = Window::new(midnight(1), midnight(27)).unwrap();
        FleetOptions::new(window, "2026-10-27T06:00:00Z".parse().unwrap())
    }

    fn judge(
        is_active: bool,
        last_end: Option<u32>,
        days: &[(NaiveDate, u128)],
    ) -> Vec<FlaggedUsage> {
        let judged = Judged {
            is_active,
            last_end: last_end.map(midnight),
            days,
        };
        flags(&judged, &options())
    }

    #[test]
    fn an_active_sim_without_usage_is_flagged_and_one_that_rests_is_not() {
        assert_eq!(
            judge(true, None, &[]),
            [FlaggedUsage::ZeroUsage { days: 24 }]
        );
        assert_eq!(judge(false, None, &[]), []);
    }

    #[test]
    fn a_sim_is_silent_after_seven_days_before_what_may_still_be_missing() {
        let since = midnight(18);
        let silent = FlaggedUsage::Silent { since, days: 7 };
        assert_eq!(judge(true, Some(18), &[]), [silent]);
        assert_eq!(silent.message(), "no usage for 7 days, since 2026-10-18");
        assert_eq!(judge(true, Some(19), &[]), []);
        assert_eq!(judge(true, Some(27), &[]), []);
        assert_eq!(judge(false, Some(18), &[]), []);
    }

    #[test]
    fn a_runaway_is_more_than_five_times_the_median_of_seven_earlier_days() {
        let days = |last: u128, earlier: u32| -> Vec<(NaiveDate, u128)> {
            let usual = (1..=earlier).map(|number| (day(number), 4_000_000));
            usual.chain([(day(24), last)]).collect()
        };
        let names = |days: &[(NaiveDate, u128)]| judge(true, Some(25), days).len();
        assert_eq!(names(&days(20_000_001, 7)), 1);
        assert_eq!(names(&days(20_000_000, 7)), 0);
        assert_eq!(names(&days(20_000_001, 6)), 0);
        let small: Vec<_> = days(9_000_000, 0)
            .into_iter()
            .chain((1..=9).map(|one| (day(one), 1)))
            .collect();
        assert_eq!(names(&small), 0, "below the floor");
        // Days without usage say nothing of what is usual.
        let mut quiet = days(20_000_001, 7);
        quiet.extend((10..=20).map(|number| (day(number), 0)));
        assert_eq!(names(&quiet), 1);
        // The day after the last judged one does not count.
        assert_eq!(names(&[days(0, 7), vec![(day(25), u128::MAX)]].concat()), 0);
    }

    #[test]
    fn a_median_between_two_days_is_exact() {
        let mut days: Vec<(NaiveDate, u128)> = (1..=8)
            .map(|one| (day(one), if one < 5 { 3_000_000 } else { 3_000_001 }))
            .collect();
        days.push((day(24), 15_000_002));
        assert_eq!(
            judge(true, Some(25), &days),
            [],
            "five times 3 000 000.5 is 15 000 002.5"
        );
        days.pop();
        days.push((day(24), 15_000_003));
        assert_eq!(judge(true, Some(25), &days).len(), 1);
    }

    #[test]
    fn nothing_is_judged_in_a_window_that_has_not_settled() {
        let mut options = options();
        options.window = Window::new(midnight(26), midnight(27)).unwrap();
        let judged = Judged {
            is_active: true,
            last_end: None,
            days: &[],
        };
        assert_eq!(flags(&judged, &options), []);
    }
}
