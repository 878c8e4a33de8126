//! Development tasks of this workspace; `cargo xtask` lists them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to whoever runs it"
)]

mod ci;
mod drift;
mod interop;
mod schema;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  schema            write the JSON Schemas into the crates that own them
  schema --check    fail where a schema is not what the types say
  interop           others against the emulator: the SDK twilio and the tester schemathesis, from PyPI
  ci                what guards main: tests, format, lints, docs, schemas, demo
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words {
        ["schema"] => schema::write(),
        ["schema", "--check"] => schema::check(),
        ["interop"] => interop::run(),
        ["ci"] => ci::run(),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
