//! Development tasks of this workspace; `cargo xtask` lists them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to whoever runs it"
)]

mod archive;
mod bench;
mod browser;
mod ci;
mod docs;
mod drift;
mod fuzz;
mod interop;
mod lake;
mod mutants;
mod reports;
mod schema;
mod wheel;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  schema            write the JSON Schemas into the crates that own them
  schema --check    fail where a schema is not what the types say
  docs              write the page of the rules from the catalogue
  docs --check      fail where the page is not what the catalogue says
  reports           check reports against the published schemas of SARIF and JUnit (needs Python 3)
  interop           others against the emulator: the SDK twilio and the tester schemathesis, from PyPI
  lake [SEEDS [ENGINE...]]
                    the rules inside engines against the program: duckdb, spark and sail, from PyPI (needs Java)
  bench             run the benchmarks of the crates
  bench --peers [RECORDS [PEER...]]
                    one table of our program beside duckdb, polars, msgspec and pydantic from PyPI, and jq
  bench --check     fail where the instructions of the hot loops are not those recorded (needs valgrind)
  bench --instructions
                    record them
  bench --input FILE RECORDS SHAPE SPELLING
                    write generated records, for instance `1000000 NDJSON compact`
  wheel             build the Python package, and run its tests, mypy and stubtest (needs Python 3.11)
  fuzz TARGET SECS  fuzz the readers of usage-model; targets: readers, round_trip
  mutants -p CRATE  how many small breakages of a crate its tests notice; more arguments go to cargo-mutants
  simulate [SEEDS]  two years of an account and its archive with late data, faults and restarts, 1000 times
  simulate --seed SEED
                    one of them
  crash             cut a sync off at each operation on its files: killed, out of power, disk full (needs strace)
  browser           the HTML report in headless Chromium: console, axe-core, numbers, pictures (needs chromium, npm)
  pictures          the pictures of the README anew (needs chromium, npm)
  ci                what guards main: tests, format, lints, docs, schemas, pages, demo
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words {
        ["schema"] => schema::schemas().write(),
        ["schema", "--check"] => schema::schemas().check(),
        ["docs"] => docs::pages().write(),
        ["docs", "--check"] => docs::pages().check(),
        ["reports"] => reports::run(),
        ["interop"] => interop::run(),
        ["lake"] => lake::run("20", &[]),
        ["lake", seeds, ref engines @ ..] => lake::run(seeds, engines),
        ["wheel"] => wheel::run(),
        ["bench", ref words @ ..] => bench::run(words),
        ["browser"] => browser::run(),
        ["pictures"] => browser::pictures(),
        ["fuzz", target, seconds] => fuzz::run(target, seconds),
        ["mutants", "-p", package, ref more @ ..] => mutants::run(package, more),
        ["simulate", ref words @ ..] => archive::simulate(words),
        ["crash"] => archive::crash(),
        ["ci"] => ci::run(),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
