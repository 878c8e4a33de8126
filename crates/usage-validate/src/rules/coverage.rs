//! Whether the periods of an account and SIM follow each other: nothing twice, nothing missing.

pub(crate) mod intervals;

use chrono::{DateTime, TimeDelta, Utc};

use intervals::{Interval, Intervals};

use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        kept::Kept,
        reporter::Reporter,
        subject::Subject,
        text::{instant, number, periods},
    },
    rules::catalogue::{
        example::{Example, series},
        rule::{Rule, Scope},
    },
};

pub(crate) static OVERLAP: Rule = Rule {
    since: "0.1.0",
    code: "UR403",
    name: "overlap",
    severity: Severity::Error,
    scope: Scope::Successor,
    sentence: "Periods of one account and SIM must not overlap, whether or not they are neighbours in the list.",
    formula: "records r, s of one account and SIM: end(r) ≤ start(s) or end(s) ≤ start(r), unless the periods are the same",
    origin: "Figures of overlapping periods cannot be added up.",
    false_positives: "Lists of different granularities that were put together; check one at a time. Duplicates of records too many \
                      to be remembered, as for UR401. Where more than 8192 gaps of an account or SIM were open, fewer where \
                      there are very many, the time of those reported early is not evaluated.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-04",
        "2026-06-03".."2026-06-06",
    )),
    near_miss: Example::new(series!(
        "2026-06-03".."2026-06-06",
        "2026-05-31".."2026-06-03",
    )),
};

pub(crate) static GAP: Rule = Rule {
    since: "0.1.0",
    code: "UR404",
    name: "gap",
    severity: Severity::Warning,
    scope: Scope::Successor,
    sentence: "Periods of one account and SIM must follow each other without a gap.",
    formula: "the union of all periods of one account and SIM is one interval; a gap counts as many periods as fit into it. \
              A record that was moved by less than its length into a neighbour in its place overlaps that (UR403) and \
              leaves no gap; a record that could not be read, or names no time, stands for one period of a gap next to it in \
              the list",
    origin: "One record for each hour or day. Whether the API leaves out times without usage is not documented.",
    false_positives: "Servers that leave out times without usage. Gaps are reported at the end of the list, in case a later \
                      record fills them; more than 8192 of an account or SIM, fewer where there are very many, earlier.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-04".."2026-06-05",
    )),
    near_miss: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
    )),
};

/// Where findings on periods stand.
pub(crate) const PERIOD: &str = "/period";

/// Gaps of one series that are kept open until the end, in case a later record fills them.
///
/// More than a list of all hours within retention can have, which are 13 200.
const MOST_GAPS: usize = 1 << 13;

/// The same where there are very many gaps in all series together.
const FEW_GAPS: usize = 16;

/// Gaps that are open, over all series, before each series may have only a few.
const MANY_GAPS: usize = 1 << 14;

/// Times of one series that only records claim that could not be read; any further ones count as unplaced.
const MOST_CLAIMS: usize = 64;

/// The times for which a series has records.
///
/// Nearly always that is one interval, which is all that is kept then.
#[derive(Debug)]
pub(crate) struct Coverage {
    /// From the first start to the last end.
    span: Interval,
    /// Where there is more to say than that.
    detail: Option<Box<Detail>>,
}

/// Times that are not one interval, or not all of records that could be read.
#[derive(Debug)]
struct Detail {
    /// What is known of a gap is the record that came last of those beside it.
    times: Intervals<Kept>,
    /// Covered times for which there is no record that could be read.
    claims: Vec<Interval>,
    /// Where gaps were reported early, and are no longer known.
    forgotten: Option<Interval>,
}

impl Coverage {
    /// The time of a record that could be read.
    pub(crate) const fn new(first: Interval) -> Self {
        Self {
            span: first,
            detail: None,
        }
    }

    /// The time that a record claims which could not be read.
    pub(crate) fn of_claim(first: Interval) -> Self {
        let mut coverage = Self::new(first);
        coverage.detail().claims.push(first);
        coverage
    }

    fn detail(&mut self) -> &mut Detail {
        let span = self.span;
        self.detail.get_or_insert_with(|| {
            Box::new(Detail {
                times: Intervals::new(span),
                claims: Vec::new(),
                forgotten: None,
            })
        })
    }

    /// From the first start to the last end.
    pub(crate) const fn span(&self) -> Interval {
        self.span
    }

    /// Whether all times are one interval, of records that could be read, which ends at an instant.
    pub(crate) fn ends_at(&self, end: DateTime<Utc>) -> bool {
        self.detail.is_none() && self.span.end == end
    }

    /// Adds the time between the last end and another one.
    pub(crate) const fn extend(&mut self, end: DateTime<Utc>) {
        self.span.end = end;
    }

