//! Records without a place in time, and the gaps that they explain: those next to them in the list.

use crate::rules::coverage::intervals::Interval;

/// Records that stand between the same two records of a list are one run. Any further run explains no gap.
const MOST_RUNS: usize = 1 << 10;

/// The records of a list, or of one account and SIM in it, that have no place in time.
#[derive(Debug, Default)]
pub(super) struct Unplaced {
    /// The time of the last record that has a place.
    last: Option<Interval>,
    runs: Option<Box<Runs>>,
}

#[derive(Debug, Default)]
struct Runs {
    runs: Vec<Run>,
    /// Whether the last run still waits for the record after it.
    is_open: bool,
}

/// Records without a place that follow each other.
#[derive(Debug)]
struct Run {
    records: u64,
    /// The records before and after them that have a place.
    before: Option<Neighbour>,
    after: Option<Neighbour>,
}

/// A record with a place: its series and its time.
#[derive(Clone, Copy, Debug)]
struct Neighbour {
    series: u32,
    time: Interval,
}

/// A gap of a series, and which way that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenGap {
    pub(super) series: u32,
    pub(super) time: Interval,
    pub(super) is_newest_first: bool,
}

impl Unplaced {
    /// Takes note of a record that has a place.
    pub(super) fn pass(&mut self, series: u32, time: Interval) {
        self.last = Some(time);
        if let Some(runs) = self.runs.as_mut().filter(|runs| runs.is_open) {
            runs.is_open = false;
            if let Some(run) = runs.runs.last_mut() {
                run.after = Some(Neighbour { series, time });
            }
        }
    }

    /// Takes note of a record that has none, after one of a series.
    pub(super) fn add(&mut self, series: u32) {
        let before = self.last.map(|time| Neighbour { series, time });
        let runs = self.runs.get_or_insert_default();
        if let Some(run) = runs.runs.last_mut().filter(|_| runs.is_open) {
            run.records += 1;
        } else if runs.runs.len() < MOST_RUNS {
            runs.is_open = true;
            runs.runs.push(Run {
                records: 1,
                before,
                after: None,
            });
        }
    }

    /// How many records are left next to a gap.
    pub(super) fn beside(&self, gap: OpenGap) -> u64 {
        let runs = self.runs.iter().flat_map(|runs| &runs.runs);
        let beside = runs.filter(|run| run.is_beside(gap));
        beside.map(|run| run.records).sum()
    }

    /// Takes up to so many records next to a gap for what is missing there.
    pub(super) fn take(&mut self, gap: OpenGap, mut records: u64) {
        let runs = self.runs.iter_mut().flat_map(|runs| &mut runs.runs);
        for run in runs.filter(|run| run.is_beside(gap)) {
            let taken = run.records.min(records);
            run.records -= taken;
            records -= taken;
        }
    }
}

impl Run {
    /// Whether a gap begins or ends where the records stand.
    fn is_beside(&self, gap: OpenGap) -> bool {
        let (earlier, later) = if gap.is_newest_first {
            (self.after, self.before)
        } else {
            (self.before, self.after)
        };
        let is_own = |neighbour: &Neighbour| neighbour.series == gap.series;
        earlier
            .filter(is_own)
            .is_some_and(|it| it.time.end == gap.time.start)
            || later
                .filter(is_own)
                .is_some_and(|it| it.time.start == gap.time.end)
    }
}
