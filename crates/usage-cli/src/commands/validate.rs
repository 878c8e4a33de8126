//! `validate`: check files or standard input, without a network.

mod blocks;
mod parallel;
mod reading;

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
};

use usage_model::Window;

use crate::{
    args::ValidateArgs,
    exit::Exit,
    failure::Failure,
    report::{Reporter, config},
};

use super::Context;
use blocks::Blocks;
use parallel::Stop;
use reading::Reading;

/// Reads one input after another through the one reader.
pub(super) fn run(args: &ValidateArgs, context: Context) -> Result<Exit, Failure> {
    let mut config = config(&args.rules, context.now)?;
    config.granularity = args.granularity;
    config.profile = args.profile;
    if let (Some(start), Some(end)) = (args.start, args.end) {
        let beyond = || Failure::usage("--start or --end lies beyond the calendar");
        let start = start.at(context.now).ok_or_else(beyond)?;
        let end = end.at(context.now).ok_or_else(beyond)?;
        let window = Window::new(start, end).map_err(|error| Failure::usage(error.to_string()))?;
        config.window = Some(window);
    }
    let stdin = [PathBuf::from("-")];
    let files = match args.files.as_slice() {
        [] if io::stdin().is_terminal() => {
            return Err(
                Failure::usage("no file is given, and standard input is a terminal").help(
                    "name a file, or pipe records in: `kore-usage fetch … | kore-usage validate -`",
                ),
            );
        }
        [] => &stdin,
        files => files,
    };
    let mut reporter = Reporter::new(&config, &args.rules, context.verbose);
    let mut failures = Vec::new();
    let mut opened = false;
    for path in files {
        match open(path) {
            Ok(source) => {
                opened = true;
                if let Err(failure) = input(&name(path), source, args.rules.jobs, &mut reporter)? {
                    failures.push(failure);
                }
            }
            Err(failure) => failures.push(failure),
        }
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

/// What messages call an input.
fn name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).and_then(|file| {
        // A folder can be opened, and only fails to be read.
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(file)
    });
    match file {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(
            Failure::incomplete(format!("cannot read {}: {error}", name(path)))
                .help("name a file that can be read, or `-` for standard input"),
        ),
    }
}

/// Checks one input. The outer error ends the run; the inner one only this input.
fn input(
    name: &str,
    source: Box<dyn Read>,
    jobs: u32,
    reporter: &mut Reporter,
) -> Result<Result<(), Failure>, Failure> {
    reporter.source(name);
    Ok(match read(source, jobs, reporter)? {
        Ok(()) => Ok(()),
        Err(Stop::Malformed(document)) => {
            let failure =
                Failure::incomplete(format!("{name} is not a list of usage records: {document}"));
            let compressed = Path::new(name).extension().is_some_and(|end| end == "gz");
            Err(failure.help(if compressed {
                "it is compressed: pipe what `gzip -dc` makes of it into `kore-usage validate -`"
            } else {
                "validate reads pages of the API, lists of records, and NDJSON of either"
            }))
        }
        Err(Stop::Io(error)) => Err(Failure::incomplete(format!("cannot read {name}: {error}"))),
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
        if let Err(document) = reading.feed(&block.bytes, reporter)? {
            return Ok(Err(Stop::Malformed(document)));
        }
        blocks.recycle(block);
        // Documents that end with their block are those of NDJSON.
        if jobs > 1 && reading.has_begun() && reading.is_between_documents() {
            return parallel::run(&mut blocks, reading.records(), jobs, reporter);
        }
    }
}
