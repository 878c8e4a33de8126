//! Many seeds of the archive's simulation, in release.

use std::process::{Command, ExitCode};

/// How many seeds run unless told otherwise.
const SEEDS: &str = "1000";

/// Runs a number of seeds, or one.
pub(crate) fn run(words: &[&str]) -> ExitCode {
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
    let ran = Command::new(env!("CARGO"))
        .args([
            "test",
            "--release",
            "-p",
            "usage-archive",
            "--features",
            "sync",
        ])
        .args(["--test", "simulation", "--", "--nocapture"])
        .env(
            "SIMULATION_SEEDS",
            format!("{}..{}", seeds.start, seeds.end),
        )
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
