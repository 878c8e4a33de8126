//! KORE Wireless usage as people look at it.
//!
//! [`ReportBuilder`] makes a [`Report`] of records and findings. [`html()`] writes it as one self-contained file, which
//! loads nothing and runs nothing; [`terminal::report`] writes it in short for a terminal. [`terminal`] also lays out
//! the tables of records, sums and SIMs.
//!
//! ```
//! use usage_model::{Item, read_records};
//! use usage_report::{ReportBuilder, html, terminal};
//! use usage_validate::{Config, FailOn, Outcome, Validator};
//!
//! let input = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
//!     "data":{"total":7,"download":5,"upload":2}}"#;
//! let mut validator = Validator::new(&Config::new("2026-07-03T00:00:00Z".parse()?));
//! let mut builder = ReportBuilder::new();
//! let mut findings = Vec::new();
//! for item in read_records(input.as_bytes()) {
//!     let item = item?;
//!     findings.extend(validator.item(&item));
//!     match &item {
//!         Item::Record(_, record) => builder.record(record),
//!         Item::Malformed(_) => builder.malformed(),
//!         _ => {}
//!     }
//! }
//! let (last, summary) = validator.finish();
//! findings.extend(last);
//! let report = builder.finish(findings, Outcome::new(summary, FailOn::Error, Vec::new()));
//! assert!(html(&report).starts_with("<!doctype html>"));
//! assert!(terminal::report(&report, terminal::Layout::default()).contains("2026-06"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Text from outside is escaped, so that it can steer neither a terminal nor a browser. This crate does no input or
//! output of its own and never looks at the clock. All instants and days are UTC.
#![forbid(unsafe_code)]

mod contents;
mod html;
pub mod terminal;

pub use contents::{Report, ReportBuilder};
pub use html::html;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
