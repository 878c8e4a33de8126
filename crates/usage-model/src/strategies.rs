//! Strategies for property tests over usage records; feature `proptest`.
//!
//! Two families. The *valid* ones ([`valid_record`], [`valid_usage`], [`valid_period`]) give what a healthy server
//! sends: figures are drawn for the smallest parts and summed upwards, so every sum holds by construction and nothing
//! is ever filtered out. The *any* ones ([`any_record`], [`any_timestamp`], …) give every value that the types can
//! hold, each member in each of its states, for tests of reading and writing.

mod any;
mod leaves;
mod valid;

pub use any::{
    any_country_usage, any_international, any_malformed_record, any_meta, any_node, any_page,
    any_period, any_raw_json, any_record, any_timestamp, any_unknown_members, any_usage,
};
pub use leaves::{
    any_account_sid, any_amount, any_count, any_counter, any_country_code, any_currency_code,
    any_data_unit, any_granularity, any_kind, any_node_path, any_page_size, any_place,
    any_position, any_resource, any_sim_sid, any_sums, any_window, any_window_part,
};
pub use valid::{ValidParams, WireShape, valid_period, valid_record, valid_usage};
