//! Times as an ordered set of intervals.

use std::{collections::BTreeMap, ops::Bound};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::findings::wire;

/// A half-open interval of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Interval {
    /// When it starts, inclusive.
    #[serde(with = "wire::instant")]
    #[cfg_attr(feature = "schema", schemars(with = "usage_model::Timestamp"))]
    pub(crate) start: DateTime<Utc>,
    /// When it ends, exclusive.
    #[serde(with = "wire::instant")]
    #[cfg_attr(feature = "schema", schemars(with = "usage_model::Timestamp"))]
    pub(crate) end: DateTime<Utc>,
}

/// Covered times, in order, and for every gap between two of them what is known of it.
///
/// Nearly always the times are one interval. So the set is kept as the span from the first start to the last end,
/// and the gaps in it by their starts; the covered intervals are what lies between.
#[derive(Debug)]
pub(crate) struct Intervals<G> {
    pub(crate) span: Interval,
    gaps: BTreeMap<DateTime<Utc>, (DateTime<Utc>, G)>,
}

impl Interval {
    pub(crate) const fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { start, end }
    }

    /// How long it is; whole seconds, as nearly all are, without asking the calendar.
    #[inline]
    pub(crate) fn length(self) -> TimeDelta {
        let Self { start, end } = self;
        if start.timestamp_subsec_nanos() == 0 && end.timestamp_subsec_nanos() == 0 {
            TimeDelta::seconds(end.timestamp() - start.timestamp())
        } else {
            end - start
        }
    }

    /// Whether any instant belongs to both.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// From the earlier start to the later end.
    pub(crate) fn hull(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// What lies before `other`, and what lies after it.
    pub(crate) fn without(self, other: Self) -> impl Iterator<Item = Self> {
        [
            Self::new(self.start, self.end.min(other.start)),
            Self::new(self.start.max(other.end), self.end),
        ]
        .into_iter()
        .filter(|part| part.start < part.end)
    }
}

impl<G> Intervals<G> {
    pub(crate) const fn new(first: Interval) -> Self {
        Self {
            span: first,
            gaps: BTreeMap::new(),
        }
    }

    /// Whether any of a time is covered.
    pub(crate) fn meets(&self, time: Interval) -> bool {
        // Free is only what lies beyond the span, or within one gap: between two gaps something is covered.
        self.span.meets(time) && self.gap_at(time.start).is_none_or(|gap| time.end > gap.end)
    }

    /// The gap that an instant belongs to.
    fn gap_at(&self, instant: DateTime<Utc>) -> Option<Interval> {
        let (start, (end, _)) = self.gaps.range(..=instant).next_back()?;
        (instant < *end).then_some(Interval::new(*start, *end))
    }

    /// The gaps that have any instant in common with a time, in order.
    pub(crate) fn gaps_in(&self, time: Interval) -> impl Iterator<Item = Interval> {
        let before = self.gap_at(time.start);
        let first = before.map_or(Bound::Included(time.start), |gap| {
            Bound::Excluded(gap.start)
        });
        let after = (time.start < time.end)
            .then(|| self.gaps.range((first, Bound::Excluded(time.end))))
            .into_iter()
            .flatten()
            .map(|(start, (end, _))| Interval::new(*start, *end));
        before.into_iter().chain(after)
    }

    /// Covers a time. What is left or new as a gap beside it is known by `about`.
    pub(crate) fn add(&mut self, time: Interval, mut about: impl FnMut() -> G) {
        let span = self.span;
        self.span = span.hull(time);
        if time.start > span.end {
            self.gaps.insert(span.end, (time.start, about()));
        } else if time.end < span.start {
            self.gaps.insert(time.end, (span.start, about()));
        } else if !self.gaps.is_empty() {
            let filled: Vec<_> = self.gaps_in(time).collect();
            for gap in filled {
                self.gaps.remove(&gap.start);
                for rest in gap.without(time) {
                    self.gaps.insert(rest.start, (rest.end, about()));
                }
            }
        }
    }

    /// How many gaps there are.
    pub(crate) fn gaps(&self) -> usize {
        self.gaps.len()
    }

    /// Takes a gap off: the first, or else the last. Its time counts as covered from then on.
    pub(crate) fn forget(&mut self, first: bool) -> Option<(Interval, G)> {
        let (start, (end, about)) = if first {
            self.gaps.pop_first()?
        } else {
            self.gaps.pop_last()?
        };
        Some((Interval::new(start, end), about))
    }

