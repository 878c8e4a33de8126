//! A report in the form that its reader knows: people, scripts, code scanning, test reports, CI annotations.
//!
//! [`ReportWriter`] takes findings one by one as a [`Validator`](crate::Validator) hands them over, and the
//! [`Summary`](crate::Summary) at the end. What a form can stream is streamed; what it has to hold back is
//! bounded by the limit on findings or by a limit of its own, and all counts stay exact beyond it.
//!
//! ```
//! use usage_model::{Item, read_records};
//! use usage_validate::{Config, Validator};
//! use usage_validate::output::{Format, ReportOptions, ReportWriter};
//!
//! let input = r#"{"data":{"total":3,"download":2,"upload":1,"home":{"total":4,"download":3,"upload":1}}}"#;
//! let mut validator = Validator::new(&Config::new("2026-11-01T00:00:00Z".parse()?));
//! let mut report = ReportWriter::new(Vec::new(), Format::Github, &ReportOptions::default());
//! let mut written = Ok(());
//! for item in read_records(input.as_bytes()) {
//!     if let Item::Record(place, record) = item? {
//!         validator.record(&place, &record, &mut |finding| {
//!             if written.is_ok() {
//!                 written = report.finding(finding);
//!             }
//!         });
//!     }
//! }
//! written?;
//! let summary = validator.finish(&mut |_| {});
//! let text = String::from_utf8(report.finish(&summary)?)?;
//! assert!(text.contains("::error line=1,title=UR201 network-sum::`data.total` is 1 less than"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod closing;
mod format;
mod github;
mod junit;
mod ndjson;
mod sarif;
mod words;
mod writer;

pub use closing::ReportClosing;
pub use format::Format;
pub use github::MOST_ANNOTATIONS;
pub use junit::MOST_IN_A_CASE;
pub use sarif::MOST_RESULTS;
pub use writer::{ReportOptions, ReportWriter};
