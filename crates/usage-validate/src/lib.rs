//! Checks the usage records of KORE Wireless: sums, periods, retention; each finding with its place, its
//! figures, and where one counter explains it, the culprit and the figure it should have.
//!
//! The API splits the usage of a period, data and Commands, into home, national roaming and international
//! roaming. Its figures have to add up twice: over the networks, and over the two directions. It deletes usage
//! after 18 months without saying so, and delivers it up to 48 hours late. This crate says where a record breaks
//! that. It reads no clock, no file and no network: the time at which the data was fetched is an argument.
//!
//! ```
//! use usage_model::read_records;
//! use usage_validate::{Config, Validator};
//!
//! let input = r#"{"data":{"total":3,"download":2,"upload":1,"home":{"total":4,"download":3,"upload":1}}}"#;
//! let config = Config::new("2026-11-01T00:00:00Z".parse()?);
//! let mut validator = Validator::new(&config);
//! let mut findings = Vec::new();
//! for item in read_records(input.as_bytes()) {
//!     findings.extend(validator.item(&item?)); // a record, one that does not decode, or the end of a page
//! }
//! let (last, summary) = validator.finish();
//! findings.extend(last);
//! assert!(findings.iter().any(|finding| finding.code == "UR201"));
//! assert_eq!(summary.records, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is checked
//!
//! The rules are data: [`catalogue`] lists them, [`rule`] finds one, and each explains itself, with an example
//! that breaks it and a near miss that does not. Codes are stable. A counter that is null or absent counts as 0.
//! Figures are bytes and numbers of Commands; where a record names other known units they are converted exactly.
//! Instants are UTC; periods are half-open, from their start up to and without their end.
//!
//! Whether the totals include international traffic is a [`Policy`]. KORE's page leaves it out of the total for
//! data, and real responses include it; so does `auto`, and it reports data that only adds up without international
//! traffic as one warning (UR205) instead of errors.
//!
//! [`Reconciler`] holds records of several granularities, of SIMs and of their account against each other, and
//! [`Drift`] compares two readings of a period. Their rules are part of the catalogue; [`Rule::task`] says which
//! task evaluates a rule.
//!
//! # What comes out
//!
//! Rules on lists see what follows what: records that are there twice, overlap, or are missing, pages and
//! parts of the queried window that are missing. Records may come oldest or newest first. What is known of a
//! list stays bounded for each account and SIM. To check pieces of one input side by side, see [`Part`].
//!
//! [`Finding`]s are returned as soon as they are known, in the order of the document; those that
//! only the end of the list can tell come at the end, by account, SIM and period. The [`Summary`]
//! counts, for every rule, how often it was evaluated and how often it failed: a rule that was never evaluated did
//! not pass. [`Outcome`] judges a summary, and [`report_formats`] writes both in the format that is asked for: for
//! people, as one JSON document ([`Report`], whose schema is in [`schemas`]) or one JSON object a line, as SARIF,
//! JUnit XML or annotations of GitHub Actions. Reports are read back with serde.
#![forbid(unsafe_code)]

mod config;
mod drift;
mod explain;
mod findings;
mod reconciler;
mod report;
pub mod report_formats;
mod rules;
pub mod schemas;
mod summary;
mod validator;

pub use config::{
    Config,
    clock::EXPIRY_HORIZON,
    options::{Accounts, Policy, Strictness, Tolerance},
    severity::{FailOn, Severity},
};
pub use drift::{Drift, Reading};
pub use explain::page::rules_page;
pub use findings::{
    finding::{Finding, Key, KeyPeriod, Operand, Suspect},
    tally::RuleCount,
};
pub use reconciler::Reconciler;
pub use report::{Outcome, REPORT_FORMAT, Report, ReportFormat};
pub use rules::catalogue::{
    example::{EXAMPLES_AS_OF, Example, Task},
    prefix::{CodePrefix, UnknownCode},
    registry::{catalogue, rule},
    rule::{Rule, Scope},
};
#[cfg(feature = "schema")]
pub use schemas::documents::schema_documents;
pub use summary::{
    Summary, Verdict,
    totals::{CommandTotals, ControlTotals, DataTotals},
};
pub use validator::{Findings, Validator, part::Part};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
