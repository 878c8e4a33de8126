//! The rules, a family a file: what each asks for, and the functions that check it.
//!
//! A rule decides with arithmetic first, and finds words only where there is a finding. A new rule is written in the
//! file of its family, and listed in [`catalogue::registry`]. Three kinds of rules need one place more:
//!
//! - what lets a tree pass by the fast path, and what is counted there as evaluated: `validator/tree.rs`;
//! - what lets a record follow another by the fast path: `validator/series.rs`;
//! - what is decided on a run as a whole, and again when summaries are merged: [`overall`].
//!
//! A test holds that with and without the fast paths a report is the same.

pub(crate) mod accounts;
pub(crate) mod catalogue;
pub(crate) mod counters;
pub(crate) mod country;
pub(crate) mod coverage;
pub(crate) mod drift;
pub(crate) mod duplicates;
pub(crate) mod identity;
pub(crate) mod international;
pub(crate) mod length;
pub(crate) mod malformed;
pub(crate) mod member;
pub(crate) mod order;
pub(crate) mod overall;
pub(crate) mod pages;
pub(crate) mod period;
pub(crate) mod reconcile;
pub(crate) mod retention;
pub(crate) mod run;
pub(crate) mod settling;
pub(crate) mod shares;
pub(crate) mod sums;
pub(crate) mod unit;
pub(crate) mod window;
