//! One world: an emulated account, a twin of it without faults that knows the truth, and an archive.

use std::{collections::BTreeMap, io::Write as _, num::NonZeroU32, pin::pin};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use futures_util::future::poll_fn;
use usage_archive::{
    Archive, Error, ErrorKind, Outcome, Selection, Series, Sims, Subset, SyncEvent, SyncOptions,
    SyncReport, SyncSims, sync,
};
use usage_emulator::{DepartedSims, EmptyPeriods, Emulator, EmulatorBuilder, EndOfWindow, Order};
use usage_model::{Granularity, SimSid, Window, retention_cutoff};

use crate::emulated::{at, client, sims, told};

/// How long a world lasts.
const LIFE: TimeDelta = TimeDelta::days(730);

/// How long a world lasts whose hours are read too: they are most of the time of a run.
const LIFE_OF_HOURS: TimeDelta = TimeDelta::days(100);

/// What happened in some worlds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    worlds: u64,
    syncs: u64,
    incomplete: u64,
    stopped: u64,
    killed: u64,
    refused: u64,
    requests: u64,
    readings: u64,
    superseded: u64,
    deleted: u64,
    departed: u64,
    revised: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.syncs += other.syncs;
        self.incomplete += other.incomplete;
        self.stopped += other.stopped;
        self.killed += other.killed;
        self.refused += other.refused;
        self.requests += other.requests;
        self.readings += other.readings;
        self.superseded += other.superseded;
        self.deleted += other.deleted;
        self.departed += other.departed;
        self.revised += other.revised;
    }

    /// Whether everything happened that a simulation is for.
    pub(crate) fn covers_everything(&self) -> bool {
        [
            self.incomplete,
            self.stopped,
            self.killed,
            self.refused,
            self.superseded,
            self.deleted,
            self.departed,
            self.revised,
        ]
        .iter()
        .all(|count| *count > 0)
    }

    pub(crate) fn print(&self) {
        let mut out = std::io::stderr();
        writeln!(out, "{self:?}").unwrap();
    }
}

/// Lives through a world.
pub(crate) fn live(seed: u64) -> Totals {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed);
        while world.emulator.now() < world.end {
            world.step().await;
        }
        world.check_end().await;
        world.totals
    })
}

/// Whose record it is, and when it starts.
type Key = (Option<SimSid>, Granularity, DateTime<Utc>);

/// The readings of a period: when each was seen first and last, and its text.
type History = Vec<(DateTime<Utc>, DateTime<Utc>, String)>;

struct World {
    rng: Rng,
    emulator: Emulator,
    /// The same world without faults in answers.
    twin: Emulator,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    folder: tempfile::TempDir,
    options: SyncOptions,
    /// What the archive should hold, from the twin's answers for the windows that were stored.
    expected: BTreeMap<Key, History>,
    totals: Totals,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let start = at("2025-03-01T00:00:00Z") + TimeDelta::minutes(rng.i64(0..1_440));
        let departed = *rng
            .choice(&[
                DepartedSims::Listed,
                DepartedSims::Unlisted,
                DepartedSims::Gone,
            ])
            .unwrap();
        let (sims, turnover) = (rng.u32(1..5), *rng.choice(&[0, 60, 100]).unwrap());
        let order = *rng
            .choice(&[Order::OldestFirst, Order::NewestFirst])
            .unwrap();
        let empty = *rng
            .choice(&[EmptyPeriods::Include, EmptyPeriods::Omit])
            .unwrap();
        let is_inclusive = rng.u8(0..4) == 0;
        let is_capped = !is_inclusive && rng.u8(0..4) == 0;
        let builder = || {
            let end = if is_inclusive {
                EndOfWindow::Inclusive
            } else {
                EndOfWindow::Exclusive
            };
            Emulator::builder()
                .seed(seed)
                .now(start)
                .sims(sims)
                .turnover(turnover)
                .departed_sims(departed)
                .order(order)
                .empty_periods(empty)
                .end_of_window(end)
        };
        let capped = |builder: EmulatorBuilder| {
            if is_capped {
                builder.fault("window-cap:31".parse().unwrap())
            } else {
                builder
            }
        };
        let mut options = SyncOptions::new(at("2031-01-01T00:00:00Z"), "simulation", "here");
        options.granularities = vec![Granularity::Daily];
        let mut life = LIFE;
        if rng.u8(0..4) == 0 {
            options.granularities.push(Granularity::Hourly);
            options.start = Some(start - TimeDelta::days(20));
            life = LIFE_OF_HOURS;
        }
        if rng.bool() {
            options.sims = SyncSims::All;
        }
        options.concurrency = NonZeroU32::new(rng.u32(1..5)).unwrap();
        Self {
            emulator: capped(builder()).build().unwrap(),
            twin: builder().build().unwrap(),
            start,
            end: start + life,
            folder: tempfile::tempdir().unwrap(),
            options,
            expected: BTreeMap::new(),
            totals: Totals {
                worlds: 1,
                ..Totals::default()
            },
            rng,
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("usage.db")
    }

