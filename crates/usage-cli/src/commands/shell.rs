//! `completions` and `man`: what shells and manuals need.

use clap::CommandFactory;
use usage_model::nearest;

use crate::{args::Cli, exit::Exit, failure::Failure};

use super::explain::print;

/// Prints the completion script of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kore-usage", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of the program, or of one of its commands.
pub(super) fn man(command: Option<&str>) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    // Passes on to the commands what they have from the program, their names on the page among it.
    program.build();
    let described = match command {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            let commands = program.get_subcommands().map(clap::Command::get_name);
            let failure = Failure::usage(format!("there is no command {name:?}"));
            failure.help(match nearest(name, commands) {
                Some(suggested) => {
                    format!("did you mean {suggested}? `kore-usage --help` lists them all")
                }
                None => "`kore-usage --help` lists them all".to_owned(),
            })
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(described.clone())
        .render(&mut page)
        .map_err(|error| Failure::incomplete(format!("cannot render the manual: {error}")))?;
    print(&String::from_utf8_lossy(&page))
}
