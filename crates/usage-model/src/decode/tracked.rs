//! Reading with the place of everything known, for values that the fast way refused.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{CountryUsage, Counts, Field, International, RawJson, pointer_segment};

use super::{
    leaf::{Leaf, LeafSeed},
    members::{Object, Source},
};

/// Longest piece of the input that an error shows, in characters.
const SHOWN: usize = 60;

/// What an object has to have whatever it is.
const NAMES: &str = "names of members that are Unicode text";

/// What is wrong with a value, and where in its text.
#[derive(Debug)]
pub(crate) struct Problem {
    /// The offending member, as a JSON pointer within the value.
    pub(crate) pointer: String,
    /// What stands there.
    pub(crate) found: String,
    /// What should stand there.
    pub(crate) expected: String,
    /// Where it starts, in bytes from the start of the text.
    pub(crate) offset: usize,
}

impl Problem {
    fn at(raw: &RawValue, base: &str, expected: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            found: describe(raw.get()),
            expected: expected.into(),
            offset: offset_in(base, raw.get()),
        }
    }

    /// The same problem, seen from the object or list that holds it.
    fn below(mut self, name: &str) -> Self {
        self.pointer.insert_str(0, &pointer_segment(name));
        self
    }
}

/// Reads one object whose text is valid JSON, or says what is wrong with it.
pub(crate) fn decode_tracked<O: Object>(raw: &RawValue) -> Result<O, Problem> {
    let mut object = O::default();
    read_object(&mut object, raw, raw.get())?;
    Ok(object)
}

fn read_object<O: Object>(object: &mut O, raw: &RawValue, base: &str) -> Result<(), Problem> {
    let members = serde_json::from_str::<Members<'_>>(raw.get()).map_err(|_| {
        // Skipping a value takes names with half a surrogate pair, which are no text.
        let is_object = raw.get().starts_with('{');
        let expected = if is_object { NAMES } else { O::EXPECTED };
        Problem::at(raw, base, expected)
    })?;
    for (name, value) in members.0 {
        let mut source = RawSource { value, base };
        object
            .any_member(&name, &mut source)
            .map_err(|problem| problem.below(&name))?;
    }
    Ok(())
}

/// Where `part`, a slice of `base`, starts in it.
fn offset_in(base: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(base.as_ptr().addr())
}

/// A JSON value in words, with its text where that says more, shortened.
pub(super) fn describe(text: &str) -> String {
    let shown = || match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    };
    match text.as_bytes().first() {
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        Some(b'"') => format!("the string {}", shown()),
        Some(b'-' | b'0'..=b'9') => format!("the number {}", shown()),
        _ => shown(),
    }
}

/// The members of an object, in order, with their values as text.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

/// Reads from a value whose text is at hand.
struct RawSource<'a> {
    value: &'a RawValue,
    base: &'a str,
}

impl Source for RawSource<'_> {
    type Error = Problem;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Problem> {
        let text = self.value.get();
        LeafSeed(slot)
            .deserialize(&mut serde_json::Deserializer::from_str(text))
            .map_err(|_| {
                let expected = match serde_json::from_str::<Cow<'_, str>>(text) {
                    Ok(string) => T::expected_for(&string),
                    Err(_) => T::EXPECTED.to_owned(),
                };
                Problem::at(self.value, self.base, expected)
            })
    }

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), Problem> {
        *slot = if self.value.get() == "null" {
            Field::Null
        } else {
            let mut object = O::default();
            read_object(&mut object, self.value, self.base)?;
            Field::Value(object)
        };
        Ok(())
    }

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Problem> {
        let text = self.value.get();
        *slot = match text.as_bytes().first() {
            Some(b'n') => International::Null,
            Some(b'[') => {
                let values: Vec<&RawValue> = serde_json::from_str(text)
                    .map_err(|_| Problem::at(self.value, self.base, "a list of countries"))?;
                let mut entries = Vec::with_capacity(values.len());
                for (index, value) in values.into_iter().enumerate() {
                    let mut entry = CountryUsage::default();
                    read_object(&mut entry, value, self.base)
                        .map_err(|problem| problem.below(&index.to_string()))?;
                    entries.push(entry);
                }
                International::List(entries)
            }
            Some(b'{') => {
                let mut entry = Box::<CountryUsage<C>>::default();
                read_object(&mut *entry, self.value, self.base)?;
                International::Single(entry)
            }
            _ => {
                let expected = "a list of countries, an object, or null";
                return Err(Problem::at(self.value, self.base, expected));
            }
        };
        Ok(())
    }

    fn unknown(&mut self) -> Result<RawJson, Problem> {
        Ok(RawJson::trusted(self.value.get()))
    }

    fn duplicate(&mut self) -> Problem {
        Problem {
            pointer: String::new(),
            found: "a second member of this name".to_owned(),
            expected: "each member once".to_owned(),
            offset: offset_in(self.base, self.value.get()),
        }
    }
}
