//! KORE Wireless usage as tables: flat rows, CSV, and figures added up by month, network, country and more.
//!
//! ```
//! use usage_model::read_records;
//! use usage_table::{By, Summarizer, SummaryOptions};
//!
//! let input = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
//!     "data":{"total":7,"download":5,"upload":2,"home":{"total":3,"download":2,"upload":1},
//!             "international_roaming":[{"country_code":"DEU","total":4,"download":3,"upload":1}]}}"#;
//! let mut summarizer = Summarizer::new(SummaryOptions::new(&[By::Month, By::Network])?);
//! for item in read_records(input.as_bytes()) {
//!     summarizer.item(&item?);
//! }
//! let summary = summarizer.finish("2026-07-03T00:00:00Z".parse()?);
//! let mut csv = Vec::new();
//! summary.write_csv(&mut csv)?;
//! assert_eq!(
//!     String::from_utf8(csv)?,
//!     "month,network,records,data_total,data_download,data_upload,commands_total,commands_to_sim,commands_from_sim\n\
//!      2026-06,home,1,3,2,1,0,0,0\n\
//!      2026-06,international,1,4,3,1,0,0,0\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What adds up
//!
//! Everything here follows the rules of the records: units are converted to bytes, a period counts once, of two
//! readings the later one counts, the records of an account and those of its SIMs are never added together, and
//! amounts of money are exact. What cannot be told in numbers is left out, and counted as such ([`LeftOut`]).
//!
//! # Tables
//!
//! | table | from | a row is |
//! |---|---|---|
//! | `usage` | [`usage_rows`], [`LongCsv`], `UsageParquet` | a record × service × network × country |
//! | `readings` | `ReadingsParquet`, read back by `ReadingTexts` | a reading, with the exact text of its record |
//! | wide | [`WideCsv`] | a record |
//! | fleet | [`SimUsage`], [`Fleet`] | a SIM, with what is unusual about it |
//! | sims | [`SimRow`], [`SimCsv`] | a SIM of the list |
//! | summary | [`Summarizer`] | a group of records |
//!
//! The Parquet tables come with the feature `parquet`.
//!
//! This crate opens no file and never looks at the clock. All instants are UTC and all intervals
//! half-open.
#![forbid(unsafe_code)]

mod by;
mod csv;
mod figure;
mod fleet;
mod left_out;
mod money;
mod network;
#[cfg(feature = "parquet")]
mod parquet;
mod reading_row;
mod row;
mod scale;
mod summary;

pub use by::{By, MonthStart, MonthStartError};
pub use csv::{LongCsv, SimCsv, WideCsv};
pub use figure::Figure;
pub use fleet::{
    FLEET_FORMAT, FlaggedUsage, Fleet, FleetOptions, FleetSim, SIM_COLUMNS, SimRow, SimUsage,
};
pub use left_out::{LeftOut, counted};
pub use money::Money;
pub use network::Network;
#[cfg(feature = "parquet")]
pub use parquet::{ReadingTexts, ReadingsParquet, UsageParquet};
pub use reading_row::ReadingRow;
pub use row::{AMOUNT_SCALE, Fetched, UsageRow, UsageState, usage_rows};
pub use scale::{Scale, bytes};
pub use summary::{
    Excluded, RepeatedColumn, SUMMARY_FORMAT, Summarizer, Summary, SummaryOptions, SummaryRow,
    Totals,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
