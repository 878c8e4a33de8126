//! A sync that is cut off at every point: killed, out of power, out of space, with a disk that fails.
//!
//! The sync runs in a process of its own under `strace`, which records every operation on its files. Each prefix of
//! them is put on disk as a kill leaves it, and twice as a power cut may: what was synced is there, of the rest a
//! random part. Each state has to open, verify, hold exactly its committed windows, and be completed by a further
//! sync. `cargo xtask crash` runs it in release. Where there is no `strace`, it says so and passes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test binary has no public interface, and fails where a helper fails"
)]

mod disk;
#[path = "../sync/emulated.rs"]
#[expect(dead_code, reason = "the SIMs that it lists are for other tests")]
mod emulated;
mod trace;

use std::{
    collections::BTreeSet,
    io::Write as _,
    num::NonZeroU32,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use fastrand::Rng;
use usage_archive::{Archive, Error, Selection, Subset, SyncEvent, SyncOptions, sync};
use usage_emulator::Emulator;
use usage_model::{Granularity, Window};

use disk::{Disk, Loss};
use emulated::{at, client, told};
use trace::{Operation, trace};

const NOW: &str = "2026-11-20T06:30:00Z";
const START: &str = "2026-05-25T00:00:00Z";

/// The variable that tells the process that is traced where its archive is.
const ROLE: &str = "CRASH_ARCHIVE";

/// The file that the traced process writes a byte to for each window that was stored.
const PROGRESS: &str = "progress";

fn emulator() -> Emulator {
    let builder = Emulator::builder().seed(3).sims(4).now(at(NOW));
    builder.build().unwrap()
}

fn options() -> SyncOptions {
    let mut options = SyncOptions::new(at(NOW), "crash", "here");
    options.granularities = vec![Granularity::Daily];
    options.start = Some(at(START));
    options.max_days = NonZeroU32::new(8);
    options.concurrency = NonZeroU32::MIN;
    options
}

/// Syncs, and writes a byte for each window that was stored.
fn sync_into(path: &Path) -> Result<u64, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let mut progress = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path.with_file_name(PROGRESS))
        .unwrap();
    let (mut archive, _lock) = Archive::open_for_sync(path, "crash")?;
    let mut observe = |event: SyncEvent<'_>| {
        if matches!(event, SyncEvent::Read { .. }) {
            progress.write_all(b".").unwrap();
        }
    };
    let client = client(&emulator());
    let never = std::future::pending();
    let report = runtime.block_on(sync(&mut archive, &client, &options(), &mut observe, never))?;
    Ok(report.windows)
}

/// The part of the process that is traced; in a run of the tests there is nothing to do.
#[test]
fn traced() {
    let Some(path) = std::env::var_os(ROLE) else {
        return;
    };
    if let Err(error) = sync_into(Path::new(&path)) {
        let mut err = std::io::stderr();
        writeln!(err, "{error} {error:?}").unwrap();
        std::process::exit(3);
    }
}

/// Runs the sync under `strace`; returns its exit code.
fn under_strace(path: &Path, arguments: &[&str]) -> Option<i32> {
    let output = Command::new("strace")
        .args(["-f", "-qq"])
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "traced", "--nocapture", "--test-threads", "1"])
        .env(ROLE, path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    output.ok().map(|status| status.code().unwrap_or(-1))
}

/// Whether all is tested, as `cargo xtask crash` does, and not a part as in every run of the tests.
fn is_whole() -> bool {
    std::env::var_os("CRASH_ALL").is_some()
}

fn tell(text: &str) {
    let mut err = std::io::stderr();
    writeln!(err, "{text}").unwrap();
}

fn has_strace() -> bool {
    let version = Command::new("strace").arg("-V").output();
    if version.is_ok() {
        return true;
    }
    tell("there is no strace: nothing was tested");
    false
}

/// A folder in memory, where there is one.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// What a complete archive holds.
fn truth() -> BTreeSet<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let window = Window::new(at(START), at(NOW)).unwrap();
    let told = runtime.block_on(told(&emulator(), None, Granularity::Daily, window));
    told.into_iter().map(|(_, text)| text).collect()
}

/// Checks an archive that something happened to while `stored` windows were acknowledged, then completes it.
fn check(path: &Path, stored: usize, truth: &BTreeSet<String>) {
    if path.exists() {
        let archive = Archive::open(path).unwrap();
        archive.verify(Subset::ALL).unwrap();
        let mut held = BTreeSet::new();
        archive
            .visit::<Error>(&Selection::default(), |reading| {
                assert!(held.insert(reading.text), "twice");
                Ok(())
            })
            .unwrap();
        let windows: Vec<Window> = archive
            .series()
            .unwrap()
            .iter()
            .flat_map(|series| archive.held(series, at(START)).unwrap().windows)
            .map(|(window, _)| window)
            .collect();
        assert!(
            windows.len() == stored || windows.len() == stored + 1,
            "{} windows, {stored} acknowledged",
            windows.len()
        );
        // Eight days a window, each with a record.
        let days: i64 = windows
            .iter()
            .map(|window| (window.widened_to_days().end() - window.start()).num_days())
            .sum();
        assert_eq!(i64::try_from(held.len()), Ok(days));
        assert!(held.is_subset(truth));
    } else {
        assert_eq!(stored, 0);
    }
    sync_into(path).unwrap();
    let archive = Archive::open_read_only(path).unwrap();
    let mut held = BTreeSet::new();
    archive
        .visit::<Error>(&Selection::default(), |reading| {
            held.insert(reading.text);
            Ok(())
        })
        .unwrap();
    assert_eq!(held, *truth);
}

