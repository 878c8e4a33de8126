//! One JSON object a line, for programs that read along.

use std::io;

use super::ReportClosing;
use crate::{FailOn, Finding, Summary};

/// Writes a finding and hands it on at once: who reads along must not wait for a buffer to fill.
pub(super) fn finding(out: &mut impl io::Write, finding: &Finding) -> io::Result<()> {
    serde_json::to_writer(&mut *out, finding)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes the last line.
pub(super) fn closing(
    out: &mut impl io::Write,
    summary: &Summary,
    fail_on: FailOn,
    missing: Vec<String>,
) -> io::Result<()> {
    let closing = ReportClosing::new(summary.clone(), fail_on).incomplete(missing);
    serde_json::to_writer(&mut *out, &closing)?;
    out.write_all(b"\n")
}
