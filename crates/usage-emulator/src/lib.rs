//! The KORE Wireless usage-record API on loopback: seeded, in virtual time, with faults on demand.
//!
//! KORE has no sandbox for usage data. This crate is one: an HTTP server on 127.0.0.1 that answers as the
//! API does, for an account whose SIMs it makes up. It is a mock for tests, and an oracle for anything that
//! fetches, checks or keeps usage records, because it knows the truth and says what it changed of it.
//!
//! ```
//! use usage_emulator::{Emulator, Fault};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::builder()
//!     .seed(7)
//!     .now("2026-03-15T12:00:00Z".parse()?)
//!     .sims(40)
//!     .client_credentials("client", "secret")
//!     .fault("wrong-sum:2026-03-05:data.home.download:+1000".parse::<Fault>()?)
//!     .fault("status:429@2;retry-after=1".parse::<Fault>()?)
//!     .start()
//!     .await?;
//!
//! // Point a client at `emulator.base_url()` and `emulator.token_url()`, let it fetch and check, then
//! // compare what it found with what is wrong:
//! let [wrong] = &emulator.injected()[..] else { panic!("one fault in a record") };
//! assert_eq!(wrong.pointer, "/data/home/download");
//! assert_eq!(wrong.delta, Some(1000));
//!
//! // What was asked and what was answered:
//! assert!(emulator.requests().is_empty());
//! emulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Without a socket, [`Emulator::handle`] answers requests in process; latency, delays and slow bodies then
//! pass on the clock of the caller's tokio runtime, which a test may pause.
//!
//! # The world
//!
//! The seed and the number of SIMs decide everything that ever happens: the SIDs, what each SIM uses in
//! each UTC hour and on which network, and how late that is delivered. [`now`](EmulatorBuilder::now)
//! decides what of it shows. The same seed, number of SIMs and time give the same records, to the byte.
//! Time stands still, [runs](EmulatorBuilder::running), or is [put forward](Emulator::advance).
//!
//! * SIMs are in meters, trackers, cameras and long-haul trucks. Trucks roam in eight European countries
//!   and trackers make day trips; some meters only have coverage by a partner network. One SIM in four
//!   comes and goes with contracts of 90 days.
//! * Data is in bytes, exact; amounts are in US dollars, rounded to four decimals node by node, so that
//!   the amount of a top is not always that of its shares.
//! * Usage shows from half an hour after the end of its hour, nine tenths of it within 24 hours, nearly
//!   all within 48, the last after 120. What shows stays, so figures only grow.
//! * Usage before [`usage_model::retention_cutoff`] is gone, without an error.
//! * SIMs whose contract rests are `suspended`, those that came into use days ago are `ready`, all others
//!   `active`. Where it is asked for, SIMs [join and leave](EmulatorBuilder::turnover), and some
//!   [behave unusually](EmulatorBuilder::anomalies).
//! * The account's records are the sum of those of its SIMs, days the sum of their hours, and `all` the
//!   sum of its days. Totals are computed from at most 96 cohorts of SIMs that share one usage curve, so
//!   that a million SIMs cost no more than a hundred. SIMs of one cohort differ by a constant factor.
//!
//! # What it costs
//!
//! Nothing is kept of what is computed, so that an account of 100 000 SIMs over the 18 months that the API
//! keeps starts in less than 2 s, answers any page of its days, up to all 547 at once, in less than 100 ms,
//! and takes less than 300 MiB. `cargo bench -p usage-emulator --bench fleet` holds that. On a busy machine
//! with two cores it printed 0.8 ms, 4 ms for a page of 50 days, 40 ms for all of them, and 9 MiB.
//!
//! # The API
//!
//! | | |
//! |---|---|
//! | `POST /api-services/v1/auth/token` | OAuth 2 client credentials in a form body |
//! | `GET /v1/UsageRecords` | the account |
//! | `GET /v1/Sims/{Sid}/UsageRecords` | one SIM, by its SID or its unique name |
//! | `GET /v1/Sims` | the SIMs of the account; `Status`, `Iccid` and `RatePlan` filter them |
//!
//! Records and SIMs take a bearer token, or Basic credentials (the account SID or the client's identifier, and
//! the secret) as the API's ancestor did. A bearer token that is unknown or has expired is answered with
//! 403 and the gateway's own body, anything else that is not let in with 401.
//!
//! Where responses and documents leave a question open, this is the answer here, unless
//! [`Order`], [`EmptyPeriods`], [`EndOfWindow`] or a [`Dialect`] asks for another:
//!
//! * All nodes are in every record, with zeros where nothing was used, `billed` and `billing_units`
//!   included. `international_roaming` lists the countries with usage of its kind, or is `[]`.
//! * The window is widened to whole UTC days: `Start` down, `End` up. Midnights stay, and `End` is then
//!   exclusive. From a midnight to itself there are no records; from any other time to itself there is its
//!   day. Nothing may be after 9999-12-31T00:00:00Z, so that every year has four digits.
//! * Records are sent oldest first. There is one for every hour or day of the window, with usage or
//!   without, but none that starts after `now` and none wholly past retention. The last day, and `all`,
//!   may end in the future. The period of `all` is the whole widened window even where a part of it is
//!   past retention.
//! * Without `End` it is `now`, without `Start` a calendar month before `End`, without `Granularity`
//!   `all`, without `PageSize` 50; for both resources.
//! * Timestamps have to be RFC 3339 in UTC, with `Z`. Parameters of other names, also of the same name in
//!   other case, are passed over. Of several values the first counts.
//! * A page token holds for the list it came with, `PageSize` included. It names where the page starts
//!   and not its number. `Page` is the client's own count: it is given back. From 1 on it needs a token.
//! * `url` and the other links state all parameters, defaults included, so that following them pins the
//!   window.
//!
//! Errors have the API's bodies: 400 with code 33101 (a value), 33103 (paging) or 33121 (a combination),
//! 401 with 33201, 404 with 20404 and 405 with 20004, the last two as the API's ancestor has them.
//!
//! Pages are compressed with gzip for clients that ask for it.
//!
//! # The emulator's own endpoints
//!
//! For those who are not in the same process. They take no credentials and stand in no log; forms are
//! `application/x-www-form-urlencoded`, as `curl -d` sends them. A request whose `Host` is not this machine
//! (or the public origin), or whose `Origin` is another one, is answered with 403, so that no web page can
//! use them.
//!
//! | | |
//! |---|---|
//! | `GET /openapi.json` | the operations in OpenAPI 3.1, with every answer that they can give |
//! | `GET`, `POST /_emulator/clock` | the time; `advance=48h` or `to=2026-03-20T00:00:00Z` puts it forward |
//! | `GET /_emulator/account` | the account SID and the number of SIMs |
//! | `GET /_emulator/sims` | the SIDs of all SIMs |
//! | `GET /_emulator/anomalies` | the SIMs that behave unusually, and how |
//! | `GET`, `DELETE /_emulator/requests` | the log of what was asked and answered, and of the faults that struck |
//! | `GET`, `POST`, `DELETE /_emulator/faults` | the faults; `fault=status:503@1` adds one, counted from here on |
//!
//! [`recipes`] has them in use.
//!
//! # Faults
//!
//! A [`Fault`] makes a record or an answer wrong on purpose. Faults in records are put into a record on its
//! way out, after its truth was computed: [`Emulator::injected`] says what is changed now and by how much,
//! and all other records stay true. One that would change nothing, or take back what another one changes,
//! is an error when it is added. Faults in answers concern requests by their number.
//!
#![doc = include_str!("../FAULTS.md")]
//!
//! # Sources
//!
//! The resources, their parameters, how late usage may be and how long it is kept are from KORE's
//! documentation of the resource and its OpenAPI description; shapes that those leave open, the widening of
//! windows and the body for dead tokens are as in real responses.

mod account;
mod answer;
mod api;
mod dialect;
mod emulator;
mod error;
mod fault;
pub mod recipes;
mod server;
mod world;

pub use account::{DepartedSims, EmptyPeriods, EndOfWindow, Order};
pub use api::LoggedRequest;
pub use dialect::Dialect;
pub use emulator::{
    AnswerBody, Emulator,
    builder::{DEFAULT_NOW, DEFAULT_SEED, DEFAULT_SIMS, EmulatorBuilder},
};
pub use error::EmulatorError;
pub use fault::{Endpoint, Fault, FaultError, InjectedFault, faults_page};
pub use server::RunningEmulator;
pub use world::Anomaly;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
