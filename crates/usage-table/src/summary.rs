//! Records added up by month, day, account, SIM, network and country.

mod answer;
mod groups;
mod names;
mod options;
mod output;
mod reading;
mod seen;
mod summarizer;
mod totals;

pub use answer::{Excluded, Summary, SummaryRow};
pub use options::{RepeatedColumn, SummaryOptions};
pub use output::SUMMARY_FORMAT;
pub use summarizer::Summarizer;
pub(crate) use summarizer::shorter;
pub use totals::Totals;
