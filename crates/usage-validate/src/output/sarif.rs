//! SARIF 2.1.0, the OASIS format for results of static analysis.
//!
//! The log is written as it comes, one result a line: first the tool with all its rules, then results, and at
//! the end the invocation and the figures of the run, which only then are known.

mod closing;
mod driver;
mod result;
mod uri;

use std::io;

use serde::Serialize;

use self::{closing::Closing, driver::Tool, result::LogResult};
use crate::{FailOn, Finding, Summary};

/// Results that a log holds at most: GitHub's code scanning takes no more of a run, by its documentation of
/// SARIF support. The log says so where there are more.
pub const MOST_RESULTS: u64 = 5_000;

/// The identifier of the schema that the log follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log on its way out.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Results that were written.
    results: u64,
    begun: bool,
}

/// A text for people.
#[derive(Serialize)]
struct Text<T> {
    text: T,
}

impl Log {
    /// Writes a result, while there is room.
    pub(super) fn finding(
        &mut self,
        out: &mut impl io::Write,
        finding: &Finding,
    ) -> io::Result<()> {
        self.begin(out)?;
        if self.results == MOST_RESULTS {
            return Ok(());
        }
        out.write_all(if self.results == 0 { b"\n" } else { b",\n" })?;
        self.results += 1;
        serde_json::to_writer(out, &LogResult::new(finding)).map_err(Into::into)
    }

    /// Writes the end.
    pub(super) fn finish(
        mut self,
        out: &mut impl io::Write,
        summary: &Summary,
        fail_on: FailOn,
        missing: &[String],
    ) -> io::Result<()> {
        self.begin(out)?;
        out.write_all(b"\n],\n")?;
        // The members of this object go on in the one that is being written.
        let closing = Closing::new(summary, fail_on, missing, self.results);
        let text = serde_json::to_string(&closing)?;
        out.write_all(text.trim_start_matches('{').as_bytes())?;
        out.write_all(b"]}\n")
    }

    fn begin(&mut self, out: &mut impl io::Write) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\n\"version\":\"2.1.0\",\n\"runs\":[{{\"tool\":"
        )?;
        serde_json::to_writer(&mut *out, &Tool::new())?;
        out.write_all(b",\n\"results\":[")
    }
}
