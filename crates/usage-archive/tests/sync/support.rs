//! An archive that is kept current from an emulated account.

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc};

use tokio::sync::Notify;
use usage_archive::{
    Archive, Error, Selection, Sims, Subset, SyncEvent, SyncOptions, SyncReport, sync,
};
use usage_client::Client;
use usage_emulator::{Emulator, EmulatorBuilder};
use usage_model::{Granularity, SimSid, Window, retention_cutoff};

use crate::emulated::{at, client, client_with, told};

/// An emulator of four SIMs.
pub(crate) fn emulator(now: &str, faults: &[&str]) -> Emulator {
    let builder = Emulator::builder().seed(3).sims(4).now(at(now));
    with_faults(builder, faults).build().unwrap()
}

pub(crate) fn with_faults(builder: EmulatorBuilder, faults: &[&str]) -> EmulatorBuilder {
    let faults = faults.iter().map(|fault| fault.parse().unwrap());
    faults.fold(builder, EmulatorBuilder::fault)
}

/// A client whose requests an emulator answers without saying what time it is.
pub(crate) fn client_without_time(emulator: &Emulator) -> Client {
    client_with(emulator, |answered| {
        answered.headers.retain(|(name, _)| name != "date");
    })
}

/// An archive in a folder of its own.
pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    pub(crate) archive: Archive,
    pub(crate) options: SyncOptions,
}

impl Fixture {
    /// A fixture that is read one window at a time, for one granularity.
    pub(crate) fn new(granularity: Granularity) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path().join("usage.db")).unwrap();
        // Our own clock is wrong: it is the server's that counts.
        let mut options = SyncOptions::new(at("2031-01-01T00:00:00Z"), "test 1", "here");
        options.granularities = vec![granularity];
        options.concurrency = NonZeroU32::MIN;
        Self {
            _folder: folder,
            archive,
            options,
        }
    }

    pub(crate) async fn sync(&mut self, emulator: &Emulator) -> SyncReport {
        self.try_sync(&client(emulator)).await.unwrap()
    }

    pub(crate) async fn try_sync(&mut self, client: &Client) -> Result<SyncReport, Error> {
        let never = std::future::pending();
        sync(&mut self.archive, client, &self.options, &mut |_| {}, never).await
    }

    /// Syncs until a number of windows was stored.
    pub(crate) async fn sync_windows(&mut self, emulator: &Emulator, windows: usize) -> SyncReport {
        let enough = Arc::new(Notify::new());
        let (told, mut stored) = (Arc::clone(&enough), 0);
        let mut observe = move |event: SyncEvent<'_>| {
            stored += usize::from(matches!(event, SyncEvent::Read { .. }));
            if stored == windows {
                told.notify_one();
            }
        };
        let client = client(emulator);
        sync(
            &mut self.archive,
            &client,
            &self.options,
            &mut observe,
            enough.notified(),
        )
        .await
        .unwrap()
    }

    /// The current records of the account and all SIMs, as they were received.
    pub(crate) fn texts(&self) -> BTreeSet<String> {
        self.archive.verify(Subset::ALL).unwrap();
        let mut selection = Selection::default();
        selection.sims = Sims::AccountAndAll;
        let mut texts = BTreeSet::new();
        self.archive
            .visit::<Error>(&selection, |reading| {
                assert!(
                    texts.insert(reading.text.clone()),
                    "twice: {}",
                    reading.text
                );
                Ok(())
            })
            .unwrap();
        texts
    }
}

/// What the emulator would send now: every record of its retention.
pub(crate) async fn truth(
    emulator: &Emulator,
    sim: Option<SimSid>,
    granularity: Granularity,
) -> BTreeSet<String> {
    let now = emulator.now();
    let window = Window::new(retention_cutoff(now), now).unwrap();
    let records = told(emulator, sim, granularity, window).await;
    records.into_iter().map(|(_, text)| text).collect()
}
