//! A list of records: what follows what, what is there twice, and what is missing.
//!
//! The rules on lists see a record only as an [`Entry`], which can be made anywhere; the steps over entries are taken
//! in the order of the input, one after the other, and so come to the same end however the records were read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use usage_model::{AccountSid, Lenient, PageMeta, Position, SimSid, Window};

mod gaps;
mod late;
mod sides;

use late::{Late, LateAbout};

use super::{
    record::Entry,
    series::{Placed, Series, Shared, remembered},
    unplaced::Unplaced,
};
use crate::{
    config::{
        options::{Accounts, Policy},
        settings::Settings,
    },
    findings::{
        kept::{Kept, Source},
        reporter::Reporter,
    },
    rules::{
        accounts::{MIXED_ACCOUNT, is_redacted},
        coverage::{GAP, intervals::Interval},
        duplicates::memory::Memory,
        overall::Overall,
        pages::PagesSeen,
        window::WindowSeen,
    },
    summary::sides::{Side, Sides},
};

/// What is known of a list of records so far: a bounded amount for each account and SIM.
#[derive(Debug)]
pub(super) struct List {
    settings: Arc<Settings>,
    /// Accounts that were named, by which series are told apart.
    accounts: BTreeMap<Lenient<AccountSid>, u32>,
    /// The account of the list, where it is of one: the first that was named.
    own: Option<u32>,
    overall: Overall,
    series: Vec<Series>,
    index: BTreeMap<Key, u32>,
    /// The series of the last record, which nearly always is that of the next.
    latest: Option<Latest>,
    /// Records without a place in time that may be of any series.
    unplaced: Unplaced,
    /// The series of the last record with a place in time.
    last_placed: u32,
    memory: Memory,
    pages: PagesSeen,
    /// Gaps that are open, over all series.
    gaps: usize,
    /// What records add up to, by account and side.
    sides: Vec<Side>,
    side_index: BTreeMap<SideKey, usize>,
    /// Records so far.
    serial: u64,
}

/// Which series a record belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// `None` for a record that does not say, until the account of the list is known.
    account: Option<u32>,
    sim: Option<Lenient<SimSid>>,
}

/// Which records are added up together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SideKey {
    /// `None` for a record that does not say.
    account: Option<u32>,
    is_of_sims: bool,
}

/// The series of the last record.
#[derive(Debug)]
struct Latest {
    account: Option<Lenient<AccountSid>>,
    sim: Option<Lenient<SimSid>>,
    series: u32,
    /// The side that its records are added up on.
    side: usize,
    /// Records that followed, and are not yet among those of their account.
    followed: u64,
    /// How the trees of its records since it is the latest count international traffic, as far as they have any.
    votes: [Option<Policy>; 2],
}

impl Latest {
    /// Whether a record is of the same series.
    fn is_of(&self, entry: &Entry) -> bool {
        self.account == entry.record.account && self.sim == entry.record.sim
    }
}

