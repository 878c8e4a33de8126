//! The long proofs of the archive, in release: its simulation, and a sync that is cut off at every point.

use std::{
    ops::Range,
    path::Path,
    process::{Child, Command, ExitCode},
};

use crate::{finish, interop::Problem};

/// How many seeds run unless told otherwise.
const SEEDS: &str = "1000";

/// The fewest seeds of a process, unless there are fewer in all.
const LEAST: u64 = 20;

/// A folder in memory. What a disk does is not what is simulated.
const IN_MEMORY: &str = "/dev/shm";

/// Runs a number of seeds of the simulation, or one.
pub(crate) fn simulate(words: &[&str]) -> ExitCode {
    let number = |text: &str| text.parse::<u64>().ok();
    let seeds = match *words {
        [] => number(SEEDS).map(|seeds| 0..seeds),
        ["--seed", seed] => number(seed).map(|seed| seed..seed.saturating_add(1)),
        [seeds] => number(seeds).map(|seeds| 0..seeds),
        _ => None,
    };
    let Some(seeds) = seeds else {
        eprintln!("expected a number of seeds, or --seed and one");
        return ExitCode::from(2);
    };
    finish(
        test("simulation", &["--no-run"], &[])
            .and_then(wait)
            .and_then(|()| {
                // A process each: threads would wait for the one lock that SQLite has for the memory of all of them.
                let running: Vec<_> = shares(&seeds)
                    .map(|share| simulation(&share))
                    .collect::<Result<_, _>>()?;
                let ended: Vec<_> = running.into_iter().map(wait).collect();
                ended.into_iter().collect()
            }),
    )
}

/// The seeds, shared out among the cores: enough for each that a share has everything in it that a simulation is for.
fn shares(seeds: &Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count = seeds.end.saturating_sub(seeds.start);
    let shares = u64::try_from(cores).unwrap_or(1).min(count / LEAST).max(1);
    let (start, each, more) = (seeds.start, count / shares, count % shares);
    let bound = move |share: u64| start + each * share + more.min(share);
    (0..shares).map(move |share| bound(share)..bound(share + 1))
}

fn simulation(seeds: &Range<u64>) -> Result<Child, Problem> {
    let seeds = format!("{}..{}", seeds.start, seeds.end);
    let mut variables = vec![("SIMULATION_SEEDS", seeds.as_str())];
    if Path::new(IN_MEMORY).is_dir() {
        variables.push(("TMPDIR", IN_MEMORY));
    }
    test("simulation", &["--", "--nocapture"], &variables)
}

/// Cuts a sync off at each operation on its files, and lets each of them fail.
pub(crate) fn crash() -> ExitCode {
    let words = ["--", "--nocapture"];
    finish(test("crash", &words, &[("CRASH_ALL", "1")]).and_then(wait))
}

/// Starts a test of the archive.
fn test(name: &str, words: &[&str], variables: &[(&str, &str)]) -> Result<Child, Problem> {
    Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--release", "-p", "usage-archive"])
        .args(["--features", "sync", "--test", name])
        .args(words)
        .envs(variables.iter().copied())
        .spawn()
        .map_err(|error| format!("cargo cannot be started: {error}"))
}

/// Waits for a test to succeed.
fn wait(mut test: Child) -> Result<(), Problem> {
    match test.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the test ended with {status}")),
        Err(error) => Err(format!("the test cannot be waited for: {error}")),
    }
}
