//! What a report shows: records added up every way, and what was found in them.

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use usage_model::{Counter, Lenient, RETENTION_MONTHS, UsageRecord, Window};
use usage_table::{By, FleetSim, Summarizer, Summary, SummaryOptions, UsageState};
use usage_validate::{Finding, Outcome};

/// Adds records up for a [`Report`]; the front page of this crate shows how.
#[derive(Debug)]
pub struct ReportBuilder {
    days: Summarizer,
    days_by_network: Summarizer,
    months: Summarizer,
    months_by_network: Summarizer,
    countries: Summarizer,
    accounts: BTreeSet<String>,
}

/// What a report shows.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// When the records were fetched, by the server's clock.
    pub as_of: DateTime<Utc>,
    /// The window that was asked for; `None` where the records came from files.
    pub window: Option<Window>,
    /// The accounts that the records name.
    pub accounts: Vec<String>,
    /// Usage by day.
    pub days: Summary,
    /// Usage by day and network.
    pub days_by_network: Summary,
    /// Usage by month.
    pub months: Summary,
    /// Usage by month and network.
    pub months_by_network: Summary,
    /// Usage by country abroad; the empty one is home and national together.
    pub countries: Summary,
    /// The SIMs, the most data first; empty where the records are of no SIM.
    pub sims: Vec<FleetSim>,
    /// What was found, as far as it is listed.
    pub findings: Vec<Finding>,
    /// The verdict, and how much was found.
    pub outcome: Outcome,
}

impl ReportBuilder {
    /// Starts without records.
    pub fn new() -> Self {
        let by = |by: &[By]| {
            let options = SummaryOptions::new(by).unwrap_or_else(|_| SummaryOptions::one(By::Day));
            Summarizer::new(options)
        };
        Self {
            days: by(&[By::Day]),
            days_by_network: by(&[By::Day, By::Network]),
            months: by(&[By::Month]),
            months_by_network: by(&[By::Month, By::Network]),
            countries: by(&[By::Country]),
            accounts: BTreeSet::new(),
        }
    }

    /// Adds a record.
    pub fn record(&mut self, record: &UsageRecord) {
        for summarizer in self.all() {
            summarizer.record(record);
        }
        let account = record.account_sid.value().map(Lenient::as_str);
        if let Some(account) = account
            && !self.accounts.contains(account)
        {
            self.accounts.insert(account.to_owned());
        }
    }

    /// Counts a record that does not decode.
    pub fn malformed(&mut self) {
        for summarizer in self.all() {
            summarizer.malformed();
        }
    }

    fn all(&mut self) -> [&mut Summarizer; 5] {
        [
            &mut self.days,
            &mut self.days_by_network,
            &mut self.months,
            &mut self.months_by_network,
            &mut self.countries,
        ]
    }

    /// Ends the report of records that were validated with this outcome.
    pub fn finish(self, findings: Vec<Finding>, outcome: Outcome) -> Report {
        let as_of = outcome.as_of.instant();
        Report {
            as_of,
            window: None,
            accounts: self.accounts.into_iter().collect(),
            days: self.days.finish(as_of),
            days_by_network: self.days_by_network.finish(as_of),
            months: self.months.finish(as_of),
            months_by_network: self.months_by_network.finish(as_of),
            countries: self.countries.finish(as_of),
            sims: Vec::new(),
            findings,
            outcome,
        }
    }
}

impl Default for ReportBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// A run of days in one state; `None` is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) state: Option<UsageState>,
    pub(crate) first: NaiveDate,
    pub(crate) days: u64,
}

impl Run {
    /// The state in words.
    pub(crate) fn name(self) -> &'static str {
        self.state.map_or("missing", UsageState::as_str)
    }

    /// The last day.
    pub(crate) fn last(self) -> NaiveDate {
        let more = Days::new(self.days.saturating_sub(1));
        self.first.checked_add_days(more).unwrap_or(self.first)
    }
}

impl Report {
    /// Returns every day of a report with a record.
    pub(crate) fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        let cells = self.days.rows.iter().filter_map(|row| row.cells.first());
        cells.filter_map(|cell| cell.parse().ok())
    }

    /// Returns the first day that should have a record and the day after the last.
    pub(crate) fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (first, last) = (self.dates().next()?, self.dates().last()?);
        let after = last.succ_opt()?;
        let Some(window) = self.window else {
            return Some((first, after));
        };
        let today = self.as_of.date_naive();
        let end = window.end().min(self.as_of).date_naive();
        Some((
            window.start().date_naive().min(first),
            after.max(end.min(today)),
        ))
    }

    /// Returns the days from the first to the last in runs of one state.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let Some((first, after)) = self.span() else {
            return runs;
        };
        let mut dates = self.dates().peekable();
        for day in first.iter_days().take_while(|day| *day < after) {
            while dates.next_if(|date| *date < day).is_some() {}
            let end = day
                .succ_opt()
                .unwrap_or(day)
                .and_time(NaiveTime::MIN)
                .and_utc();
            let state = dates
                .next_if_eq(&day)
                .map(|_| UsageState::of(end, self.as_of));
            match runs.last_mut() {
                Some(run) if run.state == state => run.days += 1,
                _ => runs.push(Run {
                    state,
                    first: day,
                    days: 1,
                }),
            }
        }
        runs
    }

    /// Returns in how many days the server deletes the oldest day that is shown.
    pub(crate) fn deleted_in_days(&self) -> Option<i64> {
        let oldest = self.dates().next()?.succ_opt()?;
        let deletion = oldest.checked_add_months(Months::new(RETENTION_MONTHS))?;
        Some(
            deletion
                .signed_duration_since(self.as_of.date_naive())
                .num_days(),
        )
    }

    /// Returns the window of the days that are shown.
    pub fn window_of_days(&self) -> Option<Window> {
        let (first, after) = self.span()?;
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        Window::new(midnight(first), midnight(after)).ok()
    }

    /// Puts the SIMs with the most data first.
    pub fn rank_sims(&mut self) {
        let key = |sim: &FleetSim| (Reverse(data(&sim.totals)), sim.sim_sid.clone());
        self.sims.sort_by_cached_key(key);
    }

    /// Returns who the report is about.
    pub(crate) fn subject(&self) -> String {
        match self.accounts.as_slice() {
            [] => "an account".to_owned(),
            [account] => account.clone(),
            accounts => format!("{} accounts", accounts.len()),
        }
    }
}

/// The total of a row's data.
pub(crate) fn data(totals: &usage_table::Totals) -> u128 {
    totals.data.get(Counter::Total)
}
