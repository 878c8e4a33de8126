//! Names of settings and verdicts as they are typed and printed.

/// Finds the value of a given name.
pub(crate) fn parse<T: Copy>(
    text: &str,
    every: &[T],
    name: impl Fn(T) -> &'static str,
    noun: &'static str,
) -> Result<T, NameError> {
    every
        .iter()
        .copied()
        .find(|value| name(*value) == text)
        .ok_or_else(|| NameError {
            text: text.into(),
            noun,
            expected: every
                .iter()
                .map(|value| name(*value))
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// A text that names none of the values it may name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {noun}: expected one of {expected}")]
pub struct NameError {
    text: Box<str>,
    noun: &'static str,
    expected: String,
}
