//! How far a fetch is, on the terminal of whoever waits for it.

use std::{
    fmt,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::AbortHandle;

use crate::{
    commands::Context,
    messages::{number, status_line},
};

/// How long a job takes until it says how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// A line on standard error that says how far a fetch is; nothing where that is no terminal, or where all is done in
/// half a second.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Shows the line when the job has taken long enough.
    appearance: Option<AbortHandle>,
    started: Instant,
    pages: u64,
    records: u64,
    waited: Duration,
    /// What is done, of how many.
    done: u64,
    all: Option<(u64, &'static str)>,
}

impl Progress {
    /// Starts, within a runtime.
    pub(super) fn new(context: Context) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message("asking for the first page");
        let appearance = (!context.quiet).then(|| {
            status_line(&bar);
            let bar = bar.clone();
            let appear = async move {
                tokio::time::sleep(PATIENCE).await;
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(TICK);
            };
            tokio::spawn(appear).abort_handle()
        });
        Self {
            bar,
            appearance,
            started: Instant::now(),
            pages: 0,
            records: 0,
            waited: Duration::ZERO,
            done: 0,
            all: None,
        }
    }

    /// Shows how many windows or SIMs there are.
    pub(super) fn planned(&mut self, all: usize, noun: &'static str) {
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        let before = self.all.map_or(0, |(all, _)| all);
        self.all = Some((all.saturating_add(before), noun));
        self.show();
    }

    /// Whether it is these that are counted.
    pub(super) fn counts(&self, what: &str) -> bool {
        self.all.is_some_and(|(_, noun)| noun == what)
    }

    /// Says how many SIMs are listed so far.
    pub(super) fn listed(&self, sims: usize) {
        let sims = u64::try_from(sims).unwrap_or(u64::MAX);
        self.bar
            .set_message(format!("{} listed", number(sims, "SIM")));
    }

    /// Counts one page, and how long it had to wait.
    pub(super) fn page(&mut self, records: usize, waited: Duration) {
        self.pages += 1;
        self.records += u64::try_from(records).unwrap_or(u64::MAX);
        self.waited += waited;
        self.show();
    }

    /// Counts one window or SIM that is done.
    pub(super) fn done(&mut self) {
        self.done += 1;
        self.show();
    }

    /// What is done of all, how fast, and why it is not faster.
    fn show(&self) {
        let mut text = match self.all {
            // Where a server refuses long windows, there are more of them than were planned.
            Some((all, noun)) if all > 1 => {
                format!("{} of {}, ", self.done.min(all), number(all, noun))
            }
            _ => String::new(),
        };
        text.push_str(&self.to_string());
        let seconds = self.started.elapsed().as_secs();
        if let Some(rate) = self.records.checked_div(seconds) {
            text = format!("{text}, {} a second", number(rate, "record"));
        }
        if self.waited >= Duration::from_secs(1) {
            let waited = self.waited.as_secs();
            text = format!("{text}, waited {waited} s for the server");
        }
        self.bar.set_message(text);
    }

    /// Takes the line away, so that others can write.
    pub(super) fn finish(&self) {
        if let Some(appearance) = &self.appearance {
            appearance.abort();
        }
        self.bar.finish_and_clear();
    }

    /// What was fetched, and in what time.
    pub(super) fn summary(&self) -> String {
        let tenths = self.started.elapsed().as_millis() / 100;
        let sims = match self.all {
            Some((_, "SIM")) => format!("{}, ", number(self.done, "SIM")),
            _ => String::new(),
        };
        format!("{sims}{self}, {}.{} s", tenths / 10, tenths % 10)
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
