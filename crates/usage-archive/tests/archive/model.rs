//! The archive against a map: any interleaving of reads, late data, restarts and questions.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use usage_archive::{
    Archive, Error, Outcome, PlanOptions, RunId, Selection, State, Subset, WindowRead, plan,
};
use usage_model::{Granularity, Window};

use crate::support::{at, daily, day};

/// The days that records may be for, counted from 1 June 2026.
const DAYS: u32 = 12;

/// Readings of one period: when they were fetched first and last, and the figure.
type History = Vec<(DateTime<Utc>, DateTime<Utc>, u64)>;

/// What the server has, and what the archive should hold.
#[derive(Clone, Debug)]
struct World {
    now: DateTime<Utc>,
    server: BTreeMap<u32, u64>,
    held: BTreeMap<u32, History>,
    times: Vec<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
enum Step {
    /// Hours pass, and some days get other figures or vanish.
    Later {
        hours: i64,
        figures: Vec<(u32, Option<u64>)>,
    },
    /// The days from one to another are read in full.
    Read { from: u32, to: u32 },
    /// What is planned is read.
    Sync,
    /// The process ends and another opens the file.
    Restart,
    /// What was known at one of the times that something was read.
    AsKnownOn(proptest::sample::Index),
}

fn start(day: u32) -> DateTime<Utc> {
    at("2026-06-01T00:00:00Z") + TimeDelta::days(day.into())
}

impl World {
    fn read(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) {
        self.times.push(self.now);
        for (&day, &figure) in &self.server {
            if start(day) < from || start(day) >= to {
                continue;
            }
            let history = self.held.entry(day).or_default();
            match history.last_mut() {
                Some((_, last_seen, held)) if *held == figure => *last_seen = self.now,
                _ => history.push((self.now, self.now, figure)),
            }
        }
    }

    fn state(day: u32, history: &History) -> State {
        let age = |seen: DateTime<Utc>| seen - start(day + 1);
        let is_final = |(first, last, _): &(DateTime<Utc>, DateTime<Utc>, u64)| {
            age(*last) >= TimeDelta::hours(48) && *last - *first >= TimeDelta::hours(12)
        };
        let (current, before) = history.split_last().unwrap();
        if is_final(current) {
            State::Final
        } else if before.iter().any(is_final) {
            State::Reopened
        } else if age(current.1) < TimeDelta::zero() {
            State::Open
        } else if age(current.1) < TimeDelta::hours(24) {
            State::Provisional
        } else {
            State::Settling
        }
    }
}

impl ReferenceStateMachine for World {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        let world = Self {
            now: at("2026-06-02T00:00:00Z"),
            server: BTreeMap::new(),
            held: BTreeMap::new(),
            times: Vec::new(),
        };
        Just(world).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let figure = (0..DAYS, prop::option::weighted(0.9, 0..4_u64));
        let figures = prop::collection::vec(figure, 0..6);
        prop_oneof![
            3 => (1..40_i64, figures).prop_map(|(hours, figures)| Step::Later { hours, figures }),
            2 => (0..DAYS, 1..=DAYS).prop_map(|(from, length)| Step::Read { from, to: from + length }),
            3 => Just(Step::Sync),
            1 => Just(Step::Restart),
            1 => any::<proptest::sample::Index>().prop_map(Step::AsKnownOn),
        ]
        .boxed()
    }

    fn apply(mut world: Self, step: &Step) -> Self {
        match step {
            Step::Later { hours, figures } => {
                world.now += TimeDelta::hours(*hours);
                for &(day, figure) in figures {
                    match figure {
                        Some(figure) => drop(world.server.insert(day, figure)),
                        None => drop(world.server.remove(&day)),
                    }
                }
            }
            Step::Read { from, to } => world.read(start(*from), start(*to)),
            Step::Sync | Step::Restart | Step::AsKnownOn(_) => {}
        }
        world
    }
}

