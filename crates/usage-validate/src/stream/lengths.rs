//! How long the periods of a list are.

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Window};

use super::voice::Voice;
use crate::{catalogue::RuleId, findings::draft::Draft, findings::text::instant};

/// How long the periods of a list are, as far as was seen.
#[derive(Debug)]
pub(super) struct Lengths {
    granularity: Option<Granularity>,
    window: Option<Window>,
    /// The length of the first record.
    usual: Option<TimeDelta>,
    /// Whether an edge of the window may have clipped that record.
    may_grow: bool,
    /// The other length that was reported last.
    reported: Option<TimeDelta>,
}

impl Lengths {
    pub(super) const fn new(granularity: Option<Granularity>, window: Option<Window>) -> Self {
        Self {
            granularity,
            window,
            usual: None,
            may_grow: false,
            reported: None,
        }
    }

    /// How long a bucket is: what was asked for, or what the list has; `None` where neither is known.
    pub(super) fn bucket(&self) -> Option<TimeDelta> {
        self.granularity
            .and_then(Granularity::bucket)
            .or(self.usual)
    }

    /// Checks that a record is as long as the others (UR407), where the length is not the one reported last.
    pub(super) fn check(
        &mut self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        voice: &mut Voice<'_>,
    ) {
        if self.granularity == Some(Granularity::All) {
            return;
        }
        let length = end - start;
        let may_be_clipped = self
            .window
            .is_some_and(|window| window.start() == start || window.end() == end);
        let Some(usual) = self.usual else {
            self.usual = Some(length);
            self.may_grow = may_be_clipped;
            return;
        };
        voice.evaluated(RuleId::MIXED_GRANULARITY);
        if self.may_grow && length > usual {
            self.usual = Some(length);
            self.may_grow = false;
            return;
        }
        let is_clipped = may_be_clipped && length < usual;
        if length == usual || is_clipped || self.reported == Some(length) {
            return;
        }
        self.reported = Some(length);
        voice.report(RuleId::MIXED_GRANULARITY, || {
            Draft::new(
                super::PERIOD,
                format!(
                    "the period {} to {} is {} long, those before it {}",
                    instant(start),
                    instant(end),
                    spoken(length),
                    spoken(usual)
                ),
            )
            .help("check records of different granularities one list at a time; further records of this length are not named")
        });
    }
}

/// A length of time in the largest unit that has no fraction.
fn spoken(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    if length.subsec_nanos() != 0 {
        return format!("{} ms", length.num_milliseconds());
    }
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds % unit == 0 {
            return format!("{} {name}", seconds / unit);
        }
    }
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_spoken_in_whole_units() {
        for (seconds, text) in [
            (86_400, "1 d"),
            (90_000, "25 h"),
            (5_400, "90 min"),
            (61, "61 s"),
        ] {
            assert_eq!(spoken(TimeDelta::seconds(seconds)), text);
        }
        assert_eq!(spoken(TimeDelta::milliseconds(1_500)), "1500 ms");
    }
}
