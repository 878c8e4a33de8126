//! `validate`: check files or standard input, without a network.

mod blocks;
mod parallel;
mod reading;

use std::{
    io::{self, IsTerminal, Read},
    path::Path,
};

use crate::{
    args::{ReportFormat, ValidateArgs, instant, window},
    exit::{Exit, requested},
    failure::Failure,
    inputs::{self, Inputs, cannot_read, name, no_records},
    output::report::{Reporter, config},
};

use super::Context;
use blocks::Blocks;
use parallel::Stop;
use reading::Reading;

/// Reads one input after another through the one reader.
pub(super) fn run(args: &ValidateArgs, context: Context) -> Result<Exit, Failure> {
    let as_of = match args.input.as_of {
        Some(as_of) => instant(as_of, "--as-of", context.now)?,
        None => context.now,
    };
    let mut config = config(&args.rules, as_of);
    if let (Some(start), Some(end)) = (args.start, args.end) {
        let start = instant(start, "--start", context.now)?;
        let end = instant(end, "--end", context.now)?;
        let window = window(start, end)?;
        if start >= as_of {
            return Err(Failure::usage(format!(
                "the window {window} lies after the records were fetched"
            ))
            .help("give a --start before --as-of"));
        }
        config.window = Some(window);
    }
    let is_terminal = io::stdin().is_terminal();
    let inputs = match args.input.inputs(is_terminal)? {
        Some(inputs) => inputs,
        None if is_terminal => {
            return Err(
                Failure::usage("no file is given, and standard input is a terminal").help(
                    "name a file, or pipe records in: `kore-usage fetch … | kore-usage validate -`",
                ),
            );
        }
        None => Inputs::find(&[], None)?,
    };
    let Inputs {
        paths,
        mut failures,
    } = inputs;
    config.granularity = args.granularity.or_else(|| inputs::granularity(&paths));
    let mut reporter = Reporter::new(&config, &args.rules, context);
    let mut opened = false;
    for path in &paths {
        let result = match inputs::open_as(path, args.granularity) {
            Ok(source) => {
                opened = true;
                reporter.source(&name(path), file(path));
                input(&name(path), source, args.rules.threads(), &mut reporter)?
            }
            Err(error) => Err(cannot_read(&name(path), &error)),
        };
        if let Some(signal) = requested() {
            // The report is closed also where the first input gave nothing yet.
            opened = true;
            failures.push(Failure::ended(signal, "all was read"));
            break;
        }
        failures.extend(result.err());
    }
    if args.rules.format == ReportFormat::Human {
        // The finding that stands above says the rest.
        failures = failures.into_iter().map(Failure::in_brief).collect();
    }
    for failure in &failures {
        reporter.incomplete(failure.message());
    }
    // Nothing was looked at, so there is no verdict to give.
    let exit = if opened {
        reporter.finish()?
    } else {
        Exit::Incomplete
    };
    let Some(last) = failures.pop() else {
        return Ok(exit);
    };
    for failure in failures {
        failure.print();
    }
    Err(last)
}

/// The file that a report links to. Standard input has a name in the file system too, except on Windows.
fn file(path: &Path) -> Option<&Path> {
    if path == Path::new("-") {
        cfg!(unix).then_some(Path::new("/dev/stdin"))
    } else {
        Some(path)
    }
}

/// Checks one input. The outer error ends the run; the inner one only this input.
fn input(
    name: &str,
    source: Box<dyn Read>,
    jobs: u32,
    reporter: &mut Reporter,
) -> Result<Result<(), Failure>, Failure> {
    Ok(match read(source, jobs, reporter)? {
        Ok(()) => Ok(()),
        Err(Stop::Malformed(document)) => Err(no_records(name, &document)),
        Err(Stop::Io(error)) => Err(cannot_read(name, &error)),
    })
}

/// Reads an input in order, and where it is NDJSON and there are several jobs, side by side.
fn read(
    source: impl Read,
    jobs: u32,
    reporter: &mut Reporter,
) -> Result<Result<(), Stop>, Failure> {
    let mut blocks = Blocks::new(source, jobs > 1);
    let mut reading = Reading::new();
    loop {
        let block = match blocks.next() {
            Ok(Some(block)) => block,
            Ok(None) => return Ok(reading.end(reporter)?.map_err(Stop::Malformed)),
            Err(error) => return Ok(Err(Stop::Io(error))),
        };
        if let Err(document) = reading.feed(&block, reporter)? {
            return Ok(Err(Stop::Malformed(document)));
        }
        blocks.recycle(block);
        // Documents that end with their block are those of NDJSON.
        if jobs > 1 && reading.is_between_documents() {
            return parallel::run(&mut blocks, &reading, jobs, reporter);
        }
    }
}
