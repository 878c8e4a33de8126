//! The times between the records of a series that no record is for.

use chrono::{DateTime, TimeDelta, Utc};

use super::voice::Source;
use crate::{findings::draft::Draft, findings::spot::Spot, findings::text::instant};

/// Holes of one series that are kept open until the end, in case a later record fills them.
pub(super) const MOST_HOLES: usize = 1 << 10;

/// The same where there are very many holes in all series together.
pub(super) const FEW_HOLES: usize = 16;

/// A time that no record of a series is for, so far.
#[derive(Clone, Debug)]
pub(super) struct Hole {
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    /// The later record, in the list, of the two beside it.
    pub(super) spot: Spot,
    pub(super) source: Source,
    /// The number of that record in the run.
    pub(super) serial: u64,
    /// Whether that record has a finding already.
    pub(super) found: bool,
    /// How long a bucket is here.
    pub(super) bucket: TimeDelta,
}

impl Hole {
    pub(super) fn length(&self) -> TimeDelta {
        self.end - self.start
    }

    /// By how much a period meets the hole.
    pub(super) fn shared(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> TimeDelta {
        shared((self.start, self.end), (start, end))
    }

    /// What is left of the hole before and after a period that fills a part of it.
    pub(super) fn without(
        self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        filler: &Self,
    ) -> impl Iterator<Item = Self> {
        let part = |from: DateTime<Utc>, to: DateTime<Utc>| {
            (from < to).then(|| Self {
                start: from,
                end: to,
                ..filler.clone()
            })
        };
        [
            part(self.start, start.min(self.end)),
            part(end.max(self.start), self.end),
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn draft(&self) -> Draft {
        let buckets = whole(self.length(), self.bucket);
        let what = match buckets {
            0 => "less than one bucket is missing".to_owned(),
            1 => "1 bucket is missing".to_owned(),
            buckets => format!("{buckets} buckets are missing"),
        };
        let draft = Draft::new(
            super::PERIOD,
            format!(
                "{what}: there is no record from {} to {}",
                instant(self.start),
                instant(self.end)
            ),
        );
        Draft {
            // A record can have a gap on both sides.
            identity: Some(format!("{} {}", super::PERIOD, instant(self.start))),
            ..draft
        }
        .help(
            "fetch that time again; where the API leaves out times without usage, ignore this rule",
        )
    }
}

/// How long two half-open periods are at the same time.
pub(super) fn shared(
    one: (DateTime<Utc>, DateTime<Utc>),
    other: (DateTime<Utc>, DateTime<Utc>),
) -> TimeDelta {
    (one.1.min(other.1) - one.0.max(other.0)).max(TimeDelta::zero())
}

/// How many whole buckets fit; 0 for buckets of no length.
pub(super) fn whole(length: TimeDelta, bucket: TimeDelta) -> i64 {
    // In seconds nothing overflows, and no bucket has a fraction of one that would matter.
    length
        .num_seconds()
        .checked_div(bucket.num_seconds())
        .unwrap_or(0)
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
}
