//! Names: enums of which each value has one, and the known name that an unknown one is close to.

use std::fmt;

use super::nearest::nearest;

/// An enum of which each value has a name; implemented by [`named!`](crate::named).
pub trait Named: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// What a value is, in words, for messages: `a granularity`.
    const NOUN: &'static str;

    /// Every value, in the order of its declaration.
    const ALL: &'static [Self];

    /// The name of the value.
    fn name(self) -> &'static str;

    /// Returns the value of a name.
    ///
    /// # Errors
    ///
    /// Fails if no value has the name. Upper and lower case differ.
    fn from_name(text: &str) -> Result<Self, NameError> {
        let mut all = Self::ALL.iter().copied();
        all.find(|value| value.name() == text)
            .ok_or_else(|| NameError::of::<Self>(text))
    }
}

/// A text that is none of the names of a [`Named`] enum.
///
/// Its message lists the names, and suggests the one that is close to the text:
/// `"day" is not a granularity: expected hourly, daily or all; did you mean daily?`
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {noun}: expected {}{}", Listed(.names), Suggested(.text, .names))]
pub struct NameError {
    text: Box<str>,
    noun: &'static str,
    names: Box<[&'static str]>,
}

impl NameError {
    fn of<T: Named>(text: &str) -> Self {
        Self {
            text: text.into(),
            noun: T::NOUN,
            names: T::ALL.iter().map(|value| value.name()).collect(),
        }
    }

    /// Returns the names that would have been right.
    pub fn expected(&self) -> &[&'static str] {
        &self.names
    }

    /// Returns the right name that is close to the text, if one is.
    pub fn suggestion(&self) -> Option<&'static str> {
        nearest(&self.text, self.names.iter().copied())
    }
}

/// Writes `a, b or c`.
struct Listed<'a>(&'a [&'static str]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (index, name) in self.0.iter().enumerate() {
            f.write_str(match index {
                0 => "",
                _ if index == last => " or ",
                _ => ", ",
            })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// Writes `; did you mean a?`, or nothing.
struct Suggested<'a>(&'a str, &'a [&'static str]);

impl fmt::Display for Suggested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match nearest(self.0, self.1.iter().copied()) {
            Some(name) => write!(f, "; did you mean {name}?"),
            None => Ok(()),
        }
    }
}

/// Gives an enum names: `ALL`, `as_str`, `FromStr`, `Display`, `AsRef<str>`, serde as a string, and [`Named`].
///
/// The values are listed once, so that none can be missing from `ALL`: `as_str` would not compile. `ALL` and `as_str`
/// are as visible as the first word says.
///
/// ```
/// use usage_model::named;
///
/// /// The way a list is ordered.
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Order {
///     OldestFirst,
///     NewestFirst,
/// }
///
/// named!(Order, "an order", {
///     OldestFirst: "oldest-first",
///     NewestFirst: "newest-first",
/// });
///
/// assert_eq!(Order::ALL.map(Order::as_str), ["oldest-first", "newest-first"]);
/// assert_eq!("newest-first".parse(), Ok(Order::NewestFirst));
/// assert_eq!(
///     "newest".parse::<Order>().unwrap_err().to_string(),
///     r#""newest" is not an order: expected oldest-first or newest-first; did you mean newest-first?"#,
/// );
/// ```
#[macro_export]
macro_rules! named {
    ($vis:vis $type:ident, $noun:literal, { $($value:ident: $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of its declaration.
            $vis const ALL: [Self; [$($name),+].len()] = [$(Self::$value),+];

            /// The name of the value.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }

        impl $crate::Named for $type {
            const NOUN: &'static str = $noun;
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn name(self) -> &'static str {
                self.as_str()
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::NameError;

            /// Reads a name.
            ///
            /// # Errors
            ///
            /// Fails if no value has the name. Upper and lower case differ.
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::NameError> {
                $crate::Named::from_name(text)
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::convert::AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        $crate::__serde_as_text!([] $type, $noun);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Fruit {
        Apple,
        Pear,
        BloodOrange,
    }

    named!(Fruit, "a fruit", { Apple: "apple", Pear: "pear", BloodOrange: "blood-orange" });

    #[test]
    fn every_value_is_read_and_written_by_its_name() {
        assert_eq!(Fruit::ALL, <Fruit as Named>::ALL);
        for fruit in Fruit::ALL {
            assert_eq!(fruit.to_string(), fruit.as_str());
            assert_eq!(fruit.as_ref(), fruit.as_str());
            assert_eq!(fruit.as_str().parse(), Ok(fruit));
            let json = serde_json::to_string(&fruit).unwrap();
            assert_eq!(json, format!("{:?}", fruit.as_str()));
            assert_eq!(serde_json::from_str::<Fruit>(&json).unwrap(), fruit);
        }
    }

    #[test]
    fn a_width_pads_the_name() {
        assert_eq!(format!("{:>6}", Fruit::Pear), "  pear");
    }

    #[test]
    fn another_name_is_refused_with_the_names_there_are() {
        let error = "plum".parse::<Fruit>().unwrap_err();
        assert_eq!(
            error.to_string(),
            r#""plum" is not a fruit: expected apple, pear or blood-orange"#
        );
        assert_eq!(error.expected(), ["apple", "pear", "blood-orange"]);
        assert_eq!(error.suggestion(), None);
    }

    #[test]
    fn a_similar_name_is_suggested() {
        for (text, expected) in [
            ("Apple", "apple"),
            ("paer", "pear"),
            ("bloodorange", "blood-orange"),
        ] {
            let error = text.parse::<Fruit>().unwrap_err();
            assert_eq!(error.suggestion(), Some(expected));
            assert!(
                error
                    .to_string()
                    .ends_with(&format!("; did you mean {expected}?")),
                "{error}"
            );
        }
    }

    #[test]
    fn json_of_another_kind_names_what_was_expected() {
        let error = serde_json::from_str::<Fruit>("7").unwrap_err().to_string();
        assert!(
            error.starts_with("invalid type: integer `7`, expected a fruit"),
            "{error}"
        );
        let error = serde_json::from_str::<Fruit>(r#""plum""#)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(r#""plum" is not a fruit"#), "{error}");
    }
}
