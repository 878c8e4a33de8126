//! The validator: records in, findings out.

pub(crate) mod list;
pub(crate) mod part;
pub(crate) mod record;
mod series;
#[cfg(test)]
mod tests;
mod tree;
mod unplaced;

use std::{iter::FusedIterator, sync::Arc, vec};

use usage_model::{
    Item, MalformedDocument, MalformedRecord, PageMeta, Place, Position, UsageRecord, Window,
};

use crate::{
    config::{Config, settings::Settings},
    findings::{finding::Finding, kept::Source, reporter::Reporter},
    rules::{
        catalogue::example::Task,
        malformed::{self, NamelessSeen},
        overall::Overall,
    },
    summary::Summary,
};
use list::List;
use part::{Event, Part};
use record::Records;

/// Checks usage records one after the other.
///
/// Findings come back from each call in the order of the input, as soon as they are known; those about the
/// input as a whole come at the end. Memory is bounded however many records there are.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use usage_model::{Place, UsageRecord};
/// use usage_validate::{Config, Validator};
///
/// let as_of: DateTime<Utc> = "2026-11-01T12:00:00Z".parse()?;
/// let record: UsageRecord = serde_json::from_str(r#"{
///     "account_sid": "ACabababababababababababababababab",
///     "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
///     "commands": {"total": 3, "to_sim": 2, "from_sim": 2, "home": {"total": 4, "to_sim": 2, "from_sim": 2}},
///     "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}
/// }"#)?;
///
/// let mut validator = Validator::new(&Config::new(as_of));
/// let findings: Vec<_> = validator.record(&Place::default(), &record).collect();
/// let (last, summary) = validator.finish();
///
/// assert!(last.is_empty());
/// assert_eq!(summary.errors, 2);
/// let suspect = findings[0].suspect.as_ref().expect("one wrong counter");
/// assert_eq!(suspect.pointer, "/commands/total");
/// assert_eq!(suspect.suggested, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    config: Config,
    source: Source,
    /// Inputs that were named.
    sources: u64,
    records: Records,
    nameless: NamelessSeen,
    list: List,
    /// Where the last record stands, which is where its page does.
    position: Position,
    reporter: Reporter,
}

/// The findings that one call brought, in the order of the input.
///
/// They are gone once this is dropped.
#[derive(Debug)]
#[must_use = "findings that are not taken are only counted"]
pub struct Findings<'a>(vec::Drain<'a, Finding>);

impl<'a> Findings<'a> {
    /// The findings that were listed and not collected.
    pub(crate) fn of(reporter: &'a mut Reporter) -> Self {
        Self(reporter.findings().drain(..))
    }
}

impl Iterator for Findings<'_> {
    type Item = Finding;

    fn next(&mut self) -> Option<Finding> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Findings<'_> {}

impl FusedIterator for Findings<'_> {}

impl Validator {
    /// Returns a validator that has seen nothing yet.
    pub fn new(config: &Config) -> Self {
        Self::with_settings(config, config.settings())
    }

    fn with_settings(config: &Config, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        Self {
            config: config.clone(),
            source: None,
            sources: 0,
            records: Records::new(Arc::clone(&settings)),
            nameless: NamelessSeen::default(),
            list: List::new(settings),
            position: Position::default(),
            reporter: Reporter::new(&config.selection(Task::Validate), config.max_findings),
        }
    }

    /// Names the input whose records follow. All inputs together are one list.
    pub fn source(&mut self, name: &str) {
        self.source = Some(Arc::from(name));
        self.sources += 1;
    }

