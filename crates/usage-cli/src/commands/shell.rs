//! `completions` and `man`: what shells and manuals need.

use clap::CommandFactory;

use crate::{args::Cli, exit::Exit, failure::Failure};

use super::explain::print;

/// Prints the completion script of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kore-usage", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| Failure::incomplete(format!("cannot render the manual: {error}")))?;
    print(&String::from_utf8_lossy(&page))
}