impl List {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        let window = settings
            .window
            .map(|window| WindowSeen::new(window, settings.clock.as_of));
        Self {
            settings,
            accounts: BTreeMap::new(),
            own: None,
            overall: Overall {
                window,
                ..Overall::EMPTY
            },
            series: Vec::new(),
            index: BTreeMap::new(),
            latest: None,
            unplaced: Unplaced::default(),
            last_placed: 0,
            memory: Memory::default(),
            pages: PagesSeen::default(),
            gaps: 0,
            sides: Vec::new(),
            side_index: BTreeMap::new(),
            serial: 0,
        }
    }

    /// Checks the next record of the list.
    pub(super) fn record(&mut self, entry: &Entry, source: &Source, reporter: &mut Reporter) {
        if !self.settings.fast_paths || !self.follow(entry, source, reporter) {
            self.place(entry, source, reporter);
        }
    }

    /// Takes the next record of the list where it goes on where the last one ends. Says whether it does, in which case
    /// no rule has anything to find, and no record that was first by account, SIM and period is so no longer.
    fn follow(&mut self, entry: &Entry, source: &Source, reporter: &mut Reporter) -> bool {
        let (Some(latest), Some(time), false) = (&self.latest, entry.time(), entry.is_outside)
        else {
            return false;
        };
        let is_new =
            |(vote, before): (&Option<Policy>, &Option<Policy>)| vote.is_some() && vote != before;
        if !latest.is_of(entry) || entry.votes.iter().zip(&latest.votes).any(is_new) {
            return false;
        }
        let (number, side) = (latest.series, latest.side);
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let series = self.series.get_mut(at);
        if !series.is_some_and(|series| series.follow(time, &self.settings, reporter)) {
            return false;
        }
        self.serial += 1;
        if let Some(latest) = &mut self.latest {
            latest.followed += 1;
        }
        self.pass(number, time);
        self.widen(time);
        if let Some(side) = self.sides.get_mut(side) {
            side.add(&entry.top);
        }
        self.memory.push(remembered(number, time, entry), source);
        for (votes, vote) in self.overall.votes.iter_mut().zip(entry.votes) {
            if let Some(vote) = vote {
                votes.add(vote, |_| None);
            }
        }
        true
    }

    /// Counts the records that followed the latest one among those of their account, of which they are never the first.
    fn note_followed(&mut self, reporter: &mut Reporter) {
        let Some(latest) = &mut self.latest else {
            return;
        };
        let followed = std::mem::take(&mut latest.followed);
        if let (true, Some(account)) = (followed > 0, &latest.account)
            && is_to_note(account, &self.settings)
        {
            reporter.evaluated_times(&MIXED_ACCOUNT, followed);
            self.overall.accounts.note(account, followed, |_| None);
        }
    }

    /// Finds the place of the next record in the list, and checks it there.
    fn place(&mut self, entry: &Entry, source: &Source, reporter: &mut Reporter) {
        self.serial += 1;
        let serial = self.serial;
        let at = entry.subject(source);
        match entry.time() {
            // Left out of the rules on lists.
            Some(_) if entry.is_outside => self.add_up(entry),
            Some(time) => {
                let series = self.series_of(entry, true, reporter);
                self.pass(series, time);
                self.widen(time);
                let placed = Placed {
                    entry,
                    at: &at,
                    source,
                    time,
                    serial,
                    series,
                };
                let side = self.side_of(entry);
                if let Some((series, mut shared)) = self.shared(series, side) {
                    let reported = series.add(&placed, &mut shared, reporter);
                    self.note_gaps(&reported, reporter);
                }
            }
            None => {
                self.add_up(entry);
                self.unplaced(entry, true, reporter);
            }
        }
        // Whether a finding about the record was counted is known by now.
        if let Some(account) = &entry.record.account
            && is_to_note(account, &self.settings)
        {
            reporter.evaluated(&MIXED_ACCOUNT);
            self.overall.accounts.note(account, 1, |first| {
                entry.keep_if_before(first, source, serial, at.found.get())
            });
        }
        for (votes, vote) in self.overall.votes.iter_mut().zip(entry.votes) {
            if let Some(vote) = vote {
                votes.add(vote, |first| {
                    entry.keep_if_before(first, source, serial, at.found.get())
                });
            }
        }
        // Records outside the window are of no series; any other that is not of the latest one has no time.
        if let Some(latest) = self.latest.as_mut().filter(|_| !entry.is_outside) {
            for (vote, new) in latest.votes.iter_mut().zip(entry.votes) {
                *vote = new.or(*vote);
            }
        }
    }

    /// Takes note of a record that could not be read: at best it says which one it is.
    pub(super) fn malformed(&mut self, claim: &Kept, source: &Source, reporter: &mut Reporter) {
        self.serial += 1;
        let entry = Entry::of_claim(claim, &self.settings);
        let Some(time) = entry.time() else {
            return self.unplaced(&entry, false, reporter);
        };
        if entry.is_outside {
            return;
        }
        let series = self.series_of(&entry, false, reporter);
        let placed = Placed {
            entry: &entry,
            at: &entry.subject(source),
            source,
            time,
            serial: self.serial,
            series,
        };
        let at = usize::try_from(series).unwrap_or(usize::MAX);
        let (settings, gaps) = (&self.settings, &mut self.gaps);
        let known = self.series.get_mut(at);
        let reported = known.and_then(|series| series.claim(&placed, settings, gaps, reporter));
        match reported {
            Some(reported) => {
                self.note_gaps(&reported, reporter);
                self.pass(series, time);
                self.widen(time);
            }
            None => self.unplaced(&entry, false, reporter),
        }
    }

    /// Takes note that a gap beside these records was reported.
    fn note_gaps(&mut self, records: &[u64], reporter: &Reporter) {
        if records.is_empty() || !reporter.is_on(&GAP) {
            return;
        }
        for kept in self.overall.firsts() {
            kept.found |= records.contains(&kept.serial);
        }
    }

    /// Takes note that records reach so far.
    fn widen(&mut self, time: Interval) {
        if let Some(window) = &mut self.overall.window {
            window.hull = Some(window.hull.map_or(time, |hull| hull.hull(time)));
        }
    }

    /// Takes note that a record of a series has a place in time.
    fn pass(&mut self, series: u32, time: Interval) {
        self.unplaced.pass(series, time);
        self.last_placed = series;
        let at = usize::try_from(series).unwrap_or(usize::MAX);
        if let Some(of) = self.series.get_mut(at) {
            of.unplaced.pass(series, time);
        }
    }

    /// Takes note of a record without a place in time.
    fn unplaced(&mut self, entry: &Entry, is_read: bool, reporter: &mut Reporter) {
        if let Some(window) = &mut self.overall.window {
            window.unplaced += 1;
        }
        if self.settings.accounts == Accounts::One
            && entry.record.account.is_none()
            && entry.record.sim.is_none()
        {
            self.unplaced.add(self.last_placed);
            return;
        }
        let number = self.series_of(entry, is_read, reporter);
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(series) = self.series.get_mut(at) {
            series.unplaced.add(number);
        }
    }

    /// A series, and what it shares with the others; a side by its number.
    fn shared(&mut self, series: u32, side: usize) -> Option<(&mut Series, Shared<'_>)> {
        let at = usize::try_from(series).unwrap_or(usize::MAX);
        let shared = Shared {
            settings: &self.settings,
            memory: &mut self.memory,
            totals: self.sides.get_mut(side)?,
            gaps: &mut self.gaps,
        };
        Some((self.series.get_mut(at)?, shared))
    }

    /// The number of the account that a record names.
    fn named(&mut self, entry: &Entry) -> Option<u32> {
        let is_one = self.settings.accounts == Accounts::One;
        let account = entry.record.account.as_ref();
        account
            .filter(|account| !(is_one && is_redacted(account)))
            .map(|account| self.account_number(account))
    }

    /// The series that a record belongs to, which begins here if there was none.
    ///
    /// Where the list is of one account, a record whose account is absent, null or redacted is one of its own: nothing
    /// speaks against it.
    fn series_of(&mut self, entry: &Entry, is_read: bool, reporter: &mut Reporter) -> u32 {
        if let Some(latest) = self.latest.as_ref().filter(|latest| latest.is_of(entry)) {
            return latest.series;
        }
        let is_one = self.settings.accounts == Accounts::One;
        let named = self.named(entry);
        // What could not be read does not say whose the list is.
        if let (true, true, None, Some(own)) = (is_one, is_read, self.own, named) {
            self.own = named;
            self.adopt(own);
        }
        let key = Key {
            account: named.or(self.own),
            sim: entry.record.sim.clone(),
        };
        let next = u32::try_from(self.series.len()).unwrap_or(u32::MAX);
        let series = *self.index.entry(key).or_insert(next);
        if series == next {
            // Grown by a quarter, so that not half of the room for very many SIMs is left empty.
            if self.series.len() == self.series.capacity() {
                self.series.reserve_exact(self.series.len() / 4 + 16);
            }
            self.series.push(Series::default());
        }
        if is_read {
            self.note_followed(reporter);
            let side = self.side(SideKey {
                account: named.or(self.own),
                is_of_sims: entry.record.sim.is_some(),
            });
            self.latest = Some(Latest {
                account: entry.record.account.clone(),
                sim: entry.record.sim.clone(),
                series,
                side,
                followed: 0,
                votes: [None; 2],
            });
        }
        series
    }

    /// Gives the series that had no account so far to the account of the list.
    fn adopt(&mut self, own: u32) {
        let nameless: Vec<_> = self
            .index
            .iter()
            .filter(|(key, _)| key.account.is_none())
            .map(|(key, series)| (key.clone(), *series))
            .collect();
        for (key, series) in nameless {
            let owned = Key {
                account: Some(own),
                sim: key.sim.clone(),
            };
            if !self.index.contains_key(&owned) {
                self.index.remove(&key);
                self.index.insert(owned, series);
            }
        }
    }

    fn account_number(&mut self, account: &Lenient<AccountSid>) -> u32 {
        let next = u32::try_from(self.accounts.len()).unwrap_or(u32::MAX);
        *self.accounts.entry(account.clone()).or_insert(next)
    }

    /// Takes the envelope of the page whose records went before.
    pub(super) fn page(
        &mut self,
        meta: &PageMeta,
        source: &Source,
        position: Position,
        reporter: &mut Reporter,
    ) {
        self.pages.add(meta, source, position, reporter);
    }

    /// Takes note that the next page is the first of another list.
    pub(super) fn next_list(&mut self) {
        self.pages.next_list();
    }

    /// Takes note of a part of the list that could not be fetched.
    pub(super) fn missing(
        &mut self,
        window: Window,
        why: &str,
        source: &Source,
        reporter: &mut Reporter,
    ) {
        self.pages.missing(window, why, source, reporter);
    }

    /// Reports what is only known at the end: about the list, then about records by account, SIM and period.
    pub(super) fn finish(mut self, reporter: &mut Reporter) -> (Overall, Sides) {
        self.note_followed(reporter);
        let sides = self.sides();
        let mut late = self.gaps();
        let mut overall = self.overall;
        if reporter.is_on(&GAP) {
            let found: BTreeSet<_> = late.iter().map(|late| late.record.serial).collect();
            for kept in overall.firsts() {
                kept.found |= found.contains(&kept.serial);
            }
        }
        for rule in overall.evaluated() {
            reporter.evaluated(rule);
        }
        if let Some(window) = &overall.window {
            window.report(reporter);
        }
        self.pages.finish(reporter);
        late.extend(overall.about_records().map(|(record, about)| Late {
            record: record.clone(),
            about: LateAbout::Overall(about),
        }));
        late::report(late, &overall, reporter);
        (overall, sides)
    }
}

/// Whether the list has to be of one account, which this names.
fn is_to_note(account: &Lenient<AccountSid>, settings: &Settings) -> bool {
    settings.accounts == Accounts::One && !is_redacted(account)
}
