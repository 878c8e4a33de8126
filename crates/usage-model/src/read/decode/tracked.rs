//! Reading with the place of everything known, for values that the fast way refused.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{CountryUsage, Counts, Field, International, RawJson, pointer_segment};

use crate::read::frame::Frame;

use super::{
    leaf::{Leaf, read_leaf},
    members::{MOST_PARTS, Object, Source},
};

/// Longest piece of the input that an error shows, in characters.
const SHOWN: usize = 60;

/// What an object has to have whatever it is.
const NAMES: &str = "names of members that are Unicode text";

/// What a record may hold at most, in words.
const TOO_MANY_PARTS: &str = "at most 700 country entries and unknown members in a record";

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

    /// What every value has to be.
    pub(crate) const VALID_JSON: &'static str = "valid JSON";

    /// A problem with the start of a text.
    pub(crate) fn new(found: impl Into<String>, expected: &str) -> Self {
        Self {
            pointer: String::new(),
            found: found.into(),
            expected: expected.to_owned(),
            offset: 0,
        }
    }

    /// A text that starts with something else than expected.
    pub(crate) fn unlike(text: &[u8], expected: &str) -> Self {
        let length = Frame::length_of(text).or_else(|| Frame::length_of(&[text, b"\n"].concat()));
        let value = length.and_then(|length| std::str::from_utf8(text.get(..length)?).ok());
        let found = match value {
            Some(object) if object.starts_with('{') => {
                "an object without a value in any member of a record".to_owned()
            }
            Some(value) => describe(value),
            None => token(text, 0),
        };
        Self::new(found, expected)
    }

    /// A value that is too large to be kept.
    pub(crate) fn too_large() -> Self {
        Self::new("more than 1 MiB", "a record or envelope of at most 1 MiB")
    }

    /// The same problem, in a text that starts `n` bytes earlier.
    pub(crate) fn ahead(mut self, bytes: usize) -> Self {
        self.offset += bytes;
        self
    }

    /// A text that is not JSON from this byte on.
    pub(crate) fn syntax(text: &[u8], offset: usize) -> Self {
        let offset = match std::str::from_utf8(text) {
            Err(error) => offset.min(error.valid_up_to()),
            Ok(_) => offset,
        };
        Self {
            pointer: String::new(),
            found: token(text, offset),
            expected: Self::VALID_JSON.to_owned(),
            offset,
        }
    }

    /// The same problem, seen from the object or list that holds it.
    fn below(mut self, name: &str) -> Self {
        self.pointer.insert_str(0, &pointer_segment(name));
        self
    }
}

/// Reads one object from its text, which is the whole of a JSON value, or says what is wrong with it.
pub(crate) fn decode_tracked<O: Object>(text: &[u8]) -> Result<O, Problem> {
    let text =
        std::str::from_utf8(text).map_err(|error| Problem::syntax(text, error.valid_up_to()))?;
    let raw =
        serde_json::from_str(text).map_err(|_| Problem::syntax(text.as_bytes(), text.len()))?;
    decode_raw(raw)
}

/// Reads one object whose text is valid JSON, or says what is wrong with it.
pub(crate) fn decode_raw<O: Object>(raw: &RawValue) -> Result<O, Problem> {
    let mut object = O::default();
    let mut parts = 0;
    read_object(&mut object, raw, raw.get(), &mut parts)?;
    Ok(object)
}

fn read_object<O: Object>(
    object: &mut O,
    raw: &RawValue,
    base: &str,
    parts: &mut usize,
) -> Result<(), Problem> {
    let members = serde_json::from_str::<Members<'_>>(raw.get()).map_err(|_| {
        // Skipping a value takes names with half a surrogate pair, which are no text.
        let is_object = raw.get().starts_with('{');
        let expected = if is_object { NAMES } else { O::EXPECTED };
        Problem::at(raw, base, expected)
    })?;
    let mut seen = 0_u32;
    for (name, value) in members.0 {
        let problem = |found: &str, expected: &str| {
            Err(Problem {
                pointer: pointer_segment(&name),
                found: found.to_owned(),
                expected: expected.to_owned(),
                offset: offset_in(base, value.get()),
            })
        };
        let is_new = if let Some(index) = O::NAMES.iter().position(|known| *known == name) {
            let bit = 1 << index;
            let is_new = seen & bit == 0;
            seen |= bit;
            if is_new {
                let mut source = RawSource { value, base, parts };
                object
                    .member(index, &mut source)
                    .map_err(|problem| problem.below(&name))?;
            }
            is_new
        } else {
            *parts += 1;
            if *parts > MOST_PARTS {
                return problem("one member more", TOO_MANY_PARTS);
            }
            object
                .unknown()
                .insert(&name, RawJson::trusted(value.get()))
        };
        if !is_new {
            return problem("a second member of this name", "each member once");
        }
    }
    Ok(())
}

/// Where `part`, a slice of `base`, starts in it.
fn offset_in(base: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(base.as_ptr().addr())
}

/// What stands at a point of a text, in words: one character, escaped where it does not print.
pub(crate) fn token(text: &[u8], at: usize) -> String {
    let rest = text.get(at..).unwrap_or_default();
    // No character has more than four bytes.
    let start = rest.get(..4).unwrap_or(rest);
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) => str_of(start.get(..error.valid_up_to())),
    };
    match valid.chars().next() {
        Some(character) => format!("{:?}", character.to_string()),
        None if rest.is_empty() => "the end of the input".to_owned(),
        None => "a byte that is not UTF-8".to_owned(),
    }
}

fn str_of(bytes: Option<&[u8]>) -> &str {
    bytes
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .unwrap_or_default()
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
struct RawSource<'a, 'p> {
    value: &'a RawValue,
    base: &'a str,
    /// Country entries and unknown members of the record so far.
    parts: &'p mut usize,
}

impl Source for RawSource<'_, '_> {
    type Error = Problem;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Problem> {
        let text = self.value.get();
        read_leaf(slot, text).map_err(|_| {
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
            read_object(&mut object, self.value, self.base, self.parts)?;
            Field::Value(object)
        };
        Ok(())
    }

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Problem> {
        let text = self.value.get();
        *slot = match text.as_bytes().first() {
            Some(b'n') => International::Null,
            Some(b'[') => International::List(self.entries()?),
            Some(b'{') => {
                let mut entry = Box::<CountryUsage<C>>::default();
                read_object(&mut *entry, self.value, self.base, self.parts)?;
                International::Single(entry)
            }
            _ => {
                let expected = "a list of countries, an object, or null";
                return Err(Problem::at(self.value, self.base, expected));
            }
        };
        Ok(())
    }
}

impl RawSource<'_, '_> {
    fn entries<C: Counts>(&mut self) -> Result<Vec<CountryUsage<C>>, Problem> {
        let values: Vec<&RawValue> = serde_json::from_str(self.value.get())
            .map_err(|_| Problem::at(self.value, self.base, "a list of countries"))?;
        let mut entries = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let below = |problem: Problem| problem.below(&index.to_string());
            *self.parts += 1;
            if *self.parts > MOST_PARTS {
                return Err(below(Problem::at(value, self.base, TOO_MANY_PARTS)));
            }
            let mut entry = CountryUsage::default();
            read_object(&mut entry, value, self.base, self.parts).map_err(below)?;
            entries.push(entry);
        }
        entries.shrink_to_fit();
        Ok(entries)
    }
}
