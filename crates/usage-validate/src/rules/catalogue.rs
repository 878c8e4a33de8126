//! What a rule is, and the one list of all of them: their texts, their examples, and how they are found by code or
//! name.

pub(crate) mod example;
pub(crate) mod lookup;
pub(crate) mod prefix;
pub(crate) mod registry;
pub(crate) mod rule;