    /// Checks what a reader gives: a record, a record that could not be read, or the end of a page.
    ///
    /// ```
    /// use usage_model::read_records;
    /// use usage_validate::{Config, Validator};
    ///
    /// let input = "{\"data\":{\"total\":\"3\"}}\n";
    /// let mut validator = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH));
    /// let mut findings = Vec::new();
    /// for item in read_records(input.as_bytes()) {
    ///     findings.extend(validator.item(&item?));
    /// }
    /// assert_eq!(findings[0].code, "UR002");
    /// # Ok::<(), usage_model::ReadError>(())
    /// ```
    pub fn item(&mut self, item: &Item) -> Findings<'_> {
        match item {
            Item::Record(place, record) => self.record(place, record),
            Item::Malformed(record) => self.malformed_record(record),
            Item::Page(Some(meta)) => self.page(meta),
            _ => self.findings(),
        }
    }

    /// Checks one record.
    ///
    /// `place` says where it was read; for a record from elsewhere, number it and leave the rest as is.
    pub fn record(&mut self, place: &Place, record: &UsageRecord) -> Findings<'_> {
        let Self {
            source,
            records,
            list,
            reporter,
            ..
        } = self;
        self.position = place.position;
        let entry = records.check(place, record, source, reporter);
        list.record(&entry, source, reporter);
        self.findings()
    }

    /// Reports a record that could not be read (UR002).
    pub fn malformed_record(&mut self, record: &MalformedRecord) -> Findings<'_> {
        self.malformed(record);
        self.findings()
    }

    fn malformed(&mut self, record: &MalformedRecord) {
        let source = &self.source;
        self.position = record.place.position;
        self.reporter.tally.malformed += 1;
        malformed::malformed_record(record, source, &mut self.nameless, &mut self.reporter);
        let claim = malformed::claim(record, source);
        self.list.malformed(&claim, source, &mut self.reporter);
    }

    /// Takes the envelope of the page whose records went before, to see whether all pages are there (UR504).
    pub fn page(&mut self, meta: &PageMeta) -> Findings<'_> {
        let position = std::mem::take(&mut self.position);
        self.list
            .page(meta, &self.source, position, &mut self.reporter);
        self.findings()
    }

    /// Says that the next page is the first of another list, for who knows that. Without it pages of two lists whose
    /// envelopes have no address, or the same one, may be taken for those of one list.
    pub fn next_list(&mut self) {
        self.list.next_list();
    }

    /// Reports that the records of a window could not be fetched, or not all of them, and why (UR504): a list
    /// with a part missing has not passed. The next page may be the first of another list.
    pub fn missing(&mut self, window: Window, why: &str) -> Findings<'_> {
        self.list
            .missing(window, why, &self.source, &mut self.reporter);
        self.findings()
    }

    /// Reports an input that is no list of records, from some point on (UR001).
    pub fn malformed_document(&mut self, document: &MalformedDocument) -> Findings<'_> {
        malformed::malformed_document(document, &self.source, &mut self.reporter);
        self.findings()
    }

    fn findings(&mut self) -> Findings<'_> {
        Findings::of(&mut self.reporter)
    }

    /// Starts a part: a piece of the present input that is checked by itself, for instance on another thread.
    pub fn part(&self) -> Part {
        Part::new(
            self.records.another(),
            self.reporter.another(self.config.max_findings),
            self.source.clone(),
        )
    }

    /// Joins a part: the records after all that were seen so far. The part is empty then, and can take the next piece
    /// of the same input.
    ///
    /// Parts are joined in the order of the input. What a part says of places counts from its own start: positions
    /// count on from `position`, and records from `records`, the number of those before it.
    ///
    /// ```
    /// use usage_model::{Place, Position, UsageRecord};
    /// use usage_validate::{Config, Validator};
    ///
    /// let record: UsageRecord = serde_json::from_str(r#"{"data": {"total": 3}}"#)?;
    /// let mut validator = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH));
    /// let mut part = validator.part();
    /// part.record(&Place::default(), &record);
    /// for finding in validator.join(&mut part, Position::START, 17) {
    ///     assert_eq!(finding.record, Some(17));
    /// }
    /// assert_eq!(part.records(), 0);
    /// assert_eq!(validator.finish().1.records, 1);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn join(&mut self, part: &mut Part, position: Position, records: u64) -> Findings<'_> {
        self.reporter.tally.add(&part.reporter.tally);
        let mut findings = part.reporter.findings().drain(..);
        for event in &mut part.events {
            match event {
                Event::Page(meta) => {
                    let position = std::mem::take(&mut self.position);
                    self.list
                        .page(meta, &self.source, position, &mut self.reporter);
                }
                Event::Malformed(record) => {
                    record.position = position.then(record.position);
                    record.place = record.place.after(position, records);
                    self.malformed(record);
                }
                Event::Found(count) => {
                    for mut finding in findings.by_ref().take(*count) {
                        finding.record =
                            finding.record.map(|record| record.saturating_add(records));
                        if let (Some(offset), Some(line)) = (&mut finding.offset, &mut finding.line)
                        {
                            let moved = position.then(Position::new(*offset, *line, 1));
                            (*offset, *line) = (moved.offset, moved.line);
                        }
                        self.reporter.pass_on(finding);
                    }
                }
                Event::Record(entry) => {
                    if let Some(place) = &mut entry.record.place {
                        *place = place.after(position, records);
                        self.position = place.position;
                    }
                    self.list.record(entry, &self.source, &mut self.reporter);
                }
            }
        }
        drop(findings);
        self.records
            .members
            .merge(&part.records.members, position, records);
        part.clear(self.config.max_findings);
        self.findings()
    }

    /// Returns the findings that concern the input as a whole, and what was found in figures.
    pub fn finish(self) -> (Vec<Finding>, Summary) {
        let Self {
            mut reporter,
            records,
            list,
            ..
        } = self;
        let members = records.members;
        members.report(&mut reporter);
        let (overall, sides) = list.finish(&mut reporter);
        malformed::count(self.sources, &mut reporter);
        let overall = Overall { members, ..overall };
        let summary = Summary::of_run(&self.config, &reporter, sides, overall);
        (std::mem::take(reporter.findings()), summary)
    }
}
