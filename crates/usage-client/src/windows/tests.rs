//! Whole fetches in process, under a paused clock: whatever goes wrong on the way, as long as it ends, what is
//! delivered is what the server has.
//!
//! Each case follows from its seed, which a failure prints.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex},
};

use chrono::{Days, NaiveTime, TimeDelta};
use fastrand::Rng;
use futures_util::future::BoxFuture;
use tokio::runtime::{Builder, Runtime};
use usage_emulator::{EmptyPeriods, Emulator, Fault, Order};
use usage_model::{Granularity, PageSize, Resource};

use super::*;
use crate::{
    Client, ClientBuilder, Credentials, WindowPlan,
    http::transport::{
        Request, Transport, TransportError,
        simulated::{End, Outcome, Simulated, answer, emulated, unconnected},
    },
};

/// Cases of each property.
const CASES: u64 = 1_000;

/// The statuses after which a page is asked for again.
const TRANSIENT: [u16; 9] = [408, 425, 429, 500, 502, 503, 504, 520, 529];

const NOW: &str = "2026-11-01T00:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A clock that jumps to the next timer when nothing else is to be done.
fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

fn patient() -> ClientBuilder {
    Client::builder()
        .base_url("http://127.0.0.1/".parse().unwrap())
        .token_url(
            "http://127.0.0.1/api-services/v1/auth/token"
                .parse()
                .unwrap(),
        )
        .attempts(50)
        .retry_budget(None)
}

fn plan(rng: &mut Rng) -> WindowPlan {
    let plan = WindowPlan::new(at(NOW)).concurrency(NonZeroU32::new(rng.u32(1..9)).unwrap());
    match rng.u32(0..3) {
        0 => plan.days(NonZeroU32::new(rng.u32(1..6)).unwrap()),
        _ => plan,
    }
}

/// Runs a property for every seed; a failure names its seed.
fn for_every_seed(property: impl Fn(u64) -> Result<(), String>) {
    for seed in 0..CASES {
        if let Err(message) = property(seed) {
            panic!("seed {seed}: {message}");
        }
    }
}

/// The starts of all records that were delivered.
fn starts(gathered: &Gathered) -> Vec<DateTime<Utc>> {
    let records = gathered.pages.iter().flat_map(|page| &page.records);
    let starts = records.map(|record| {
        let period = record.as_ref().unwrap().record.period.value().unwrap();
        period.bounds().unwrap().0
    });
    starts.collect()
}

// The emulator, with latency, faults, tokens that die, and data that moves.

/// Faults in the first answers of an emulator, which do not stand in the way of a patient client.
fn faults(rng: &mut Rng, moves: bool) -> Vec<Fault> {
    let share = rng.u32(0..50);
    let dies = rng.u64(1..20);
    let mut faults = vec![format!("expire-token@{dies}")];
    // A page whose new token is refused too fails, so that tokens die but once.
    for number in (1..60).filter(|number| *number != dies) {
        let status = TRANSIENT[rng.usize(0..TRANSIENT.len())];
        let kind = match rng.u32(0..8) {
            0 | 1 => format!("status:{status}@{number}"),
            2 => format!("status:{status}@{number};retry-after={}", rng.u64(0..4)),
            3 => format!("cut@{number}"),
            4 => format!("reset@{number}"),
            5 => format!("stall@{number}"),
            6 => format!("delay:{}@{number}", rng.u64(1..3_000)),
            _ if moves => format!("advance:{}h@{number}", rng.u64(1..12)),
            _ => continue,
        };
        if rng.u32(0..100) < share {
            faults.push(kind);
        }
    }
    faults.iter().map(|fault| fault.parse().unwrap()).collect()
}

fn whole_fetch(seed: u64) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let moves = rng.bool();
    let (granularity, most_days) = match rng.u32(0..4) {
        0 => (Granularity::Hourly, 4),
        1 => (Granularity::All, 40),
        _ => (Granularity::Daily, 40),
    };
    let mut builder = Emulator::builder()
        .seed(seed)
        .sims(1)
        .now(at(NOW))
        .empty_periods(EmptyPeriods::Include)
        .order(if rng.bool() {
            Order::NewestFirst
        } else {
            Order::OldestFirst
        })
        .latency(Duration::from_millis(rng.u64(0..2_000)))
        .token_lifetime(Duration::from_secs([20, 60, 3_600][rng.usize(0..3)]));
    for fault in faults(&mut rng, moves) {
        builder = builder.fault(fault);
    }
    let emulator = builder.build().unwrap();
    let end = at("2026-10-31T00:00:00Z");
    let start = end - Days::new(rng.u64(1..most_days));
    let window = Window::new(start, end).unwrap();
    let query = UsageQuery::new(Resource::Account, window, granularity)
        .page_size(PageSize::new(rng.u16(1..40)).unwrap());
    let plan = plan(&mut rng);
    let client = patient()
        .credentials(Credentials::client("any", "any"))
        .jitter_seed(seed)
        .build_over(Arc::new(emulated(&emulator)))
        .unwrap();
    let (faulty, clean) = paused().block_on(async {
        let faulty = client.windows(query.clone(), &plan).gather().await;
        emulator.clear_faults();
        (faulty, client.windows(query, &plan).gather().await)
    });
    for (name, gathered) in [("faulty", &faulty), ("clean", &clean)] {
        if !gathered.missing.is_empty() || !gathered.report.is_complete() {
            return Err(format!("{name}: {:?}", gathered.missing));
        }
    }
    if starts(&faulty) != starts(&clean) {
        return Err(format!("{:?}\n{:?}", starts(&faulty), starts(&clean)));
    }
    let records = |gathered: &Gathered| -> Vec<_> {
        let pages = gathered.pages.iter();
        pages.flat_map(|page| page.records.clone()).collect()
    };
    if !moves && records(&faulty) != records(&clean) {
        return Err("other figures than the server has".to_owned());
    }
    Ok(())
}

