//! The records of one account and SIM.

use chrono::TimeDelta;

use super::{record::Entry, unplaced::Unplaced};
use crate::{
    config::settings::Settings,
    findings::{
        kept::{Kept, Source},
        reporter::Reporter,
        subject::{RecordRef, Subject},
    },
    rules::{
        coverage::{Coverage, GAP, OVERLAP, intervals::Interval, report_overlap},
        duplicates::{
            self, DUPLICATE_CONFLICTING, DUPLICATE_IDENTICAL,
            memory::{Memory, Remembered},
        },
        length::{Length, MIXED_GRANULARITY},
        order::{OUT_OF_ORDER, Order},
    },
    summary::sides::Side,
};

/// What is known of the records of one account and SIM so far.
///
/// Lists are in order, as a rule, and then this is all that a series takes: some hundred bytes.
#[derive(Debug, Default)]
pub(super) struct Series {
    coverage: Option<Coverage>,
    order: Option<Order>,
    length: Length,
    /// Records without a place in time.
    pub(super) unplaced: Unplaced,
}

/// A record with a place in a series.
pub(super) struct Placed<'a> {
    pub(super) entry: &'a Entry,
    pub(super) at: &'a RecordRef<'a>,
    pub(super) source: &'a Source,
    pub(super) time: Interval,
    /// The number of the record in the run.
    pub(super) serial: u64,
    pub(super) series: u32,
}

/// What all series of a list share.
pub(super) struct Shared<'a> {
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a mut Memory,
    /// What the records of the account, or those of its SIMs, add up to.
    pub(super) totals: &'a mut Side,
    /// Gaps that are open, over all series.
    pub(super) gaps: &'a mut usize,
}

impl Placed<'_> {
    fn keep(&self) -> Kept {
        self.entry
            .keep(self.source, self.serial, self.at.found.get())
    }

    fn remembered(&self) -> Remembered {
        remembered(self.series, self.time, self.entry)
    }
}

/// What is remembered of a record.
pub(super) const fn remembered(series: u32, time: Interval, entry: &Entry) -> Remembered {
    Remembered {
        series,
        time,
        figures: entry.figures,
        counted: entry.top,
        record: entry.record.number(),
    }
}

impl Series {
    /// Whether records run from new to old.
    pub(super) fn is_newest_first(&self) -> bool {
        self.order.is_some_and(Order::is_newest_first)
    }

    /// How long a record is, where that is known.
    pub(super) fn bucket(&self, settings: &Settings) -> Option<TimeDelta> {
        self.length.bucket(settings)
    }

    /// Takes the next record where it starts at the end of all before it and is as long as they are, in a series that
    /// runs from old to new and has no gap. Says whether that is so: then it breaks no rule on lists.
    pub(super) fn follow(
        &mut self,
        time: Interval,
        settings: &Settings,
        reporter: &mut Reporter,
    ) -> bool {
        let (Some(coverage), Some(order)) = (&mut self.coverage, &mut self.order) else {
            return false;
        };
        if !coverage.ends_at(time.start)
            || !self.length.is_usual(time, settings)
            || !order.follow(time.start)
        {
            return false;
        }
        coverage.extend(time.end);
        for rule in [
            &MIXED_GRANULARITY,
            &DUPLICATE_IDENTICAL,
            &DUPLICATE_CONFLICTING,
            &GAP,
            &OUT_OF_ORDER,
            &OVERLAP,
        ] {
            reporter.evaluated(rule);
        }
        true
    }

