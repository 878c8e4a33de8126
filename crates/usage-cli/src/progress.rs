//! How far a fetch is, on the terminal of whoever waits for it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::commands::Context;

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
        self.bar
            .set_message(format!("{} records on {} pages", self.records, self.pages));
    }

    /// Takes the line away, so that others can write; says what was fetched where the user wants to know.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
        if self.verbose {
            anstream::eprintln!("fetched {} records on {} pages", self.records, self.pages);
        }
    }
}
