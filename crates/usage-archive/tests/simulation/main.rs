//! Two years of an account and its archive, simulated: late data, faults, restarts, SIMs that come and go.
//!
//! Each seed is a world of its own, the same in every run. `cargo xtask simulate` runs many of them, and
//! `SIMULATION_SEEDS=17..18 cargo test …` one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test binary has no public interface, and fails where a helper fails"
)]

#[path = "../sync/emulated.rs"]
mod emulated;
mod truth;
mod world;

use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};

/// How many seeds run unless told otherwise.
const SEEDS: Range<u64> = 0..20;

/// The seeds to run, and with how many threads.
fn seeds() -> (Range<u64>, usize) {
    let Ok(text) = std::env::var("SIMULATION_SEEDS") else {
        return (
            SEEDS,
            std::thread::available_parallelism().map_or(1, usize::from),
        );
    };
    let bounds = text.split_once("..").unwrap();
    (bounds.0.parse().unwrap()..bounds.1.parse().unwrap(), 1)
}

#[test]
fn the_archive_is_what_the_server_said_whatever_happened_on_the_way() {
    let (seeds, jobs) = seeds();
    let next = AtomicU64::new(seeds.start);
    let totals = std::sync::Mutex::new(world::Totals::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let lived = std::panic::catch_unwind(|| world::live(seed));
                    let Ok(lived) = lived else {
                        next.store(seeds.end, Ordering::Relaxed);
                        panic!("seed {seed} failed; replay it with `cargo xtask simulate --seed {seed}`");
                    };
                    totals.lock().unwrap().add(lived);
                }
            });
        }
    });
    let totals = totals.into_inner().unwrap();
    // A simulation in which nothing happens proves nothing.
    assert!(
        totals.covers_everything() || seeds.end - seeds.start < 20,
        "{totals:?}"
    );
    if std::env::var_os("SIMULATION_SEEDS").is_some() {
        totals.print();
    }
}
