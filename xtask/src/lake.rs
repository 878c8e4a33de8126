//! The rules inside engines: Spark, Sail, Ray, Dask and Beam have to find what the program finds, however the records
//! are split, and `DuckDB` and Spark have to add the tables up as the rules do.
//!
//! All is installed into an environment that is thrown away at the end. Spark runs as a cluster on this machine: a
//! master, two workers, and executors that are processes of their own. It needs Java 17 or newer.

use std::process::{Command, ExitCode};

use crate::{
    bench, finish,
    interop::{Problem, Python, build},
    root,
    wheel::CRATE,
};

/// Engines, and what each needs beside the wheel. Sail speaks Spark's own protocol, so that one client serves both; it
/// refuses clients newer than it knows (4.3 at the time of writing).
const ENGINES: [(&str, &[&str]); 6] = [
    ("duckdb", &["duckdb"]),
    ("spark", &[SPARK]),
    ("sail", &[SPARK, "pysail"]),
    ("ray", &["ray[data]"]),
    ("dask", &["dask[dataframe]"]),
    ("beam", &["apache-beam"]),
];

/// Spark and its client.
const SPARK: &str = "pyspark[connect]==4.2.0";

/// What all of them need.
const PACKAGES: [&str; 2] = ["pyarrow", "pandas"];

/// The engines that are compared where none is named. The others run the examples of the README.
const USUAL: [&str; 3] = ["duckdb", "spark", "sail"];

/// SIMs of the large table.
const BIG_SIMS: u64 = 50_000;

/// Runs the comparison with as many seeds as asked for; 0 where nothing differs.
pub(crate) fn run(seeds: &str, engines: &[&str]) -> ExitCode {
    finish(lake(seeds, engines))
}

/// Checks one large table by Spark and by the program, and shows what both take.
pub(crate) fn big(records: &str) -> ExitCode {
    finish(large(records))
}

fn lake(seeds: &str, engines: &[&str]) -> Result<(), Problem> {
    let engines = if engines.is_empty() {
        &USUAL[..]
    } else {
        engines
    };
    let python = environment(engines)?;
    let program = build()?;
    let program = program.to_string_lossy();
    shown(&python, &[&[&*program, seeds][..], engines].concat())
}

fn large(records: &str) -> Result<(), Problem> {
    let count = records
        .parse()
        .map_err(|_| format!("{records} is not a number of records"))?;
    let python = environment(&["spark"])?;
    let program = bench::build()?;
    let program = program.to_string_lossy();
    let folder = tempfile::tempdir().map_err(|error| format!("no folder for input: {error}"))?;
    let readings = folder.path().join("readings.parquet");
    println!("== writing {records} records of {BIG_SIMS} SIMs");
    bench::write_readings(&readings, count, BIG_SIMS)?;
    let readings = readings.to_string_lossy();
    shown(&python, &[&*program, "--big", &*readings, records])
}

/// An environment with the wheel and these engines.
fn environment(engines: &[&str]) -> Result<Python, Problem> {
    let mut packages = PACKAGES.to_vec();
    for engine in engines {
        let known = ENGINES.iter().find(|(name, _)| name == engine);
        let Some((_, needed)) = known else {
            let names: Vec<_> = ENGINES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "there is no engine {engine}: expected {}",
                names.join(", ")
            ));
        };
        for package in *needed {
            if !packages.contains(package) {
                packages.push(package);
            }
        }
    }
    if engines.contains(&"spark") {
        let java = Command::new("java").arg("-version").output();
        if !java.is_ok_and(|java| java.status.success()) {
            return Err("java cannot be started\nhelp: install Java 17 or newer, such as openjdk-17-jre-headless".to_owned());
        }
    }
    let python = Python::with(&packages)?;
    python.install(&root().join(CRATE), &[])?;
    Ok(python)
}

/// Runs the comparison, and shows what it says.
fn shown(python: &Python, arguments: &[&str]) -> Result<(), Problem> {
    let script = python.script("lake.py", include_str!("lake/lake.py"))?;
    let script = script.to_string_lossy();
    let arguments = [&[&*script][..], arguments].concat();
    python.shown("python", &arguments, &root().join(CRATE), &[])
}
