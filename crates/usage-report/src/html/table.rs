//! Tables of figures, with the exact ones beside what is shown.

use usage_table::{Figure, Scale};

use super::escape::{escaped, push};

/// A table whose first column names its rows.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) name: &'a str,
    /// Escaped. A column of bytes gets the unit.
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text, escaped.
    Text(String),
    /// Bytes, shown in one unit in the whole table.
    Bytes(u128),
    /// A number of something.
    Count(u128),
    /// A number that is shown as it is.
    Exact(String),
}

impl Cell {
    /// A text from anywhere.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(escaped(text))
    }
}

impl Table<'_> {
    /// Writes the table. End tags that HTML can do without are left out: a long list is half as large.
    pub(super) fn write(&self, out: &mut String) {
        push(
            out,
            format_args!(
                "<div class=scroll tabindex=0 role=group aria-label=\"Table of {0}\"><table><caption>{0}</caption>\n<thead><tr>",
                self.name
            ),
        );
        let scale = self.scale();
        for (at, heading) in self.headings.iter().enumerate() {
            let mut cells = self.rows.iter().filter_map(|row| row.get(at));
            let (class, unit) = match cells.next() {
                Some(Cell::Text(_)) => (" class=t", ""),
                Some(Cell::Bytes(_)) => ("", scale.unit()),
                _ => ("", ""),
            };
            let space = if unit.is_empty() { "" } else { " " };
            push(
                out,
                format_args!("<th scope=col{class}>{heading}{space}{unit}"),
            );
        }
        out.push_str("\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                match cell {
                    Cell::Text(text) if at == 0 => push(out, format_args!("<th>{text}")),
                    Cell::Text(text) => push(out, format_args!("<td class=t>{text}")),
                    Cell::Bytes(figure) => {
                        let shown = scale.show(Figure::Known(*figure)).replace('<', "&lt;");
                        push(out, format_args!("<td data-value={figure}>{shown}"));
                    }
                    Cell::Count(figure) => {
                        let shown = grouped(*figure);
                        push(out, format_args!("<td data-value={figure}>{shown}"));
                    }
                    Cell::Exact(figure) => {
                        push(out, format_args!("<td data-value={figure}>{figure}"));
                    }
                }
            }
            out.push('\n');
        }
        out.push_str("</table></div>\n");
    }

    /// The unit of all bytes: the same for all, so that they can be compared.
    fn scale(&self) -> Scale {
        let figures = self.rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Bytes(figure) => Some(*figure),
            _ => None,
        });
        Scale::of(figures.max().unwrap_or(0), 1)
    }
}

/// A number whose digits stand in groups of three where there are five or more.
pub(super) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // A narrow space that no line breaks at.
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_unit_and_exact_figures() {
        let table = Table {
            name: "usage",
            headings: ["day", "data", "Commands", "flags"]
                .map(str::to_owned)
                .into(),
            rows: vec![
                vec![
                    Cell::text("<b>"),
                    Cell::Bytes(12_345_678),
                    Cell::Count(12_345),
                    Cell::text("x"),
                ],
                vec![
                    Cell::text("2"),
                    Cell::Bytes(7),
                    Cell::Count(0),
                    Cell::text(""),
                ],
            ],
        };
        let mut out = String::new();
        table.write(&mut out);
        let rows: Vec<&str> = out.lines().skip(1).collect();
        assert_eq!(
            rows,
            [
                "<thead><tr><th scope=col class=t>day<th scope=col>data MB<th scope=col>Commands<th scope=col class=t>flags",
                "<tbody>",
                "<tr><th>&lt;b&gt;<td data-value=12345678>12.3<td data-value=12345>12\u{202f}345<td class=t>x",
                "<tr><th>2<td data-value=7>&lt;0.1<td data-value=0>0<td class=t>",
                "</table></div>"
            ]
        );
    }
}
