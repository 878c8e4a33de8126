//! An emulated account in process.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use usage_client::{
    Client, Credentials, SimQuery,
    in_process::{Answered, Asked},
};
use usage_emulator::Emulator;
use usage_model::{Granularity, Item, RecordReader, SimSid, Window};

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A client whose requests an emulator answers.
pub(crate) fn client(emulator: &Emulator) -> Client {
    client_with(emulator, |_| {})
}

/// A client whose requests an emulator answers, with a change of each answer.
pub(crate) fn client_with(
    emulator: &Emulator,
    change: impl Fn(&mut Answered) + Clone + Send + Sync + 'static,
) -> Client {
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
        .build_in_process(move |asked| {
            let (emulator, change) = (emulator.clone(), change.clone());
            async move {
                let mut answered = answer(emulator, asked).await;
                change(&mut answered);
                answered
            }
        })
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

/// What an emulator says for a window now: the start and the text of each record.
pub(crate) async fn told(
    emulator: &Emulator,
    sim: Option<SimSid>,
    granularity: Granularity,
    window: Window,
) -> Vec<(DateTime<Utc>, String)> {
    let path = match sim {
        Some(sim) => format!("/v1/Sims/{sim}/UsageRecords"),
        None => "/v1/UsageRecords".to_owned(),
    };
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut next = Some(format!(
        "{path}?Start={}&End={}&PageSize=1000&Granularity={granularity}",
        time(window.start()),
        time(window.end())
    ));
    let mut records = Vec::new();
    while let Some(target) = next.take() {
        let request = http::Request::get(target)
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
        while let Some(entry) = reader.next(&mut bytes).unwrap() {
            match entry.item() {
                Item::Record(_, record) => {
                    let start = record.period.value().unwrap().bounds().unwrap().0;
                    records.push((start, entry.text().to_owned()));
                }
                Item::Page(Some(meta)) => next = meta.next_page().map(str::to_owned),
                other => panic!("{other:?}"),
            }
        }
    }
    records
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
