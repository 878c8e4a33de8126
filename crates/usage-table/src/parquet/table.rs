//! Rows on their way into a file: sorted and written a group at a time.

use std::{
    io::{self, Write},
    mem,
    sync::Arc,
};

use parquet::{
    basic::{Compression, ZstdLevel},
    column::writer::ColumnWriter,
    data_type::{ByteArray, FixedLenByteArray},
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::{parser::parse_message_type, types::ColumnPath},
};

/// The most rows of a group. Each group is sorted by itself, and readers skip groups by their statistics.
const GROUP_ROWS: usize = 1 << 16;

/// About the most bytes of texts that a group has: groups are kept in memory until they are written.
const GROUP_BYTES: usize = 16 << 20;

/// How hard zstd tries: its own default.
const ZSTD_LEVEL: i32 = 3;

/// The column with the text of a record. It is looked for by nobody and never the same twice.
pub(super) const RECORD: &str = "record";

/// A value, or that there is none. Nothing comes before any value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Text(Option<Box<str>>),
    /// A whole number, or an instant in microseconds.
    Number(Option<i64>),
    /// An amount, in units of the last digit of its column.
    Amount(Option<i128>),
}

impl Cell {
    pub(super) fn text(text: Option<impl AsRef<str>>) -> Self {
        Self::Text(text.map(|text| text.as_ref().into()))
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            _ => 0,
        }
    }
}

/// What is fixed of a table.
#[derive(Debug)]
pub(super) struct Layout {
    /// The columns, in the language of Parquet.
    pub(super) schema: &'static str,
    /// The columns by which each group is sorted, in ascending order, those without a value first.
    pub(super) sorted_by: &'static [usize],
}

/// Writes rows of `N` columns.
///
/// A file is not written to directly: its bytes are collected, and handed to whoever writes the row after which there
/// are some, or the end.
pub(super) struct Table<const N: usize> {
    layout: &'static Layout,
    /// `None` until the first group, and again once the end is written.
    file: Option<SerializedFileWriter<Vec<u8>>>,
    ended: bool,
    rows: Vec<[Cell; N]>,
    bytes: usize,
}

impl<const N: usize> Table<N> {
    pub(super) const fn new(layout: &'static Layout) -> Self {
        Self {
            layout,
            file: None,
            ended: false,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// About how many bytes the rows take that are not written yet.
    pub(super) const fn held(&self) -> usize {
        self.bytes + self.rows.len() * size_of::<[Cell; N]>()
    }

    /// Adds a row, and writes what is complete.
    pub(super) fn add(&mut self, out: &mut dyn Write, row: [Cell; N]) -> io::Result<()> {
        self.bytes += row.iter().map(Cell::bytes).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.write_group(out)?;
        }
        Ok(())
    }

    /// Writes the rows that are left, and the end of the file. Once that is done there is nothing more to write.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        self.write_group(out)?;
        self.ended = true;
        match self.file.take() {
            Some(file) => out.write_all(&file.into_inner()?),
            None => Ok(()),
        }
    }

    /// Writes the rows so far as a group of their own, where there are any; in any case the start of the file.
    pub(super) fn write_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.ended {
            return Err(io::Error::other("the end of the table is written already"));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(begin(self.layout)?),
        };
        let mut rows = mem::take(&mut self.rows);
        self.bytes = 0;
        let key = |row: &[Cell; N]| -> Vec<Cell> {
            let columns = self.layout.sorted_by.iter();
            columns
                .filter_map(|column| row.get(*column).cloned())
                .collect()
        };
        rows.sort_by_cached_key(key);
        if !rows.is_empty() {
            let mut group = file.next_row_group()?;
            let mut column = 0;
            while let Some(mut writer) = group.next_column()? {
                let cells = rows.iter().filter_map(|row| row.get(column));
                write_column(writer.untyped(), cells)?;
                writer.close()?;
                column += 1;
            }
            group.close()?;
        }
        file.flush()?;
        out.write_all(&mem::take(file.inner_mut()))
    }
}

/// Begins a file.
fn begin(layout: &Layout) -> io::Result<SerializedFileWriter<Vec<u8>>> {
    let schema = parse_message_type(layout.schema)?;
    let sorted_by = layout.sorted_by.iter().map(|column| {
        Ok(SortingColumn {
            column_idx: i32::try_from(*column).map_err(io::Error::other)?,
            descending: false,
            nulls_first: true,
        })
    });
    let record = || ColumnPath::from(RECORD);
    let properties = WriterProperties::builder()
        .set_created_by(concat!("kore-usage version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(sorted_by.collect::<io::Result<_>>()?))
        .set_column_dictionary_enabled(record(), false)
        .set_column_statistics_enabled(record(), EnabledStatistics::None);
    Ok(SerializedFileWriter::new(
        Vec::new(),
        Arc::new(schema),
        Arc::new(properties.build()),
    )?)
}

/// Writes the cells of a column, which are of its type. Whether there is a value is written beside the values; where
/// there always is one, that is not read.
fn write_column<'a>(
    writer: &mut ColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell> + Clone,
) -> io::Result<()> {
    let there = |cell: &Cell| match cell {
        Cell::Text(text) => i16::from(text.is_some()),
        Cell::Number(number) => i16::from(number.is_some()),
        Cell::Amount(amount) => i16::from(amount.is_some()),
    };
    let levels: Vec<i16> = cells.clone().map(there).collect();
    let levels = Some(levels.as_slice());
    match writer {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let values: Vec<ByteArray> = cells
                .filter_map(|cell| match cell {
                    Cell::Text(Some(text)) => Some(ByteArray::from(text.as_bytes().to_vec())),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let values: Vec<i64> = cells
                .filter_map(|cell| match cell {
                    Cell::Number(number) => *number,
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
            let values: Vec<FixedLenByteArray> = cells
                .filter_map(|cell| match cell {
                    Cell::Amount(Some(amount)) => Some(amount.to_be_bytes().to_vec().into()),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        _ => return Err(io::Error::other("a column of a type that no cell has")),
    }
    Ok(())
}