    /// Returns whether all gaps within a time are still known: none of them was reported early.
    pub(crate) fn is_known(&self, time: Interval) -> bool {
        let forgotten = self.detail.as_ref().and_then(|detail| detail.forgotten);
        !forgotten.is_some_and(|forgotten| forgotten.meets(time))
    }

    /// Whether a record that could be read is for any part of a time.
    pub(crate) fn is_taken(&self, time: Interval) -> bool {
        match &self.detail {
            None => self.span.meets(time),
            Some(detail) => detail.is_taken(time),
        }
    }

    /// Adds the time of a record that could be read; `about` gives that record.
    pub(crate) fn add(&mut self, time: Interval, about: impl FnMut() -> Kept) {
        if self.detail.is_none() && time.start <= self.span.end && self.span.start <= time.end {
            self.span = self.span.hull(time);
            return;
        }
        let detail = self.detail();
        if detail.claims.iter().any(|claim| claim.meets(time)) {
            let claims = std::mem::take(&mut detail.claims);
            detail.claims = claims
                .into_iter()
                .flat_map(|claim| claim.without(time))
                .collect();
        }
        detail.times.add(time, about);
        self.span = detail.times.span;
    }

    /// Adds the time that a record claims which could not be read. Says whether there was room for it.
    pub(crate) fn claim(&mut self, time: Interval, about: impl FnMut() -> Kept) -> bool {
        let detail = self.detail();
        if detail.times.meets(time) {
            return true;
        }
        if detail.claims.len() >= MOST_CLAIMS {
            return false;
        }
        detail.claims.push(time);
        detail.times.add(time, about);
        self.span = detail.times.span;
        true
    }

    /// How many gaps there are.
    pub(crate) fn gaps(&self) -> usize {
        self.detail.as_ref().map_or(0, |detail| detail.times.gaps())
    }

    /// Reports gaps before the end where there are too many, `open` of them over all series; those farthest from
    /// a time first, and of two as far the later one. `bucket` is how long a record of the series is. Returns the
    /// records that gaps were reported of.
    pub(crate) fn report_early(
        &mut self,
        open: usize,
        at: Interval,
        bucket: TimeDelta,
        reporter: &mut Reporter,
    ) -> Vec<u64> {
        let most = if open < MANY_GAPS {
            MOST_GAPS
        } else {
            FEW_GAPS
        };
        let mut reported = Vec::new();
        let Some(detail) = &mut self.detail else {
            return reported;
        };
        while detail.times.gaps() > most {
            let span = detail.times.span;
            let is_late = at.start - span.start > span.end - at.end;
            let Some((gap, record)) = detail.times.forget(is_late) else {
                break;
            };
            let forgotten = detail.forgotten.unwrap_or(gap);
            detail.forgotten = Some(forgotten.hull(gap));
            report_gap(gap, &record, bucket, reporter);
            reported.push(record.serial);
            // The record may have a gap on its other side as well, and is one record with findings.
            if reporter.is_on(&GAP) {
                for other in detail.times.about_mut() {
                    other.found |= other.serial == record.serial;
                }
            }
        }
        reported
    }

    /// The gaps, in order, each with the record that came last of those beside it.
    pub(crate) fn into_gaps(self) -> impl Iterator<Item = (Interval, Kept)> {
        self.detail
            .into_iter()
            .flat_map(|detail| detail.times.into_gaps())
    }
}

impl Detail {
    fn is_taken(&self, time: Interval) -> bool {
        if !self.times.meets(time) {
            return false;
        }
        if self.claims.is_empty() {
            return true;
        }
        let mut free: Vec<_> = self
            .times
            .gaps_in(time)
            .chain(self.claims.iter().copied())
            .chain(time.without(self.times.span))
            .filter(|free| free.meets(time))
            .collect();
        free.sort_by_key(|free| free.start);
        let reached = free.iter().fold(time.start, |reached, free| {
            if free.start <= reached {
                reached.max(free.end)
            } else {
                reached
            }
        });
        reached < time.end
    }
}

/// Reports a record whose period another one shares in part (UR403).
pub(crate) fn report_overlap(
    time: Interval,
    span: Interval,
    may_be_duplicate: bool,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.report(&OVERLAP, subject, || {
        Draft::new(
            PERIOD,
            format!(
                "the period {} to {} overlaps earlier periods, which cover {} to {}",
                instant(time.start),
                instant(time.end),
                instant(span.start),
                instant(span.end)
            ),
        )
        .help(if may_be_duplicate {
            "adding these records up would count usage twice; it may also be a duplicate of an earlier record \
             whose figures are no longer remembered"
        } else {
            "adding these records up would count usage twice"
        })
    });
}

