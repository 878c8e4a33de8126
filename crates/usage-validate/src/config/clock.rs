//! The instants that the rules on time compare with, worked out once for a run.

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{REFLECTED_AFTER, SETTLED_AFTER, retention_cutoff};

/// How long before the end of retention a record is worth a notice, unless a run says otherwise.
pub const EXPIRY_HORIZON: TimeDelta = TimeDelta::days(30);

/// How far a record may start after the fetch before that is strange: clocks are not exact.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The instants that the rules on time compare with.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub(crate) as_of: DateTime<Utc>,
    /// Before this, usage is past retention.
    pub(crate) cutoff: DateTime<Utc>,
    /// The cutoff when the expiry horizon has passed.
    pub(crate) cutoff_at_horizon: DateTime<Utc>,
    /// From this on, a start is in the future.
    pub(crate) future: DateTime<Utc>,
    reflected: DateTime<Utc>,
    settled: DateTime<Utc>,
}

impl Clock {
    /// The instants of data fetched at `as_of`, where records that expire within `horizon` are worth a notice.
    pub(crate) fn new(as_of: DateTime<Utc>, horizon: TimeDelta) -> Self {
        Self {
            as_of,
            cutoff: retention_cutoff(as_of),
            cutoff_at_horizon: retention_cutoff(later(as_of, horizon.max(TimeDelta::zero()))),
            future: later(as_of, CLOCK_TOLERANCE),
            reflected: earlier(as_of, REFLECTED_AFTER),
            settled: earlier(as_of, SETTLED_AFTER),
        }
    }

    /// Whether usage of a period that ends here is there at all, as far as is promised.
    pub(crate) fn is_reflected(&self, end: DateTime<Utc>) -> bool {
        end <= self.reflected
    }

    /// Whether usage of a period that ends here is complete, as far as is promised.
    pub(crate) fn is_settled(&self, end: DateTime<Utc>) -> bool {
        end <= self.settled
    }
}

/// Later by `delta`; the end of the calendar where that is beyond it.
pub(crate) fn later(instant: DateTime<Utc>, delta: TimeDelta) -> DateTime<Utc> {
    instant
        .checked_add_signed(delta)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn earlier(instant: DateTime<Utc>, delta: TimeDelta) -> DateTime<Utc> {
    instant
        .checked_sub_signed(delta)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}
