//! Codes of rules as a run is told them, whole or the start of several.

use std::{fmt, str::FromStr};

use usage_model::nearest;

use super::registry::catalogue;

/// The code of a rule, or the start of the codes of several: `UR201`, or `UR2` for all sums.
///
/// ```
/// use usage_validate::CodePrefix;
///
/// let sums: CodePrefix = "UR2".parse()?;
/// assert!(sums.matches("UR201") && !sums.matches("UR301"));
/// let error = "UR2O1".parse::<CodePrefix>().unwrap_err();
/// assert_eq!(error.suggestion(), Some("UR201"));
/// # Ok::<(), usage_validate::UnknownCode>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePrefix(Box<str>);

impl CodePrefix {
    /// Returns the prefix as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a code starts with the prefix.
    pub fn matches(&self, code: &str) -> bool {
        code.starts_with(&*self.0)
    }
}

impl FromStr for CodePrefix {
    type Err = UnknownCode;

    /// Reads the start of a code, in capitals.
    ///
    /// # Errors
    ///
    /// If no rule's code starts with the text.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        if !text.is_empty() && catalogue().iter().any(|rule| rule.code.starts_with(text)) {
            Ok(Self(text.into()))
        } else {
            Err(UnknownCode {
                text: text.into(),
                suggestion: meant(text),
            })
        }
    }
}

impl fmt::Display for CodePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that no rule's code starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    text: Box<str>,
    suggestion: Option<String>,
}

impl UnknownCode {
    /// Returns the code, or the start of some, that was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no rule's code starts with {:?}", self.text)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownCode {}

fn meant(text: &str) -> Option<String> {
    let capitals = text.to_ascii_uppercase();
    let is_start = |text: &str| {
        text.len() > "UR".len() && catalogue().iter().any(|rule| rule.code.starts_with(text))
    };
    let whole = format!("UR{capitals}");
    if let Some(start) = [&capitals, &whole].into_iter().find(|text| is_start(text)) {
        return Some(start.clone());
    }
    let named = |name: &str| catalogue().iter().find(|rule| rule.name == name);
    let by_name = || nearest(text, catalogue().iter().map(|rule| rule.name)).and_then(named);
    let by_code = |text: &str| nearest(text, catalogue().iter().map(|rule| rule.code));
    by_code(text)
        .or_else(|| by_name().map(|rule| rule.code))
        .or_else(|| by_code(&whole))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_code_is_answered_with_a_similar_one() {
        for (text, suggestion) in [
            ("UR2O1", Some("UR201")),
            ("201", Some("UR201")),
            ("ur201", Some("UR201")),
            ("2", Some("UR2")),
            ("UR20l", Some("UR201")),
            ("201x", Some("UR201")),
            ("2O1", Some("UR201")),
            ("UR2011", Some("UR201")),
            ("UR 201", Some("UR201")),
            ("network sum", Some("UR201")),
            ("network-sum", Some("UR201")),
            ("netwrk_sum", Some("UR201")),
            ("", None),
            ("sums", None),
            ("UR", None),
        ] {
            if text == "UR" {
                assert!(text.parse::<CodePrefix>().is_ok());
                continue;
            }
            let error = text.parse::<CodePrefix>().unwrap_err();
            assert_eq!(error.suggestion(), suggestion, "{text}");
        }
        let error = "UR2O1".parse::<CodePrefix>().unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"no rule's code starts with "UR2O1"; did you mean UR201?"#
        );
    }
}
