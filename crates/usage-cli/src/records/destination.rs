//! Where records are written: to one place, or to a file a month.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    ops::AddAssign,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use usage_model::UsageRecord;
use usage_table::{LeftOut, ReadingRow};

use crate::{failure::Failure, messages::words, output::Output};

use super::RecordWriter;

/// The most bytes that the rows of all months take together before they are written.
const MOST_HELD: usize = 32 << 20;

/// What engines call the partition of rows without a value.
const NO_MONTH: &str = "__HIVE_DEFAULT_PARTITION__";

/// Where records are written, and what writes them.
pub(crate) enum Destination {
    One(Box<RecordWriter>, Output),
    Months(Months),
}

/// A folder with a file a month of the periods' starts, as engines name partitions: `month=2026-06/usage.parquet`.
pub(crate) struct Months {
    folder: PathBuf,
    /// Makes the writer of another month.
    writer: Box<dyn Fn() -> Result<RecordWriter, Failure> + Send>,
    now: DateTime<Utc>,
    begun: BTreeMap<String, (RecordWriter, Output)>,
}

impl Destination {
    /// Whether a path names a folder for a file a month: the slash at its end says so.
    pub(crate) fn is_folder(path: &Path) -> bool {
        path.as_os_str().as_encoded_bytes().ends_with(b"/")
    }

    /// Creates the folder for a file a month. Months that are there already would be replaced by a part of them, or
    /// counted twice, so that a folder with something in it is refused.
    pub(crate) fn months(
        folder: &Path,
        now: DateTime<Utc>,
        writer: impl Fn() -> Result<RecordWriter, Failure> + Send + 'static,
    ) -> Result<Self, Failure> {
        let named = folder.display().to_string();
        let failure =
            |error: &io::Error| Failure::usage(format!("cannot write {named}: {}", words(error)));
        // One that cannot be had leaves no folder behind.
        writer()?;
        fs::create_dir_all(folder).map_err(|error| failure(&error))?;
        let mut entries = fs::read_dir(folder).map_err(|error| failure(&error))?;
        if entries.next().is_some() {
            return Err(Failure::usage(format!("{named} is not empty"))
                .help("name a folder that does not exist yet"));
        }
        Ok(Self::Months(Months {
            folder: folder.to_owned(),
            writer: Box::new(writer),
            now,
            begun: BTreeMap::new(),
        }))
    }

    /// Tells the present, from which it is known which figures may still grow.
    pub(crate) fn as_of(&mut self, now: DateTime<Utc>) {
        match self {
            Self::One(records, _) => records.as_of(now),
            Self::Months(months) => {
                months.now = now;
                for (records, _) in months.begun.values_mut() {
                    records.as_of(now);
                }
            }
        }
    }

    /// Writes a record.
    pub(crate) fn write(&mut self, record: &UsageRecord) -> Result<(), Failure> {
        let start = record
            .period
            .value()
            .and_then(|period| period.start.value());
        self.put(start.map(|start| start.instant()), |records, output| {
            records.write(output, record)
        })
    }

    /// Writes a reading, whose text need not be that of a record.
    pub(crate) fn reading(&mut self, row: ReadingRow<'_>) -> Result<(), Failure> {
        self.put(row.period.map(|period| period.0), |records, output| {
            records.reading(output, row)
        })
    }

    fn put(
        &mut self,
        start: Option<DateTime<Utc>>,
        write: impl FnOnce(&mut RecordWriter, &mut Output) -> io::Result<()>,
    ) -> Result<(), Failure> {
        match self {
            Self::One(records, output) => {
                write(records, output).map_err(|error| Failure::write(output.name(), &error))
            }
            Self::Months(months) => {
                let (records, output) = months.month(start)?;
                write(records, output).map_err(|error| Failure::write(output.name(), &error))?;
                months.let_go()
            }
        }
    }

    /// Hands on what is complete.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        match self {
            Self::One(_, output) => output
                .flush()
                .map_err(|error| Failure::write(output.name(), &error)),
            Self::Months(_) => Ok(()),
        }
    }

    /// Whether the reader of what is written went away.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Self::One(_, output) if output.is_closed())
    }

    /// How much is left out, because it cannot be told in numbers.
    pub(crate) fn left_out(&self) -> LeftOut {
        match self {
            Self::One(records, _) => records.left_out(),
            Self::Months(months) => {
                let mut left_out = LeftOut::default();
                for (records, _) in months.begun.values() {
                    left_out.add_assign(records.left_out());
                }
                left_out
            }
        }
    }

    /// Writes what comes after the last record.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let each = |records: &mut RecordWriter, output: &mut Output| {
            records
                .finish(output)
                .and_then(|()| output.flush())
                .map_err(|error| Failure::write(output.name(), &error))
        };
        match self {
            Self::One(records, output) => each(records, output),
            Self::Months(months) => {
                let mut months = months.begun.values_mut();
                months.try_for_each(|(records, output)| each(records, output))
            }
        }
    }

    /// Says that all is written: files take their names.
    pub(crate) fn complete(self) -> Result<(), Failure> {
        match self {
            Self::One(_, output) => output.complete(),
            Self::Months(months) => {
                let mut outputs = months.begun.into_values();
                outputs.try_for_each(|(_, output)| output.complete())
            }
        }
    }

    /// Says that not all could be written; gives where what is complete is.
    pub(crate) fn incomplete(self) -> Result<Option<String>, Failure> {
        match self {
            Self::One(_, output) => output.incomplete(),
            Self::Months(months) => {
                let folder = months.folder.display().to_string();
                let mut kept = false;
                for (_, output) in months.begun.into_values() {
                    kept |= output.incomplete()?.is_some();
                }
                Ok(kept
                    .then(|| format!("what was complete is in files named .partial in {folder}")))
            }
        }
    }
}

impl Months {
    /// The writer and the file of a month.
    fn month(
        &mut self,
        start: Option<DateTime<Utc>>,
    ) -> Result<&mut (RecordWriter, Output), Failure> {
        let month = start.map_or_else(
            || NO_MONTH.to_owned(),
            |start| start.format("%Y-%m").to_string(),
        );
        if !self.begun.contains_key(&month) {
            let folder = self.folder.join(format!("month={month}"));
            fs::create_dir(&folder)
                .map_err(|error| Failure::write(&folder.display().to_string(), &error))?;
            let mut records = (self.writer)()?;
            records.as_of(self.now);
            let output = Output::open(&folder.join("usage.parquet"))?;
            self.begun.insert(month.clone(), (records, output));
        }
        self.begun
            .get_mut(&month)
            .ok_or_else(|| Failure::incomplete(format!("there is no file for {month}")))
    }

    /// Writes the rows of the largest month where all months together take too much memory.
    fn let_go(&mut self) -> Result<(), Failure> {
        let held = |(records, _): &(RecordWriter, Output)| records.held();
        if self.begun.values().map(held).sum::<usize>() <= MOST_HELD {
            return Ok(());
        }
        match self.begun.values_mut().max_by_key(|month| held(month)) {
            Some((records, output)) => records
                .let_go(output)
                .map_err(|error| Failure::write(output.name(), &error)),
            None => Ok(()),
        }
    }
}
