//! Members of an object that this crate does not know, kept so that nothing is lost in passing.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    hash::{Hash, Hasher},
};

/// A JSON value kept as the text it came in, without the white space between its tokens.
///
/// Without the white space it stays on one line when it is written. Equality is equality of the text,
/// so two spellings of one value differ.
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
            .map(|raw| Self::trusted(raw.get()))
            .map_err(|error| RawJsonError(error.to_string()))
    }

    /// Keeps a text that a JSON parser has already found to be one value.
    pub(crate) fn trusted(text: &str) -> Self {
        Self(compact(text).into())
    }

    /// Returns the JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes the white space between tokens out of a JSON text; that within strings stays.
fn compact(text: &str) -> Cow<'_, str> {
    let space = [' ', '\n', '\r', '\t'];
    let bytes = text.as_bytes();
    if memchr::memchr3(b' ', b'\n', b'\r', bytes).is_none() && !bytes.contains(&b'\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in text.chars() {
        if in_string || !space.contains(&character) {
            out.push(character);
        }
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
    }
    Cow::Owned(out)
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
pub struct UnknownMembers(Option<Box<Members>>);

#[derive(Clone, Debug, Default)]
struct Members {
    list: Vec<(Box<str>, RawJson)>,
    /// The names in the list once there are more than [`FEW`]; comparing each with each would let one hostile
    /// record take minutes.
    names: BTreeSet<Box<str>>,
}

/// Members are what is in the list; the names are only there to be found.
impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Members {}

impl Hash for Members {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.hash(state);
    }
}

/// As many members as are looked through one by one.
const FEW: usize = 32;

