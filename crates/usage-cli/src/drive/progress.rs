//! How far a fetch is, on the terminal of whoever waits for it.

use std::{
    fmt,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    commands::Context,
    messages::{number, status_line},
};

/// A line on standard error that says how far a fetch is; nothing where that is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    pages: u64,
    records: u64,
}

impl Progress {
    pub(super) fn new(context: Context) -> Self {
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
        status_line(&bar);
        Self {
            bar,
            started: Instant::now(),
            pages: 0,
            records: 0,
        }
    }

    /// Counts one page.
    pub(super) fn page(&mut self, records: usize) {
        self.pages += 1;
        self.records += u64::try_from(records).unwrap_or(u64::MAX);
        self.bar.set_message(self.to_string());
    }

    /// The name of the page that was counted last.
    pub(super) fn last_page(&self) -> String {
        format!("page {}", self.pages)
    }

    /// Takes the line away, so that others can write.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// What was fetched, and in what time.
    pub(super) fn closing(&self) -> String {
        let tenths = self.started.elapsed().as_millis() / 100;
        format!("{self}, {}.{} s", tenths / 10, tenths % 10)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}",
            number(self.records, "record"),
            number(self.pages, "page")
        )
    }
}
