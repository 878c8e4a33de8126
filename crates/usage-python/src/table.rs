//! Records as flat rows, and added up.

mod sums;
mod usage;

pub(crate) use sums::{Summary, summary};
pub(crate) use usage::{Usage, flatten};