    /// Checks the next record of the series (UR401 to UR405, UR407). Returns the numbers of the records that gaps were
    /// reported of early.
    pub(super) fn add(
        &mut self,
        record: &Placed<'_>,
        shared: &mut Shared<'_>,
        reporter: &mut Reporter,
    ) -> Vec<u64> {
        let time = record.time;
        let subject = Subject::Record(record.at);
        self.length.check(time, shared.settings, subject, reporter);
        let bucket = self.length.bucket(shared.settings).unwrap_or(time.length());
        let Some(order) = &mut self.order else {
            // The first record that could be read, which follows none.
            self.order = Some(Order::new(time.start));
            shared.totals.add(&record.entry.top);
            shared.memory.push(record.remembered(), record.source);
            let Some(claimed) = &mut self.coverage else {
                self.coverage = Some(Coverage::new(time));
                return Vec::new();
            };
            return cover(claimed, record, bucket, shared.gaps, reporter);
        };
        let coverage = self.coverage.get_or_insert_with(|| Coverage::new(time));
        for rule in [
            &DUPLICATE_IDENTICAL,
            &DUPLICATE_CONFLICTING,
            &GAP,
            &OUT_OF_ORDER,
        ] {
            reporter.evaluated(rule);
        }
        let is_known = coverage.is_known(time);
        if is_known {
            reporter.evaluated(&OVERLAP);
        }
        let span = coverage.span();
        if span.meets(time)
            && let Some((earlier, source)) = shared.memory.find(record.series, time)
        {
            duplicates::report(earlier, source, &record.entry.figures, subject, reporter);
            shared.totals.replace(&earlier.counted, &record.entry.top);
            earlier.counted = record.entry.top;
            return Vec::new();
        }
        shared.totals.add(&record.entry.top);
        if is_known && coverage.is_taken(time) {
            report_overlap(time, span, shared.memory.has_lost(), subject, reporter);
            order.pass(time.start);
        } else {
            order.check(time.start, subject, reporter);
        }
        shared.memory.push(record.remembered(), record.source);
        cover(coverage, record, bucket, shared.gaps, reporter)
    }

    /// Takes note of a record that could not be read, and names its time. Returns the numbers of the records that gaps
    /// were reported of early, or `None` if the record has no place.
    pub(super) fn claim(
        &mut self,
        record: &Placed<'_>,
        settings: &Settings,
        gaps: &mut usize,
        reporter: &mut Reporter,
    ) -> Option<Vec<u64>> {
        // What could not be read may have its time wrong as well: only one as long as the others is taken for what
        // it says.
        let length = record.time.length();
        if self.bucket(settings) != Some(length) {
            return None;
        }
        let coverage = self
            .coverage
            .get_or_insert_with(|| Coverage::of_claim(record.time));
        let before = coverage.gaps();
        if !coverage.claim(record.time, || record.keep()) {
            return None;
        }
        *gaps = *gaps + coverage.gaps() - before;
        Some(report_early(coverage, record, length, gaps, reporter))
    }

    /// The gaps, in order, each with the record that came last of those beside it.
    pub(super) fn into_gaps(self) -> impl Iterator<Item = (Interval, Kept)> {
        self.coverage.into_iter().flat_map(Coverage::into_gaps)
    }
}

fn cover(
    coverage: &mut Coverage,
    record: &Placed<'_>,
    bucket: TimeDelta,
    gaps: &mut usize,
    reporter: &mut Reporter,
) -> Vec<u64> {
    let before = coverage.gaps();
    coverage.add(record.time, || record.keep());
    *gaps = *gaps + coverage.gaps() - before;
    let reported = report_early(coverage, record, bucket, gaps, reporter);
    if reported.contains(&record.serial) {
        record.at.found.set(true);
    }
    reported
}

/// Reports gaps before the end where there are too many, which are open no longer. Returns the numbers of the records
/// that they were reported of.
fn report_early(
    coverage: &mut Coverage,
    record: &Placed<'_>,
    bucket: TimeDelta,
    gaps: &mut usize,
    reporter: &mut Reporter,
) -> Vec<u64> {
    let open = coverage.gaps();
    let reported = coverage.report_early(*gaps, record.time, bucket, reporter);
    *gaps = *gaps + coverage.gaps() - open;
    reported
}
