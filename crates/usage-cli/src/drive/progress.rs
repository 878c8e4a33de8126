//! How far a fetch is, on the terminal of whoever waits for it.

use std::{fmt, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{commands::Context, messages::number};

/// A line on standard error that says how far a fetch is; nothing where that is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    verbose: bool,
    pages: u64,
    records: u64,
}

impl Progress {
    pub(crate) fn new(context: Context) -> Self {
        let bar = if context.quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message("asking for the first page");
        Self {
            bar,
            verbose: context.verbose,
            pages: 0,
            records: 0,
        }
    }

    /// Counts one page.
    pub(crate) fn page(&mut self, records: usize) {
        self.pages += 1;
        self.records += u64::try_from(records).unwrap_or(u64::MAX);
        self.bar.set_message(self.to_string());
    }

    /// Takes the line away, so that others can write; says what was fetched where the user wants to know.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
        if self.verbose {
            anstream::eprintln!("fetched {self}");
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} on {}",
            number(self.records, "record"),
            number(self.pages, "page")
        )
    }
}
