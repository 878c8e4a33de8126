//! Tests of what the tables say as a whole.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod oracle;
mod summary;
