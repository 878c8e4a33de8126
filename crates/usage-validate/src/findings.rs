//! What is wrong and where: how a finding is made, counted and listed.

pub(crate) mod draft;
pub(crate) mod finding;
pub(crate) mod fingerprint;
pub(crate) mod outlet;
pub(crate) mod spot;
pub(crate) mod tally;
pub(crate) mod text;
pub(crate) mod unreadable;
pub(crate) mod wire;
