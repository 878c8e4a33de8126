//! The commands, one a file.

#[cfg(feature = "archive")]
mod archive;
mod check;
mod config;
mod demo;
mod emulate;
mod fetch;
mod fleet;
mod reconcile;
mod reference;
mod report;
mod sims;
mod source;
mod summary;
mod validate;

use std::{io, pin::Pin};

use chrono::{SubsecRound, Utc};

pub(crate) use crate::args::Context;

use crate::{
    args::{Cli, Command, LogFormat},
    exit::{self, Exit},
    failure::Failure,
    messages::{self, words},
};

/// Runs the command that was typed.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program reads the clock here, once, and nowhere else"
    )]
    let now = Utc::now();
    if cli.log_format == LogFormat::Json {
        messages::write_json();
    }
    let context = Context {
        // Whole seconds: finer than anything that is decided with it, and readable where it is printed.
        now: now.trunc_subsecs(0),
        quiet: cli.quiet,
        verbose: cli.verbose,
    };
    match cli.command {
        Command::Demo(args) => asynchronous(demo::run(&args)),
        Command::Fetch(args) => asynchronous(fetch::run(&args, context)),
        Command::Check(args) => asynchronous(check::run(&args, context)),
        Command::Validate(args) => {
            listen()?;
            validate::run(&args, context)
        }
        #[cfg(feature = "archive")]
        Command::OfArchive(command) => of_archive(command, context),
        Command::Reconcile(args) => {
            listen()?;
            reconcile::run(&args, context)
        }
        Command::Summary(args) => asynchronous(summary::run(&args, context)),
        Command::Sims(args) => asynchronous(sims::run(&args, context)),
        Command::Fleet(args) => asynchronous(fleet::run(&args, context)),
        Command::Config { command } => asynchronous(config::run(&command, context)),
        Command::Report(args) => asynchronous(report::run(&args, context)),
        Command::Emulate(args) => asynchronous(emulate::run(args, context)),
        Command::Explain { code } => reference::explain(&code),
        Command::Rules { format } => reference::rules(format),
        Command::Schema { name } => reference::schema(name),
        Command::Completions { shell } => reference::completions(shell),
        Command::Man { command } => reference::man(&command),
    }
}

/// Runs one of the commands that keep an archive or look into one.
#[cfg(feature = "archive")]
fn of_archive(command: crate::args::ArchiveCommand, context: Context) -> Result<Exit, Failure> {
    use crate::args::ArchiveCommand::{Archive, Diff, Export, Sync};

    match command {
        Sync(args) => asynchronous(archive::sync::run(&args, context)),
        Export(args) => {
            listen()?;
            archive::export::run(&args, context)
        }
        Diff(args) => {
            listen()?;
            archive::diff::run(&args, context)
        }
        Archive(args) => {
            listen()?;
            archive::run(&args.look, context)
        }
    }
}

/// Listens for the signals that end a run.
fn listen() -> Result<(), Failure> {
    exit::listen().map_err(|error| cannot_start(&error))
}

fn cannot_start(error: &io::Error) -> Failure {
    Failure::incomplete(format!("cannot start: {}", words(error)))
}

/// Runs a command on the asynchronous runtime.
///
/// The command is boxed because `block_on` would otherwise hold its code twice, once for each kind of runtime.
fn asynchronous(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    listen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| cannot_start(&error))?;
    let command: Pin<Box<dyn Future<Output = _> + '_>> = Box::pin(command);
    let exit = runtime.block_on(command);
    // An output that is being opened may wait for its reader for ever.
    runtime.shutdown_background();
    exit
}
