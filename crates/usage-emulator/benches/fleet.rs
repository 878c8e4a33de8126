//! What a large account costs: 100 000 SIMs over the 18 months that the API keeps.
//!
//! `cargo bench -p usage-emulator --bench fleet` prints one line a figure, with the bound that it is held
//! to. Times are medians of several rounds, over a socket; the peak is that of the operating system.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use usage_emulator::{Emulator, RunningEmulator};

/// SIMs of the account.
const SIMS: u32 = 100_000;

/// Longest time from nothing to an emulator that serves.
const LONGEST_START: Duration = Duration::from_secs(2);

/// Longest time from a request to the end of a page.
const LONGEST_PAGE: Duration = Duration::from_millis(100);

/// Most memory at the peak, in KiB.
const MOST_PEAK_KIB: u64 = 300 << 10;

/// How often each page is asked for.
const ROUNDS: usize = 9;

/// All days that the API keeps at the default time.
const KEPT: &str = "Granularity=daily&Start=2024-09-15T00:00:00Z&End=2026-03-16T00:00:00Z";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let emulator = Emulator::builder().sims(SIMS).start().await.unwrap();
        starts.push(begun.elapsed());
        emulator.shutdown().await;
    }
    report("start", median(starts), LONGEST_START);

    let emulator = Emulator::builder().sims(SIMS).start().await.unwrap();
    let sim = *emulator.sims().get(70_000).unwrap();
    let account = "/v1/UsageRecords".to_owned();
    let of_sim = format!("/v1/Sims/{sim}/UsageRecords");
    for (name, path, size, records) in [
        ("account, daily, a page of 50", &account, 50, 50),
        ("account, daily, all 547 in one page", &account, 1000, 547),
        ("SIM, daily, all 547 in one page", &of_sim, 1000, 547),
    ] {
        let target = format!("{path}?{KEPT}&PageSize={size}");
        let times = (0..ROUNDS).map(|_| timed(&emulator, &target, records));
        report(name, median(times.collect()), LONGEST_PAGE);
    }
    let peak = peak_kib();
    println!("peak memory: {peak} KiB, bound {MOST_PEAK_KIB} KiB");
    assert!(peak <= MOST_PEAK_KIB);
    emulator.shutdown().await;
}

fn report(name: &str, time: Duration, bound: Duration) {
    println!("{name}: {time:.1?}, bound {bound:?}");
    assert!(time <= bound, "{name}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    *times.get(times.len() / 2).unwrap()
}

/// How long a page takes, connection included.
fn timed(emulator: &RunningEmulator, target: &str, records: usize) -> Duration {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(emulator.addr()).unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic YW55OmFueQ==\r\n\
         Connection: close\r\n\r\n",
        emulator.addr()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let time = begun.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(answer.matches("\"account_sid\"").count(), records);
    time
}

/// The most memory that this process has had, as the kernel tells it.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
