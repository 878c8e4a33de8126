//! What is said of input that cannot be read.

use crate::{LooksLike, Place, Position};

/// A record that does not decode: where, what was found, what was expected.
///
/// The record itself is kept as text, so that nothing is lost; the records around it are not affected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed record at {}: found {found}, expected {expected}", self.place.pointer(&self.pointer))]
#[non_exhaustive]
pub struct MalformedRecord {
    /// Which record of the input it is.
    pub place: Place,
    /// The offending member as a JSON pointer within the record; empty for the record itself.
    pub pointer: String,
    /// What stands there, shortened for display where it is long.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// Where in the input the offending member starts.
    pub position: Position,
    /// The record as it came; not JSON where the syntax itself is broken, and empty where it is larger than
    /// [`MAX_VALUE_BYTES`](crate::MAX_VALUE_BYTES).
    pub raw: Box<str>,
}

/// Input that is no list of usage records, from the point on where that showed.
///
/// Everything before that point has been delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{reason} at {position}{}",
    self.looks_like.map(|kind| format!("; it looks like {kind}")).unwrap_or_default()
)]
#[non_exhaustive]
pub struct MalformedDocument {
    /// Where the problem is.
    pub position: Position,
    /// What is wrong there.
    pub reason: String,
    /// What the input looks like instead, if that shows in its first bytes.
    pub looks_like: Option<LooksLike>,
}