    /// What is known of the gaps, to be changed.
    pub(crate) fn about_mut(&mut self) -> impl Iterator<Item = &mut G> {
        self.gaps.values_mut().map(|(_, about)| about)
    }

    /// All gaps, in order.
    pub(crate) fn into_gaps(self) -> impl Iterator<Item = (Interval, G)> {
        self.gaps
            .into_iter()
            .map(|(start, (end, about))| (Interval::new(start, end), about))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    fn hours(start: i64, end: i64) -> Interval {
        Interval::new(at(start), at(end))
    }

    /// A set with these times, in this order; each gap knows which of them made it last.
    fn set(times: &[(i64, i64)]) -> Intervals<usize> {
        let mut set = Intervals::new(hours(times[0].0, times[0].1));
        for (number, (start, end)) in times.iter().enumerate().skip(1) {
            set.add(hours(*start, *end), || number);
        }
        set
    }

    fn gaps(set: Intervals<usize>) -> Vec<(i64, i64, usize)> {
        set.into_gaps()
            .map(|(gap, about)| {
                (
                    gap.start.timestamp() / 3600,
                    gap.end.timestamp() / 3600,
                    about,
                )
            })
            .collect()
    }

    #[test]
    fn gaps_lie_between_what_is_covered() {
        assert_eq!(gaps(set(&[(0, 1), (1, 2)])), []);
        assert_eq!(gaps(set(&[(1, 2), (0, 1)])), []);
        assert_eq!(gaps(set(&[(0, 1), (2, 3), (5, 6)])), [(1, 2, 1), (3, 5, 2)]);
        assert_eq!(gaps(set(&[(5, 6), (2, 3), (0, 1)])), [(1, 2, 2), (3, 5, 1)]);
    }

    #[test]
    fn an_empty_time_is_in_the_gap_that_begins_there() {
        let around = set(&[(0, 1), (2, 3)]);
        let found: Vec<_> = around.gaps_in(hours(1, 1)).collect();
        assert_eq!(found, [hours(1, 2)]);
    }

    #[test]
    fn a_gap_is_filled_as_a_whole_or_in_part() {
        let around = [(0, 1), (5, 6)];
        let with = |time| gaps(set(&[around[0], around[1], time]));
        assert_eq!(with((1, 5)), []);
        assert_eq!(with((0, 6)), []);
        assert_eq!(with((1, 2)), [(2, 5, 2)]);
        assert_eq!(with((4, 5)), [(1, 4, 2)]);
        assert_eq!(with((2, 3)), [(1, 2, 2), (3, 5, 2)]);
        assert_eq!(with((0, 1)), [(1, 5, 1)]);
    }

    #[test]
    fn the_first_or_the_last_gap_is_forgotten_and_covered_from_then_on() {
        let mut several = set(&[(0, 1), (2, 3), (5, 6), (9, 10)]);
        assert_eq!(several.forget(true), Some((hours(1, 2), 1)));
        assert_eq!(several.forget(false), Some((hours(6, 9), 3)));
        assert!(several.meets(hours(1, 2)) && !several.meets(hours(3, 5)));
        assert_eq!(several.gaps(), 1);
    }

    proptest! {
        #[test]
        fn marking_every_hour_agrees(times in vec((0..40_i64, 1..6_i64), 1..20), asked in (0..45_i64, 1..6_i64)) {
            let times: Vec<_> = times.iter().map(|(start, length)| (*start, start + length)).collect();
            let set = set(&times);
            let covered = |hour: i64| times.iter().any(|(start, end)| (*start..*end).contains(&hour));
            let (start, end) = (asked.0, asked.0 + asked.1);
            prop_assert_eq!(set.meets(hours(start, end)), (start..end).any(covered));
            let in_gap = |hour: i64| set.gaps_in(hours(start, end)).any(|gap| gap.meets(hours(hour, hour + 1)));
            let (first, last) = (set.span.start.timestamp() / 3600, set.span.end.timestamp() / 3600);
            for hour in start..end {
                prop_assert_eq!(in_gap(hour), (first..last).contains(&hour) && !covered(hour));
            }
            let free: Vec<_> = gaps(set).iter().flat_map(|(start, end, _)| *start..*end).collect();
            let expected: Vec<_> = (first..last).filter(|hour| !covered(*hour)).collect();
            prop_assert_eq!(free, expected);
        }
    }
}
