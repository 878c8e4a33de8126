//! Which periods of which series have counted, and with what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

/// Records whose figures are remembered, over all series, so that a later reading can take their place.
///
/// All hourly records within retention, which are at most 13 200, four times over.
pub(super) const MOST_REMEMBERED: usize = 1 << 16;

/// A series, that is an account or one SIM of it, by its number; and a period.
pub(super) type Key = (u32, DateTime<Utc>, DateTime<Utc>);

/// What has counted. Of every series the periods are known, as runs of equally long ones; of the last
/// [`MOST_REMEMBERED`] records also the figures.
#[derive(Debug)]
pub(super) struct Seen<T> {
    series: BTreeMap<u32, Periods>,
    records: VecDeque<(Key, T)>,
    /// Records that came before the first of those.
    lost: u64,
    /// Where a record is by its key. Records that nobody asked for are not in it: those of a list in order never are.
    index: BTreeMap<Key, u64>,
    /// Records that are in the index, or were lost.
    indexed: u64,
}

/// Whether a period has counted before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Earlier<'a, T> {
    /// It has not.
    None,
    /// It has, with these figures.
    Known(&'a mut T),
    /// It has, too long ago to know with what.
    Forgotten,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self {
            series: BTreeMap::new(),
            records: VecDeque::new(),
            lost: 0,
            index: BTreeMap::new(),
            indexed: 0,
        }
    }
}

impl<T> Seen<T> {
    /// What is known of a period.
    pub(super) fn earlier(&mut self, key: Key) -> Earlier<'_, T> {
        let (series, start, end) = key;
        let seen = self.series.get(&series);
        if !seen.is_some_and(|periods| periods.contains(start, end)) {
            return Earlier::None;
        }
        let known = usize::try_from(self.indexed - self.lost).unwrap_or(usize::MAX);
        for (key, _) in self.records.iter().skip(known) {
            self.index.insert(*key, self.indexed);
            self.indexed += 1;
        }
        let place = self.index.get(&key).map(|number| number - self.lost);
        match place.and_then(|at| self.records.get_mut(usize::try_from(at).ok()?)) {
            Some((_, figures)) => Earlier::Known(figures),
            None => Earlier::Forgotten,
        }
    }

    /// Whether a longer period of the series has counted that this one lies in.
    pub(super) fn is_in_longer(&self, key: Key) -> bool {
        let (series, start, end) = key;
        let seen = self.series.get(&series);
        seen.is_some_and(|periods| periods.have_longer(nanos(start), nanos(end)))
    }

    /// Returns the shorter periods of the series that have counted and lie in this one.
    pub(super) fn shorter_in(&self, key: Key) -> Vec<Key> {
        let (series, start, end) = key;
        let seen = self.series.get(&series);
        let shorter = seen.map(|periods| periods.shorter(nanos(start), nanos(end)));
        let keys = shorter.into_iter().flatten();
        keys.filter_map(|(start, end)| Some((series, instant(start)?, instant(end)?)))
            .collect()
    }

    /// Remembers a period that has not counted before, and gives up the figures of the first one where there are too
    /// many.
    pub(super) fn insert(&mut self, key: Key, figures: T) {
        let (series, start, end) = key;
        self.series.entry(series).or_default().insert(start, end);
        if self.records.len() >= MOST_REMEMBERED
            && let Some((first, _)) = self.records.pop_front()
        {
            self.index.remove(&first);
            self.lost += 1;
            self.indexed = self.indexed.max(self.lost);
        }
        self.records.push_back((key, figures));
    }
}

/// Periods, as runs of equally long ones that follow one another: an unbroken list is one run.
#[derive(Debug, Default)]
struct Periods {
    /// By length and by what is left of the start when whole lengths are taken away: where each run starts and ends,
    /// all in nanoseconds since 1970.
    runs: BTreeMap<(i128, i128), BTreeMap<i128, i128>>,
    /// Periods that do not end after they start.
    reversed: BTreeSet<(i128, i128)>,
}

impl Periods {
    fn contains(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        let (start, end) = (nanos(start), nanos(end));
        let Some(kind) = kind(start, end) else {
            return self.reversed.contains(&(start, end));
        };
        let runs = self.runs.get(&kind);
        let run = runs.and_then(|runs| runs.range(..=start).next_back());
        run.is_some_and(|(_, run_end)| start < *run_end)
    }

