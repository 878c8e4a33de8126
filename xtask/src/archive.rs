//! The long proofs of the archive, in release: its simulation, and a sync that is cut off at every point.

use std::process::{Command, ExitCode};

/// How many seeds run unless told otherwise.
const SEEDS: &str = "1000";

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
    let seeds = format!("{}..{}", seeds.start, seeds.end);
    test("simulation", ("SIMULATION_SEEDS", &seeds))
}

/// Cuts a sync off at each operation on its files, and lets each of them fail.
pub(crate) fn crash() -> ExitCode {
    test("crash", ("CRASH_ALL", "1"))
}

fn test(name: &str, variable: (&str, &str)) -> ExitCode {
    let ran = Command::new(env!("CARGO"))
        .args(["test", "--release", "-p", "usage-archive"])
        .args(["--features", "sync", "--test", name, "--", "--nocapture"])
        .env(variable.0, variable.1)
        .status();
    match ran {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
