//! The reconciler: records of several granularities, of SIMs and of their account in, what does not fit together out.

mod account;
mod flaw;
mod level;

use std::{collections::BTreeMap, sync::Arc};

use usage_model::{
    AccountSid, Granularity, Item, Lenient, MalformedDocument, MalformedRecord, Place, SimSid,
    UsageRecord, Window,
};

use crate::{
    config::{Config, options::Accounts},
    drift::Reading,
    findings::{
        finding::Finding,
        kept::{Kept, Source, bounded},
        reporter::Reporter,
    },
    rules::{
        catalogue::example::Task,
        coverage::intervals::Interval,
        malformed::{self, NamelessSeen},
        overall::Overall,
    },
    summary::{Summary, sides::Sides},
};
use account::AccountSeen;
use level::Held;

/// Holds records of several granularities against each other, and records of SIMs against those of their account
/// (UR601 to UR605).
///
/// Periods are compared where they had ended 48 hours before they were fetched, exactly, in UTC: hours that make up a
/// day or a longer period, days that make up a longer period, and SIMs that add up to the account over the same
/// period. Records may come in any order. Of two records for one period the one counts that was fetched later.
///
/// Some hundred bytes of each record are kept until the end. Accounts can be reconciled apart from each other, and
/// for granularities SIMs as well: the summaries merge. Control totals stay 0, since records say the same usage several
/// times.
///
/// ```
/// use usage_model::read_records;
/// use usage_validate::{Config, Reconciler};
///
/// let input = r#"
///     {"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-01T01:00:00Z"},"commands":{"total":2,"to_sim":2}}
///     {"period":{"start":"2026-06-01T01:00:00Z","end":"2026-06-01T02:00:00Z"},"commands":{"total":3,"to_sim":3}}
///     {"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-01T02:00:00Z"},"commands":{"total":6,"to_sim":5}}
/// "#;
/// let mut reconciler = Reconciler::new(&Config::new("2026-11-01T00:00:00Z".parse()?));
/// for item in read_records(input.as_bytes()) {
///     reconciler.item(&item?);
/// }
/// let (findings, summary) = reconciler.finish();
/// assert_eq!(findings.len(), 1);
/// assert_eq!((findings[0].code, findings[0].expected), ("UR601", Some(5)));
/// assert_eq!(summary.records, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reconciler {
    config: Config,
    source: Source,
    accounts: BTreeMap<Option<Lenient<AccountSid>>, AccountSeen>,
    nameless: NamelessSeen,
    reporter: Reporter,
    /// Inputs that were named.
    sources: u64,
}

impl Reconciler {
    /// Returns a reconciler that has seen nothing yet.
    ///
    /// `granularity` of the settings is that of all records, unless a [`Reading`] has another; without it a period of
    /// one UTC hour is hourly, one of one UTC day daily, and any other one is of granularity `all`.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            source: None,
            accounts: BTreeMap::new(),
            nameless: NamelessSeen::default(),
            reporter: Reporter::new(&config.selection(Task::Reconcile), config.max_findings),
            sources: 0,
        }
    }

    /// Names the input whose records follow.
    pub fn source(&mut self, name: &str) {
        self.source = Some(Arc::from(name));
        self.sources += 1;
    }

    /// Takes what a reader gives: a record, a record that could not be read (UR002), or the end of a page.
    pub fn item(&mut self, item: &Item) {
        match item {
            Item::Record(place, record) => self.record(place, record),
            Item::Malformed(record) => self.malformed_record(record),
            _ => {}
        }
    }

    /// Takes a record that was fetched at the time of the settings.
    pub fn record(&mut self, place: &Place, record: &UsageRecord) {
        let mut reading = Reading::new(record, self.config.as_of);
        reading.place = Some(*place);
        self.reading(&reading);
    }

    /// Takes a record that was fetched at a time of its own. Without a period that ends after it starts it is only
    /// counted.
    pub fn reading(&mut self, reading: &Reading<'_>) {
        self.reporter.tally.decoded += 1;
        let record = reading.record;
        let bounds = record.period.value().and_then(usage_model::Period::bounds);
        let Some((start, end)) = bounds.filter(|(start, end)| start < end) else {
            return;
        };
        let granularity = reading
            .granularity
            .or(self.config.granularity)
            .unwrap_or_else(|| Granularity::of_period(start, end));
        let sim = record.sim_sid.value().map(bounded);
        let account = record.account_sid.value().map(bounded);
        let kept = Kept {
            place: reading.place,
            serial: 0,
            account: account.clone(),
            sim: sim.clone(),
            period: record
                .period
                .value()
                .map(|period| [&period.start, &period.end].map(|bound| bound.value().copied())),
            provisional: false,
            source: self.source.clone(),
            found: false,
        };
        let time = Interval::new(start, end);
        let held = Held::new(record, time, reading.fetched_at, kept);
        let levels = self.account(account).levels(sim.as_ref());
        levels.at_mut(granularity).add(time, held);
    }

    /// Says that a window was read in full: a time within it for which there is no record had no usage.
    ///
    /// `account` is written as its records name it, or `None` where they name none.
    pub fn read_in_full(
        &mut self,
        account: Option<&str>,
        sim: Option<SimSid>,
        granularity: Granularity,
        window: Window,
    ) {
        let sim = sim.map(Lenient::Known);
        let account = self.account(account.map(named));
        let levels = account.levels(sim.as_ref());
        levels.at_mut(granularity).read_in_full(window);
    }

    /// Says that an account has a SIM, whether or not there is any record of it.
    pub fn known_sim(&mut self, account: Option<&str>, sim: SimSid) {
        let account = self.account(account.map(named));
        account.levels(Some(&Lenient::Known(sim)));
    }

    /// Reports a record that could not be read (UR002).
    pub fn malformed_record(&mut self, record: &MalformedRecord) {
        self.reporter.tally.malformed += 1;
        malformed::malformed_record(record, &self.source, &mut self.nameless, &mut self.reporter);
    }

    /// Reports an input that is no list of records, from some point on (UR001).
    pub fn malformed_document(&mut self, document: &MalformedDocument) {
        malformed::malformed_document(document, &self.source, &mut self.reporter);
    }

    /// Where all records are of one account, what one names does not matter.
    fn account(&mut self, account: Option<Lenient<AccountSid>>) -> &mut AccountSeen {
        let account = account.filter(|_| self.config.accounts == Accounts::Many);
        self.accounts.entry(account).or_default()
    }

    /// Holds the records against each other. Returns what does not fit, by account, SIM, period, rule and place, and
    /// what was found in figures.
    pub fn finish(self) -> (Vec<Finding>, Summary) {
        let Self {
            config,
            accounts,
            mut reporter,
            ..
        } = self;
        for account in accounts.into_values() {
            account.finish(config.tolerance, &mut reporter);
        }
        malformed::count(self.sources, &mut reporter);
        let summary = Summary::of_run(&config, &reporter, Sides::EMPTY, Overall::EMPTY);
        (std::mem::take(reporter.findings()), summary)
    }
}

/// An account by its name, as it is known from records.
fn named(account: &str) -> Lenient<AccountSid> {
    bounded(&Lenient::from_text(account))
}
