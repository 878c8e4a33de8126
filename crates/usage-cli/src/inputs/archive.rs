//! An archive as an input: its current records, one a line, as they were received.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::mpsc::{self, SyncSender},
    thread,
};

use usage_archive::{Archive, Error, Selection, Series, Sims};
use usage_model::{Field, Granularity, Lenient, SimRecord, SimSid};

use crate::failure::Failure;

use super::patient::Patient;

/// How many bytes go to the reader at a time.
const CHUNK: usize = 256 * 1024;

/// Which granularity is read where the user names none: the first that the archive has.
const PREFERRED: [Granularity; 3] = [Granularity::Daily, Granularity::Hourly, Granularity::All];

/// The reader is gone, or the archive failed.
enum Stop {
    Gone,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The path of an archive, which can be read.
pub(crate) fn existing_archive(path: PathBuf) -> Result<PathBuf, Failure> {
    Archive::open_read_only(&path)?;
    Ok(path)
}

/// Opens an archive, if the path names one; its records of one granularity follow, those of the account and of all
/// SIMs.
pub(super) fn open(
    path: &Path,
    granularity: Option<Granularity>,
) -> io::Result<Option<Box<dyn Read>>> {
    if !Archive::is_archive(path) {
        return Ok(None);
    }
    let path = path.to_owned();
    let archive = Archive::open_read_only(&path).map_err(io::Error::other)?;
    let series = archive.series().map_err(io::Error::other)?;
    let held = |wanted: &Granularity| series.iter().any(|series| series.granularity == *wanted);
    let granularity = granularity.or_else(|| PREFERRED.into_iter().find(held));
    let (send, chunks) = mpsc::sync_channel(2);
    // SQLite's connection stays on the thread that reads.
    drop(archive);
    thread::spawn(move || {
        let archive = Archive::open_read_only(&path);
        let sent = archive.map_err(Stop::Failed).and_then(|archive| {
            let mut selection = Selection::default();
            selection.sims = Sims::AccountAndAll;
            selection.granularity = granularity;
            lines(&archive, &selection, &send)
        });
        if let Err(Stop::Failed(error)) = sent {
            // Whoever reads no longer needs no error.
            let _gone = send.send(Err(io::Error::other(error)));
        }
    });
    Ok(Some(Box::new(Patient::of(chunks))))
}

/// The SIMs whose records the archives among the inputs hold, as their lists had them last, by their SIDs.
pub(crate) fn listed_sims(paths: &[PathBuf]) -> BTreeMap<Lenient<SimSid>, SimRecord> {
    let archives = paths.iter().filter(|path| Archive::is_archive(path));
    // An archive that cannot be read says so where its records are read.
    archives
        .filter_map(|path| sims(path).ok())
        .flatten()
        .collect()
}

fn sims(path: &Path) -> Result<Vec<(Lenient<SimSid>, SimRecord)>, Error> {
    let archive = Archive::open_read_only(path)?;
    let series = archive.series()?;
    let accounts: BTreeSet<&str> = series.iter().map(|one| one.account.as_str()).collect();
    let mut sims = Vec::new();
    for account in accounts {
        for sim in archive.known_sims(account)? {
            let is_kept = |one: &Series| one.account == account && one.sim == Some(sim.sid);
            if !series.iter().any(is_kept) {
                continue;
            }
            let object = sim.object.as_deref().unwrap_or("{}");
            let mut record: SimRecord = serde_json::from_str(object).unwrap_or_default();
            record.sid = Field::Value(Lenient::from_text(sim.sid.as_str()));
            if sim.left_at.is_some() {
                // What it was before it left the account says nothing of it now.
                record.status = Field::Null;
            }
            sims.push((Lenient::Known(sim.sid), record));
        }
    }
    Ok(sims)
}

fn lines(
    archive: &Archive,
    selection: &Selection,
    send: &SyncSender<io::Result<Vec<u8>>>,
) -> Result<(), Stop> {
    let mut chunk = Vec::with_capacity(CHUNK);
    archive.visit::<Stop>(selection, |reading| {
        chunk.extend(reading.text.bytes().map(|byte| match byte {
            b'\r' | b'\n' => b' ',
            byte => byte,
        }));
        chunk.push(b'\n');
        if chunk.len() < CHUNK {
            return Ok(());
        }
        let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
        send.send(Ok(full)).map_err(|_| Stop::Gone)
    })?;
    if !chunk.is_empty() {
        send.send(Ok(chunk)).map_err(|_| Stop::Gone)?;
    }
    Ok(())
}
