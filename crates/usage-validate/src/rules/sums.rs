//! Whether the figures of a tree add up: over its networks (UR201, UR203 to UR205 in [`network`]) and over the two
//! directions of each node (UR202 in [`direction`]).
//!
//! [`balance`] has the figures that both add up, [`culprit`] names the counter that is wrong.

pub(crate) mod balance;
pub(crate) mod culprit;
pub(crate) mod direction;
mod fewest_errors;
pub(crate) mod network;
