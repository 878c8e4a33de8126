//! Members of an object that this crate does not know, kept so that nothing is lost in passing.

use std::fmt;

/// A JSON value kept as the text it came in.
///
/// Equality is equality of the text, so two spellings of one value differ.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawJson(Box<str>);

impl RawJson {
    /// Keeps a JSON text.
    ///
    /// # Errors
    ///
    /// Where the text is not exactly one JSON value.
    pub fn new(text: &str) -> Result<Self, RawJsonError> {
        serde_json::from_str::<&serde_json::value::RawValue>(text)
            .map(|raw| Self(raw.get().into()))
            .map_err(|error| RawJsonError(error.to_string()))
    }

    /// Keeps a text that a JSON parser has already found to be one value.
    pub(crate) fn trusted(text: &str) -> Self {
        Self(text.into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not one JSON value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON value: {0}")]
pub struct RawJsonError(String);

/// The members of one object that this crate does not know, in the order in which they came.
///
/// Empty for every record seen so far; takes one word of memory then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::box_collection,
    reason = "one word where there are none, which is nearly always"
)]
pub struct UnknownMembers(Option<Box<Vec<(Box<str>, RawJson)>>>);

impl UnknownMembers {
    /// No unknown members.
    pub const NONE: Self = Self(None);

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |members| members.len())
    }

    /// Names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0
            .iter()
            .flat_map(|members| members.iter())
            .map(|(name, value)| (&**name, value))
    }

    /// The value of one member.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Adds a member, or says `false` where one of that name is there already.
    pub fn insert(&mut self, name: &str, value: RawJson) -> bool {
        if self.get(name).is_some() {
            return false;
        }
        self.0
            .get_or_insert_default()
            .push((name.into(), value));
        true
    }
}
