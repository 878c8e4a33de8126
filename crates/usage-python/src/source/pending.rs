//! Bytes between what gives them in pieces and what reads them in others.

/// About how many bytes are collected, and read, at a time.
pub(super) const CHUNK: usize = 64 << 10;

/// Bytes that were collected and are not passed on yet.
#[derive(Default)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    taken: usize,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.bytes.len()
    }

    /// Gives the room for what comes next, once all is passed on.
    pub(super) fn refill(&mut self) -> &mut Vec<u8> {
        self.taken = 0;
        self.bytes.clear();
        &mut self.bytes
    }

    pub(super) fn pass(&mut self, buffer: &mut [u8]) -> usize {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken += length;
        length
    }
}
