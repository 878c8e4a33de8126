//! The memory that a fetch in windows takes is that of its windows at a time, however long the range.
//!
//! A test binary of its own, because it counts what is allocated. The client runs on the thread that is
//! counted, and the emulator on another.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails where one of its helpers fails"
)]

use std::num::NonZeroU32;

use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};
use usage_client::{Client, Credentials, Resource, UsageQuery, WindowPage, WindowPlan};
use usage_emulator::{Emulator, RunningEmulator};
use usage_model::{Granularity, PageSize, Window};

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
        let plan =
            WindowPlan::new(NOW.parse().unwrap()).concurrency(NonZeroU32::new(at_a_time).unwrap());
        let counted = allocation_counter::measure(|| {
            self.runtime.block_on(async {
                let mut fetch = self.client.windows(query, &plan);
                let mut kept: Vec<WindowPage> = Vec::new();
                while let Some(page) = fetch.next().await {
                    let page = page.unwrap();
                    if reader == Reader::Keeps {
                        kept.push(page);
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
    // How many pages are there at the same instant is chance within the bound below. Six times the range does
    // not even take twice the memory, and the counter would see it if it did.
    assert!(long < short * 2, "{figures}");
    assert!(kept > long * 6, "{figures}");
    // Two at a time and one that waits, and the page in the reader's hands.
    assert!(long < page * 4, "{figures}");
    assert!(long < MOST_PEAK, "{figures}");
}
