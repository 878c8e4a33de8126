//! One JSON object: a [`Report`](crate::Report).

use std::io::{self, Write};

use serde::Serialize;

use super::{Form, inputs::Inputs};
use crate::{Finding, Outcome};

/// The findings, which come last in the object and so wait for the end.
#[derive(Debug, Default)]
pub(super) struct Document(Vec<Finding>);

/// A report, borrowed.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    outcome: &'a Outcome,
    findings: &'a [Finding],
}

impl Form for Document {
    fn finding(&mut self, _: &mut dyn Write, finding: Finding, _: &Inputs) -> io::Result<()> {
        self.0.push(finding);
        Ok(())
    }

    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        _: &Inputs,
    ) -> io::Result<()> {
        let report = Report {
            outcome,
            findings: &self.0,
        };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        out.write_all(b"\n")
    }
}
