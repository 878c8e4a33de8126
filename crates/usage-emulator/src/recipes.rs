//! Recipes: testing your own integration against the emulator, from Rust, Python and a shell.
//!
//! # Rust
//!
//! Add `usage-emulator` to the `dev-dependencies` and start one emulator a test: each has a port and a
//! thread of its own, and ends when it is dropped. Late data is tested by putting the clock forward.
//!
//! ```
//! use std::time::Duration;
//! use usage_emulator::{Dialect, Emulator, Fault, Order};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::builder()
//!     .seed(7)
//!     .order(Order::NewestFirst)
//!     .dialect(Dialect::Older)
//!     .fault("status:503@10%".parse::<Fault>()?)
//!     .start()
//!     .await?;
//! let (base_url, token_url) = (emulator.base_url(), emulator.token_url());
//! // … fetch with what you are testing, and keep what it got …
//!
//! emulator.advance(Duration::from_hours(48))?;
//! emulator.add_fault("expire-token@2".parse::<Fault>()?)?;
//! // … fetch again: figures have grown, and the token dies between two pages …
//!
//! assert!(emulator.requests().iter().all(|request| request.method != "DELETE"));
//! # let _ = (base_url, token_url);
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
//! ```sh
//! kore-usage emulate --port 8080 --now 2026-03-15T12:00:00Z --quiet & emulator=$!
//! trap 'kill $emulator' EXIT
//! base=http://127.0.0.1:8080
//! curl -sS --retry 5 --retry-connrefused "$base/_emulator/account"
//! curl -sS -d advance=48h "$base/_emulator/clock"
//! curl -sS -d fault=status:429@1\;retry-after=1 "$base/_emulator/faults"
//! curl -sS --retry 1 --compressed -u any:any "$base/v1/UsageRecords?Granularity=all"
//! curl -sS "$base/_emulator/requests"
//! ```
