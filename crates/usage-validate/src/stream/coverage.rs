//! Whether a list covers the window that was asked for.

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{REFLECTED_AFTER, Window};

use super::{holes::whole, late::Late, lengths::Lengths, strays::missing};
use crate::{
    catalogue::RuleId, config::clock::Clock, findings::draft::Draft, findings::outlet::Outlet,
    findings::text::instant,
};

/// From the earliest start to the furthest end of all records of a list.
#[derive(Debug, Default)]
pub(super) struct Coverage(Option<(DateTime<Utc>, DateTime<Utc>)>);

impl Coverage {
    pub(super) fn add(&mut self, start: DateTime<Utc>, end: DateTime<Utc>) {
        let (first, last) = self.0.unwrap_or((start, end));
        self.0 = Some((first.min(start), last.max(end)));
    }

    /// Checks the window itself (UR503), and that it is covered (UR502).
    pub(super) fn check(
        &self,
        window: Window,
        clock: &Clock,
        lengths: &Lengths,
        mut unplaced: u64,
        outlet: &mut Outlet,
    ) -> Vec<Late> {
        let mut late = Vec::new();
        outlet.tally.evaluated(RuleId::WINDOW_PAST_RETENTION, 1);
        if window.start() < clock.cutoff {
            late.push(Late::list(
                RuleId::WINDOW_PAST_RETENTION,
                past_retention(window, clock),
            ));
        }
        // What is past retention is no longer to be had, and the newest usage need not be there yet.
        let start = window.start().max(clock.cutoff);
        let end = window.end().min(clock.as_of);
        let end = end.checked_sub_signed(REFLECTED_AFTER).unwrap_or(end);
        if start >= end {
            return late;
        }
        outlet.tally.evaluated(RuleId::WINDOW_UNCOVERED, 1);
        let (first, last) = self.0.unwrap_or((end, end));
        for (from, to, edge) in [(start, first, "start"), (last, end, "end")] {
            let length = to - from;
            let bucket = lengths.bucket();
            if length <= TimeDelta::zero() {
                continue;
            }
            // Each record without a place in time stands for one bucket, and for one edge.
            let wanted = bucket.map_or(1, |bucket| missing(length, bucket));
            if let Some(left) = unplaced.checked_sub(wanted) {
                unplaced = left;
            } else {
                let draft = uncovered(window, from, to, bucket, edge);
                late.push(Late::list(RuleId::WINDOW_UNCOVERED, draft));
            }
        }
        late
    }
}

fn past_retention(window: Window, clock: &Clock) -> Draft {
    Draft::new(
        "",
        format!(
            "the requested window starts at {}, and usage is kept from {} on",
            instant(window.start()),
            instant(clock.cutoff)
        ),
    )
    .help("the API answers without what is older, and without an error")
}

fn uncovered(
    window: Window,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    bucket: Option<TimeDelta>,
    edge: &str,
) -> Draft {
    let missing = match bucket.map(|bucket| whole(to - from, bucket)) {
        None => String::new(),
        Some(0) => ", less than one bucket".to_owned(),
        Some(1) => ", 1 bucket".to_owned(),
        Some(buckets) => format!(", {buckets} buckets"),
    };
    Draft {
        identity: Some(edge.to_owned()),
        ..Draft::new(
            "",
            format!(
                "the {edge} of the requested window {window} is not covered: there is no record from {} to {}{missing}",
                instant(from),
                instant(to)
            ),
        )
    }
    .help("fetch that time again, and see that all pages are there")
}
