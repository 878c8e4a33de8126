//! The program without its features: what is left works, and what is not there is named.
#![cfg(not(any(feature = "archive", feature = "parquet")))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

/// Runs the program with arguments that are separated by spaces, in a folder.
fn run(arguments: &str, folder: &tempfile::TempDir) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kore-usage"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        .env("HOME", "/nonexistent")
        // Whoever answers there, nothing may be asked.
        .env("KORE_BASE_URL", "http://127.0.0.1:1")
        .env("KORE_ACCESS_TOKEN", "made-up")
        .output()
        .unwrap()
}

/// Asserts how a run ended and that its message names a feature.
#[track_caller]
fn refused(output: &Output, code: i32, feature: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    let named = format!("built without its feature `{feature}`");
    assert!(message.contains(&named), "{message}");
}

#[test]
fn commands_of_archives_are_refused_and_not_listed() {
    let folder = tempfile::tempdir().unwrap();
    let help = run("--help", &folder);
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["sync", "export", "diff", "archive"] {
        refused(&run(command, &folder), 2, "archive");
        assert!(!help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(help.contains("\n  validate "), "{help}");
}

#[test]
fn files_of_a_missing_feature_are_told_from_files_without_records() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start, feature) in [
        ("usage.db", &b"SQLite format 3\0"[..], "archive"),
        ("usage.parquet", b"PAR1\x15\x04\x15\x10PAR1", "parquet"),
    ] {
        std::fs::write(folder.path().join(name), start).unwrap();
        refused(&run(&format!("validate {name}"), &folder), 3, feature);
    }
    refused(&run("summary --archive usage.db", &folder), 2, "archive");
    refused(&run("reconcile --archive usage.db", &folder), 2, "archive");
}

#[test]
fn parquet_is_refused_before_anything_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    refused(
        &run("fetch --start 2026-06 --readings -o june.parquet", &folder),
        2,
        "parquet",
    );
    assert!(!folder.path().join("june.parquet").exists());
}

#[test]
fn the_demo_needs_no_feature() {
    let folder = tempfile::tempdir().unwrap();
    let output = run("demo", &folder);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(!output.stdout.is_empty());
}