    fn insert(&mut self, start: DateTime<Utc>, end: DateTime<Utc>) {
        let (mut start, mut end) = (nanos(start), nanos(end));
        let Some(kind) = kind(start, end) else {
            self.reversed.insert((start, end));
            return;
        };
        let runs = self.runs.entry(kind).or_default();
        if let Some(next) = runs.remove(&end) {
            end = next;
        }
        if let Some((before, before_end)) = runs.range(..start).next_back()
            && *before_end == start
        {
            start = *before;
        }
        runs.insert(start, end);
    }

    fn have_longer(&self, start: i128, end: i128) -> bool {
        let longer = self.runs.range((end - start + 1, i128::MIN)..);
        longer.into_iter().any(|((length, phase), runs)| {
            let first = start - (start - phase).rem_euclid(*length);
            let run = runs.range(..=first).next_back();
            end <= first + length && run.is_some_and(|(_, run_end)| first < *run_end)
        })
    }

    fn shorter(&self, start: i128, end: i128) -> Vec<(i128, i128)> {
        let mut found = Vec::new();
        for ((length, phase), runs) in self.runs.range(..(end - start, i128::MIN)) {
            for (run_start, run_end) in runs.range(..end) {
                let mut first = start + (phase - start).rem_euclid(*length);
                first = first.max(*run_start);
                while first + length <= end.min(*run_end) {
                    found.push((first, first + length));
                    first += length;
                }
            }
        }
        found
    }
}

/// Which runs a period may belong to; `None` for one that does not end after it starts.
const fn kind(start: i128, end: i128) -> Option<(i128, i128)> {
    let length = end - start;
    if length > 0 {
        Some((length, start.rem_euclid(length)))
    } else {
        None
    }
}

fn nanos(instant: DateTime<Utc>) -> i128 {
    i128::from(instant.timestamp()) * 1_000_000_000 + i128::from(instant.timestamp_subsec_nanos())
}

fn instant(nanos: i128) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    let rest = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
    DateTime::from_timestamp(seconds, rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    fn key(series: u32, hour: i64) -> Key {
        (series, at(hour), at(hour + 1))
    }

    #[test]
    fn the_figures_of_the_last_records_are_known_and_the_periods_of_all() {
        let most = i64::try_from(MOST_REMEMBERED).unwrap();
        for asks_early in [false, true] {
            let mut seen = Seen::default();
            for hour in 0..most {
                seen.insert(key(0, hour), hour);
            }
            if asks_early {
                assert_eq!(seen.earlier(key(0, 0)), Earlier::Known(&mut 0));
            }
            for hour in most..most + 3 {
                seen.insert(key(0, hour), hour);
            }
            assert_eq!(seen.earlier(key(0, 2)), Earlier::Forgotten);
            assert_eq!(seen.earlier(key(0, 3)), Earlier::Known(&mut 3));
            assert_eq!(
                seen.earlier(key(0, most + 2)),
                Earlier::Known(&mut (most + 2))
            );
            assert_eq!(seen.earlier(key(0, most + 3)), Earlier::None);
            assert_eq!(seen.earlier(key(1, 3)), Earlier::None);
            assert_eq!(seen.index.len(), MOST_REMEMBERED);
            assert_eq!(seen.records.len(), MOST_REMEMBERED);
            assert_eq!(
                seen.series[&0]
                    .runs
                    .values()
                    .map(BTreeMap::len)
                    .sum::<usize>(),
                1
            );
        }
    }

    proptest! {
        #[test]
        fn periods_are_known_exactly(
            periods in proptest::collection::vec((0_i64..40, -1_i64..4), 0..60),
            asked in (0_i64..40, -1_i64..4),
        ) {
            let mut runs = Periods::default();
            let mut all = BTreeSet::new();
            for (start, length) in periods {
                let known = runs.contains(at(start), at(start + length));
                prop_assert_eq!(known, all.contains(&(start, length)));
                if !known {
                    runs.insert(at(start), at(start + length));
                    all.insert((start, length));
                }
            }
            let (start, length) = asked;
            prop_assert_eq!(runs.contains(at(start), at(start + length)), all.contains(&asked));
        }
    }
}
