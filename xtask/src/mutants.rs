//! Mutation testing: how many small breakages of a crate its own tests notice.

use std::process::{Command, ExitCode};

use crate::root;

/// Few cases for each property: a mutant that only one case in a hundred would notice counts as missed.
const CASES: &str = "48";

/// Runs `cargo mutants` over one crate, with further arguments for it, and passes on how it ended.
pub(crate) fn run(package: &str, more: &[&str]) -> ExitCode {
    let status = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["mutants", "--package", package, "--all-features"])
        .args(["--no-shuffle", "--baseline", "run", "--timeout", "60"])
        .args(more)
        // Doctests are examples; compiling them anew for each mutant would be most of the time.
        .args(["--", "--lib", "--tests"])
        .env("PROPTEST_CASES", CASES)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) if status.code() == Some(2) => {
            eprintln!("missed mutants are listed in mutants.out/missed.txt");
            ExitCode::from(2)
        }
        Ok(status) => {
            eprintln!("error: `cargo mutants` ended with {status}");
            eprintln!("help: `cargo install --locked cargo-mutants` brings it, if it is missing");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: cargo cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
