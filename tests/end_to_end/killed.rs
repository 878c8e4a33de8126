//! A sync that is killed at a random moment, two hundred times.

use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use usage_archive::{Archive, Subset};

use crate::archive::{Kept, lines};

/// How many archives are written to at a time, and how many syncs into each are killed.
const ARCHIVES: u64 = 4;
const KILLS: u64 = 50;

/// After so many kills an archive is begun anew, because a sync that finds nothing to read writes nothing.
const KILLS_OF_ONE: u64 = 10;

/// Days in windows of one day each, so that there are many transactions.
const SYNC: &str = "sync -q --granularity daily --start 2026-09-01 --max-window-days 1";

/// How long a sync takes that nobody kills.
fn duration_of(mut sync: Command) -> Duration {
    let begun = Instant::now();
    assert!(sync.stderr(Stdio::null()).status().unwrap().success());
    begun.elapsed()
}

#[test]
fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let kept = Kept::new("");
    let sync = |name: &str| {
        let path = kept.folder.path().join(name);
        let command = format!("{SYNC} --archive {}", path.display());
        (path, kept.emulator.command(&command))
    };
    let whole = duration_of(sync("whole.db").1);
    let expected = Archive::open(kept.folder.path().join("whole.db")).unwrap();
    let expected = expected.verify(Subset::ALL).unwrap().readings;
    let killed_while_writing = thread::scope(|scope| {
        let archives: Vec<_> = (0..ARCHIVES)
            .map(|number| {
                let (sync, seed) = (&sync, number * KILLS);
                scope.spawn(move || {
                    let mut readings_before = 0;
                    let mut killed_while_writing = 0;
                    for kill in 0..KILLS {
                        let name = format!("{number}-{}.db", kill / KILLS_OF_ONE);
                        let (path, mut sync) = sync(&name);
                        if kill % KILLS_OF_ONE == 0 {
                            readings_before = 0;
                        }
                        let mut child = sync.stderr(Stdio::null()).spawn().unwrap();
                        thread::sleep(random(seed + kill, whole));
                        child.kill().unwrap();
                        child.wait().unwrap();
                        // Nothing is there where it was killed before there was an archive.
                        if path.exists() {
                            let archive = Archive::open(&path).unwrap();
                            let readings = archive.verify(Subset::ALL).unwrap().readings;
                            assert!(readings >= readings_before, "{name} after kill {kill}");
                            let is_part = readings > readings_before && readings < expected;
                            killed_while_writing += u64::from(is_part);
                            readings_before = readings;
                        }
                    }
                    killed_while_writing
                })
            })
            .collect();
        let killed = archives.into_iter().map(|archive| archive.join().unwrap());
        killed.sum::<u64>()
    });
    // Otherwise the moments say nothing of how windows are stored.
    assert!(killed_while_writing > 10, "{killed_while_writing}");
    let fetched = kept
        .emulator
        .run("fetch --start 2026-09-01 --format ndjson");
    for number in 0..ARCHIVES {
        for of_one in 0..KILLS / KILLS_OF_ONE {
            let name = format!("{number}-{of_one}.db");
            assert!(sync(&name).1.status().unwrap().success(), "{name}");
            let path = kept.folder.path().join(&name).display().to_string();
            let exported = kept.on(&format!("export --archive {path} --format ndjson"));
            assert_eq!(lines(&exported), lines(&fetched), "{name}");
        }
    }
}

/// A time up to one and a half times another; the same for each number, well spread over numbers that follow.
fn random(number: u64, whole: Duration) -> Duration {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let thousandths = u32::try_from(mixed % 1_500).unwrap();
    whole * thousandths / 1_000
}
