//! Aligned columns.

use std::fmt::Write as _;

use usage_table::{Figure, Scale};

/// One column: its heading and its cells.
#[derive(Clone, Debug)]
pub(super) struct Column {
    heading: String,
    cells: Vec<String>,
    is_number: bool,
}

impl Column {
    /// Texts, aligned to the left.
    pub(super) fn text(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self {
            heading: heading.into(),
            cells,
            is_number: false,
        }
    }

    /// Numbers, aligned to the right.
    pub(super) fn numbers(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self {
            is_number: true,
            ..Self::text(heading, cells)
        }
    }

    /// Bytes in a unit.
    pub(super) fn bytes(heading: &str, figures: &[u128], scale: Scale) -> Self {
        let shown = figures
            .iter()
            .map(|figure| scale.show(Figure::Known(*figure)));
        Self::numbers(format!("{heading} {}", scale.unit()), shown.collect())
    }

    fn width(&self) -> usize {
        let cells = self.cells.iter().chain([&self.heading]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }

    fn push(&self, line: &mut String, cell: &str) {
        let width = self.width();
        // Writing to a string cannot fail.
        let _: std::fmt::Result = if self.is_number {
            write!(line, "{cell:>width$}")
        } else {
            write!(line, "{cell:<width$}")
        };
    }
}

/// How many columns of the terminal a table takes.
pub(super) fn width(columns: &[Column]) -> usize {
    columns
        .iter()
        .map(|column| column.width() + 2)
        .sum::<usize>()
        .saturating_sub(2)
}

/// The table as lines; where it has a total, that is its last row, below a rule.
pub(super) fn grid(columns: &[Column], has_total: bool) -> String {
    let rows = columns
        .iter()
        .map(|column| column.cells.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    line(&mut text, columns, |column| &column.heading);
    for row in 0..rows {
        if has_total && row + 1 == rows {
            text.push_str(&"─".repeat(width(columns)));
            text.push('\n');
        }
        line(&mut text, columns, |column| {
            column.cells.get(row).map_or("", String::as_str)
        });
    }
    text
}

/// Returns texts as aligned columns under their headings. The texts have to be visible ones.
///
/// ```
/// use usage_report::terminal::text_table;
///
/// let rows = [vec!["base_url".to_owned(), "https://example.com".to_owned()]];
/// let table = text_table(&["setting", "value"], &rows);
/// assert_eq!(table, "setting   value\nbase_url  https://example.com\n");
/// ```
pub fn text_table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let columns = headings.iter().enumerate().map(|(number, heading)| {
        let cells = rows
            .iter()
            .map(|row| row.get(number).cloned().unwrap_or_default());
        Column::text(*heading, cells.collect())
    });
    grid(&columns.collect::<Vec<_>>(), false)
}

fn line<'a>(text: &mut String, columns: &'a [Column], cell: impl Fn(&'a Column) -> &'a str) {
    let mut line = String::new();
    for (number, column) in columns.iter().enumerate() {
        if number > 0 {
            line.push_str("  ");
        }
        column.push(&mut line, cell(column));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
