//! Fetching one window, with the text of each record as it was received.

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU32, Ordering},
    },
};

use chrono::{DateTime, Utc};
use usage_client::{Client, FetchReport, Gathered, UsageQuery, WindowPlan};
use usage_model::{Item, PageSize, Period, RecordReader, Resource, SimSid, UsageRecord, Window};

use super::{options::SyncOptions, targets::Job};
use crate::{Error, error::ErrorKind, key::is_same_account};

/// Under what the records of an account are kept that none of them names.
const UNNAMED_ACCOUNT: &str = "unknown";

/// What the server turned out to take; the next windows are asked for accordingly.
#[derive(Debug)]
pub(super) struct ServerLimits {
    /// Days of a window at most; 0 for no limit.
    days: AtomicU32,
    /// Records a page.
    page_size: AtomicU16,
}

impl ServerLimits {
    pub(super) fn new(options: &SyncOptions) -> Self {
        Self {
            days: AtomicU32::new(options.max_days.map_or(0, NonZeroU32::get)),
            page_size: AtomicU16::new(options.page_size.get()),
        }
    }

    fn learn(&self, report: &FetchReport) {
        if let Some(days) = report.longest_window {
            self.days.store(days.get(), Ordering::Relaxed);
        }
        if let Some(size) = report.smaller_pages {
            self.page_size.fetch_min(size.get(), Ordering::Relaxed);
        }
    }

    fn page_size(&self) -> PageSize {
        PageSize::new(self.page_size.load(Ordering::Relaxed)).unwrap_or(PageSize::MAX)
    }

    fn plan(&self, at: DateTime<Utc>) -> WindowPlan {
        let plan = WindowPlan::new(at).concurrency(NonZeroU32::MIN);
        match NonZeroU32::new(self.days.load(Ordering::Relaxed)) {
            Some(days) => plan.longest(days),
            None => plan,
        }
    }
}

/// A part of a window that was read in full.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) window: Window,
    /// The records as they were received.
    pub(super) texts: Vec<String>,
}

/// What came of a window.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) job: Job,
    pub(super) parts: Vec<Part>,
    /// When the server answered first, by its own clock.
    pub(super) server_date: Option<DateTime<Utc>>,
    pub(super) requests: u64,
    /// What is missing, and why.
    pub(super) failure: Option<(Window, usage_client::Error)>,
    /// Days that a window may have, where the server refused more.
    pub(super) longest_window: Option<NonZeroU32>,
    /// Requests that were made again.
    pub(super) retries: u64,
    accounts: BTreeSet<String>,
    sims: BTreeSet<String>,
    has_records: bool,
}

/// Fetches a window. `at` is the time that it was planned for.
pub(super) async fn fetch(
    client: Client,
    job: Job,
    at: DateTime<Utc>,
    limits: Arc<ServerLimits>,
) -> Fetched {
    let window = job.planned.window;
    let resource = job.target.sim.map_or(Resource::Account, Resource::Sim);
    let query =
        UsageQuery::new(resource, window, job.target.granularity).page_size(limits.page_size());
    let gathered = client.windows(query, &limits.plan(at)).gather().await;
    limits.learn(&gathered.report);
    let mut came = Came::default();
    came.take(&gathered);
    // The list moved between two pages; what lies there is asked for on its own.
    for gap in &gathered.report.gaps {
        let Some(gap) = gap.widened_to_days().overlap(window) else {
            continue;
        };
        let query =
            UsageQuery::new(resource, gap, job.target.granularity).page_size(limits.page_size());
        let again = client.windows(query, &limits.plan(at)).gather().await;
        came.take(&again);
        came.missing.extend(
            again
                .missing
                .into_iter()
                .map(|missing| (missing.window, missing.error)),
        );
    }
    came.missing.extend(
        gathered
            .missing
            .into_iter()
            .map(|missing| (missing.window, missing.error)),
    );
    if came.server_date.is_none() {
        let told = came.missing.iter();
        came.server_date = told.filter_map(|(_, error)| error.server_date()).min();
    }
    came.fetched(job)
}

/// A record's text and when its period starts, where it says so.
struct Text {
    start: Option<DateTime<Utc>>,
    text: String,
}

#[derive(Default)]
struct Came {
    texts: Vec<Text>,
    accounts: BTreeSet<String>,
    sims: BTreeSet<String>,
    server_date: Option<DateTime<Utc>>,
    requests: u64,
    retries: u64,
    missing: Vec<(Window, usage_client::Error)>,
    longest_window: Option<NonZeroU32>,
}

impl Came {
    fn take(&mut self, gathered: &Gathered) {
        self.requests += gathered.report.attempts;
        self.retries += gathered.report.retries();
        self.longest_window = self.longest_window.or(gathered.report.longest_window);
        for page in &gathered.pages {
            self.server_date = match (self.server_date, page.server_date) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            self.read(page.body.as_deref().unwrap_or_default());
        }
    }

    /// Reads the body of a page, which the client has read before.
    fn read(&mut self, mut body: &[u8]) {
        let mut reader = RecordReader::new();
        reader.end();
        while let Ok(Some(entry)) = reader.next(&mut body) {
            let start = match entry.item() {
                Item::Record(_, record) => {
                    self.note_owner(record);
                    let bounds = record.period.value().and_then(Period::bounds);
                    bounds.map(|(start, _)| start)
                }
                Item::Malformed(_) => {
                    crate::store::period_of_malformed(entry.text()).map(|(start, _)| start)
                }
                _ => continue,
            };
            let text = match entry.item() {
                Item::Malformed(_) => kept(entry.text()),
                _ => entry.text().to_owned(),
            };
            self.texts.push(Text { start, text });
        }
    }

