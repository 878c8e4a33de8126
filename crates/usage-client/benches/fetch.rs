//! How close a fetch comes to what latency and concurrency allow, and what the client itself costs.
//!
//! Everything is measured against the emulator in one run, in rounds that take turns, and given as medians
//! and ratios: times alone say more of the machine. The bound of a fetch is the latency times the number
//! of requests that one after the other have to wait for it, pages ÷ concurrency rounded up. The emulator takes its
//! time for them as well, on the same cores, and so a fetch is held against the same requests, with the same
//! concurrency, sent by a plain client that neither inflates nor decodes what it gets; and those against the bound.
//! What takes longer than it should is named at the end, after all figures, and fails the run.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

use std::{
    hint::black_box,
    io::Read as _,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::{StreamExt as _, stream};
use url::Url;
use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
use usage_emulator::{Emulator, RunningEmulator};
use usage_model::{Granularity, PageSize, Resource, UsagePage, Window};

const NOW: &str = "2026-11-01T00:00:00Z";

/// Eighteen months, all within retention.
const START: &str = "2025-05-01T00:00:00Z";

const LATENCY: Duration = Duration::from_millis(50);

const ROUNDS: usize = 3;

/// What the client's own work may cost, in times of inflating and decoding the same bodies alone.
const MOST_OWN_COST: f64 = 3.0;

/// How much longer the requests of a fetch may take than the bound, in times: a fetch is held against them.
const MOST_ALONE: f64 = 1.5;

/// How much longer a fetch may take than the same requests alone.
#[derive(Clone, Copy)]
enum Most {
    Times(f64),
    /// So much more, for fetches of a few rounds, whose ratio says little.
    More(Duration),
    /// Nothing that could be said beforehand.
    Any,
}

impl Most {
    fn is_kept(self, time: Duration, alone: Duration) -> bool {
        match self {
            Self::Times(times) => time.as_secs_f64() <= alone.as_secs_f64() * times,
            Self::More(more) => time <= alone + more,
            Self::Any => true,
        }
    }
}

/// One way to fetch the range.
struct Way {
    name: &'static str,
    page_size: u16,
    at_a_time: u32,
    /// Days of a window; as wide as a page where there is none.
    days: Option<u32>,
    most: Most,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut broken = runtime.block_on(latency());
    broken.extend(runtime.block_on(cost()));
    assert!(broken.is_empty(), "too slow: {}", broken.join("; "));
}

async fn emulator(latency: Duration) -> RunningEmulator {
    let emulator = Emulator::builder()
        .now(NOW.parse().unwrap())
        .latency(latency);
    emulator.start().await.unwrap()
}

fn client(emulator: &RunningEmulator) -> Client {
    Client::builder()
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .credentials(Credentials::client("any", "any"))
        .build()
        .unwrap()
}

fn query(page_size: u16) -> UsageQuery {
    let window = Window::new(START.parse().unwrap(), NOW.parse().unwrap()).unwrap();
    UsageQuery::new(Resource::Account, window, Granularity::Hourly)
        .page_size(PageSize::new(page_size).unwrap())
}

/// Fetches the range; gives the time, the pages, and the records.
async fn fetch(client: &Client, way: &Way) -> (Duration, u64, u64) {
    let plan = WindowPlan::new(NOW.parse().unwrap());
    let plan = plan.concurrency(NonZeroU32::new(way.at_a_time).unwrap());
    let plan = match way.days.and_then(NonZeroU32::new) {
        Some(days) => plan.days(days),
        None => plan,
    };
    let started = Instant::now();
    let gathered = black_box(client.windows(query(way.page_size), &plan).gather().await);
    let elapsed = started.elapsed();
    assert!(gathered.missing.is_empty(), "{:?}", gathered.missing);
    (elapsed, gathered.report.pages, gathered.report.records)
}

/// Measures all ways; gives those that are too slow.
async fn latency() -> Vec<String> {
    let emulator = emulator(LATENCY).await;
    let client = client(&emulator);
    let plain = Plain::new(&emulator);
    let way = |name, page_size, at_a_time, most| Way {
        name,
        page_size,
        at_a_time,
        days: None,
        most,
    };
    let ways = [
        way(
            "page-wide windows of 50, 8 at a time",
            50,
            8,
            Most::Times(1.1),
        ),
        // The pages of a window come one after the other here, and all at once where they are requested alone.
        Way {
            days: Some(30),
            ..way(
                "30-day windows in pages of 50, 8 at a time",
                50,
                8,
                Most::Any,
            )
        },
        way(
            "page-wide windows of 1000, 8 at a time",
            1000,
            8,
            Most::More(Duration::from_millis(60)),
        ),
        way(
            "page-wide windows of 50, 1 at a time",
            50,
            1,
            Most::Times(1.05),
        ),
        way(
            "page-wide windows of 1000, 1 at a time",
            1000,
            1,
            Most::Times(1.2),
        ),
    ];
    // The token, the connections, and what the emulator keeps.
    let mut targets = Vec::new();
    for way in &ways {
        let before = emulator.requests().len();
        fetch(&client, way).await;
        let requested = requested(&emulator, before);
        plain.transfer(&requested, way.at_a_time).await;
        targets.push(requested);
    }
    let mut fetches = vec![Vec::new(); ways.len()];
    let mut transfers = fetches.clone();
    let mut sizes = vec![(0, 0); ways.len()];
    for _ in 0..ROUNDS {
        for (at, way) in ways.iter().enumerate() {
            let (fetched, pages, records) = fetch(&client, way).await;
            fetches[at].push(fetched);
            let (alone, _) = plain.transfer(&targets[at], way.at_a_time).await;
            transfers[at].push(alone);
            sizes[at] = (pages, records);
        }
    }
    let mut broken = Vec::new();
    println!("18 months by the hour, {} ms latency", LATENCY.as_millis());
    let times = fetches.into_iter().zip(transfers);
    for ((way, (fetched, alone)), (pages, records)) in ways.iter().zip(times).zip(sizes) {
        let rounds = pages.div_ceil(way.at_a_time.into());
        let bound = LATENCY * u32::try_from(rounds).unwrap();
        let [fetched, alone] = [fetched, alone].map(median);
        println!(
            "{:<44} {records} records, {pages} pages: {:>5} ms; {}; {}",
            way.name,
            fetched.as_millis(),
            compared("bound", fetched, bound),
            compared("requests alone", fetched, alone),
        );
        let is_near = Most::Times(MOST_ALONE).is_kept(alone, bound);
        if !is_near || !way.most.is_kept(fetched, alone) {
            broken.push(way.name.to_owned());
        }
    }
    emulator.shutdown().await;
    broken
}

/// The client's own cost: a fetch without latency, less the time that the same requests take alone, in times of
/// inflating and decoding the same bodies. Returns the name of the measurement if it is over the limit.
async fn cost() -> Option<String> {
    let emulator = emulator(Duration::ZERO).await;
    let client = client(&emulator);
    let way = Way {
        name: "",
        page_size: 1000,
        at_a_time: 1,
        days: None,
        most: Most::Any,
    };
    let plain = Plain::new(&emulator);
    fetch(&client, &way).await;
    let targets = requested(&emulator, 0);
    plain.transfer(&targets, 1).await;
    let [mut fetches, mut transfers, mut bodies_alone] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS * 2 {
        fetches.push(fetch(&client, &way).await.0);
        let (transferred, bodies) = plain.transfer(&targets, 1).await;
        transfers.push(transferred);
        let started = Instant::now();
        for body in &bodies {
            let mut page = Vec::new();
            GzDecoder::new(&**body).read_to_end(&mut page).unwrap();
            black_box(UsagePage::from_slice(&page).unwrap());
        }
        bodies_alone.push(started.elapsed());
    }
    let [fetched, transferred, read] = [fetches, transfers, bodies_alone].map(median);
    let own = fetched.saturating_sub(transferred);
    let times = own.as_secs_f64() / read.as_secs_f64();
    println!(
        "without latency: fetch {:.1} ms, requests alone {:.1} ms, inflating and decoding alone {:.1} ms; \
         the client's own cost is {times:.2} times that",
        fetched.as_secs_f64() * 1e3,
        transferred.as_secs_f64() * 1e3,
        read.as_secs_f64() * 1e3,
    );
    emulator.shutdown().await;
    (times > MOST_OWN_COST).then(|| "the client's own cost".to_owned())
}

/// A client that neither inflates nor decodes what it gets.
struct Plain {
    client: reqwest::Client,
    account: String,
}

impl Plain {
    fn new(emulator: &RunningEmulator) -> Self {
        let client = reqwest::Client::builder().tls_certs_only([]);
        Self {
            client: client.build().unwrap(),
            account: emulator.account_sid().to_string(),
        }
    }

    /// Sends the requests, at most `at_a_time` of them at once; gives the time, and the bodies as they came, compressed.
    async fn transfer(&self, targets: &[Url], at_a_time: u32) -> (Duration, Vec<Bytes>) {
        let started = Instant::now();
        let bodies = stream::iter(targets.iter().cloned())
            .map(|target| {
                let request = self.client.get(target).header("Accept-Encoding", "gzip");
                let request = request.basic_auth(&self.account, Some("any"));
                async move {
                    let response = request.send().await.unwrap().error_for_status().unwrap();
                    response.bytes().await.unwrap()
                }
            })
            .buffered(usize::try_from(at_a_time).unwrap())
            .collect()
            .await;
        (started.elapsed(), bodies)
    }
}

/// The addresses that the client asked for, after the first `before` requests.
fn requested(emulator: &RunningEmulator, before: usize) -> Vec<Url> {
    let requests = emulator.requests().into_iter().skip(before);
    let gets = requests.filter(|request| request.method == "GET");
    gets.map(|request| emulator.base_url().join(&request.target).unwrap())
        .collect()
}

fn compared(name: &str, time: Duration, with: Duration) -> String {
    let more = time.as_secs_f64() - with.as_secs_f64();
    let times = time.as_secs_f64() / with.as_secs_f64();
    format!(
        "{name} {} ms, {times:.3} times, {:+.0} ms",
        with.as_millis(),
        more * 1e3
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
