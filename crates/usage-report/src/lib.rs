//! KORE Wireless usage as people look at it.
//!
//! [`ReportBuilder`] takes records and findings, and shows how a report is made of them; [`terminal`] lays out tables and a short report for a terminal; [`html()`] writes a report as one self-contained file,
//! which loads nothing and runs nothing. Texts from outside are written so that they can steer neither a terminal nor a
//! browser. This crate does no input or output of its own and never looks at the clock.
#![forbid(unsafe_code)]

mod contents;
mod html;
pub mod terminal;

pub use contents::{Report, ReportBuilder};
pub use html::html;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
