//! Whether international traffic counts towards the top of a tree.

use usage_model::named;

/// Whether the top figures include international traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "traffic is inside a total or outside it, or that is left to the figures"
)]
pub enum Policy {
    /// Include it, and where that fails say so if leaving it out would fit.
    #[default]
    Auto,
    /// Include it, as every real response with international traffic does.
    Include,
    /// Leave it out, as the vendor's page words the sum for data.
    Exclude,
}

named!(pub Policy, "a policy", { Auto: "auto", Include: "include", Exclude: "exclude" });
