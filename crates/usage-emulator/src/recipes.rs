//! Recipes: testing your own integration against the emulator, from Rust, Python and a shell.
//!
//! # Rust
//!
//! Add `usage-emulator` to the `dev-dependencies` and start one emulator a test: each has a port and a
//! thread of its own, and ends when it is dropped. Late data is tested by putting the clock forward.
//!
//! ```
//! use std::{
//!     error::Error,
//!     io::{Read, Write},
//!     net::TcpStream,
//!     time::Duration,
//! };
//! use usage_emulator::{Dialect, Emulator, Fault, Order, RunningEmulator};
//!
//! /// Stands for what you are testing: the bytes of the last thirty days, asked for until they come.
//! fn used(emulator: &RunningEmulator) -> Result<u64, Box<dyn Error>> {
//!     loop {
//!         let mut stream = TcpStream::connect(emulator.addr())?;
//!         write!(
//!             stream,
//!             "GET /v1/UsageRecords?Granularity=daily HTTP/1.1\r\nHost: {}\r\n\
//!              Authorization: Basic YW55OmFueQ==\r\nConnection: close\r\n\r\n",
//!             emulator.addr(),
//!         )?;
//!         let mut answer = String::new();
//!         stream.read_to_string(&mut answer)?;
//!         let (head, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
//!         if head.starts_with("HTTP/1.1 200 ") {
//!             let page: serde_json::Value = serde_json::from_str(body)?;
//!             let records = page["usage_records"].as_array().ok_or("no records")?;
//!             return Ok(records.iter().filter_map(|record| record["data"]["total"].as_u64()).sum());
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! let emulator = Emulator::builder()
//!     .seed(7)
//!     .order(Order::NewestFirst)
//!     .dialect(Dialect::Older)
//!     .fault("status:503@1".parse::<Fault>()?)
//!     .start()
//!     .await?;
//! let first = used(&emulator)?;
//! assert!(first > 0);
//!
//! // Two days later, what was late is there, and the server is busy.
//! emulator.advance(Duration::from_hours(48))?;
//! emulator.add_fault("status:429@1;retry-after=1".parse::<Fault>()?)?;
//! assert_ne!(used(&emulator)?, first);
//!
//! let statuses: Vec<_> = emulator.requests().iter().map(|request| request.status).collect();
//! assert_eq!(statuses, [Some(503), Some(200), Some(429), Some(200)]);
//! # Ok(())
//! # }
//! ```
//!
//! Without a socket, a test may pause the clock, and an hour of waiting takes no time:
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use usage_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! tokio::time::pause();
//! let emulator = Emulator::builder()
//!     .latency(Duration::from_hours(1))
//!     .fault("window-cap:31:hourly".parse()?)
//!     .build()?;
//! let target = "/v1/UsageRecords?Granularity=hourly&Start=2026-01-01T00:00:00Z&End=2026-03-01T00:00:00Z";
//! let request = http::Request::get(target).header("Authorization", "Basic YW55OmFueQ==");
//! let begun = tokio::time::Instant::now();
//! let refused = emulator.handle(request.body(Bytes::new())?).await;
//! assert_eq!(refused.status(), 400);
//! assert_eq!(begun.elapsed().as_secs(), 3600);
//! # Ok(())
//! # }
//! ```
//!
//! # Python
//!
//! Start the program, read where it listens from the first line, and end it by its handle.
//!
//! ```python
//! import json, subprocess, urllib.parse, urllib.request
//!
//! emulator = subprocess.Popen(
//!     ["kore-usage", "emulate", "--seed", "7", "--now", "2026-03-15T12:00:00Z", "--quiet"],
//!     stdout=subprocess.PIPE, text=True)
//! try:
//!     base = emulator.stdout.readline().removeprefix("listening on ").strip()
//!     form = urllib.parse.urlencode({
//!         "grant_type": "client_credentials", "client_id": "any", "client_secret": "any"})
//!     token = json.load(urllib.request.urlopen(
//!         base + "/api-services/v1/auth/token", form.encode()))["access_token"]
//!     link, days = base + "/v1/UsageRecords?Granularity=daily&PageSize=10", 0
//!     while link:
//!         request = urllib.request.Request(link, headers={"Authorization": f"Bearer {token}"})
//!         page = json.load(urllib.request.urlopen(request))
//!         days, link = days + len(page["usage_records"]), page["meta"]["next_page_url"]
//!     assert days == 29
//!     urllib.request.urlopen(base + "/_emulator/clock", b"advance=48h")
//! finally:
//!     emulator.terminate()
//! ```
//!
//! # Shell
//!
//! A `+` in a form stands for a space, so that a fault with one goes with `--data-urlencode`.
//!
//! ```sh
//! set -e
//! kore-usage emulate --port 8080 --now 2026-03-15T12:00:00Z --quiet & emulator=$!
//! trap 'kill $emulator' EXIT
//! base=http://127.0.0.1:8080
//! curl -sS --retry 5 --retry-connrefused "$base/_emulator/account"
//! curl -sS -d advance=48h "$base/_emulator/clock"
//! curl -sS -d 'fault=status:429@1;retry-after=1' "$base/_emulator/faults"
//! curl -sS --data-urlencode 'fault=wrong-sum:2026-03-05:data.total:+1000' "$base/_emulator/faults"
//! curl -sS --retry 1 --compressed -u any:any "$base/v1/UsageRecords?Granularity=all"
//! curl -sS --compressed -u any:any "$base/v1/Sims?Status=active&PageSize=5"
//! curl -sS "$base/_emulator/requests"
//! ```
