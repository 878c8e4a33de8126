//! Development tasks of this workspace; `cargo xtask` lists them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to whoever runs it"
)]

mod api;
mod archive;
mod bench;
mod browser;
mod ci;
mod dependencies;
mod dist;
mod docs;
mod drift;
mod fuzz;
mod interop;
mod lake;
mod mutants;
mod packages;
mod reports;
mod schema;
mod wheel;

use std::{env, path::PathBuf, process::ExitCode};

/// The library crates of the workspace, in the order in which they depend on each other.
const LIBRARIES: [&str; 7] = [
    "usage-model",
    "usage-client",
    "usage-validate",
    "usage-emulator",
    "usage-table",
    "usage-report",
    "usage-archive",
];

const USAGE: &str = "\
usage: cargo xtask TASK

What guards main, each of which is a step of `ci`:
  ci                format, tests, lints, documentation, each crate without features, the steps below, and the
                    demo; stops at the first that fails, and ends with what ran and how long each took
  schema --check    fail where a JSON Schema is not what the types say; without --check, write them
  docs --check      fail where a page of the rules or the faults is not what the catalogue says; or write them
  api --check       fail where api.txt of a library is not its public API; or write them
  deps --check      fail where a dependency has no reason, is one too many, appears in a public API and may
                    not, or `cargo deny` objects;
                    without --check, a table of all with their weight and age

Proofs that are too slow for `ci`, run by hand:
  all               the steps of `ci` and then every one of these, also after one that fails; names those
  reports           reports against the published schemas of SARIF and JUnit (needs Python 3)
  features          each library and the program with every set of its features
  features --minimal
                    the libraries with the oldest versions of their dependencies
  package           the package of each crate, and each built from its package alone, with and without features
  dist              the archive of a release for this platform, twice the same bytes
  bench --check     fail where the instructions of the hot loops are not those recorded (needs valgrind)
  simulate [SEEDS]  two years of an account and its archive with late data, faults and restarts, 1000 times
  simulate --seed SEED
                    one of them
  crash             cut a sync off at each operation on its files: killed, out of power, disk full (needs strace)
  fuzz TARGET SECONDS
                    fuzz the readers of usage-model; targets: readers, round_trip (needs cargo-fuzz)
  interop           others against the emulator: the SDK twilio and the tester schemathesis, from PyPI
  wheel             build the Python package, and run its tests, mypy and stubtest (needs Python 3.11)
  wheel --program   build the program as a wheel, install it, and run it (needs Python 3.11)
  lake [SEEDS [ENGINE...]]
                    the rules inside engines against the program: duckdb, spark and sail, from PyPI (spark needs Java);
                    ray, dask and beam run the examples of the README where they are asked for
  lake --big [RECORDS]
                    what Spark and the program take for one table of 50 000 SIMs, 10 000 000 records (needs Java)
  browser           the HTML report in headless Chromium: console, axe-core, numbers, pictures (needs chromium, npm)
  mutants -p CRATE  how many small breakages of a crate its tests notice; more arguments go to cargo-mutants
  bench --peers [RECORDS [PEER...]]
                    one table of our program beside duckdb, polars, msgspec and pydantic from PyPI, and jq

Others:
  bench             the benchmarks of the crates
  bench --instructions
                    record the instructions of the hot loops
  bench --input FILE RECORDS SHAPE SPELLING
                    write generated records, for instance `1000000 NDJSON compact`
  pictures          the pictures of the README anew (needs chromium, npm)
";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words {
        ["schema"] => schema::schemas().write(),
        ["schema", "--check"] => schema::schemas().check(),
        ["docs"] => docs::pages().write(),
        ["docs", "--check"] => docs::pages().check(),
        ["api"] => api::write(),
        ["api", "--check"] => api::check(),
        ["deps"] => dependencies::table(),
        ["deps", "--check"] => dependencies::check(),
        ["features"] => packages::features(),
        ["features", "--minimal"] => packages::minimal(),
        ["package"] => packages::package(),
        ["dist"] => dist::run(),
        ["all"] => ci::all(),
        ["reports"] => reports::run(),
        ["interop"] => interop::run(),
        ["lake"] => lake::run("20", &[]),
        ["lake", "--big"] => lake::big("10000000"),
        ["lake", "--big", records] => lake::big(records),
        ["lake", seeds, ref engines @ ..] => lake::run(seeds, engines),
        ["wheel"] => wheel::run(),
        ["wheel", "--program"] => wheel::program(),
        ["bench", ref words @ ..] => bench::run(words),
        ["browser"] => browser::run(),
        ["pictures"] => browser::pictures(),
        ["fuzz", target, seconds] => fuzz::run(target, seconds),
        ["mutants", "-p", package, ref more @ ..] => mutants::run(package, more),
        ["simulate", ref words @ ..] => archive::simulate(words),
        ["crash"] => archive::crash(),
        ["ci"] => ci::run(),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// How a task ends: with its problem on standard error, where it has one.
fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    // Cargo says at run time where the crate is. What was compiled in is another checkout's path where a checkout
    // was copied with its `target` folder.
    let folder = env::var_os("CARGO_MANIFEST_DIR");
    let folder = folder.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(folder).join("..")
}
