//! Archives as the commands use them: which file, which readings, and what a failure says.

use std::{error::Error, path::PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use usage_archive::{Archive, ErrorKind, Selection, Sims};
use usage_model::Window;

use crate::{
    args::{ArchiveArgs, SelectionArgs, instant},
    exit::Exit,
    failure::Failure,
    messages::number,
};

impl ArchiveArgs {
    /// The path of the archive: the option, or what the environment says.
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        let named = || std::env::var_os("KORE_ARCHIVE").filter(|path| !path.is_empty());
        let path = self.archive.clone().or_else(|| named().map(PathBuf::from));
        path.ok_or_else(|| {
            Failure::usage("no archive is named")
                .help("name it with --archive FILE, or set KORE_ARCHIVE")
        })
    }

    /// Opens the archive for reading.
    pub(crate) fn open(&self) -> Result<Archive, Failure> {
        Ok(Archive::open_read_only(self.path()?)?)
    }
}

impl SelectionArgs {
    /// The selection, seen from `now`.
    pub(crate) fn selection(&self, now: DateTime<Utc>) -> Result<Selection, Failure> {
        let mut selection = Selection::default();
        selection.account.clone_from(&self.account);
        selection.granularity = Some(self.granularity);
        selection.sims = match self.sim.as_slice() {
            _ if self.all_sims => Sims::All,
            [] => Sims::None,
            sims => Sims::Only(sims.to_vec()),
        };
        if self.start.is_some() || self.end.is_some() {
            let start = match self.start {
                Some(start) => instant(start, "--start", now)?,
                None => DateTime::UNIX_EPOCH,
            };
            let end = match self.end {
                Some(end) => instant(end, "--end", now)?,
                None => DateTime::<Utc>::MAX_UTC,
            };
            selection.window = Some(
                Window::new(start, end)
                    .map_err(|error| Failure::usage(error.to_string()))
                    .map_err(|failure| failure.help("give a --start before the --end"))?,
            );
        }
        Ok(selection)
    }
}

/// What the archive says, with the cause at the root.
impl From<usage_archive::Error> for Failure {
    fn from(error: usage_archive::Error) -> Self {
        let mut failure = Self::incomplete(error.to_string()).help(error.help());
        let cause = std::iter::successors(error.source(), |error| (*error).source()).last();
        if let Some(cause) = cause
            && error.kind() != ErrorKind::Missing
        {
            failure = failure.note(format!("cause: {cause}"));
        }
        failure
    }
}

/// An instant as people and programs read it.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// How many whole days there are until an instant; none where it has passed.
pub(crate) fn days_until(instant: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
    let days = instant.signed_duration_since(now).num_days();
    u64::try_from(days).unwrap_or(0)
}

/// When the server deletes the first figures that are not final here, in words.
pub(crate) fn next_deletion(instant: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    match instant {
        Some(instant) => match days_until(instant, now) {
            0 => "next deletion within a day".to_owned(),
            days => format!("next deletion in {}", number(days, "day")),
        },
        None => "all of it final".to_owned(),
    }
}

/// The verdict on figures that were final.
pub(crate) const fn exit_of_changes(final_figures_changed: bool) -> Exit {
    if final_figures_changed {
        Exit::Findings
    } else {
        Exit::Done
    }
}
