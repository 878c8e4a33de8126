//! What a command does with what a fetch brings.

use chrono::{DateTime, Utc};
use usage_client::WindowPage;
use usage_model::{SimRecord, Window};

use crate::failure::Failure;

/// What a command does with what a fetch brings.
pub(crate) trait Consumer {
    /// Takes the next page. `now` is the present by the server's clock, or by ours where it has not told.
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure>;

    /// Learns that the records of a window are missing, and why.
    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure>;

    /// Learns whose records follow, where all SIMs are fetched.
    fn sim(&mut self, _: &SimRecord) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether anybody still wants the next page.
    fn wants_more(&self) -> bool {
        true
    }
}
