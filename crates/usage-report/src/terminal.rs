//! Tables for a terminal.

mod fleet;
mod grid;
mod report;
mod summary;

pub use fleet::{fleet_table, sims_table};
pub use grid::text_table;
pub use report::report;
pub use summary::summary_table;

use usage_table::Scale;

/// How a table is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// Whether data is shown in exact bytes, instead of one unit.
    pub bytes: bool,
    /// The columns that there is room for; `None` is room for all.
    pub width: Option<usize>,
}

impl Layout {
    /// Lays a table out in a width of `width` columns, with data in one unit or in exact bytes.
    pub const fn new(width: Option<usize>, bytes: bool) -> Self {
        Self { bytes, width }
    }

    /// The unit of a table's data.
    const fn scale(self, largest: u128) -> Scale {
        if self.bytes {
            Scale::EXACT
        } else {
            Scale::of(largest, 1)
        }
    }
}