#[test]
fn what_the_emulator_has_is_delivered_whatever_goes_wrong() {
    for_every_seed(whole_fetch);
}

// A server by the hour, with the habits that servers have.

/// How a server reads a query, and what goes wrong with its first answers.
struct Habits {
    /// Hours from beyond the end that it sends too.
    beyond: i64,
    /// Days of a window above which it refuses.
    longest: Option<i64>,
    /// The largest page, where it is smaller than what is asked for.
    largest_page: Option<usize>,
    newest_first: bool,
    faults: Mutex<std::vec::IntoIter<Spoiled>>,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug)]
enum Spoiled {
    None,
    Status(u16),
    Unconnected,
    Lost,
    Cut,
    Ended,
    Stalled,
}

fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

impl Habits {
    fn answer(&self, request: &Request) -> Outcome {
        let value = |name: &str| {
            let mut pairs = request.address.query_pairs();
            pairs
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        let (start, end) = (at(&value("Start").unwrap()), at(&value("End").unwrap()));
        if self
            .longest
            .is_some_and(|longest| end - start > TimeDelta::days(longest))
        {
            let body = br#"{"code":33101,"message":"the window is too long"}"#;
            return Ok(answer(400, &[], body, End::Complete));
        }
        let asked: usize = value("PageSize").unwrap().parse().unwrap();
        let size = self
            .largest_page
            .map_or(asked, |largest| largest.min(asked));
        let page: usize = value("Page").map_or(0, |page| page.parse().unwrap());
        let count = (end - midnight(start)).num_hours() + self.beyond;
        let hours = (0..count).map(|hour| midnight(start) + TimeDelta::hours(hour));
        let mut hours: Vec<_> = hours.collect();
        if self.newest_first {
            hours.reverse();
        }
        let pages: Vec<_> = hours.chunks(size).collect();
        let text = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let records = pages[page].iter().map(|&start| {
            let (start, end) = (text(start), text(start + TimeDelta::hours(1)));
            format!(r#"{{"period":{{"start":"{start}","end":"{end}"}}}}"#)
        });
        let records: Vec<_> = records.collect();
        let next = match page + 1 {
            next if next < pages.len() => format!(r#""?Page={next}&PageSize={size}""#),
            _ => "null".to_owned(),
        };
        let records = records.join(",");
        let body = format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":{next}}}}}"#);
        self.spoil(body.as_bytes())
    }

    /// The answer, with the next fault in it.
    fn spoil(&self, body: &[u8]) -> Outcome {
        let half = &body[..body.len() / 2];
        let fault = self.faults.lock().unwrap().next().unwrap_or(Spoiled::None);
        let (status, body, end) = match fault {
            Spoiled::None => (200, body, End::Complete),
            Spoiled::Status(status) => (status, &b"<html>"[..], End::Complete),
            Spoiled::Unconnected => return Err(unconnected()),
            Spoiled::Lost => return Err(TransportError::lost()),
            Spoiled::Cut => (200, half, End::Lost),
            Spoiled::Ended => (200, half, End::Complete),
            Spoiled::Stalled => (200, half, End::Stalled),
        };
        Ok(answer(status, &[("retry-after", "0")], body, end))
    }
}

fn fault(rng: &mut Rng) -> Spoiled {
    match rng.u32(0..16) {
        0..=2 => Spoiled::Status(TRANSIENT[rng.usize(0..TRANSIENT.len())]),
        3 => Spoiled::Unconnected,
        4 => Spoiled::Lost,
        5 => Spoiled::Cut,
        6 => Spoiled::Ended,
        7 => Spoiled::Stalled,
        _ => Spoiled::None,
    }
}

fn habits(seed: u64) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let faults: Vec<_> = (0..rng.usize(0..40)).map(|_| fault(&mut rng)).collect();
    let beyond = [0, 1, 24][rng.usize(0..3)];
    let server = Arc::new(Habits {
        beyond,
        longest: rng.bool().then(|| rng.i64(1..4)),
        largest_page: rng.bool().then(|| rng.usize(5..30)),
        newest_first: rng.bool(),
        faults: Mutex::new(faults.into_iter()),
    });
    let transport = Simulated(move |request: Request| -> BoxFuture<'static, Outcome> {
        let server = Arc::clone(&server);
        Box::pin(async move { server.answer(&request) })
    });
    let transport: Arc<dyn Transport> = Arc::new(transport);
    let client = patient()
        .credentials(Credentials::bearer("any"))
        .jitter_seed(seed);
    let client = client.build_over(transport).unwrap();
    let start = at("2026-09-01T00:00:00Z");
    let end = start + Days::new(rng.u64(1..9));
    let window = Window::new(start, end).unwrap();
    let size = [7, 24, 50, 1000][rng.usize(0..4)];
    let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly)
        .page_size(PageSize::new(size).unwrap());
    let plan = plan(&mut rng);
    let gathered = paused().block_on(client.windows(query, &plan).gather());
    if !gathered.missing.is_empty() {
        return Err(format!("{:?}", gathered.missing));
    }
    // What is beyond the range stays, where no window follows to say otherwise.
    let hours = (end - start).num_hours() + beyond;
    let expected: Vec<_> = (0..hours)
        .map(|hour| start + TimeDelta::hours(hour))
        .collect();
    if starts(&gathered) == expected {
        Ok(())
    } else {
        Err(format!("{:?} instead of {expected:?}", starts(&gathered)))
    }
}

#[test]
fn every_hour_comes_once_and_in_order_whatever_the_habits_of_the_server() {
    for_every_seed(habits);
}
