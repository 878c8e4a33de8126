//! Keeping an archive current: reads what the plan asks for from the API.

mod clock;
mod fetch;
mod options;
mod pass;
mod report;
mod sims;
mod starts;
mod targets;

use std::pin::pin;

use usage_client::Client;

use crate::{Archive, Error};
use pass::Pass;

pub use options::{SyncOptions, SyncSims};
pub use report::{FailedRead, FirstLook, NotAsked, Remark, SyncEvent, SyncReport};

/// Reads what the plan asks for and stores it, one transaction a window.
///
/// The client has to [keep bodies](usage_client::ClientBuilder::keep_bodies), so that texts are stored as they were
/// received. `stop` ends the sync where it stands when it completes; what was stored stays. Dropping the
/// future does the same without a report. The next sync goes on from there.
///
/// What could not be fetched does not fail the sync: it is in [`SyncReport::failed`].
///
/// # Errors
///
/// [`ErrorKind::ForeignAccount`](crate::ErrorKind::ForeignAccount) where another account answers than before,
/// [`ErrorKind::ClockBack`](crate::ErrorKind::ClockBack) where the server's clock is behind what the archive has
/// seen, [`ErrorKind::ClockWrong`](crate::ErrorKind::ClockWrong) where it cannot be right, and failures of the disk.
/// The archive then holds the windows that were stored before.
///
/// ```
/// use std::future::pending;
///
/// use usage_archive::{Archive, SyncOptions, sync};
/// use usage_client::{Client, Credentials};
/// use usage_emulator::Emulator;
/// use usage_model::Granularity;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("usage.db");
/// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start().await?;
/// let client = Client::builder()
///     .base_url(emulator.base_url())
///     .token_url(emulator.token_url())
///     .credentials(Credentials::client("any", "any"))
///     .keep_bodies(true)
///     .build()?;
/// let (mut archive, _lock) = Archive::open_for_sync(&path, "example 1.0")?;
/// let mut options = SyncOptions::new(emulator.now(), "example 1.0", "the emulator");
/// options.granularities = vec![Granularity::Daily];
/// options.start = Some("2026-03-01T00:00:00Z".parse()?);
/// let report = sync(&mut archive, &client, &options, &mut |_| {}, pending()).await?;
/// assert!(report.failed.is_empty());
/// assert_eq!(archive.status(emulator.now())?.readings, 15);
/// # Ok(())
/// # }
/// ```
pub async fn sync(
    archive: &mut Archive,
    client: &Client,
    options: &SyncOptions,
    observe: &mut (dyn FnMut(SyncEvent<'_>) + Send),
    stop: impl Future<Output = ()> + Send,
) -> Result<SyncReport, Error> {
    let mut pass = Pass::new(archive, options, observe);
    let stop = pin!(stop);
    let ended = pass.read(client, stop).await;
    pass.finish(ended)
}