    /// Some time passes, something may go wrong, and there is a sync.
    async fn step(&mut self) {
        let hours = match self.rng.u8(0..10) {
            0..=3 => self.rng.i64(1..14),
            4..=6 => self.rng.i64(12..60),
            7 => self.rng.i64(48..240),
            _ => self.rng.i64(240..1_440),
        };
        self.later(TimeDelta::hours(hours));
        if self.rng.u8(0..12) == 0 {
            self.revise();
        }
        let faults = self.break_something();
        match self.rng.u8(0..10) {
            0 => {
                let windows = self.rng.usize(1..4);
                self.sync_until(Until::Stopped(windows)).await;
            }
            1 => {
                let polls = self.rng.usize(1..60);
                self.sync_until(Until::Killed(polls)).await;
            }
            2 => self.second_process(),
            _ => self.sync_until(Until::Complete).await,
        }
        if faults {
            self.mend();
        }
    }

    fn later(&self, by: TimeDelta) {
        let now = self.emulator.advance(by.to_std().unwrap()).unwrap();
        self.twin.advance_to(now).unwrap();
    }

    /// The server changes a figure of some day that is long over.
    fn revise(&mut self) {
        let age = TimeDelta::days(self.rng.i64(1..40));
        let day = (self.emulator.now() - age).format("%Y-%m-%d");
        let fault = format!("revision:{day}:+{}", self.rng.u32(1..1_000));
        for emulator in [&self.emulator, &self.twin] {
            // A day without a record has nothing to revise.
            if emulator.add_fault(fault.parse().unwrap()).is_ok() {
                self.totals.revised += 1;
            }
        }
    }

    /// Adds faults in answers; returns whether there are any.
    fn break_something(&mut self) -> bool {
        const FAULTS: [&str; 10] = [
            "status:503@20%",
            "status:500@10%",
            "status:429@15%;retry-after=30",
            "cut@15%",
            "reset@10%",
            "expire-token@20%",
            "html@5%",
            "stall@5%",
            "status:503@2x200",
            "status:500@50%;on=sims",
        ];
        let count = match self.rng.u8(0..4) {
            0 => 1,
            1 => 2,
            _ => 0,
        };
        for _ in 0..count {
            let fault = self.rng.choice(&FAULTS).unwrap();
            self.emulator.add_fault(fault.parse().unwrap()).unwrap();
        }
        count > 0
    }

    /// Takes the faults in answers away, and leaves what was revised.
    fn mend(&self) {
        let revised: Vec<_> = self.twin.injected();
        let is_capped = self
            .emulator
            .requests()
            .iter()
            .flat_map(|request| &request.faults)
            .any(|fault| fault.to_string().starts_with("window-cap"));
        self.emulator.clear_faults();
        self.emulator.clear_requests();
        for injected in revised {
            // What is shown no longer can be revised no longer.
            let _: Result<(), _> = self.emulator.add_fault(injected.fault);
        }
        if is_capped {
            self.emulator
                .add_fault("window-cap:31".parse().unwrap())
                .unwrap();
        }
    }

