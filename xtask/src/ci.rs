//! What guards `main`, one step after another; stops at the first that fails.

use std::process::{Command, ExitCode};

/// The library crates, each of which has to build alone without its default features.
const LIBRARIES: [&str; 7] = [
    "usage-model",
    "usage-client",
    "usage-validate",
    "usage-emulator",
    "usage-table",
    "usage-report",
    "usage-archive",
];

/// Runs every step.
pub(crate) fn run() -> ExitCode {
    let mut steps = vec![
        words("test --workspace --all-features"),
        words("fmt --all --check"),
        words("clippy --workspace --all-targets --all-features -- -D warnings"),
        words("doc --workspace --all-features --no-deps"),
    ];
    steps.extend(
        LIBRARIES
            .iter()
            .map(|name| words(&format!("check --no-default-features -p {name}"))),
    );
    steps.push(words("xtask schema --check"));
    steps.push(words("xtask docs --check"));
    steps.push(words("run --release -p usage-cli -- demo"));
    for step in steps {
        println!("\n== cargo {}", step.join(" "));
        let status = Command::new(env!("CARGO"))
            .args(&step)
            .env("RUSTDOCFLAGS", "-D warnings")
            .status();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => {
                eprintln!("error: `cargo {}` ended with {status}", step.join(" "));
                return ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!(
                    "error: `cargo {}` cannot be started: {error}",
                    step.join(" ")
                );
                return ExitCode::FAILURE;
            }
        }
    }
    println!("\nall steps passed");
    ExitCode::SUCCESS
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
