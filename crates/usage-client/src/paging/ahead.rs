//! How much of a window is read before its reader asks for it.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Bytes of bodies that the windows of a fetch read ahead, all together.
const ALL_BODIES: u64 = 32 * 1024 * 1024;

/// Bytes of a body that every window may read ahead. A full page of a thousand records is well under it.
const LEAST_BODY: u64 = 2 * 1024 * 1024;

/// Bytes of memory that the pages of one window may take ahead, as [`weight`] estimates them.
const MOST_WEIGHT: u64 = 12 * 1024 * 1024;

/// Bytes of memory that whatever stands before a comma may take when it is decoded: an entry of a country.
const PART_WEIGHT: u64 = 160;

/// What a window may hold ahead of its reader, so that all windows of a fetch together hold little more than the one
/// that is being delivered, whatever the server sends.
///
/// A window goes beyond it only where the reader waits for that window and has received all that was sent. There
/// is always one such window where the reader waits, so that no window waits for another without end.
pub(crate) struct Ahead {
    body: u64,
    /// The estimated weight of the pages so far.
    weight: AtomicU64,
    /// Messages to the reader so far.
    sent: AtomicU64,
    demand: watch::Receiver<Demand>,
}

/// How many messages the reader had received when it last waited for another; `None` where it never did.
type Demand = Option<u64>;

/// The reader's side of [`Ahead`].
pub(crate) struct Reader {
    received: u64,
    demand: watch::Sender<Demand>,
}

impl Ahead {
    /// Returns both sides for one window of as many as are under way.
    pub(crate) fn of_window(under_way: usize) -> (Self, Reader) {
        let (sender, demand) = watch::channel(None);
        let under_way = u64::try_from(under_way).unwrap_or(u64::MAX).max(1);
        let ahead = Self {
            body: (ALL_BODIES / under_way).max(LEAST_BODY),
            weight: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            demand,
        };
        let reader = Reader {
            received: 0,
            demand: sender,
        };
        (ahead, reader)
    }

    /// Notes that a message is sent to the reader.
    pub(crate) fn send(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until a page may be asked for; returns the longest body that is read then, `None` for any, because the
    /// reader waits for it.
    pub(crate) async fn longest_body(&self) -> Option<u64> {
        if self.weight.load(Ordering::Relaxed) >= MOST_WEIGHT {
            self.asked_for().await;
        }
        let is_asked_for = self.is_asked_for(*self.demand.borrow());
        (!is_asked_for).then_some(self.body)
    }

    /// Waits until the body may be decoded.
    pub(crate) async fn decode(&self, body: &[u8]) {
        let weight = weight(body);
        let before = self.weight.fetch_add(weight, Ordering::Relaxed);
        if before.saturating_add(weight) > MOST_WEIGHT {
            self.asked_for().await;
        }
    }

    /// Waits until the reader has received all that was sent, and waits for more.
    pub(crate) async fn asked_for(&self) {
        let mut demand = self.demand.clone();
        // An error says that the reader is gone, which ends the window elsewhere.
        let _ = demand.wait_for(|demand| self.is_asked_for(*demand)).await;
    }

    fn is_asked_for(&self, demand: Demand) -> bool {
        demand.is_some_and(|received| received >= self.sent.load(Ordering::Relaxed))
    }
}

impl Reader {
    /// Notes that the reader waits for a message.
    pub(crate) fn wait(&self) {
        let received = Some(self.received);
        self.demand
            .send_if_modified(|demand| std::mem::replace(demand, received) != received);
    }

    /// Notes that the reader received a message.
    pub(crate) fn receive(&mut self) {
        self.received = self.received.saturating_add(1);
    }
}

/// Estimates the bytes of memory that a body and its records take: most of the memory of a page of many small parts
/// is that of the parts.
fn weight(body: &[u8]) -> u64 {
    let parts = memchr::memchr_iter(b',', body).count();
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    bytes(parts)
        .saturating_mul(PART_WEIGHT)
        .saturating_add(bytes(body.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn windows_under_way_share_what_is_read_ahead_and_each_may_read_a_page() {
        const MIB: u64 = 1024 * 1024;
        for (under_way, longest) in [(0, 32), (1, 32), (4, 8), (16, 2), (100, 2)] {
            let (ahead, _reader) = Ahead::of_window(under_way);
            let body = ahead.longest_body().await;
            assert_eq!(body, Some(longest * MIB), "{under_way}");
        }
    }
}
