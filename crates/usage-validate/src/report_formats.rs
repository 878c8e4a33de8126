//! A report in the format that its reader knows: people, scripts, code scanning, test reports, CI annotations.
//!
//! [`ReportWriter`] takes findings one by one as a [`Validator`](crate::Validator) hands them over, and the
//! [`Outcome`] at the end. Formats for people and line by line are streamed; what the others hold
//! back is bounded by the limit on findings or by a limit of their own, and all counts stay exact beyond it.
//!
//! ```
//! use usage_model::read_records;
//! use usage_validate::{Config, FailOn, Outcome, Validator};
//! use usage_validate::report_formats::{Format, ReportWriter, human::ReportOptions};
//!
//! let input = r#"{"data":{"total":3,"download":2,"upload":1,"home":{"total":4,"download":3,"upload":1}}}"#;
//! let mut validator = Validator::new(&Config::new("2026-11-01T00:00:00Z".parse()?));
//! let mut report = ReportWriter::new(Vec::new(), Format::Github, &ReportOptions::default());
//! for item in read_records(input.as_bytes()) {
//!     for finding in validator.item(&item?) {
//!         report.finding(finding)?;
//!     }
//! }
//! let (last, summary) = validator.finish();
//! for finding in last {
//!     report.finding(finding)?;
//! }
//! let outcome = Outcome::new(summary, FailOn::Error, Vec::new());
//! let text = String::from_utf8(report.finish(&outcome)?)?;
//! assert!(text.contains("::error title=UR201 network-sum::`data.total` is 1 less than"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{
    fmt::Debug,
    io::{self, Write},
};

use crate::{Finding, Outcome};
use inputs::Inputs;

mod github;
pub mod human;
mod inputs;
mod json;
mod junit;
mod ndjson;
mod sarif;
mod writer;

pub use github::MOST_ANNOTATIONS;
pub use junit::MOST_IN_A_CASE;
pub use sarif::MOST_RESULTS;
pub use writer::{Format, ReportWriter};

/// One format: what it does with a finding, and what at the end.
trait Form: Debug + Send {
    /// Writes a finding, or keeps it for the end.
    fn finding(&mut self, out: &mut dyn Write, finding: Finding, inputs: &Inputs)
    -> io::Result<()>;

    /// Writes everything that is left.
    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        inputs: &Inputs,
    ) -> io::Result<()>;
}
