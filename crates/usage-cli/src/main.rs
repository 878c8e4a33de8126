//! `kore-usage`: fetch, check and keep the usage records of a KORE Wireless account.

mod args;
mod commands;
mod drive;
mod exit;
mod failure;
mod inputs;
mod messages;
mod output;
mod records;
mod settings;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    exit::at_panics();
    messages::colour();
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return args::refuse(error).into(),
    };
    match commands::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit().into()
        }
    }
}
