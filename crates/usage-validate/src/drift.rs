//! Two readings of one period, compared.

use std::{cell::Cell, sync::Arc};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Place, UsageRecord, is_settled};

use crate::{
    config::Config,
    findings::{
        kept::Source,
        reporter::Reporter,
        subject::{KeyRef, RecordRef, Subject},
    },
    rules::{catalogue::example::Task, drift, overall::Overall},
    summary::{Summary, sides::Sides},
    validator::Findings,
};

/// One observation of a period: a record, and when it was fetched.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reading<'a> {
    /// Where the record stands in an input; `None` where it comes from no input, as from an archive.
    pub place: Option<Place>,
    /// The record.
    pub record: &'a UsageRecord,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The granularity that it was queried with; `None` where that is not known.
    pub granularity: Option<Granularity>,
}

impl<'a> Reading<'a> {
    /// Returns a reading of a record that comes from no input.
    pub const fn new(record: &'a UsageRecord, fetched_at: DateTime<Utc>) -> Self {
        Self {
            place: None,
            record,
            fetched_at,
            granularity: None,
        }
    }
}

/// Compares two readings of a period, pair by pair (UR701 to UR706).
///
/// The caller says which readings belong together: of one account, SIM, granularity and period, the earlier one first.
/// Findings come back from each call and are about the later reading, or the one that is no longer there. Nothing is
/// kept from one pair to the next, so that the summaries of any split into parts merge.
///
/// ```
/// use usage_model::UsageRecord;
/// use usage_validate::{Config, Drift, Reading};
///
/// let read = |total: u32| -> UsageRecord {
///     let period = r#"{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#;
///     let text = format!(r#"{{"period":{period},"commands":{{"total":{total},"to_sim":{total},"from_sim":0}}}}"#);
///     serde_json::from_str(&text).expect("a record")
/// };
/// let (first, second) = (read(5), read(4));
/// let mut drift = Drift::new(&Config::new("2026-07-01T00:00:00Z".parse()?));
/// let earlier = Reading::new(&first, "2026-06-05T00:00:00Z".parse()?);
/// let later = Reading::new(&second, "2026-07-01T00:00:00Z".parse()?);
/// let findings: Vec<_> = drift.compare(&earlier, &later).collect();
/// assert_eq!(findings[0].code, "UR702");
/// assert_eq!(findings[0].message, "figures shrank since an earlier reading: `commands.total` from 5 to 4, `commands.to_sim` from 5 to 4");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Drift {
    config: Config,
    source: Source,
    reporter: Reporter,
}

impl Drift {
    /// Returns one that has compared nothing yet. Of the settings, those on rules and findings count.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            source: None,
            reporter: Reporter::new(&config.selection(Task::Compare), config.max_findings),
        }
    }

    /// Names the input of the readings that follow.
    pub fn source(&mut self, name: &str) {
        self.source = Some(Arc::from(name));
    }

    /// Compares two readings of one period.
    pub fn compare(&mut self, earlier: &Reading<'_>, later: &Reading<'_>) -> Findings<'_> {
        self.reporter.tally.decoded += 1;
        let subject = about(later, &self.source);
        drift::compare(
            earlier.record,
            earlier.fetched_at,
            later.record,
            Subject::Record(&subject),
            &mut self.reporter,
        );
        Findings::of(&mut self.reporter)
    }

    /// Takes note that a period that was read before was no longer there when it was asked for again.
    pub fn vanished(&mut self, earlier: &Reading<'_>, fetched_at: DateTime<Utc>) -> Findings<'_> {
        self.reporter.tally.decoded += 1;
        let subject = about(earlier, &self.source);
        drift::vanished(
            earlier.record,
            fetched_at,
            Subject::Record(&subject),
            &mut self.reporter,
        );
        Findings::of(&mut self.reporter)
    }

    /// Returns what was found in figures; each pair counts as one record. Control totals stay 0.
    pub fn finish(self) -> Summary {
        Summary::of_run(&self.config, &self.reporter, Sides::EMPTY, Overall::EMPTY)
    }
}

fn about<'a>(reading: &Reading<'a>, source: &'a Source) -> RecordRef<'a> {
    let end = reading
        .record
        .period
        .value()
        .and_then(|period| period.end.value());
    RecordRef {
        place: reading.place,
        source: source.as_deref(),
        key: KeyRef::Record(reading.record),
        provisional: end.is_some_and(|end| !is_settled(end.instant(), reading.fetched_at)),
        found: Cell::new(false),
    }
}
