//! What `usage-model` promises, tested from outside the crate.
#![cfg(all(feature = "proptest", feature = "schema", feature = "arbitrary"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod fuzzing;
mod json;
mod reading;
mod round_trip;
mod schema;
mod strategies;
mod sums;
mod values;
mod windows;
mod wire;
