//! Checks KORE Wireless usage records.
#![forbid(unsafe_code)]

mod catalogue;
mod check;
mod clock;
mod config;
mod draft;
mod explain;
mod finding;
mod fingerprint;
pub mod human;
mod name;
mod outlet;
mod policy;
mod report;
mod rules;
#[cfg(feature = "schema")]
mod schema;
pub mod schemas;
mod selection;
mod severity;
mod summary;
mod tally;
mod text;
mod totals;
mod unreadable;
mod validator;
mod verdict;

pub use catalogue::{EXAMPLES_AS_OF, Example, Rule, Scope, catalogue, rule};
pub use config::{Config, EXPIRY_HORIZON};
pub use finding::{Finding, Key, KeyPeriod, Operand, Suspect};
pub use name::NameError;
pub use policy::Policy;
pub use report::{REPORT_FORMAT, Report};
#[cfg(feature = "schema")]
pub use schema::schema_documents;
pub use severity::{FailOn, Severity};
pub use summary::Summary;
pub use tally::RuleCount;
pub use totals::{CommandTotals, ControlTotals, DataTotals};
pub use validator::Validator;
pub use verdict::Verdict;
