//! What reading costs in memory: allocations a record, and the peak while records stream by.
//!
//! `cargo bench -p usage-model --bench memory` prints one line a figure. Peaks are those of the operating
//! system, each measured in a process of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark is read by its authors, and fails by panicking"
)]

mod page;

use std::{
    io::{self, Read},
    process::Command,
};

use usage_model::{Item, MAX_VALUE_BYTES, UsagePage, read_records};

/// Most allocations a record may take where it has no unknown members.
const MOST_ALLOCATIONS: u64 = 2;

/// Most memory that streaming may take at its peak, in KiB, whatever the number of records.
const MOST_PEAK_KIB: u64 = 12 << 10;

/// Most memory that reading one record may take, in multiples of its text.
const MOST_TIMES_ITS_SIZE: u64 = 128;

/// Tells a process started by this one how many records to stream.
const RECORDS: &str = "USAGE_MODEL_BENCH_RECORDS";

fn main() {
    if let Ok(records) = std::env::var(RECORDS) {
        stream(records.parse().unwrap());
        return;
    }
    allocations();
    densest_record();
    for records in [100_000_u64, 1_000_000] {
        let output = Command::new(std::env::current_exe().unwrap())
            .env(RECORDS, records.to_string())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        let (bytes, peak) = text.trim().split_once(' ').unwrap();
        let (megabytes, peak): (u64, u64) = (
            bytes.parse::<u64>().unwrap() / 1_000_000,
            peak.parse().unwrap(),
        );
        println!(
            "streaming {records} records ({megabytes} MB): peak {peak} KiB, bound {MOST_PEAK_KIB} KiB"
        );
        assert!(peak <= MOST_PEAK_KIB);
    }
}

/// Counts what decoding a page allocates.
fn allocations() {
    let page = page::text();
    let mut read = UsagePage::default();
    let counted = allocation_counter::measure(|| {
        read = UsagePage::from_slice(page.as_bytes()).unwrap();
    });
    assert!(read.records.iter().all(Result::is_ok));
    let records = u64::try_from(read.records.len()).unwrap();
    println!(
        "page of {records} records: {} allocations, bound {MOST_ALLOCATIONS} a record",
        counted.count_total
    );
    assert!(counted.count_total <= MOST_ALLOCATIONS * records);
}

/// Measures how much more memory the largest record takes than its text, where it is nothing but empty objects.
fn densest_record() {
    let (before, after) = (r#"{"data":{"international_roaming":["#, "{}]}}");
    let entries = (MAX_VALUE_BYTES - before.len() - after.len()) / "{},".len();
    let text = format!("{before}{}{after}", "{},".repeat(entries));
    let counted = allocation_counter::measure(|| {
        let read = read_records(text.as_bytes()).map(Result::unwrap);
        assert_eq!(read.count(), 1);
    });
    let times = counted.bytes_max / u64::try_from(text.len()).unwrap();
    println!(
        "record of {} bytes, {} empty objects: at most {times} times its size",
        text.len(),
        entries + 1
    );
    assert!(times <= MOST_TIMES_ITS_SIZE);
}

/// Streams records from a source that makes them up as it is read; prints bytes and peak memory.
fn stream(records: u64) {
    let mut source = Repeated {
        lines: page::records().map(|record| record + "\n").collect(),
        line: 0,
        at: 0,
        left: records,
        bytes: 0,
    };
    let mut seen = 0;
    for item in read_records(&mut source) {
        match item.unwrap() {
            Item::Record(..) => seen += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, records);
    println!("{} {}", source.bytes, peak_kib());
}

/// The same thousand lines over and over, until so many were read.
struct Repeated {
    lines: Vec<String>,
    line: usize,
    at: usize,
    left: u64,
    bytes: u64,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let rest = &self.lines[self.line].as_bytes()[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        self.bytes += u64::try_from(length).unwrap();
        if length == rest.len() {
            self.line = (self.line + 1) % self.lines.len();
            self.at = 0;
            self.left -= 1;
        }
        Ok(length)
    }
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