/// How many windows were acknowledged up to some operation.
fn acknowledged(operations: &[Operation]) -> usize {
    let is_mark = |operation: &&Operation| matches!(operation, Operation::Write { path, .. } if path.ends_with(PROGRESS));
    operations.iter().filter(is_mark).count()
}

/// The operations on the files of a sync that nothing happens to.
fn recorded() -> Vec<Operation> {
    let folder = folder();
    let path = folder.path().join("usage.db");
    let log = folder.path().join("trace");
    let calls = "trace=openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat";
    let log_text = log.display().to_string();
    let arguments = ["-y", "-xx", "-s", "100000", "-e", calls, "-o", &log_text];
    assert_eq!(under_strace(&path, &arguments), Some(0));
    trace(&std::fs::read_to_string(&log).unwrap(), folder.path())
}

#[test]
fn every_prefix_of_a_sync_is_an_archive_that_the_next_sync_completes() {
    if !has_strace() || std::env::var_os(ROLE).is_some() {
        return;
    }
    let operations = recorded();
    let windows = acknowledged(&operations);
    assert!(windows >= 20, "{windows} windows");
    let truth = truth();
    let mut states = 0;
    let mut rng = Rng::with_seed(1);
    // Cutting within what only marks the progress gives no other state.
    let cuts = (0..=operations.len()).filter(|cut| {
        cut.checked_sub(1)
            .and_then(|before| operations.get(before))
            .is_none_or(|operation| !operation.path().ends_with(PROGRESS))
    });
    let cuts = cuts.step_by(if is_whole() { 1 } else { 37 });
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let cuts: Vec<(usize, [u64; 2])> = cuts.map(|cut| (cut, [rng.u64(..), rng.u64(..)])).collect();
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..jobs)
            .map(|job| {
                let (operations, truth, cuts) = (&operations, &truth, &cuts);
                scope.spawn(move || {
                    let mut states = 0;
                    for (cut, seeds) in cuts.iter().skip(job).step_by(jobs) {
                        let operations = &operations[..*cut];
                        let stored = acknowledged(operations);
                        let losses = [Loss::None, Loss::Power(seeds[0]), Loss::Power(seeds[1])];
                        for loss in losses {
                            let folder = folder();
                            Disk::after(operations, loss).put(folder.path());
                            check(&folder.path().join("usage.db"), stored, truth);
                            states += 1;
                        }
                    }
                    states
                })
            })
            .collect();
        for handle in handles {
            states += handle.join().unwrap();
        }
    });
    let count = operations.len();
    tell(&format!(
        "{count} operations, {windows} windows, {states} states"
    ));
    assert!(
        states >= if is_whole() { 900 } else { 30 },
        "{states} states"
    );
}

/// Lets one call of a sync fail, and returns whether that ended the sync.
fn with_failure(call: &str, error: &str, number: usize, truth: &BTreeSet<String>) -> bool {
    let folder = folder();
    let path = folder.path().join("usage.db");
    let inject = format!("inject={call}:error={error}:when={number}");
    let database = path.display().to_string();
    let log = format!("{database}-wal");
    let arguments = [
        "-P",
        &database,
        "-P",
        &log,
        "-e",
        &format!("trace={call}"),
        "-e",
        &inject,
        "-o",
        "/dev/null",
    ];
    let code = under_strace(&path, &arguments).unwrap();
    let progress = std::fs::read(folder.path().join(PROGRESS)).unwrap_or_default();
    check(&path, progress.len(), truth);
    code != 0
}

#[test]
fn a_full_or_failing_disk_costs_no_more_than_the_window() {
    if !has_strace() || std::env::var_os(ROLE).is_some() {
        return;
    }
    let truth = truth();
    let is_of_archive = |operation: &&Operation| {
        let name = operation.path().file_name().unwrap_or_default();
        name == "usage.db" || name == "usage.db-wal"
    };
    let operations = recorded();
    let count = |is: fn(&&Operation) -> bool| {
        let operations = operations.iter().filter(is_of_archive);
        operations.filter(is).count()
    };
    let writes = count(|operation| matches!(operation, Operation::Write { .. }));
    let syncs = count(|operation| matches!(operation, Operation::Sync { .. }));
    let (step, of_syncs) = if is_whole() { (1, 1) } else { (97, 11) };
    let places = |call, error, count, step| {
        let numbers = (1..=count).step_by(step);
        numbers.map(move |number| (call, error, number))
    };
    let places: Vec<_> = places("pwrite64", "ENOSPC", writes, step)
        .chain(places("pwrite64", "EIO", writes, step))
        .chain(places("fdatasync", "EIO", syncs, of_syncs))
        .collect();
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some((call, error, number)) =
                    places.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let has_failed = with_failure(call, error, *number, &truth);
                    failures.fetch_add(usize::from(has_failed), Ordering::Relaxed);
                }
            });
        }
    });
    let failures = failures.into_inner();
    // What fails while the log is written back is tried again, and costs the sync nothing.
    tell(&format!(
        "{} places where the disk failed ({writes} writes, {syncs} syncs), at {failures} of which the sync ended",
        places.len()
    ));
    assert!(failures > 5, "{failures}");
}
