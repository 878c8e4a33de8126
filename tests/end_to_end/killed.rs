//! A sync that is killed two hundred times, each time after a number of answers.

use std::{process::Stdio, thread};

use serde_json::Value;
use usage_archive::{Archive, Subset};

use crate::archive::{Kept, lines};

/// How many archives are written to at a time.
const AT_A_TIME: u64 = 4;

/// How many archives are written to in turn.
const ONE_AFTER_THE_OTHER: u64 = 5;

/// How many syncs into an archive are killed; one that finds nothing to read would write nothing.
const KILLS: u64 = 10;

/// A sync is killed after so many answers at most: of ten syncs, most have something left to read.
const MOST_ANSWERS: u64 = 16;

/// Days in windows of one day each, so that there are many transactions.
const SYNC: &str = "sync -q --granularity daily --start 2026-09-01 --max-window-days 1";

fn readings(kept: &Kept) -> u64 {
    let archive = Archive::open(kept.path()).unwrap();
    archive.verify(Subset::ALL).unwrap().readings
}

/// Begins a sync, and kills it once the emulator has answered it so many times; it may end before.
fn kill_after(kept: &Kept, answers: usize) {
    let before = kept.emulator.requests();
    let command = format!("{SYNC} --archive {}", kept.path().display());
    let mut sync = kept.emulator.command(&command);
    let mut child = sync.stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none()
        && kept.emulator.requests() < before.saturating_add(answers)
    {}
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills syncs into one archive, and lets the last one end. Returns how many left a part of what there is.
fn kill_syncs_of(number: u64, expected: u64, fetched: &[Value]) -> u64 {
    let kept = Kept::new("");
    let mut before = 0;
    let mut partly = 0;
    for kill in 0..KILLS {
        let answers = random(number * KILLS + kill) % MOST_ANSWERS + 1;
        kill_after(&kept, usize::try_from(answers).unwrap());
        // Nothing is there where it was killed before there was an archive.
        if kept.path().exists() {
            let after = readings(&kept);
            assert!(after >= before, "archive {number} after kill {kill}");
            partly += u64::from(after > before && after < expected);
            before = after;
        }
    }
    let whole = kept
        .emulator
        .run(&format!("{SYNC} --archive {}", kept.path().display()));
    assert_eq!(whole.code, 0, "archive {number}: {whole:?}");
    let exported = kept.on("export --format ndjson");
    assert_eq!(lines(&exported), fetched, "archive {number}");
    partly
}

#[test]
fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let kept = Kept::new("");
    let fetched = kept
        .emulator
        .run("fetch --start 2026-09-01 --format ndjson");
    let fetched = lines(&fetched);
    let expected = u64::try_from(fetched.len()).unwrap();
    let partly: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_A_TIME)
            .map(|thread| {
                let numbers = thread * ONE_AFTER_THE_OTHER..(thread + 1) * ONE_AFTER_THE_OTHER;
                let fetched = &fetched;
                scope.spawn(move || {
                    let partly = numbers.map(|number| kill_syncs_of(number, expected, fetched));
                    partly.sum::<u64>()
                })
            })
            .collect();
        threads.into_iter().map(|one| one.join().unwrap()).sum()
    });
    // Otherwise the kills say nothing of how windows are stored.
    assert!(partly > 0);
}

/// A number that is the same for each number, well spread over numbers that follow.
fn random(number: u64) -> u64 {
    number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}
