//! The Python package: its wheel is built into an environment that is thrown away, and tested there.

use std::process::{Command, ExitCode, Stdio};

use crate::{
    finish,
    interop::{Problem, Python},
    root,
};

/// The crate of the package, within the workspace.
pub(crate) const CRATE: &str = "crates/usage-python";

/// The crate of the program, within the workspace, which is a wheel of its own.
const PROGRAM: &str = "crates/usage-cli";

/// What the tests need, and what the examples use.
const PACKAGES: [&str; 7] = [
    "pytest",
    "hypothesis",
    "mypy",
    "pyarrow",
    "pandas",
    "matplotlib",
    "duckdb",
];

/// The oldest Python that the package runs on.
const OLDEST: &str = "import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))";

/// Builds and tests.
pub(crate) fn run() -> ExitCode {
    where_possible(|| locked().and_then(|()| wheel()))
}

/// Builds the wheel that brings the program, and runs what it brings.
pub(crate) fn program() -> ExitCode {
    where_possible(program_wheel)
}

fn where_possible(task: impl FnOnce() -> Result<(), Problem>) -> ExitCode {
    let python = Command::new("python3").args(["-c", OLDEST]).output();
    if !python.is_ok_and(|python| python.status.success()) {
        return finish(Err(
            "the Python package needs Python 3.11 or newer with its modules venv and pip"
                .to_owned(),
        ));
    }
    finish(task())
}

/// Fails if the lock file of the package does not fit the manifests of the workspace's crates, which have another one.
fn locked() -> Result<(), Problem> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root().join(CRATE))
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if metadata.success() {
        return Ok(());
    }
    Err(format!(
        "the lock file of the Python package needs an update\nhelp: run `cargo check` in {CRATE}"
    ))
}

fn wheel() -> Result<(), Problem> {
    let python = Python::with(&PACKAGES)?;
    let folder = &root().join(CRATE);
    // Unoptimised: that takes a third of the time, and overflows are found all the same.
    python.install(folder, &[("MATURIN_PEP517_ARGS", "--profile dev")])?;
    println!("== testing it");
    for (program, arguments) in [
        ("pytest", &["-p", "no:cacheprovider", "tests"][..]),
        (
            "mypy",
            &["--strict", "--cache-dir", "/dev/null", "python", "tests"],
        ),
        ("stubtest", &["kore_usage._native"]),
    ] {
        python.shown(
            program,
            arguments,
            folder,
            &[("PYTHONDONTWRITEBYTECODE", "1")],
        )?;
    }
    Ok(())
}

fn program_wheel() -> Result<(), Problem> {
    let python = Python::with(&["pip"])?;
    let folder = tempfile::tempdir().map_err(|error| format!("no folder for it: {error}"))?;
    let wheels = folder.path().to_string_lossy();
    let package = root().join(PROGRAM);
    let package = package.to_string_lossy();
    println!("== building {PROGRAM}");
    python.shown(
        "python",
        &[
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            &wheels,
            &package,
        ],
        folder.path(),
        &[],
    )?;
    let built = std::fs::read_dir(folder.path())
        .and_then(|mut files| files.next().transpose())
        .map_err(|error| format!("{wheels}: {error}"))?
        .ok_or("no wheel was built")?;
    let size = built.metadata().map_err(|error| error.to_string())?.len();
    println!(
        "{}: {} KB",
        built.file_name().to_string_lossy(),
        size / 1000
    );
    let wheel = built.path();
    python.install(&wheel, &[])?;
    println!("== running it");
    for arguments in [&["--version"][..], &["demo"]] {
        python.shown("kore-usage", arguments, folder.path(), &[])?;
    }
    Ok(())
}
