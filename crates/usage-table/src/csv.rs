//! Tables as CSV (RFC 4180), with a header line.
//!
//! Texts that a spreadsheet would run as a formula are made harmless, in every cell that the server filled.

mod long;
mod sims;
mod summary;
mod wide;

use std::io::{self, Write};

use usage_model::visible;

pub use long::LongCsv;
pub use sims::SimCsv;
pub use wide::WideCsv;

/// About as much as one record has in cells: a writer is made for each.
const BUFFER: usize = 2048;

/// Writes lines.
pub(crate) fn write_lines<C: AsRef<[u8]>>(
    out: &mut dyn Write,
    lines: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
) -> io::Result<()> {
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder.buffer_capacity(BUFFER).from_writer(out);
    for line in lines {
        writer.write_record(line)?;
    }
    writer.flush()
}

/// A text that no spreadsheet runs as a formula and that cannot steer a terminal.
pub(crate) fn harmless(text: &str) -> String {
    // The full-width forms begin formulas in some languages; tabs and line breaks are written out.
    const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

    let text = visible(text).to_string();
    if text.trim_start().starts_with(FORMULAS) {
        format!("'{text}")
    } else {
        text
    }
}

/// A cell of a value that may not be there.
fn cell<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of the first record of a table, by column.
    pub(super) fn first_row(text: &[u8]) -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_reader(text);
        let names: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let cells = reader.records().next().unwrap().unwrap();
        let cells: Vec<String> = cells.iter().map(str::to_owned).collect();
        names.into_iter().zip(cells).collect()
    }

    pub(super) fn of(row: &[(String, String)], name: &str) -> String {
        let found = row.iter().find(|(column, _)| column == name).unwrap();
        found.1.clone()
    }

    #[test]
    fn a_text_runs_nowhere() {
        for (text, cell) in [
            ("DEU", "DEU"),
            ("=1+1", "'=1+1"),
            ("  @SUM(1)", "'  @SUM(1)"),
            ("＝1", "'＝1"),
            ("\t+1", "\\u{9}+1"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
        ] {
            assert_eq!(harmless(text), cell);
        }
    }
}
