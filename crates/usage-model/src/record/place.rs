//! Which record of an input a record is.

use std::fmt;

/// Which record of the input a record is, and where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Records before it in the input, malformed ones counted.
    pub record: u64,
    /// Where the record starts.
    pub position: Position,
    /// Where the record stands in its document.
    pub container: Container,
}

/// Where a record stands in its document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Container {
    /// The document is the record, as in NDJSON.
    #[default]
    Document,
    /// An element of a list of records, counted from 0.
    List(u64),
    /// An element of `usage_records` in a page, counted from 0.
    Page(u64),
    /// An element of `usage_records` in a page that is itself an element of a list, both counted from 0.
    PageInList {
        /// The page in the list.
        page: u64,
        /// The record in the page.
        record: u64,
    },
}

impl Place {
    /// Whether the record is an element of a page.
    pub(crate) fn is_in_page(&self) -> bool {
        matches!(self.container, Container::Page(_))
    }

    /// Returns the place in an input, if the text that it is a place in starts at a position, after a number of
    /// records.
    #[must_use]
    pub const fn after(self, position: Position, records: u64) -> Self {
        Self {
            record: self.record.saturating_add(records),
            position: position.then(self.position),
            container: self.container,
        }
    }

    /// Returns the JSON pointer, in the record's document, of a pointer within the record.
    ///
    /// ```
    /// use usage_model::{Container, Place};
    ///
    /// let mut place = Place::default();
    /// place.container = Container::Page(17);
    /// assert_eq!(place.pointer("/commands/total"), "/usage_records/17/commands/total");
    /// ```
    pub fn pointer(&self, within_record: &str) -> String {
        format!("{}{within_record}", self.container)
    }
}

/// The JSON pointer of the record in its document.
impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => Ok(()),
            Self::List(index) => write!(f, "/{index}"),
            Self::Page(index) => write!(f, "/usage_records/{index}"),
            Self::PageInList { page, record } => write!(f, "/{page}/usage_records/{record}"),
        }
    }
}

/// A point in the input. By default none, which is line 0: a record that was made in memory stands nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// The line, from 1; only line feeds end a line.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: u64,
}

impl Position {
    /// The start of an input.
    pub const START: Self = Self {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// Returns a point after `offset` bytes, in a line and a column that count from 1.
    pub const fn new(offset: u64, line: u64, column: u64) -> Self {
        Self {
            offset,
            line,
            column,
        }
    }

    /// Returns where a point of a text is in an input, if the text starts here. A point without a position, which is
    /// line 0, is returned as it is.
    ///
    /// ```
    /// use usage_model::Position;
    ///
    /// let start = Position::new(1000, 8, 3);
    /// assert_eq!(start.then(Position::new(20, 1, 21)), Position::new(1020, 8, 23));
    /// assert_eq!(start.then(Position::new(20, 2, 5)), Position::new(1020, 9, 5));
    /// assert_eq!(start.then(Position::default()), Position::default());
    /// ```
    #[must_use]
    pub const fn then(self, within: Self) -> Self {
        let column = match within.line {
            0 => return within,
            1 => self.column.saturating_add(within.column.saturating_sub(1)),
            _ => within.column,
        };
        Self {
            offset: self.offset.saturating_add(within.offset),
            line: self.line.saturating_add(within.line - 1),
            column,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {} (byte {})",
            self.line, self.column, self.offset
        )
    }
}
