//! Whether a run passed.

use usage_model::named;

/// Whether a run passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "a run passes, fails, or did not see everything"
)]
pub enum Verdict {
    /// No finding reached the threshold, and the whole input was seen. Rules that were never evaluated did not pass: see the summary.
    Pass,
    /// At least one finding reached the threshold.
    Fail,
    /// No record was recognised, or a part of the input is known to be missing, whatever was found.
    Incomplete,
}

named!(pub Verdict, "a verdict", { Pass: "pass", Fail: "fail", Incomplete: "incomplete" });
