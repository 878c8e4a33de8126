//! Reading records from JSON: fast where all is well, and once more with the place where it is not.
//!
//! What an object's members are is said once, in [`members`]. Two sources carry it out: [`fast`], straight from
//! the text, which stops at what is wrong or rare, and [`tracked`], on top of a whole parser, which reads the
//! rare and knows the pointer and the offset of what it refuses.

mod cursor;
mod fast;
mod leaf;
mod members;
mod serde_impls;
mod text;
mod tracked;

pub(crate) use cursor::Stop;
pub(crate) use fast::decode_prefix;
pub(crate) use text::{Outcome, error_offset, newlines, value_prefix};
pub(crate) use tracked::decode_tracked;
