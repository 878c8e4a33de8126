//! The commands, one a file.

mod archive;
mod check;
mod config;
mod demo;
mod diff;
mod emulate;
mod export;
mod fetch;
mod fleet;
mod reconcile;
mod reference;
mod report;
mod sims;
mod summary;
mod sync;
mod validate;

use std::io;

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
        Command::Sync(args) => asynchronous(sync::run(&args, context)),
        Command::Export(args) => {
            listen()?;
            export::run(&args, context)
        }
        Command::Diff(args) => {
            listen()?;
            diff::run(&args, context)
        }
        Command::Reconcile(args) => {
            listen()?;
            reconcile::run(&args, context)
        }
        Command::Archive(args) => {
            listen()?;
            archive::run(&args.look, context)
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
        Command::Man { command } => reference::man(command.as_deref()),
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
fn asynchronous(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    listen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| cannot_start(&error))?;
    let exit = runtime.block_on(command);
    // An output that is being opened may wait for its reader for ever.
    runtime.shutdown_background();
    exit
}
