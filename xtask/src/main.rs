//! Development tasks of this workspace; `cargo xtask` lists them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to whoever runs it"
)]

mod ci;
mod docs;
mod drift;
mod reports;
mod schema;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  schema            write the JSON Schemas into the crates that own them
  schema --check    fail where a schema is not what the types say
  docs              write the page of the rules from the catalogue
  docs --check      fail where the page is not what the catalogue says
  reports           check reports against the published schemas of SARIF and JUnit (needs Python 3)
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
        ["ci"] => ci::run(),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
