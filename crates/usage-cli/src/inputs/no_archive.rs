//! What stands in place of archives as inputs where the program is built without them.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::{Path, PathBuf},
};

use usage_model::{Granularity, Lenient, SimRecord, SimSid};

use crate::failure::Failure;

/// Refuses the archive that the user names.
pub(crate) fn existing_archive(_: PathBuf) -> Result<PathBuf, Failure> {
    Err(Failure::without("archive"))
}

/// Opens nothing: an archive is a file without records.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the one that reads archives may fail"
)]
pub(super) fn open(_: &Path, _: Option<Granularity>) -> io::Result<Option<Box<dyn Read>>> {
    Ok(None)
}

/// Lists no SIM.
pub(crate) fn listed_sims(_: &[PathBuf]) -> BTreeMap<Lenient<SimSid>, SimRecord> {
    BTreeMap::new()
}
