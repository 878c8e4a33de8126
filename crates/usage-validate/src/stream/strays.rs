//! Records that have no place in a list: they name no time, or could not be read.

use chrono::TimeDelta;

/// Records without a place in time whose series is not known either.
///
/// Each stands for one bucket of some series, and explains a gap only once.
#[derive(Debug, Default)]
pub(super) struct Strays {
    met: u64,
    used: u64,
}

impl Strays {
    /// Counts one more.
    pub(super) const fn add(&mut self) {
        self.met += 1;
    }

    /// How many were met so far.
    pub(super) const fn met(&self) -> u64 {
        self.met
    }

    /// Takes so many of those met since there were `before`, if there are as many left.
    pub(super) fn take(&mut self, wanted: u64, before: u64) -> bool {
        let left = (self.met - before).min(self.met - self.used);
        let suffices = wanted <= left;
        if suffices {
            self.used += wanted;
        }
        suffices
    }
}

/// How many buckets are missing in a time, begun ones counted; none can be told where buckets have no length.
pub(super) fn missing(length: TimeDelta, bucket: TimeDelta) -> u64 {
    // A begun second counts too: what is missing is no less than a bucket by being short.
    let begun = i64::from(length.subsec_nanos() > 0);
    let (length, bucket) = (length.num_seconds() + begun, bucket.num_seconds());
    let (Ok(length), Ok(bucket)) = (u64::try_from(length), u64::try_from(bucket)) else {
        return 0;
    };
    match bucket {
        0 if length == 0 => 0,
        0 => u64::MAX,
        bucket => length.div_ceil(bucket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_and_only_by_those_who_saw_it() {
        let mut strays = Strays::default();
        assert!(strays.take(0, 0));
        assert!(!strays.take(1, 0));
        strays.add();
        strays.add();
        assert!(!strays.take(2, 1), "one of them came before");
        assert!(strays.take(1, 1));
        assert!(strays.take(1, 0));
        assert!(!strays.take(1, 0));
        strays.add();
        assert!(strays.take(1, 2));
    }

    #[test]
    fn begun_buckets_are_missing_too() {
        let hours = TimeDelta::hours;
        assert_eq!(missing(hours(24), hours(24)), 1);
        assert_eq!(missing(hours(25), hours(24)), 2);
        assert_eq!(missing(hours(0), hours(24)), 0);
        assert_eq!(missing(TimeDelta::milliseconds(1), hours(24)), 1);
        assert_eq!(missing(hours(24) + TimeDelta::nanoseconds(1), hours(24)), 2);
        assert_eq!(missing(hours(0), hours(0)), 0);
        assert_eq!(missing(hours(1), hours(0)), u64::MAX);
        assert_eq!(missing(hours(-1), hours(24)), 0);
    }
}
