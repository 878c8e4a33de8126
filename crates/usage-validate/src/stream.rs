//! The rules on lists of records: what follows what, what is there twice, and what is missing.
//!
//! They see a record only as a [`Digest`], which can be made anywhere; the steps over digests are taken in
//! the order of the input, one after the other, and so come to the same end however the records were read.

mod accounts;
mod coverage;
mod digest;
mod holes;
mod late;
mod lengths;
mod marks;
mod memory;
mod pages;
mod readings;
mod series;
mod strays;
mod voice;

use std::collections::BTreeMap;

use usage_model::{Kind, PageMeta, Window};

use crate::{
    Config, Finding, config::clock::Clock, findings::outlet::Outlet, findings::spot::Spot,
};

pub(crate) use digest::Digest;
pub(crate) use marks::Marks;
pub(crate) use pages::essence;
pub(crate) use voice::Source;

use accounts::{Owners, Whose};
use coverage::Coverage;
use holes::{FEW_HOLES, MOST_HOLES};
use late::Late;
use lengths::Lengths;
use pages::Pages;
use readings::Readings;
use series::{Placed, Series};
use strays::Strays;
use voice::Voice;

/// Where findings of the rules on lists of records stand.
const PERIOD: &str = "/period";

/// Records whose figures are remembered, over all series.
const MOST_REMEMBERED: usize = 1 << 15;

/// Holes that are open, over all series, before each series may have only a few.
const MANY_HOLES: usize = 1 << 14;

/// What is known of a list of records so far: a bounded amount for each account and SIM.
#[derive(Debug)]
pub(crate) struct Stream {
    clock: Clock,
    window: Option<Window>,
    owners: Owners,
    lengths: Lengths,
    coverage: Coverage,
    series: Vec<Series>,
    /// Where the series of an account and SIM stands.
    index: BTreeMap<Whose, usize>,
    /// The series of the last record, which nearly always is that of the next.
    latest: Option<(Whose, usize)>,
    /// Records that name no time, or could not be read.
    unplaced: u64,
    strays: Strays,
    remembered: usize,
    holes: usize,
    readings: [Readings; 2],
    pages: Pages,
    /// Records so far.
    serial: u64,
}

impl Stream {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            clock: Clock::new(config),
            window: config.window,
            owners: Owners::new(config.accounts),
            lengths: Lengths::new(config.granularity, config.window),
            coverage: Coverage::default(),
            series: Vec::new(),
            index: BTreeMap::new(),
            latest: None,
            unplaced: 0,
            strays: Strays::default(),
            remembered: 0,
            holes: 0,
            readings: [Readings::default(), Readings::default()],
            pages: Pages::default(),
            serial: 0,
        }
    }

    /// Checks the next record of the list.
    pub(crate) fn step(
        &mut self,
        digest: &Digest,
        source: &Source,
        outlet: &mut Outlet,
        sink: &mut dyn FnMut(Finding),
    ) {
        self.serial += 1;
        let mut voice = Voice {
            spot: &digest.spot,
            source,
            found: digest.found,
            outlet,
            sink,
        };
        let is_read = digest.marks.is_some();
        if is_read {
            self.owners.check(&mut voice);
        }
        match digest.bounds {
            Some(_) if digest.outside => {}
            // What could not be read may have its time wrong as well: only a bucket like the others is taken for
            // what it says.
            Some((start, end)) if !is_read && self.lengths.bucket() != Some(end - start) => {
                self.unplaced(&digest.spot);
            }
            Some((start, end)) => {
                if is_read {
                    self.lengths.check(start, end, &mut voice);
                }
                self.coverage.add(start, end);
                let record = Placed {
                    start,
                    end,
                    marks: digest.marks.as_ref(),
                    serial: self.serial,
                    bucket: self.lengths.bucket().unwrap_or(end - start),
                    most_holes: if self.holes < MANY_HOLES {
                        MOST_HOLES
                    } else {
                        FEW_HOLES
                    },
                };
                self.place(&record, &mut voice);
            }
            None => self.unplaced(&digest.spot),
        }
        let found = voice.found;
        for (readings, reading) in self.readings.iter_mut().zip(digest.readings) {
            if let Some(reading) = reading {
                readings.add(reading, &digest.spot, source, self.serial, found);
            }
        }
        if found && !digest.found {
            outlet.tally.with_findings += 1;
        }
    }

    /// Counts a record without a place in time, for its series where that is known.
    fn unplaced(&mut self, spot: &Spot) {
        self.unplaced += 1;
        let whose = self.owners.whose(spot);
        let series = self
            .index
            .get(&whose)
            .and_then(|at| self.series.get_mut(*at));
        match series {
            Some(series) => series.unplaced(),
            // Nothing came before it of a SIM that was not met yet.
            None if spot.sim.is_some() => {}
            None => self.strays.add(),
        }
    }

    /// Gives a record its place in its series.
    fn place(&mut self, record: &Placed<'_>, voice: &mut Voice<'_>) {
        let whose = self.owners.whose(voice.spot);
        let known = match &self.latest {
            Some((latest, at)) if *latest == whose => Some(*at),
            _ => self.index.get(&whose).copied(),
        };
        let at = known.unwrap_or(self.series.len());
        if let Some(series) = self.series.get_mut(at) {
            let before = series.size();
            let holes = series.holes.len();
            series.step(record, &mut self.strays, voice);
            self.holes = self.holes + series.holes.len() - holes;
            if self.remembered >= MOST_REMEMBERED && series.size() > before.max(1) {
                series.shrink();
            }
            self.remembered = self.remembered + series.size() - before;
        } else {
            let series = Series::new(record, &self.strays, voice);
            self.remembered += series.size();
            self.series.push(series);
            self.index.insert(whose.clone(), at);
        }
        self.latest = Some((whose, at));
    }

    /// Checks the envelope of the page whose records went before.
    pub(crate) fn page(
        &mut self,
        meta: &PageMeta,
        source: &Source,
        outlet: &mut Outlet,
        sink: &mut dyn FnMut(Finding),
    ) {
        self.pages.step(meta, source, outlet, sink);
    }

    /// Takes note of a part of the list that could not be fetched.
    pub(crate) fn missing(
        &mut self,
        window: Window,
        why: &str,
        source: &Source,
        outlet: &mut Outlet,
        sink: &mut dyn FnMut(Finding),
    ) {
        self.pages.missing(window, why, source, outlet, sink);
    }

    /// Reports what is only known at the end.
    pub(crate) fn finish(self, outlet: &mut Outlet, sink: &mut dyn FnMut(Finding)) {
        let mut late = Vec::new();
        if let Some(window) = self.window {
            let (clock, lengths) = (&self.clock, &self.lengths);
            late = self
                .coverage
                .check(window, clock, lengths, self.unplaced, outlet);
        }
        late.extend(self.pages.finish());
        for (readings, kind) in self.readings.into_iter().zip([Kind::Commands, Kind::Data]) {
            late.extend(readings.finish(kind));
        }
        let holes = self.series.into_iter().flat_map(|series| series.holes);
        late.extend(holes.map(Late::hole));
        late::report(late, outlet, sink);
    }
}
