//! The client against a server that misbehaves at the level of the socket.
#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test binary has no public interface, and fails where a helper fails"
)]

#[cfg(feature = "blocking")]
mod blocking;
mod deadlines;
mod hourly;
mod limits;
mod links;
mod paging;
mod queries;
mod replies;
mod secrecy;
mod server;
mod setup;
mod sims;
mod statuses;
mod tokens;
mod transport;
mod windows;
