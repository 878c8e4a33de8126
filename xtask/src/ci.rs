//! What guards `main`, one step after another, and every slower proof after it.

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use crate::{LIBRARIES, root};

/// Runs what guards `main` up to the first step that fails, and says at the end what ran and how long each step took.
pub(crate) fn run() -> ExitCode {
    steps(&guards(), AfterFailure::Stop)
}

/// Runs everything that `ci` runs, and then each proof that is too slow for it, and names all that failed.
pub(crate) fn all() -> ExitCode {
    let mut every = guards();
    every.extend(slow());
    // One that needs what this machine lacks keeps none of the others from being seen.
    steps(&every, AfterFailure::GoOn)
}

/// The proofs that are too slow for `ci`.
fn slow() -> Vec<Step> {
    [
        ("reports against their schemas", "xtask reports"),
        ("features, each set of them", "xtask features"),
        ("minimal versions", "xtask features --minimal"),
        ("packages", "xtask package"),
        ("archive for release, twice", "xtask dist"),
        ("instructions", "xtask bench --check"),
        ("simulation", "xtask simulate"),
        ("crash", "xtask crash"),
        ("fuzzing: readers", "xtask fuzz readers 300"),
        ("fuzzing: round trip", "xtask fuzz round_trip 300"),
        ("others against the emulator", "xtask interop"),
        ("Python package", "xtask wheel"),
        ("program as a wheel", "xtask wheel --program"),
        ("engines", "xtask lake"),
        ("browser", "xtask browser"),
        ("mutants of the model", "xtask mutants -p usage-model"),
        (
            "mutants of the validator",
            "xtask mutants -p usage-validate",
        ),
        ("peers", "xtask bench --peers"),
    ]
    .map(|(name, words)| Step::new(name, words))
    .into()
}

/// What `ci` runs.
fn guards() -> Vec<Step> {
    let mut steps = vec![
        Step::new("format", "fmt --all --check"),
        Step::new("tests", "test --workspace --all-features"),
        Step::new(
            "lints",
            "clippy --workspace --all-targets --all-features -- -D warnings",
        ),
        Step::new("documentation", "doc --workspace --all-features --no-deps"),
    ];
    steps.extend(LIBRARIES.iter().chain(&["usage-cli"]).map(|name| {
        Step::new(
            &format!("{name} alone"),
            &format!("clippy --no-default-features -p {name} -- -D warnings"),
        )
    }));
    steps.extend([
        Step::new(
            "tests of the program without its features",
            "test --no-default-features -p usage-cli",
        ),
        Step::new("schemas", "xtask schema --check"),
        Step::new("pages", "xtask docs --check"),
        Step::new("public API", "xtask api --check"),
        Step::new("dependencies", "xtask deps --check"),
        Step::new("demo", "run --release -p usage-cli -- demo"),
    ]);
    steps
}

/// One command of cargo.
struct Step {
    name: String,
    words: Vec<String>,
}

impl Step {
    fn new(name: &str, words: &str) -> Self {
        Self {
            name: name.to_owned(),
            words: words.split(' ').map(str::to_owned).collect(),
        }
    }

    fn run(&self) -> Result<(), String> {
        let command = format!("cargo {}", self.words.join(" "));
        println!("\n== {}: {command}", self.name);
        let status = Command::new(env!("CARGO"))
            .args(&self.words)
            .current_dir(root())
            .env("RUSTDOCFLAGS", "-D warnings")
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{command}` ended with {status}")),
            Err(error) => Err(format!("`{command}` cannot be started: {error}")),
        }
    }
}

/// Whether the steps after one that fails are run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterFailure {
    Stop,
    GoOn,
}

fn steps(steps: &[Step], after_failure: AfterFailure) -> ExitCode {
    let mut passed: Vec<(&str, Duration)> = Vec::new();
    let mut failed = Vec::new();
    let mut left = steps.iter();
    for step in left.by_ref() {
        let start = Instant::now();
        match step.run() {
            Ok(()) => passed.push((&step.name, start.elapsed())),
            Err(reason) => failed.push(format!("the step `{}` failed: {reason}", step.name)),
        }
        if !failed.is_empty() && after_failure == AfterFailure::Stop {
            break;
        }
    }
    print_times(&passed);
    for step in left {
        println!("not run  {}", step.name);
    }
    if failed.is_empty() {
        println!("all {} steps passed", passed.len());
        return ExitCode::SUCCESS;
    }
    for failure in failed {
        eprintln!("error: {failure}");
    }
    ExitCode::FAILURE
}

fn print_times(passed: &[(&str, Duration)]) {
    println!();
    for (name, time) in passed {
        println!("{:>5} s  {name}", time.as_secs());
    }
    let total: Duration = passed.iter().map(|(_, time)| *time).sum();
    println!("{:>5} s  together", total.as_secs());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::USAGE;

    /// A step that passes after one that fails.
    fn two() -> [Step; 2] {
        [
            Step::new("fails", "no-such-task"),
            Step::new("passes", "--version"),
        ]
    }

    /// The tasks among some steps: `simulate` of `cargo xtask simulate`.
    fn tasks(steps: Vec<Step>) -> BTreeSet<String> {
        let words = steps.into_iter().map(|step| step.words);
        let tasks = words.filter(|words| words[0] == "xtask");
        tasks.map(|words| words[1].clone()).collect()
    }

    /// The tasks that a part of the help lists, without the one that runs the others.
    fn listed(part: &str, runner: &str) -> BTreeSet<String> {
        let lines = part.lines().filter_map(|line| line.strip_prefix("  "));
        let names = lines.filter_map(|line| line.split(' ').next());
        let tasks = names.filter(|name| !name.is_empty() && *name != runner);
        tasks.map(str::to_owned).collect()
    }

    #[test]
    fn the_help_lists_each_task_where_it_is_run() {
        let (in_ci, rest) = USAGE.split_once("by hand:").unwrap();
        let (by_hand, _) = rest.split_once("Others:").unwrap();
        assert_eq!(listed(in_ci, "ci"), tasks(guards()));
        assert_eq!(listed(by_hand, "all"), tasks(slow()));
    }

    #[test]
    fn a_failed_step_fails_the_run_whether_it_goes_on_or_not() {
        for after in [AfterFailure::Stop, AfterFailure::GoOn] {
            assert_eq!(steps(&two(), after), ExitCode::FAILURE);
        }
        assert_eq!(steps(&two()[1..], AfterFailure::Stop), ExitCode::SUCCESS);
    }
}
