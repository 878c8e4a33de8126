//! An emulated account in process, and an archive that is kept current from it.

use std::{collections::BTreeSet, num::NonZeroU32, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use usage_archive::{
    Archive, Error, Selection, Sims, Subset, SyncEvent, SyncOptions, SyncReport, sync,
};
use usage_client::{
    Client, Credentials, SimQuery,
    in_process::{Answered, Asked},
};
use usage_emulator::{Emulator, EmulatorBuilder};
use usage_model::{Granularity, Item, RecordReader, SimSid};

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An emulator of four SIMs.
pub(crate) fn emulator(now: &str, faults: &[&str]) -> Emulator {
    let builder = Emulator::builder().seed(3).sims(4).now(at(now));
    with_faults(builder, faults).build().unwrap()
}

pub(crate) fn with_faults(builder: EmulatorBuilder, faults: &[&str]) -> EmulatorBuilder {
    let faults = faults.iter().map(|fault| fault.parse().unwrap());
    faults.fold(builder, EmulatorBuilder::fault)
}

/// A client whose requests an emulator answers.
pub(crate) fn client(emulator: &Emulator) -> Client {
    let emulator = emulator.clone();
    Client::builder()
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .credentials(Credentials::client("any", "any"))
        .attempts(3)
        .retry_base(Duration::from_millis(1))
        .attempt_timeout(Duration::from_secs(5))
        .jitter_seed(1)
        .keep_bodies(true)
        .build_in_process(move |asked| answer(emulator.clone(), asked))
        .unwrap()
}

async fn answer(emulator: Emulator, asked: Asked) -> Answered {
    let builder = match &asked.form {
        None => http::Request::get(asked.address.as_str()),
        Some(_) => http::Request::post(asked.address.as_str())
            .header("content-type", "application/x-www-form-urlencoded"),
    };
    let builder = match &asked.authorization {
        Some(header) => builder.header("authorization", header),
        None => builder,
    };
    let form = Bytes::from(asked.form.unwrap_or_default());
    let (head, mut body) = emulator
        .handle(builder.body(form).unwrap())
        .await
        .into_parts();
    let mut answered = Answered::new(head.status.as_u16(), Vec::new());
    for (name, value) in &head.headers {
        answered = answered.header(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
    }
    while let Some(part) = body.next().await {
        match part {
            Ok(part) => answered.body.extend_from_slice(&part),
            Err(_) => return answered.broken(),
        }
    }
    answered
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
        let enough = std::sync::Arc::new(tokio::sync::Notify::new());
        let (told, mut stored) = (std::sync::Arc::clone(&enough), 0);
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
    let path = match sim {
        Some(sim) => format!("/v1/Sims/{sim}/UsageRecords"),
        None => "/v1/UsageRecords".to_owned(),
    };
    let start = usage_model::retention_cutoff(emulator.now());
    let mut next = Some(format!(
        "{path}?Start={}&End={}&PageSize=1000&Granularity={granularity}",
        start.format("%Y-%m-%dT%H:%M:%SZ"),
        emulator.now().format("%Y-%m-%dT%H:%M:%SZ")
    ));
    let mut texts = BTreeSet::new();
    while let Some(target) = next {
        let request = http::Request::get(target.as_str())
            .header("authorization", "Basic YW55OmFueQ==")
            .body(Bytes::new())
            .unwrap();
        let (head, body) = emulator.handle(request).await.into_parts();
        assert_eq!(head.status, 200);
        let body: Vec<Bytes> = body.map(Result::unwrap).collect().await;
        let body = body.concat();
        let mut reader = RecordReader::new();
        reader.end();
        let mut bytes = body.as_slice();
        next = None;
        while let Some(entry) = reader.next(&mut bytes).unwrap() {
            match entry.item() {
                Item::Page(meta) => {
                    next = meta
                        .as_ref()
                        .and_then(|meta| meta.next_page().map(str::to_owned));
                }
                _ => drop(texts.insert(entry.text().to_owned())),
            }
        }
    }
    texts
}

/// The SIMs that are listed now.
pub(crate) async fn sims(emulator: &Emulator) -> BTreeSet<SimSid> {
    let client = client(emulator);
    let sims = client.sims(SimQuery::new()).map(|sim| {
        let sim = sim.unwrap().unwrap();
        *sim.sid.value().unwrap().known().unwrap()
    });
    sims.collect().await
}