/// Reports a gap (UR404).
pub(crate) fn report_gap(gap: Interval, record: &Kept, bucket: TimeDelta, reporter: &mut Reporter) {
    reporter.report(&GAP, Subject::Record(&record.subject()), || {
        let count = whole(gap.length(), bucket);
        let named = |count: i64| {
            if bucket <= LONGEST_FIXED {
                periods(count, bucket)
            } else {
                number(count.unsigned_abs(), "period")
            }
        };
        let what = match count {
            0 => format!("less than {} is missing", periods(1, bucket)),
            1 => format!("{} is missing", named(1)),
            count => format!("{} are missing", named(count)),
        };
        Draft {
            // A record can have a gap on both sides.
            identity: Some(format!("{PERIOD} {}", instant(gap.start))),
            ..Draft::new(
                PERIOD,
                format!(
                    "{what}: there is no record from {} to {}",
                    instant(gap.start),
                    instant(gap.end)
                ),
            )
        }
        .help("fetch that time again; if the API leaves out times without usage, ignore this rule")
    });
}

/// The records that would explain a gap as a shift: one a bucket long was moved into its neighbour by as much as the
/// gap is long. The first of each pair was moved, the second is the neighbour that it overlaps.
pub(crate) fn shifts(gap: Interval, bucket: TimeDelta) -> Vec<[Interval; 2]> {
    let length = gap.length();
    if length >= bucket {
        return Vec::new();
    }
    let at = |start: DateTime<Utc>, buckets: i32| {
        let start = start.checked_add_signed(bucket * buckets)?;
        Some(Interval::new(start, start.checked_add_signed(bucket)?))
    };
    [
        [at(gap.end, 0), at(gap.start, 1)],
        [at(gap.start, -1), at(gap.end, -2)],
    ]
    .into_iter()
    .filter_map(|[moved, neighbour]| Some([moved?, neighbour?]))
    .collect()
}

/// The longest bucket of which all have the same length: months for instance do not.
const LONGEST_FIXED: TimeDelta = TimeDelta::days(1);

/// How many whole buckets fit, or the nearest number where they differ in length; 0 for buckets of no length.
pub(crate) fn whole(length: TimeDelta, bucket: TimeDelta) -> i64 {
    // In seconds nothing overflows, and no bucket has a fraction of one that would matter.
    let (length, seconds) = (length.num_seconds(), bucket.num_seconds());
    let rounding = if bucket <= LONGEST_FIXED {
        0
    } else {
        seconds / 2
    };
    length
        .saturating_add(rounding)
        .checked_div(seconds)
        .unwrap_or(0)
}

/// How many buckets are missing in a time, begun ones counted; none can be told where buckets have no length.
pub(crate) fn missing(length: TimeDelta, bucket: TimeDelta) -> u64 {
    // A begun second counts too: what is missing is no less than a bucket by being short.
    let begun = i64::from(length.subsec_nanos() > 0);
    let is_fixed = bucket <= LONGEST_FIXED;
    let (length, bucket) = (length.num_seconds() + begun, bucket.num_seconds());
    let (Ok(length), Ok(bucket)) = (u64::try_from(length), u64::try_from(bucket)) else {
        return 0;
    };
    match bucket {
        0 if length == 0 => 0,
        0 => u64::MAX,
        // One that is not quite as long as its neighbours is one.
        bucket if !is_fixed && length > 0 => (length.saturating_add(bucket / 2) / bucket).max(1),
        bucket => length.div_ceil(bucket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_counted_whole() {
        let hours = TimeDelta::hours;
        assert_eq!(whole(hours(23), hours(24)), 0);
        assert_eq!(whole(hours(24), hours(24)), 1);
        assert_eq!(whole(hours(71), hours(24)), 2);
        assert_eq!(whole(hours(71), TimeDelta::milliseconds(1)), 0);
    }

    #[test]
    fn begun_buckets_are_missing_too() {
        let hours = TimeDelta::hours;
        assert_eq!(missing(hours(24), hours(24)), 1);
        assert_eq!(missing(hours(25), hours(24)), 2);
        assert_eq!(missing(hours(0), hours(24)), 0);
        assert_eq!(missing(hours(0), hours(24 * 31)), 0);
        assert_eq!(missing(hours(1), hours(24 * 31)), 1);
        assert_eq!(missing(TimeDelta::milliseconds(1), hours(24)), 1);
        assert_eq!(missing(hours(24) + TimeDelta::nanoseconds(1), hours(24)), 2);
        assert_eq!(missing(hours(0), hours(0)), 0);
        assert_eq!(missing(hours(1), hours(0)), u64::MAX);
        assert_eq!(missing(hours(-1), hours(24)), 0);
    }
}
