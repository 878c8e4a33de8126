//! One world: an emulated account that time passes for, what goes wrong in it, and its archive.

use std::{
    collections::BTreeSet,
    io::Write as _,
    num::NonZeroU32,
    path::Path,
    pin::pin,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use futures_util::future::poll_fn;
use usage_archive::{
    Archive, Error, ErrorKind, Outcome, Series, Subset, SyncEvent, SyncOptions, SyncReport,
    SyncSims, sync,
};
use usage_client::Client;
use usage_emulator::{DepartedSims, EmptyPeriods, Emulator, EmulatorBuilder, EndOfWindow, Order};
use usage_model::{Granularity, PageSize, Window};

use crate::{
    emulated::{at, client_with},
    truth::{Truth, texts},
};

/// How long a world lasts.
const LIFE: TimeDelta = TimeDelta::days(730);

/// How long a world lasts whose hours are read too: they are most of the time of a run.
const LIFE_OF_HOURS: TimeDelta = TimeDelta::days(60);

/// What happened in some worlds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    worlds: u64,
    syncs: u64,
    incomplete: u64,
    stopped: u64,
    killed: u64,
    refused: u64,
    moved: u64,
    full: u64,
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
        self.moved += other.moved;
        self.full += other.full;
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
            self.moved,
            self.full,
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

struct World {
    rng: Rng,
    emulator: Emulator,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    folder: tempfile::TempDir,
    options: SyncOptions,
    truth: Truth,
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
            start,
            end: start + life,
            folder: tempfile::tempdir().unwrap(),
            options,
            truth: Truth::new(builder().build().unwrap()),
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
                let polls = self.rng.usize(1..12);
                self.sync_until(Until::Killed(polls)).await;
            }
            2 => {
                let polls = self.rng.usize(1..6);
                let third = format!("{}/3", self.rng.u8(1..4)).parse().unwrap();
                self.sync_until(Until::Watched(polls, third)).await;
            }
            3 => {
                let pages = self.rng.u32(0..30);
                self.sync_until(Until::Full(pages)).await;
            }
            4 => self.sync_while_time_passes().await,
            _ => self.sync_until(Until::Complete).await,
        }
        if faults {
            self.mend();
        }
    }

    fn later(&self, by: TimeDelta) {
        let now = self.emulator.advance(by.to_std().unwrap()).unwrap();
        self.truth.twin.advance_to(now).unwrap();
    }

    /// The server changes a figure of some day that is long over.
    fn revise(&mut self) {
        let age = TimeDelta::days(self.rng.i64(1..40));
        let day = (self.emulator.now() - age).format("%Y-%m-%d");
        let fault = format!("revision:{day}:+{}", self.rng.u32(1..1_000));
        for emulator in [&self.emulator, &self.truth.twin] {
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
        let revised: Vec<_> = self.truth.twin.injected();
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

    async fn sync_until(&mut self, until: Until) {
        let client = client_with(&self.emulator, |_| {});
        for (series, window) in self.sync(&client, until).await {
            self.truth.note(&series, window).await;
        }
    }

    /// The server's clock goes on between the requests of a sync, so that lists change between two pages.
    async fn sync_while_time_passes(&mut self) {
        let said = Arc::new(Mutex::new(BTreeSet::new()));
        let heard = Arc::clone(&said);
        let client = client_with(&self.emulator, move |answered| {
            if answered.status == 200 && !answered.is_broken {
                heard.lock().unwrap().extend(texts(&answered.body));
            }
        });
        self.emulator
            .add_fault("advance:1h@40%".parse().unwrap())
            .unwrap();
        let page_size = self.options.page_size;
        self.options.page_size = PageSize::new(self.rng.u16(20..200)).unwrap();
        let stored = self.sync(&client, Until::Complete).await;
        self.options.page_size = page_size;
        self.mend();
        let now = self.emulator.now();
        let archive = Archive::open_read_only(self.path()).unwrap();
        let said = std::mem::take(&mut *said.lock().unwrap());
        self.totals.moved += u64::from(now > self.truth.twin.now() && stored.len() > 1);
        self.truth.note_moved(archive, &stored, &said, now).await;
        self.truth.twin.advance_to(now).unwrap();
    }

    /// Syncs; returns what was stored.
    async fn sync(&mut self, client: &Client, until: Until) -> Vec<(Series, Window)> {
        let (mut archive, lock) = Archive::open_for_sync(self.path(), "simulation").unwrap();
        if let Until::Full(pages) = until {
            archive.limit_growth(pages).unwrap();
        }
        let mut seen = Seen::default();
        let report = run(client, &mut archive, &self.options, until, &mut seen).await;
        self.totals.syncs += 1;
        match report {
            Some(Ok(report)) => {
                self.totals.requests += report.requests;
                match report.outcome {
                    Outcome::Incomplete => self.totals.incomplete += 1,
                    Outcome::Interrupted => self.totals.stopped += 1,
                    _ => {}
                }
            }
            Some(Err(error)) => {
                assert!(matches!(until, Until::Full(_)), "{error} {error:?}");
                assert_eq!(error.kind(), ErrorKind::DiskFull);
                self.totals.full += 1;
            }
            None => self.totals.killed += 1,
        }
        self.totals.refused += u64::from(seen.was_watched);
        drop((archive, lock));
        seen.stored
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
        let count = |number: usize| u64::try_from(number).unwrap();
        let (readings, superseded) = self.truth.check_histories(&archive);
        self.totals.readings += count(readings);
        self.totals.superseded += count(superseded);
        for _ in 0..5 {
            let hours = (self.end - self.start).num_hours();
            let time = self.start + TimeDelta::hours(self.rng.i64(0..hours));
            self.truth.check_as_known_on(&archive, time);
        }
        self.totals.deleted += count(self.truth.deleted());
        let account = self.emulator.account_sid();
        let known = archive.known_sims(account.as_str()).unwrap();
        let departed = known.iter().filter(|sim| sim.left_at.is_some()).count();
        self.totals.departed += count(departed);
        self.truth.check_now(archive, &self.options).await;
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
    /// Another process verifies a part and wants to sync too, after it was polled some times.
    Watched(usize, Subset),
    /// The disk takes only some more pages.
    Full(u32),
}

/// What was seen of a sync.
#[derive(Default)]
struct Seen {
    /// The windows that were stored.
    stored: Vec<(Series, Window)>,
    /// Whether another process looked on.
    was_watched: bool,
}

/// Syncs; `None` where the sync was killed.
async fn run(
    client: &Client,
    archive: &mut Archive,
    options: &SyncOptions,
    until: Until,
    seen: &mut Seen,
) -> Option<Result<SyncReport, Error>> {
    let path = archive.path().to_owned();
    let enough = tokio::sync::Notify::new();
    let mut observe = |event: SyncEvent<'_>| {
        if let SyncEvent::Read { series, window, .. } = event {
            seen.stored.push((series.clone(), window));
            if matches!(until, Until::Stopped(windows) if seen.stored.len() == windows) {
                enough.notify_one();
            }
        }
    };
    let mut sync = pin!(sync(
        archive,
        client,
        options,
        &mut observe,
        enough.notified()
    ));
    let mut polls = 0;
    let report = poll_fn(|context| {
        polls += 1;
        match until {
            Until::Killed(after) if polls > after => return std::task::Poll::Ready(None),
            Until::Watched(after, subset) if polls == after => {
                watch(&path, subset);
                seen.was_watched = true;
            }
            _ => {}
        }
        sync.as_mut().poll(context).map(Some)
    });
    report.await
}

/// Another process may read the archive while one syncs into it, and may not sync.
fn watch(path: &Path, subset: Subset) {
    let archive = Archive::open_read_only(path).unwrap();
    archive.verify(subset).unwrap();
    let refused = Archive::open_for_sync(path, "second").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Busy);
}
