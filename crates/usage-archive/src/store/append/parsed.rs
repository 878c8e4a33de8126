//! A record's text, and what it says.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use usage_model::{Item, MalformedRecord, Period, Position, RecordReader, Timestamp, UsageRecord};

use crate::{key::Bounds, store::have_same_figures};

/// A record's text, and what it is about.
pub(super) struct Parsed<'a> {
    pub(super) text: &'a str,
    pub(super) period: Option<Bounds>,
    /// `None` for one that is malformed.
    pub(super) record: Option<Box<UsageRecord>>,
}

/// Decodes the texts of records.
#[derive(Default)]
pub(super) struct Parser {
    reader: RecordReader,
    /// The text that the reader is given.
    line: String,
}

impl Parser {
    pub(super) fn parse<'a>(&mut self, text: &'a str) -> Parsed<'a> {
        let record = self.decode(text).map(Box::new);
        let period = match &record {
            Some(record) => record.period.value().and_then(Period::bounds),
            None => period_of_malformed(text),
        };
        Parsed {
            text,
            period: period.map(|(start, end)| Bounds::new(start, end)),
            record,
        }
    }

    /// Decodes a record; `None` for one that is malformed.
    fn decode(&mut self, text: &str) -> Option<UsageRecord> {
        // The reader of lists is three times as fast, and gives up at the first text that is unusual.
        self.line.clear();
        self.line.push_str(text);
        self.line.push('\n');
        let entry = self.reader.next(&mut self.line.as_bytes());
        if let Ok(Some(entry)) = entry
            && entry.text() == text
            && let Item::Record(_, record) = entry.into_item()
        {
            return Some(record);
        }
        self.reader = RecordReader::new();
        let record: Option<UsageRecord> = serde_json::from_str(text).ok();
        record.filter(UsageRecord::has_values)
    }
}

impl Parsed<'_> {
    /// Whether the record says the same as a text that is stored: in the same words, or in another order of members.
    pub(super) fn is_equal(&self, stored: &str) -> bool {
        if self.text == stored {
            return true;
        }
        let Some(record) = &self.record else {
            return false;
        };
        serde_json::from_str::<UsageRecord>(stored).is_ok_and(|stored| **record == stored)
    }

    /// Whether the record says the same figures as a text that is stored, in whatever words.
    pub(super) fn has_figures_of(&self, stored: &str) -> bool {
        if self.text == stored {
            return true;
        }
        let stored = serde_json::from_str::<UsageRecord>(stored).ok();
        let both = self.record.as_deref().zip(stored.as_ref());
        both.is_some_and(|(record, stored)| have_same_figures(record, stored))
    }

    /// What is wrong with a record that does not decode; its place is none, because it stands alone.
    pub(super) fn malformed(&self) -> Option<MalformedRecord> {
        if self.record.is_some() {
            return None;
        }
        // Within a list every line is a record, whatever it is; line breaks stand between tokens only.
        let line = self.text.replace(['\r', '\n'], " ");
        let mut body = line.as_bytes();
        let mut reader = RecordReader::resume(Position::default(), 0);
        reader.end();
        while let Ok(Some(entry)) = reader.next(&mut body) {
            if let Item::Malformed(mut record) = entry.into_item() {
                record.position = Position::default();
                return Some(record);
            }
        }
        None
    }
}

/// What stands in a text for bytes that are not UTF-8: the character that is called "substitute", which JSON has
/// nowhere.
pub(crate) const NOT_TEXT: &str = "\u{1a}";

/// The period of a record that does not decode for another reason.
pub(crate) fn period_of_malformed(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    #[derive(Deserialize)]
    struct Located {
        period: Stated,
    }
    #[derive(Deserialize)]
    struct Stated {
        start: String,
        end: String,
    }
    let text = text.replace(NOT_TEXT, " ");
    let Located { period } = serde_json::from_str(&text).ok()?;
    let instant = |text: String| text.parse().ok().map(Timestamp::instant);
    Some((instant(period.start)?, instant(period.end)?))
}
