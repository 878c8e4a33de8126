//! What is wrong and where: how a finding is made, counted and listed.

pub(crate) mod caps;
pub(crate) mod draft;
pub(crate) mod finding;
pub(crate) mod fingerprint;
pub(crate) mod kept;
pub(crate) mod reporter;
pub(crate) mod subject;
pub(crate) mod tally;
pub(crate) mod text;
pub(crate) mod wire;