impl UnknownMembers {
    /// No unknown members.
    pub const NONE: Self = Self(None);

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |members| members.list.len())
    }

    /// Names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0
            .iter()
            .flat_map(|members| &members.list)
            .map(|(name, value)| (&**name, value))
    }

    /// Returns the value of one member.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Returns the text after the member that a text starts with, if it is spelled exactly like the one at an index.
    /// `None` in all other cases.
    pub(crate) fn after_same<'a>(&self, index: usize, text: &'a [u8]) -> Option<&'a [u8]> {
        let list = &self.0.as_ref()?.list;
        let (name, value) = list.get(index)?;
        let after_name = text.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?;
        let after = after_name
            .strip_prefix(b"\":")?
            .strip_prefix(value.0.as_bytes())?;
        // A number may go on.
        let ends = matches!(after.first(), Some(b',' | b'}'));
        // Other names are not spelled as they are.
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        // A member before it may have taken its name since.
        let is_other = |(before, _): &(Box<str>, RawJson)| *before != *name;
        let is_same = ends
            && index < FEW
            && name.bytes().all(is_plain)
            && list.iter().take(index).all(is_other);
        is_same.then_some(after)
    }

    /// Puts a member in the place of the one at an index, which is at most their number; the text of its value is JSON.
    /// Says `false` where one of that name stands before it.
    pub(crate) fn put(&mut self, index: usize, name: &str, value: &str) -> bool {
        let list = self.0.as_mut().map(|members| &mut members.list);
        let Some((before, (old_name, old_value))) = list.and_then(|list| {
            let (before, rest) = list.split_at_mut_checked(index)?;
            Some((before, rest.first_mut()?))
        }) else {
            return self.insert(name, RawJson::trusted(value));
        };
        if index >= FEW {
            self.truncate(index);
            return self.insert(name, RawJson::trusted(value));
        }
        // Members are mostly those of the record before, and so are many of their values.
        if **old_name != *name {
            *old_name = name.into();
        }
        if *old_value.0 != *value {
            *old_value = RawJson::trusted(value);
        }
        before.iter().all(|(known, _)| **known != *name)
    }

    /// Leaves the first members only.
    pub(crate) fn truncate(&mut self, length: usize) {
        if self.len() <= length {
            return;
        }
        if length == 0 {
            self.0 = None;
        } else if let Some(members) = &mut self.0 {
            members.list.truncate(length);
            // They are made anew where there are many.
            members.names = BTreeSet::new();
            if length > FEW {
                members.names = members.list.iter().map(|(name, _)| name.clone()).collect();
            }
        }
    }

    /// Adds a member, or says `false` where one of that name is there already.
    ///
    /// A name that the object itself knows, `data` of a record for instance, does not belong here: it would be
    /// written twice, and refused when it is read.
    pub fn insert(&mut self, name: &str, value: RawJson) -> bool {
        let members = self.0.get_or_insert_default();
        let Members { list, names } = &mut **members;
        if list.len() == FEW {
            names.extend(list.iter().map(|(name, _)| name.clone()));
        }
        let known = if list.len() < FEW {
            list.iter().any(|(known, _)| **known == *name)
        } else {
            !names.insert(name.into())
        };
        if !known {
            list.push((name.into(), value));
        }
        !known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_between_tokens_only() {
        let raw = RawJson::new("{ \"a b\" :\r\n[ 1,\t\"\\\" c\" ] }").unwrap();
        assert_eq!(raw.as_str(), r#"{"a b":[1,"\" c"]}"#);
        for space in [" ", "\n", "\r", "\t"] {
            let raw = RawJson::new(&format!("[1,{space}2]")).unwrap();
            assert_eq!(raw.as_str(), "[1,2]");
        }
    }

    #[test]
    fn only_whole_values_are_kept() {
        for text in ["", "{", "1 2", "nul", "{\"a\":}"] {
            assert!(RawJson::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_stands_once() {
        let mut unknown = UnknownMembers::NONE;
        assert!(unknown.is_empty());
        assert!(unknown.insert("a", RawJson::new("1").unwrap()));
        assert!(!unknown.insert("a", RawJson::new("2").unwrap()));
        assert!(unknown.insert("b", RawJson::new("3").unwrap()));
        assert!(!unknown.is_empty());
        assert_eq!(unknown.len(), 2);
        assert_eq!(unknown.get("a").unwrap().as_str(), "1");
        assert_eq!(unknown.get("c"), None);
        let names: Vec<_> = unknown.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn a_refused_member_changes_nothing() {
        let mut unknown = UnknownMembers::NONE;
        for number in 0..FEW {
            let name = format!("n{number}");
            assert!(unknown.insert(&name, RawJson::new("1").unwrap()));
        }
        let before = unknown.clone();
        assert!(!unknown.insert("n0", RawJson::new("2").unwrap()));
        assert_eq!(unknown, before);
        let hash = |unknown: &UnknownMembers| {
            let mut hasher = std::hash::DefaultHasher::new();
            unknown.hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(&unknown), hash(&before));
        assert!(unknown.insert("other", RawJson::new("2").unwrap()));
        assert_ne!(unknown, before);
        assert_ne!(hash(&unknown), hash(&before));
    }

    #[test]
    fn a_name_stands_once_among_many_too() {
        let value = || RawJson::new("1").unwrap();
        let name = |number: usize| format!("x{number}");
        let mut unknown = UnknownMembers::NONE;
        for number in 0..100 {
            assert!(unknown.insert(&name(number), value()));
            for earlier in 0..=number {
                assert!(
                    !unknown.insert(&name(earlier), value()),
                    "{earlier} of {number}"
                );
            }
        }
        assert_eq!(unknown.len(), 100);
        let kept: Vec<_> = unknown.iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(kept, (0..100).map(name).collect::<Vec<_>>());
    }

    #[test]
    fn a_member_that_comes_again_is_passed_as_it_stands() {
        let mut members = UnknownMembers::NONE;
        for (name, value) in [("a", "1"), ("b\"c", "2"), ("d", "\"x\"")] {
            assert!(members.insert(name, RawJson::trusted(value)));
        }
        let after = |index, text: &'static str| members.after_same(index, text.as_bytes());
        assert_eq!(after(0, r#""a":1,"d":1"#), Some(&br#","d":1"#[..]));
        assert_eq!(after(2, r#""d":"x"}"#), Some(&b"}"[..]));
        for (index, text) in [
            (0, r#""a":12,"#),
            (0, r#""a": 1,"#),
            (0, r#""a":1 ,"#),
            (0, r#""a":1"#),
            (0, r#""d":"x"}"#),
            (1, r#""b"c":2}"#),
            (3, r#""a":1}"#),
        ] {
            assert_eq!(after(index, text), None, "{text}");
        }
        assert_eq!(UnknownMembers::NONE.after_same(0, br#""a":1}"#), None);
        // A second one of its name.
        assert!(members.put(0, "d", "2"));
        assert_eq!(members.after_same(2, br#""d":"x"}"#), None);
        // Of many, their names are kept in another way as well.
        let names: Vec<_> = (0..=FEW).map(|number| format!("n{number}")).collect();
        let mut many = UnknownMembers::NONE;
        for name in &names {
            assert!(many.insert(name, RawJson::trusted("1")));
        }
        let after = |index| {
            many.after_same(index, format!("\"n{index}\":1}}").as_bytes())
                .is_some()
        };
        assert!(after(FEW - 1));
        assert!(!after(FEW));
    }
}