    /// Another process wants to sync meanwhile.
    fn second_process(&mut self) {
        let held = Archive::open_for_sync(self.path(), "first").unwrap();
        let refused = Archive::open_for_sync(self.path(), "second").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Busy);
        self.totals.refused += 1;
        drop(held);
    }

    async fn sync_until(&mut self, until: Until) {
        let (mut archive, lock) = Archive::open_for_sync(self.path(), "simulation").unwrap();
        let now = self.emulator.now();
        let mut stored: Vec<(Series, Window)> = Vec::new();
        let report = run(
            &self.emulator,
            &mut archive,
            &self.options,
            until,
            &mut stored,
        )
        .await;
        self.totals.syncs += 1;
        match report {
            Some(report) => {
                self.totals.requests += report.requests;
                match report.outcome {
                    Outcome::Incomplete => self.totals.incomplete += 1,
                    Outcome::Interrupted => self.totals.stopped += 1,
                    _ => {}
                }
            }
            None => self.totals.killed += 1,
        }
        for (series, window) in stored {
            self.note(&series, window, now).await;
        }
        drop((archive, lock));
    }

    /// Notes what the archive learned from a window, as the twin has it.
    async fn note(&mut self, series: &Series, window: Window, now: DateTime<Utc>) {
        for (start, text) in told(&self.twin, series.sim, series.granularity, window).await {
            let history = self
                .expected
                .entry((series.sim, series.granularity, start))
                .or_default();
            match history.last_mut() {
                Some((_, seen, last)) if *last == text => *seen = now,
                _ => history.push((now, now, text)),
            }
        }
    }

    /// Compares everything with what it should be.
    async fn check_end(&mut self) {
        self.mend();
        // Enough for late usage to arrive, and for every period to be read until it is final.
        for hours in [1, 13, 200, 13] {
            self.later(TimeDelta::hours(hours));
            self.sync_until(Until::Complete).await;
        }
        let archive = Archive::open_read_only(self.path()).unwrap();
        archive.verify(Subset::ALL).unwrap();
        self.check_histories(&archive);
        self.check_as_known_on(&archive);
        self.check_truth().await;
        let cutoff = retention_cutoff(self.emulator.now());
        let deleted = self.expected.keys().filter(|(_, _, start)| *start < cutoff);
        self.totals.deleted += u64::try_from(deleted.count()).unwrap();
        let account = self.emulator.account_sid();
        let known = archive.known_sims(account.as_str()).unwrap();
        let departed = known.iter().filter(|sim| sim.left_at.is_some()).count();
        self.totals.departed += u64::try_from(departed).unwrap();
    }

    /// Every reading is there, none twice, and nothing else.
    fn check_histories(&mut self, archive: &Archive) {
        let mut selection = Selection::default();
        selection.sims = Sims::AccountAndAll;
        selection.history = true;
        let mut held: BTreeMap<Key, History> = BTreeMap::new();
        archive
            .visit::<Error>(&selection, |reading| {
                let series = reading.series;
                let start = reading.period.unwrap().start;
                let history = held
                    .entry((series.sim, series.granularity, start))
                    .or_default();
                let (first, last) = (reading.seen.first, reading.seen.last);
                // Two days old, and twice the same at least half a day apart.
                let is_final = last - reading.period.unwrap().end >= TimeDelta::hours(48)
                    && last - first >= TimeDelta::hours(12);
                assert_eq!(reading.seen.is_final(reading.period.unwrap()), is_final);
                history.push((first, last, reading.text));
                Ok(())
            })
            .unwrap();
        for (key, history) in &self.expected {
            assert_eq!(held.get(key), Some(history), "{key:?}");
            self.totals.readings += u64::try_from(history.len()).unwrap();
            self.totals.superseded += u64::try_from(history.len() - 1).unwrap();
        }
        assert_eq!(held.len(), self.expected.len());
    }

    /// At any time the archive knew what the server had said until then.
    fn check_as_known_on(&mut self, archive: &Archive) {
        for _ in 0..5 {
            let hours = (self.end - self.start).num_hours();
            let time = self.start + TimeDelta::hours(self.rng.i64(0..hours));
            let mut selection = Selection::default();
            selection.sims = Sims::AccountAndAll;
            selection.as_known_on = Some(time);
            let mut known: BTreeMap<Key, String> = BTreeMap::new();
            archive
                .visit::<Error>(&selection, |reading| {
                    let key = (
                        reading.series.sim,
                        reading.series.granularity,
                        reading.period.unwrap().start,
                    );
                    assert!(known.insert(key, reading.text).is_none(), "{key:?} twice");
                    Ok(())
                })
                .unwrap();
            let expected = self.expected.iter().filter_map(|(key, history)| {
                let mut until = history
                    .iter()
                    .rev()
                    .filter(|(fetched, ..)| *fetched <= time);
                until.next().map(|(.., text)| (*key, text.clone()))
            });
            assert_eq!(known, expected.collect(), "as known on {time}");
        }
    }

    /// All that the server has is held, with the figures that it has now.
    async fn check_truth(&mut self) {
        let now = self.emulator.now();
        let cutoff = retention_cutoff(now);
        let start = self.options.start.map_or(cutoff, |start| start.max(cutoff));
        // The youngest change from hour to hour, and a figure that was revised late waits for the 30-day reading.
        let window = Window::new(start, now).unwrap();
        let mut subjects = vec![None];
        if self.options.sims == SyncSims::All {
            subjects.extend(sims(&self.twin).await.into_iter().map(Some));
        }
        let revised: Vec<DateTime<Utc>> = self
            .twin
            .injected()
            .iter()
            .map(|fault| fault.start)
            .collect();
        for sim in subjects {
            for granularity in self.options.granularities.clone() {
                let truth = told(&self.twin, sim, granularity, window).await;
                for (period, text) in truth {
                    let history = self.expected.get(&(sim, granularity, period));
                    let last = history.and_then(|history| history.last());
                    let is_revised = revised.contains(&period);
                    let last = last.map(|(.., text)| text);
                    if is_revised {
                        assert!(last.is_some(), "{sim:?} {granularity} {period} is missing");
                    } else {
                        assert_eq!(last, Some(&text), "{sim:?} {granularity} {period}");
                    }
                }
            }
        }
    }
}

/// How a sync ends.
#[derive(Clone, Copy, Debug)]
enum Until {
    Complete,
    /// Stopped in order after some windows.
    Stopped(usize),
    /// Gone after it was polled some times.
    Killed(usize),
}

/// Syncs; `None` where the sync was killed.
async fn run(
    emulator: &Emulator,
    archive: &mut Archive,
    options: &SyncOptions,
    until: Until,
    stored: &mut Vec<(Series, Window)>,
) -> Option<SyncReport> {
    let client = client(emulator);
    let enough = tokio::sync::Notify::new();
    let mut observe = |event: SyncEvent<'_>| {
        if let SyncEvent::Read { series, window, .. } = event {
            stored.push((series.clone(), window));
            if matches!(until, Until::Stopped(windows) if stored.len() == windows) {
                enough.notify_one();
            }
        }
    };
    let mut sync = pin!(sync(
        archive,
        &client,
        options,
        &mut observe,
        enough.notified()
    ));
    let mut polls = 0;
    let report = poll_fn(|context| {
        polls += 1;
        if matches!(until, Until::Killed(after) if polls > after) {
            return std::task::Poll::Ready(None);
        }
        sync.as_mut().poll(context).map(Some)
    });
    report.await.map(Result::unwrap)
}
