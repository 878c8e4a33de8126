//! What stands in place of tables in Parquet as inputs where the program is built without them.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use usage_model::Granularity;

/// Opens nothing: a table is a file without records.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the one that reads tables may fail"
)]
pub(super) fn open(_: &Path) -> io::Result<Option<Box<dyn Read>>> {
    Ok(None)
}

/// Knows no granularity.
pub(crate) fn granularity(_: &[PathBuf]) -> Option<Granularity> {
    None
}
