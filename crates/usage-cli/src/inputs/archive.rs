//! An archive as an input: its current records, one a line, as they were received.

use std::{
    io,
    path::Path,
    sync::mpsc::{self, SyncSender},
    thread,
};

use usage_archive::{Archive, Error, Selection, Sims};
use usage_model::Granularity;

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

/// Opens an archive; its records of one granularity follow, those of the account and of all SIMs.
pub(super) fn open(path: &Path, granularity: Option<Granularity>) -> io::Result<Patient> {
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
    Ok(Patient::of(chunks))
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