    fn note_owner(&mut self, record: &UsageRecord) {
        if let Some(account) = record.account_sid.value() {
            self.accounts.insert(account.as_str().to_owned());
        }
        if let Some(sim) = record.sim_sid.value() {
            self.sims.insert(sim.as_str().to_owned());
        }
    }

    fn fetched(self, job: Job) -> Fetched {
        let mut windows = vec![job.planned.window];
        for (missing, _) in &self.missing {
            windows = windows
                .into_iter()
                .flat_map(|window| without(window, missing.widened_to_days()))
                .collect();
        }
        let is_whole = self.missing.is_empty();
        let has_records = !self.texts.is_empty();
        let mut parts: Vec<Part> = windows
            .into_iter()
            .map(|window| Part {
                window,
                texts: Vec::new(),
            })
            .collect();
        for Text { start, text } in self.texts {
            let part = match start {
                // What a whole window brought belongs to it, also where the server widened it.
                _ if is_whole => parts.first_mut(),
                Some(start) => {
                    // The period that the window begins within starts before it.
                    let start = start.max(job.planned.window.start());
                    parts
                        .iter_mut()
                        .find(|part| part.window.start() <= start && start < part.window.end())
                }
                None => None,
            };
            if let Some(part) = part {
                part.texts.push(text);
            }
        }
        let missing = self.missing.into_iter();
        let failure = missing.reduce(|(window, error), (next, _)| (window.hull(next), error));
        Fetched {
            job,
            parts,
            server_date: self.server_date,
            requests: self.requests,
            failure,
            longest_window: self.longest_window,
            retries: self.retries,
            accounts: self.accounts,
            sims: self.sims,
            has_records,
        }
    }
}

/// The text of a malformed record as it is kept: one that decodes only because something else stands for bytes that
/// are no text has a character there that is part of no record, so that it stays malformed.
fn kept(text: &str) -> String {
    match serde_json::from_str::<UsageRecord>(text) {
        Ok(_) => text.replace(char::REPLACEMENT_CHARACTER, crate::store::NOT_TEXT),
        Err(_) => text.to_owned(),
    }
}

/// What is left of a window without a part.
fn without(window: Window, part: Window) -> impl Iterator<Item = Window> {
    let before = Window::new(window.start(), part.start().min(window.end()));
    let after = Window::new(part.end().max(window.start()), window.end());
    [before, after].into_iter().flatten()
}

impl Fetched {
    /// The account that the records are of; `None` where there are none.
    pub(super) fn account(&self) -> Option<String> {
        let named = self.accounts.first().cloned();
        named.or_else(|| self.has_records.then(|| UNNAMED_ACCOUNT.to_owned()))
    }

    /// Fails where some record is of another account or SIM than it was asked for.
    pub(super) fn check_owner(&self, account: &str, source: &str) -> Result<(), Error> {
        let mut accounts = self.accounts.iter();
        if let Some(other) = accounts.find(|other| !is_same_account(other, account)) {
            return Err(Error::foreign_account(source, other, account));
        }
        let asked = self.job.target.sim.map(|sim| sim.to_string());
        if let Some(asked) = asked
            && let Some(other) = self
                .sims
                .iter()
                .find(|other| !other.eq_ignore_ascii_case(&asked))
        {
            let what = format!("{source} was asked for SIM {asked} and answers for SIM {other}");
            return Err(Error::new(ErrorKind::ForeignAccount, what));
        }
        Ok(())
    }

    /// The part that the server refused as starting too early: all that is missing lies before what came.
    pub(super) fn refused_start(&self) -> Option<Window> {
        let (missing, error) = self.failure.as_ref()?;
        let is_refusal = matches!(error.status(), Some(400 | 422));
        let is_start = missing.start() <= self.job.planned.window.start();
        let mut parts = self.parts.iter();
        let is_before = parts.all(|part| missing.end() <= part.window.start());
        (is_refusal && is_start && is_before).then_some(*missing)
    }

    /// The SIM that has left, where nothing is found any more under its SID.
    pub(super) fn gone_sim(&self) -> Option<SimSid> {
        let (_, error) = self.failure.as_ref()?;
        let is_gone =
            self.job.target.left_at.is_some() && matches!(error.status(), Some(404 | 410));
        self.job.target.sim.filter(|_| is_gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: &str, end: &str) -> Window {
        let at = |day: &str| format!("2026-06-{day}T00:00:00Z").parse().unwrap();
        Window::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn what_is_left_without_a_part_is_what_lies_before_and_after_it() {
        let june = window("05", "10");
        let left =
            |start: &str, end: &str| -> Vec<Window> { without(june, window(start, end)).collect() };
        assert_eq!(left("06", "07"), [window("05", "06"), window("07", "10")]);
        assert_eq!(left("01", "07"), [window("07", "10")]);
        assert_eq!(left("07", "20"), [window("05", "07")]);
        assert_eq!(left("01", "20"), []);
        assert_eq!(left("01", "05"), [june]);
        assert_eq!(left("10", "11"), [june]);
    }
}
