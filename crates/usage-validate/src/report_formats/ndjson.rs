//! One JSON object a line, for programs that read along.

use std::io::{self, Write};

use super::{Form, inputs::Inputs};
use crate::{Finding, Outcome};

/// Findings as lines, and the [`Outcome`] as the last.
#[derive(Debug)]
pub(super) struct Lines;

impl Form for Lines {
    /// Writes a finding and hands it on at once: whoever reads along must not wait for a buffer to fill.
    fn finding(&mut self, out: &mut dyn Write, finding: Finding, _: &Inputs) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &finding)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        _: &Inputs,
    ) -> io::Result<()> {
        serde_json::to_writer(&mut *out, outcome)?;
        out.write_all(b"\n")
    }
}
