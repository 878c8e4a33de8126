//! A table of readings in Parquet as an input: the texts of its records, one a line.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use usage_model::Granularity;
use usage_table::ReadingTexts;

use super::patient::UntilSignal;

/// What a file of Parquet begins with.
const MAGIC: &[u8] = b"PAR1";

/// Whether a path names a regular file of Parquet. It is read from its end, which a pipe does not allow.
fn is_parquet(path: &Path) -> bool {
    let mut start = [0; 4];
    path.is_file()
        && File::open(path)
            .and_then(|mut file| file.read_exact(&mut start))
            .is_ok()
        && start == MAGIC
}

/// Opens a table of readings, if the path names a file of Parquet.
pub(super) fn open(path: &Path) -> io::Result<Option<Box<dyn Read>>> {
    if !is_parquet(path) {
        return Ok(None);
    }
    let texts = ReadingTexts::open(File::open(path)?)?;
    Ok(Some(Box::new(UntilSignal(texts))))
}

/// The granularity that the records of all inputs were queried with, where they are tables that say so.
pub(crate) fn granularity(paths: &[PathBuf]) -> Option<Granularity> {
    let mut of_all = None;
    for path in paths {
        if !is_parquet(path) {
            return None;
        }
        let one = ReadingTexts::open(File::open(path).ok()?)
            .ok()?
            .granularity()?;
        if of_all.is_some_and(|known| known != one) {
            return None;
        }
        of_all = Some(one);
    }
    of_all
}
