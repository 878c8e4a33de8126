//! Reading objects of the API from JSON: fast where all is as usual, and with the place of everything where it is not.
//!
//! What an object's members are is said once, in [`members`]. Two sources carry it out: [`fast`], straight from
//! the bytes, which stops at what is wrong or rare, and [`tracked`], on top of a whole parser, which reads the
//! rare and knows the pointer and the offset of what it refuses.

mod fast;
mod layout;
mod leaf;
mod members;
mod serde_impls;
mod tokens;
mod tracked;
mod values;

pub(super) use fast::{Memory, decode_fast};
pub(super) use tracked::{Problem, decode_tracked, token};
