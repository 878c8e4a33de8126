//! How strict a run is as a whole.

use usage_model::named;

use super::severity::Severity;

/// How strict a run is as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strictness {
    /// Every finding is as bad as its rule says.
    #[default]
    Default,
    /// What is a warning by default is an error.
    Strict,
    /// What is a warning by default is an info.
    Lenient,
}

named!(pub Strictness, "a strictness", {
    Default: "default",
    Strict: "strict",
    Lenient: "lenient",
});

impl Strictness {
    pub(crate) const fn graded(self, severity: Severity) -> Severity {
        match (self, severity) {
            (Self::Strict, Severity::Warning) => Severity::Error,
            (Self::Lenient, Severity::Warning) => Severity::Info,
            (_, severity) => severity,
        }
    }
}
