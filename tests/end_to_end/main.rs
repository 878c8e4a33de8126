//! End-to-end tests: the real program, over the real crates and real sockets on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says so where the machine does not let it run"
)]

mod answers;
mod archive;
mod check;
mod config;
mod connection;
mod demo;
mod emulate;
mod errors;
mod fetch;
mod fleet;
mod formats;
mod inputs;
mod killed;
mod layers;
mod looks;
mod networks;
mod output;
mod parquet;
mod program;
mod queries;
mod reference;
mod repeated_secrets;
mod report;
mod rings;
mod server;
mod servers;
mod settings;
mod signals;
mod summary;
mod sync;
mod tls;
mod validate;
