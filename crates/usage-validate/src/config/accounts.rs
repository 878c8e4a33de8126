//! Of how many accounts the records of a run are.

use usage_model::named;

/// Of how many accounts the records of a run are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a list is of one account or may be of several"
)]
pub enum Accounts {
    /// All of one; a second one is a finding.
    #[default]
    One,
    /// Of any number.
    Many,
}

named!(pub Accounts, "a number of accounts", { One: "one", Many: "many" });
