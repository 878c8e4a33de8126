//! Strategies for property tests over usage records; feature `proptest`.
//!
//! Two families. The *valid* ones ([`valid_record`], [`valid_usage`], [`valid_period`]) give what a healthy server sends:
//! figures are drawn for the smallest parts and summed upwards, so every sum holds by construction and
//! nothing is ever filtered out. The *any* ones ([`any_record`], [`any_timestamp`], …) give every value that the types can
//! hold, each member in each of its states, for tests of reading and writing.

mod any;
mod leaves;
mod valid;

pub use any::{any_meta, any_record, any_timestamp, any_unknown_members};
pub use leaves::{
    any_account_sid, any_count, any_country_code, any_granularity, any_page_size, any_sim_sid,
    any_window,
};
pub use valid::{ValidParams, WireShape, valid_period, valid_record, valid_usage};
