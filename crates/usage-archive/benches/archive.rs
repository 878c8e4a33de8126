//! What an archive of many readings costs: CPU to append, bytes on disk, and the time of two questions.
//!
//! `cargo bench -p usage-archive --bench archive -- 1000000` ends with 1 where a million cost more than they may.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has nothing to report"
)]

use std::{
    fmt::Write as _,
    io::Write as _,
    process::ExitCode,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use usage_archive::{Archive, Series, WindowRead};
use usage_model::{Granularity, Window};

/// The hours of the retention period, so many readings a series.
const HOURS: i64 = 13_176;

/// The records of one page.
const PAGE: usize = 984;

/// What a million readings may cost at most: CPU seconds to append, bytes of a reading and of its text, CPU seconds
/// of the sums by month, and seconds of one period's history.
const LIMITS: [(&str, f64); 5] = [
    ("CPU seconds to append", 25.0),
    ("bytes a reading", 350.0),
    ("bytes of text", 150.0),
    ("CPU seconds of sums", 1.0),
    ("seconds of history", 0.005),
];

fn main() -> ExitCode {
    let count = std::env::args().find_map(|text| text.parse().ok());
    let count: usize = count.unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.db");
    let mut archive = Archive::open(&path).unwrap();
    let at: DateTime<Utc> = "2026-06-30T00:00:00Z".parse().unwrap();
    let run = archive.begin_run("bench", at).unwrap();
    let mut appended = 0;
    let mut cpu = Duration::ZERO;
    let mut wall = Duration::ZERO;
    while appended < count {
        let number = appended / usize::try_from(HOURS).unwrap();
        let series = Series::new(format!("AC{number:032x}"), None, Granularity::Hourly);
        let hours = usize::try_from(HOURS).unwrap().min(count - appended);
        let texts: Vec<String> = (0..hours).map(|hour| record(number, hour, at)).collect();
        for (number, texts) in texts.chunks(PAGE).enumerate() {
            let hours = |count: usize| TimeDelta::hours(i64::try_from(count).unwrap());
            let start = at - TimeDelta::hours(HOURS) + hours(number * PAGE);
            let window = Window::new(start, start + hours(texts.len())).unwrap();
            let (before, begun) = (cpu_time(), Instant::now());
            let read = WindowRead::new(&series, window, at, texts);
            archive.append(run, &read).unwrap();
            cpu += cpu_time().saturating_sub(before);
            wall += begun.elapsed();
        }
        appended += hours;
    }
    let status = archive.status(at).unwrap();
    drop(archive);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let timed = |sql: &str| {
        let (before, begun) = (cpu_time(), Instant::now());
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut count = 0;
        while rows.next().unwrap().is_some() {
            count += 1;
        }
        (count, begun.elapsed(), cpu_time().saturating_sub(before))
    };
    let months = timed(
        "SELECT substr(period_start, 1, 7) AS month, SUM(total) FROM usage
         WHERE service = 'data' AND network = 'total' GROUP BY month",
    );
    let history = timed(
        "SELECT * FROM readings WHERE account_sid = 'AC00000000000000000000000000000000'
         AND granularity = 'hourly' AND period_start = '2026-05-01T07:00:00Z' ORDER BY reading_id",
    );
    let text: f64 = connection
        .query_row("SELECT avg(length(text)) FROM record", [], |row| row.get(0))
        .unwrap();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} readings appended: {cpu:.2?} CPU, {wall:.2?} wall; {} bytes a reading, {text:.0} of them text; \
         sums of {} months {:.3?} CPU, {:.3?} wall; history of {} readings {:.3?}",
        status.readings,
        status.bytes / status.readings,
        months.0,
        months.2,
        months.1,
        history.0,
        history.1
    )
    .unwrap();
    let bytes = u32::try_from(status.bytes / status.readings).unwrap();
    let measured = [
        cpu.as_secs_f64(),
        bytes.into(),
        text,
        months.2.as_secs_f64(),
        history.1.as_secs_f64(),
    ];
    let mut code = ExitCode::SUCCESS;
    for ((what, most), measured) in LIMITS.into_iter().zip(measured) {
        if status.readings >= 1_000_000 && measured > most {
            writeln!(out, "{measured:.3} {what}, and {most} at most").unwrap();
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// CPU time of this process, user and system.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    let ticks: u64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    // The kernel counts in hundredths of a second on every Linux.
    Duration::from_millis(ticks * 10)
}

/// An hour of an account with a few SIMs abroad, as the API writes it.
fn record(series: usize, hour: usize, end: DateTime<Utc>) -> String {
    let hour = i64::try_from(hour).unwrap();
    let start = end - TimeDelta::hours(HOURS - hour);
    let text = |instant: DateTime<Utc>| instant.format("%Y-%m-%dT%H:%M:%SZ");
    let mut random = Random(u64::try_from(hour).unwrap() << 20 | u64::try_from(series).unwrap());
    let mut data = Node::default();
    let home = random.node(8_000_000);
    let national = random.node(600_000);
    let mut abroad = String::new();
    data.add(home);
    data.add(national);
    for country in ["AUT", "CHE", "FRA"] {
        if random.next() % 5 < 3 {
            let node = random.node(2_000_000);
            data.add(node);
            let comma = if abroad.is_empty() { "" } else { "," };
            let data = node.data();
            write!(abroad, r#"{comma}{{{data},"country_code":"{country}"}}"#).unwrap();
        }
    }
    let commands = random.node(3);
    format!(
        r#"{{"account_sid":"AC{series:032x}","period":{{"start":"{}","end":"{}"}},"commands":{{{},"home":{{{}}},"national_roaming":{{{}}},"international_roaming":[]}},"data":{{{},"home":{{{}}},"national_roaming":{{{}}},"international_roaming":[{abroad}]}}}}"#,
        text(start),
        text(start + TimeDelta::hours(1)),
        commands.commands(),
        commands.commands(),
        Node::default().commands(),
        data.data(),
        home.data(),
        national.data(),
    )
}

#[derive(Clone, Copy, Default)]
struct Node {
    down: u64,
    up: u64,
}

impl Node {
    fn add(&mut self, other: Self) {
        self.down += other.down;
        self.up += other.up;
    }

    fn data(self) -> String {
        let (total, cents) = (self.down + self.up, (self.down + self.up) / 20_000);
        format!(
            r#""total":{total},"download":{},"upload":{},"units":"bytes","billed":0.{cents:04},"billing_units":"USD""#,
            self.down, self.up
        )
    }

    fn commands(self) -> String {
        let total = self.down + self.up;
        format!(
            r#""total":{total},"to_sim":{},"from_sim":{},"billed":0.0{total},"billing_units":"USD""#,
            self.down, self.up
        )
    }
}

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn node(&mut self, largest: u64) -> Node {
        Node {
            down: self.next() % largest,
            up: self.next() % largest,
        }
    }
}