struct Real {
    folder: tempfile::TempDir,
    archive: Archive,
    run: RunId,
    /// The reference learns from the plan what a sync read.
    world: World,
}

impl Real {
    fn read(&mut self, window: Window) {
        let texts: Vec<String> = self
            .world
            .server
            .iter()
            .filter(|(day, _)| start(**day) >= window.start() && start(**day) < window.end())
            .map(|(&of, &figure)| day(&start(of).format("%Y-%m-%d").to_string(), figure))
            .collect();
        let series = daily();
        let read = WindowRead::new(&series, window, self.world.now, &texts);
        self.archive.append(self.run, &read).unwrap();
        self.world.read(window.start(), window.end());
    }

    fn known(&self, as_known_on: Option<DateTime<Utc>>) -> BTreeMap<String, String> {
        let mut selection = Selection::default();
        selection.as_known_on = as_known_on;
        let mut known = BTreeMap::new();
        let visit = |reading: usage_archive::Reading| {
            let period = reading.period.unwrap().to_string();
            assert!(known.insert(period, reading.text).is_none());
            Ok::<_, Error>(())
        };
        self.archive.visit(&selection, visit).unwrap();
        known
    }
}

/// What the reference says was known at a time.
fn expected(world: &World, time: DateTime<Utc>) -> BTreeMap<String, String> {
    let histories = world.held.iter();
    let known = histories.filter_map(|(&of, history)| {
        let (_, _, figure) = history.iter().rfind(|(first, _, _)| *first <= time)?;
        let date = start(of).format("%Y-%m-%d").to_string();
        let period = usage_archive::Bounds::new(start(of), start(of + 1));
        Some((period.to_string(), day(&date, *figure)))
    });
    known.collect()
}

impl StateMachineTest for Real {
    type SystemUnderTest = Self;
    type Reference = World;

    fn init_test(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Archive::open(folder.path().join("usage.db")).unwrap();
        let run = archive.begin_run("model", world.now).unwrap();
        Self {
            folder,
            archive,
            run,
            world: world.clone(),
        }
    }

    fn apply(mut real: Self, _: &World, step: Step) -> Self {
        match step {
            Step::Later { .. } => real.world = World::apply(real.world, &step),
            Step::Read { from, to } => {
                real.read(Window::new(start(from), start(to)).unwrap());
            }
            Step::Sync => {
                let mut options = PlanOptions::new(real.world.now);
                options.start = Some(start(0));
                let held = real.archive.held(&daily(), options.from()).unwrap();
                for planned in plan(&held, Granularity::Daily, &options) {
                    real.read(planned.window);
                }
            }
            Step::Restart => {
                let outcome = Outcome::Interrupted;
                real.archive
                    .finish_run(real.run, outcome, real.world.now, 0)
                    .unwrap();
                real.archive = Archive::open(real.folder.path().join("usage.db")).unwrap();
                real.run = real.archive.begin_run("model", real.world.now).unwrap();
            }
            Step::AsKnownOn(index) => {
                if !real.world.times.is_empty() {
                    let time = *index.get(&real.world.times);
                    assert_eq!(real.known(Some(time)), expected(&real.world, time));
                }
            }
        }
        assert_eq!(real.known(None), expected(&real.world, real.world.now));
        let readings: usize = real.world.held.values().map(Vec::len).sum();
        let verified = real.archive.verify(Subset::ALL).unwrap();
        assert_eq!(usize::try_from(verified.readings), Ok(readings));
        let mut states = BTreeMap::new();
        for (&day, history) in &real.world.held {
            *states.entry(World::state(day, history)).or_insert(0) += 1;
        }
        let status = real.archive.status(at("2026-06-30T00:00:00Z")).unwrap();
        let held = status.series.first().map(|series| series.periods.clone());
        assert_eq!(held.unwrap_or_default(), states);
        real
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_archive_agrees_with_a_map_after_every_step(sequential 1..30 => Real);
}
