//! The records of a table `readings`, read back.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
};

use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{ByteArray, ByteArrayType},
    file::{
        reader::{FileReader, SerializedFileReader},
        statistics::Statistics,
    },
};
use usage_model::Granularity;

use super::table::RECORD;

/// How many records are decoded at a time.
const BATCH: usize = 64;

/// The column that says how finely the query divided time.
const GRANULARITY: &str = "granularity";

/// The texts of the records of a table `readings`, one a line, in the order of the file.
///
/// A line break within a record stands between its tokens, and is given as a blank, so that the number of a line is
/// that of the row. A row without a record is the line `null`. Memory is bounded by the pages of the file.
///
/// ```
/// use std::io::{Read, Write};
/// use usage_table::{ReadingRow, ReadingTexts, ReadingsParquet};
///
/// let mut file = tempfile::tempfile()?;
/// let mut table = ReadingsParquet::new();
/// table.write(&mut file, &ReadingRow::of_text(r#"{"sim_sid":"DE"}"#))?;
/// table.finish(&mut file)?;
/// let mut texts = String::new();
/// ReadingTexts::open(file)?.read_to_string(&mut texts)?;
/// assert_eq!(texts, "{\"sim_sid\":\"DE\"}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ReadingTexts {
    file: SerializedFileReader<File>,
    /// Where the column of records is.
    record: usize,
    granularity: Option<Granularity>,
    next_group: usize,
    column: Option<ColumnReaderImpl<ByteArrayType>>,
    values: Vec<ByteArray>,
    levels: Vec<i16>,
    text: Vec<u8>,
    taken: usize,
}

impl ReadingTexts {
    /// Opens a table, also one that another program wrote.
    ///
    /// # Errors
    ///
    /// Fails if the file is no Parquet, or has no column of texts named `record`.
    pub fn open(file: File) -> io::Result<Self> {
        let file = SerializedFileReader::new(file).map_err(|_| {
            let why = "its Parquet data is damaged or cut off";
            io::Error::new(io::ErrorKind::InvalidData, why)
        })?;
        let column = |name: &str| {
            let columns = file.metadata().file_metadata().schema_descr().columns();
            columns
                .iter()
                .position(|column| column.path().string() == name)
        };
        let record = column(RECORD).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::Unsupported,
                "it is a Parquet file without the column `record`, such as of `usage` rows, which are not whole records",
            )
        })?;
        let granularity = column(GRANULARITY).and_then(|column| granularity(&file, column));
        Ok(Self {
            file,
            record,
            granularity,
            next_group: 0,
            column: None,
            values: Vec::new(),
            levels: Vec::new(),
            text: Vec::new(),
            taken: 0,
        })
    }

    /// Returns the granularity that all records were queried with, where the statistics of the table say so.
    pub const fn granularity(&self) -> Option<Granularity> {
        self.granularity
    }

    /// Collects the next lines; none at the end.
    fn refill(&mut self) -> io::Result<()> {
        self.taken = 0;
        self.text.clear();
        while self.text.is_empty() {
            let Some(column) = &mut self.column else {
                if self.next_group == self.file.num_row_groups() {
                    return Ok(());
                }
                let group = self.file.get_row_group(self.next_group)?;
                self.next_group += 1;
                match group.get_column_reader(self.record)? {
                    ColumnReader::ByteArrayColumnReader(column) => self.column = Some(column),
                    _ => return Err(io::Error::other("the column `record` has no texts")),
                }
                continue;
            };
            self.values.clear();
            self.levels.clear();
            let (rows, values, _) =
                column.read_records(BATCH, Some(&mut self.levels), None, &mut self.values)?;
            if rows == 0 {
                self.column = None;
                continue;
            }
            let mut texts = self.values.iter().map(ByteArray::data);
            // Levels are there only where a row may be without a record.
            for row in 0..rows {
                let there = values == rows || self.levels.get(row) == Some(&1);
                let text = if there { texts.next() } else { None };
                let line = text.unwrap_or(b"null").iter().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    byte => *byte,
                });
                self.text.extend(line);
                self.text.push(b'\n');
            }
        }
        Ok(())
    }
}

impl Read for ReadingTexts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.text.len() {
            self.refill()?;
        }
        let rest = self.text.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken += length;
        Ok(length)
    }
}

impl fmt::Debug for ReadingTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadingTexts")
            .field("granularity", &self.granularity)
            .field("next_group", &self.next_group)
            .finish_non_exhaustive()
    }
}

/// The one granularity of all groups.
fn granularity(file: &SerializedFileReader<File>, column: usize) -> Option<Granularity> {
    let mut of_all = None;
    for group in file.metadata().row_groups() {
        let Statistics::ByteArray(statistics) = group.columns().get(column)?.statistics()? else {
            return None;
        };
        let (least, most) = (statistics.min_opt()?, statistics.max_opt()?);
        let name = std::str::from_utf8(least.data()).ok()?;
        let one = name.parse::<Granularity>().ok()?;
        let is_only = least == most && statistics.null_count_opt() == Some(0);
        if !is_only || of_all.is_some_and(|known| known != one) {
            return None;
        }
        of_all = Some(one);
    }
    of_all
}
