//! Tests of the validator through its public interface.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod captures;
mod catalogue;
mod culprit;
mod drifting;
mod envelopes;
mod faults;
mod laws;
mod least;
mod list_laws;
mod lists;
mod members;
mod memory;
mod merging;
mod oracle;
mod pages;
mod periods;
mod reconciling;
mod rendering;
mod report_formats;
mod run;
#[cfg(feature = "schema")]
mod schema;
mod sums;
mod support;
mod symmetries;
mod tolerance;
mod values;
mod windows;
