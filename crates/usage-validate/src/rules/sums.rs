//! Whether the figures of a tree add up, over its networks and over the two directions of each node.

pub(crate) mod balance;
pub(crate) mod culprit;
pub(crate) mod direction;
mod fewest;
pub(crate) mod network;
