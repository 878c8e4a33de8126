//! Writing to files and terminals.

use std::io;

use super::{Style, finding, summary};
use crate::{FailOn, Finding, Summary};

/// Writes a finding over several lines, and an empty line after it.
///
/// # Errors
///
/// Where `out` fails.
pub fn write_finding<W: io::Write + ?Sized>(
    out: &mut W,
    one: &Finding,
    style: Style,
) -> io::Result<()> {
    write!(out, "{}", finding(one, style))
}

/// Writes the figures of a run over several lines, and whether it passed.
///
/// # Errors
///
/// Where `out` fails.
pub fn write_summary<W: io::Write + ?Sized>(
    out: &mut W,
    figures: &Summary,
    fail_on: FailOn,
    style: Style,
) -> io::Result<()> {
    write!(out, "{}", summary(figures, fail_on, style))
}
