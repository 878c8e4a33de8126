//! The memory that a fetch in windows takes is that of its windows at a time, however long the range.
//!
//! A test binary of its own, because it counts what is allocated. The client runs on the thread that is
//! counted, and the emulator on another.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails where one of its helpers fails"
)]

#[expect(
    dead_code,
    unreachable_pub,
    reason = "the helper is shared with another test binary"
)]
#[path = "faults/server.rs"]
mod server;

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};
use usage_client::{Client, Credentials, UsageQuery, WindowPage, WindowPlan};
use usage_emulator::{Emulator, RunningEmulator};
use usage_model::{Granularity, PageSize, Resource, Window};

use crate::server::{Server, Step};

const NOW: &str = "2026-11-01T00:00:00Z";

/// The first of the 18 months that the API keeps.
const MONTHS_18: &str = "2025-05-01T00:00:00Z";

const MONTHS_3: &str = "2026-08-01T00:00:00Z";

/// Records a page: 3 months are many more windows than are fetched at a time.
const PAGE_SIZE: u16 = 192;

/// As many days as a page has room for, hour by hour.
const ONE_PAGE: &str = "2026-10-24T00:00:00Z";

/// Most bytes at the peak of a fetch, two windows at a time, whatever the range.
const MOST_PEAK: u64 = 4 << 20;

/// What is done with the pages.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    /// Drops each, after as long as another page takes to come: time in which windows could run ahead.
    Drops,
    Keeps,
}

struct Bench {
    _emulator: RunningEmulator,
    client: Client,
    runtime: Runtime,
    _others: Runtime,
}

impl Bench {
    fn new() -> Self {
        let others = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let emulator = Emulator::builder().now(NOW.parse().unwrap());
        let emulator = others.block_on(emulator.start()).unwrap();
        let client = Client::builder()
            .base_url(emulator.base_url())
            .token_url(emulator.token_url())
            .credentials(Credentials::client("any", "any"))
            .build()
            .unwrap();
        Self {
            _emulator: emulator,
            client,
            runtime,
            _others: others,
        }
    }

    /// The most bytes that a fetch has at once.
    fn peak(&self, start: &str, at_a_time: u32, reader: Reader) -> u64 {
        let window = Window::new(start.parse().unwrap(), NOW.parse().unwrap()).unwrap();
        let hours = u64::try_from((window.end() - window.start()).num_hours()).unwrap();
        let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly)
            .page_size(PageSize::new(PAGE_SIZE).unwrap());
        let page = Window::new(ONE_PAGE.parse().unwrap(), window.end()).unwrap();
        let page = UsageQuery::new(Resource::Account, page, Granularity::Hourly)
            .page_size(query.records_per_page());
        let plan =
            WindowPlan::new(NOW.parse().unwrap()).concurrency(NonZeroU32::new(at_a_time).unwrap());
        let counted = allocation_counter::measure(|| {
            self.runtime.block_on(async {
                let mut fetch = self.client.windows(query, &plan);
                let mut kept: Vec<WindowPage> = Vec::new();
                while let Some(delivered) = fetch.next().await {
                    match reader {
                        Reader::Keeps => kept.push(delivered.unwrap()),
                        Reader::Drops => {
                            drop(delivered.unwrap());
                            assert_eq!(self.client.pages(page.clone()).count().await, 1);
                        }
                    }
                }
                assert_eq!(fetch.report().records, hours);
            });
        });
        counted.bytes_max
    }
}

#[test]
fn the_peak_is_that_of_the_windows_at_a_time_and_not_of_the_range() {
    let bench = Bench::new();
    // The token and the connections.
    bench.peak(ONE_PAGE, 2, Reader::Drops);
    let page = bench.peak(ONE_PAGE, 1, Reader::Drops);
    let short = bench.peak(MONTHS_3, 2, Reader::Drops);
    let long = bench.peak(MONTHS_18, 2, Reader::Drops);
    let kept = bench.peak(MONTHS_18, 2, Reader::Keeps);
    let figures =
        format!("a page {page} bytes, 3 months {short}, 18 months {long}, all kept {kept}");
    // Six times the range takes no more but by the chance of what meets at one instant, and the counter would
    // see it if it did.
    assert!(long * 4 < short * 5, "{figures}");
    assert!(kept > long * 6, "{figures}");
    // Two at a time and one that waits, and the page in the reader's hands.
    assert!(long < page * 4, "{figures}");
    assert!(long < MOST_PEAK, "{figures}");
}

/// What a server that sends pages without end can make of the memory.
#[derive(Clone, Copy)]
struct Flood {
    /// The length of what the envelope says beside the link.
    filler: usize,
    /// The length of the token in the link.
    token: usize,
}

impl Flood {
    /// Pages that the list has.
    const PAGES: usize = 64;

