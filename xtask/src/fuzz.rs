//! Fuzzing of the readers.

use std::process::{Command, ExitCode};

use crate::root;

/// Fuzzes one target of `crates/usage-model/fuzz` for so many seconds, starting from the real responses.
pub(crate) fn run(target: &str, seconds: &str) -> ExitCode {
    let root = root();
    let corpus = format!("target/fuzz-corpus/{target}");
    if let Err(error) = std::fs::create_dir_all(root.join(&corpus)) {
        eprintln!("error: {corpus} cannot be made: {error}");
        return ExitCode::FAILURE;
    }
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        // The crate forbids unsafe code, and without a sanitizer any toolchain will do.
        .args(["fuzz", "run", "--sanitizer", "none"])
        .args(["--fuzz-dir", "crates/usage-model/fuzz"])
        .args(["--target-dir", "target/fuzz", target])
        .args([&corpus, "crates/usage-model/tests/fixtures"])
        .args(["--", "-max_len=8192", "-timeout=10", "-rss_limit_mb=1024"])
        .arg(format!("-max_total_time={seconds}"))
        .status();
    match status {
        Ok(status) if status.success() => {
            println!("no crash in {seconds} s");
            ExitCode::SUCCESS
        }
        Ok(status) => {
            eprintln!("error: `cargo fuzz` ended with {status}");
            eprintln!("help: `cargo install --locked cargo-fuzz` brings it, if it is missing");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: cargo cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
