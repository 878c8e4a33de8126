//! Findings and summaries for people, in the manner of a compiler.
//!
//! [`finding`] and [`summary`] give a [`Display`](std::fmt::Display) that borrows what it shows;
//! [`write_finding`] and [`write_summary`] write the same to a file or a terminal. Text from the input is
//! escaped: a record cannot steer a terminal.

mod closing;
mod diagnostic;
mod style;
mod write;

pub use closing::{Closing, summary};
pub use diagnostic::{Diagnostic, finding};
pub use style::Style;
pub(crate) use style::is_unsafe;
pub use write::{write_finding, write_summary};