    fn answer(self, number: usize) -> Step {
        let next = if number == Self::PAGES {
            "null".to_owned()
        } else {
            format!(r#""?PageToken={number}{}""#, "t".repeat(self.token))
        };
        let filler = "f".repeat(self.filler);
        let body = format!(
            r#"{{"usage_records":[{{"period":{{}},"mark":{number}}}],"meta":{{"first_page_url":"{filler}","next_page_url":{next}}}}}"#
        );
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        Step::Write([head.into_bytes(), body.into_bytes()].concat())
    }

    /// The most bytes that a reader has at once which takes every page and keeps none.
    fn peak<R: Future<Output = usize>>(self, reader: impl FnOnce(Client, UsageQuery) -> R) -> u64 {
        let others = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let number = AtomicUsize::new(0);
        let api = others.block_on(Server::answering(move |_| {
            self.answer(number.fetch_add(1, Ordering::SeqCst) + 1)
        }));
        let client = Client::builder()
            .base_url(api.url())
            .credentials(Credentials::bearer("any"))
            .build()
            .unwrap();
        let window = Window::new(ONE_PAGE.parse().unwrap(), NOW.parse().unwrap()).unwrap();
        let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let counted = allocation_counter::measure(|| {
            let pages = runtime.block_on(reader(client, query));
            assert_eq!(pages, Self::PAGES);
        });
        counted.bytes_max
    }
}

#[test]
fn pages_with_little_in_them_are_not_held_without_limit() {
    let flood = Flood {
        filler: 1 << 19,
        token: 0,
    };
    let peak = flood.peak(async |client, query| {
        let plan = WindowPlan::new(NOW.parse().unwrap()).concurrency(NonZeroU32::MIN);
        client
            .windows(query, &plan)
            .map(Result::unwrap)
            .count()
            .await
    });
    // Of 32 MiB.
    assert!(peak < 25 << 20, "{peak} bytes");
}

/// The most bytes that a fetch of five windows has at once where each window is answered with this body.
fn peak_of_hostile_pages(body: &str, at_a_time: u32) -> u64 {
    let others = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes();
    let api = others.block_on(Server::answering(move |_| Step::Write(answer.clone())));
    let client = Client::builder()
        .base_url(api.url())
        .credentials(Credentials::bearer("any"))
        .build()
        .unwrap();
    let window = Window::new(
        "2026-10-27T00:00:00Z".parse().unwrap(),
        NOW.parse().unwrap(),
    )
    .unwrap();
    let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
    let plan = WindowPlan::new(NOW.parse().unwrap())
        .days(NonZeroU32::new(1).unwrap())
        .concurrency(NonZeroU32::new(at_a_time).unwrap());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let counted = allocation_counter::measure(|| {
        runtime.block_on(async {
            let mut fetch = client.windows(query, &plan);
            let mut windows = 0;
            while let Some(delivered) = fetch.next().await {
                drop(delivered.unwrap());
                windows += 1;
                // Time in which the other windows can run ahead.
                for _ in 0..1000 {
                    tokio::task::yield_now().await;
                }
            }
            assert_eq!(windows, 5);
        });
    });
    counted.bytes_max
}

/// A page of records that do not say when they are, so that any window may have them.
fn page_of(record: &str, records: usize) -> String {
    let records = vec![record; records].join(",");
    format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":null}}}}"#)
}

#[test]
fn hostile_pages_take_three_times_one_of_them_over_all_windows() {
    const RECORDS: usize = 1000;
    // Text that is kept because it is no record, and as many parts as a record may have, which take more than text.
    let text = page_of(&format!(r#"{{"x":"{}"}}"#, "x".repeat(65_000)), RECORDS);
    let parts = format!(
        r#"{{{}"data":{{"total":0,"international_roaming":[{}{{}}]}}}}"#,
        " ".repeat(63_000),
        "{},".repeat(699),
    );
    let parts = page_of(&parts, RECORDS);
    for (body, at_a_time) in [(text, 8), (parts, 4)] {
        let peak = peak_of_hostile_pages(&body, at_a_time);
        let length = u64::try_from(body.len()).unwrap();
        assert!(
            peak < 3 * length,
            "{peak} bytes for pages of {length}, {at_a_time} windows at a time"
        );
    }
}

#[test]
fn small_pages_of_many_parts_are_not_decoded_ahead() {
    let parts = format!(
        r#"{{"data":{{"total":0,"international_roaming":[{}{{}}]}}}}"#,
        "{},".repeat(699)
    );
    let body = page_of(&parts, 1000);
    let one = peak_of_hostile_pages(&body, 1);
    let eight = peak_of_hostile_pages(&body, 8);
    // The bodies of the others, which wait to be decoded.
    assert!(
        eight < one + 10 * u64::try_from(body.len()).unwrap(),
        "one window {one} bytes, eight {eight}"
    );
}

#[test]
fn the_tokens_of_pages_are_not_kept() {
    let flood = Flood {
        filler: 0,
        token: 16_000,
    };
    let peak =
        flood.peak(async |client, query| client.pages(query).map(Result::unwrap).count().await);
    // Of more than a million.
    assert!(peak < 1_000_000, "{peak} bytes");
}
