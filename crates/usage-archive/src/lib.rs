//! Keeps KORE Wireless usage for good.
//!
//! The vendor deletes usage after 18 months, changes figures for two days and sometimes later, and tells nobody. An
//! [`Archive`] is one SQLite file that keeps every reading of every period: the record exactly as it was received,
//! and its figures in flat columns that any program may query. Nothing that was stored is changed or removed, and
//! a chain of hashes proves it ([`Archive::verify`]). Bytes that are not UTF-8 are the
//! exception: another character stands for them in the text, and the record counts as malformed.
//!
//! ```
//! use usage_archive::{Archive, PlanOptions, Series, State, WindowRead, plan};
//! use usage_model::Granularity;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("usage.db");
//! let mut archive = Archive::open(&path)?;
//! let series = Series::new("AC00000000000000000000000000000001", None, Granularity::Daily);
//!
//! // What is missing is read first, oldest first.
//! let mut options = PlanOptions::new("2026-06-03T06:00:00Z".parse()?);
//! options.start = Some("2026-06-01T00:00:00Z".parse()?);
//! let planned = plan(&archive.held(&series, options.from())?, Granularity::Daily, &options);
//! assert_eq!(planned.len(), 1);
//!
//! let record = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
//!     "data":{"total":7,"download":5,"upload":2,"units":"bytes"}}"#;
//! let run = archive.begin_run("example 1.0", options.at)?;
//! let appended = archive.append(run, &WindowRead::new(&series, planned[0].window, options.at, &[record]))?;
//! assert_eq!(appended.added, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Readings, periods and windows
//!
//! A *reading* is one observation of a period. A record that says the same as the last reading of its period is no
//! new reading; it moves the time at which that reading was last seen. A *window* that was read in full is
//! remembered, so that a period without a record is known to be empty and not missing.
//!
//! # When figures are final
//!
//! A period is *open* until it ends, then *provisional* for 24 hours and *settling* until it is *final*: read at
//! least 48 hours after its end, with figures equal to those of a reading at least 12 hours before. A change
//! afterwards makes it *reopened* until it is final again. [`plan()`] says what to read next, from what is held and
//! the time alone.
//!
//! # Keeping it current
//!
//! With the feature `sync`, `sync()` reads what the plan asks for from the API. Without it this crate knows neither
//! a network nor a runtime.
//!
//! # Time
//!
//! All instants are UTC and all intervals half-open. Readings carry the time of the server's clock in whole
//! seconds; it never goes back within an account.
#![forbid(unsafe_code)]

mod chain;
mod error;
mod key;
mod lock;
mod plan;
mod settle;
mod store;
#[cfg(feature = "sync")]
mod sync;
mod verify;

pub use chain::ChainHash;
pub use error::{Error, ErrorKind};
pub use key::{Bounds, Series};
pub use lock::SyncLock;
pub use plan::{
    DEFAULT_LOOK_BACK, FULL_READ_EVERY, Held, PlanOptions, Planned, Reason, deleted_at,
    first_unsettled, plan,
};
pub use settle::{CONFIRMED_AFTER, Seen, State};
pub use store::{
    Appended, Archive, Change, Conflict, KnownSim, Malformed, Outcome, Reading, ReadingId, Run,
    RunId, Selection, SeriesStatus, Sims, Status, WindowRead,
};
#[cfg(feature = "sync")]
pub use sync::{
    FailedRead, FirstLook, NotAsked, Remark, SyncEvent, SyncOptions, SyncReport, SyncSims, sync,
};
pub use verify::{Subset, SubsetError, Verified};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
