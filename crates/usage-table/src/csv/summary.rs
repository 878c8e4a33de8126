//! Summaries.

use std::io::{self, Write};

use crate::Summary;

use super::{harmless, write_lines};

impl Summary {
    /// Writes the groups as CSV: a header of [`Summary::columns`], and a row each, without a total.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let currencies = self.currencies();
        write_lines(out, [self.columns()])?;
        let rows = self.rows.iter().map(|row| {
            let cells = row.cells.iter().map(|cell| harmless(cell));
            // An amount is a number: its sign begins no formula.
            cells
                .chain(row.totals.cells(&currencies))
                .collect::<Vec<_>>()
        });
        write_lines(out, rows)
    }
}
