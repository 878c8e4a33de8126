//! What a table shows, line by line.

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Window};
use usage_table::Figure;

/// How a table is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableOptions {
    /// Whether data is shown in exact bytes.
    pub(crate) bytes: bool,
    /// The window that was asked for: a period of it without a record has a row too.
    pub(crate) window: Window,
    /// How long the periods are.
    pub(crate) granularity: Granularity,
    /// The present, from which it is told which figures may still grow.
    pub(crate) now: DateTime<Utc>,
    /// The columns that there is room for; `None` is room for all.
    pub(crate) width: Option<usize>,
}

/// An account and a SIM, as texts.
pub(super) type Series = (String, String);

/// The bounds of a row, none where the record has none.
pub(super) type Period = Option<(DateTime<Utc>, DateTime<Utc>)>;

/// The figures of a row, of data and of Commands.
pub(super) type Row = [[Figure; 4]; 2];

/// One line of a table: a record, or periods without one.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) series: Series,
    pub(super) label: String,
    pub(super) row: Option<Row>,
}
