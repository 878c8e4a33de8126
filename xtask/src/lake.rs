//! The rules inside engines: Spark and Sail have to find what the program finds, however the records are split, and `DuckDB`
//! and Spark have to add the tables up as the rules do.
//!
//! All is installed into an environment that is thrown away at the end. Spark runs as a cluster on this machine: a master, two
//! workers, and executors that are processes of their own. It needs Java 17 or newer.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    finish,
    interop::{Problem, Python, build},
};

/// Where the crate of the Python package is.
const CRATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/usage-python");

/// What is installed beside the wheel. Sail speaks Spark's own protocol, so that one client serves both; it refuses
/// clients newer than it knows (4.3 at the time of writing).
const PACKAGES: [&str; 5] = [
    "pyspark[connect]==4.2.0",
    "pysail",
    "duckdb",
    "pyarrow",
    "pandas",
];

/// Runs the comparison with as many seeds as asked for; 0 where nothing differs.
pub(crate) fn run(seeds: &str, engines: &[&str]) -> ExitCode {
    finish(lake(seeds, engines))
}

fn lake(seeds: &str, engines: &[&str]) -> Result<(), Problem> {
    let java = Command::new("java").arg("-version").output();
    if !java.is_ok_and(|java| java.status.success()) {
        return Err("java cannot be started\nhelp: install Java 17 or newer, such as openjdk-17-jre-headless".to_owned());
    }
    let python = Python::with(&PACKAGES)?;
    python.install(Path::new(CRATE), &[])?;
    let program = build()?;
    let script = python.script("lake.py", include_str!("lake/lake.py"))?;
    let (script, program) = (script.to_string_lossy(), program.to_string_lossy());
    let engines: &[&str] = if engines.is_empty() {
        &["duckdb", "spark", "sail"]
    } else {
        engines
    };
    let arguments = [&[&*script, &*program, seeds][..], engines].concat();
    python.shown("python", &arguments, Path::new(CRATE), &[])
}
