//! End-to-end tests: the real program, over the real crates and real sockets on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod connection;
mod demo;
mod emulate;
mod fetch;
mod formats;
mod layers;
mod program;
mod reference;
mod server;
mod validate;
