//! Reading straight from the parser, without keeping track of places.

use std::{fmt, marker::PhantomData};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::value::RawValue;

use crate::{CountryUsage, Counts, Field, International, RawJson};

use super::{
    leaf::{Leaf, LeafSeed},
    members::{Object, Source},
    text::{Outcome, value_prefix},
};

/// Reads one object from the start of a text.
///
/// An error here says only that something is wrong: [`super::decode_tracked`] finds out what.
pub(crate) fn decode_prefix<O: Object>(text: &str) -> Outcome<O> {
    match value_prefix::<Decoded<O>>(text) {
        Outcome::Value(Decoded(object), length) => Outcome::Value(object, length),
        Outcome::Incomplete => Outcome::Incomplete,
        Outcome::Wrong(error) => Outcome::Wrong(error),
    }
}

/// An object that must be there: `null` is refused.
struct Decoded<O>(O);

impl<'de, O: Object> Deserialize<'de> for Decoded<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = O::default();
        deserializer.deserialize_map(ObjectVisitor(&mut object))?;
        Ok(Self(object))
    }
}

/// Fills one object in place: records are large, and moving them costs more than reading some members.
struct ObjectVisitor<'a, O>(&'a mut O);

impl<'de, O: Object> Visitor<'de> for ObjectVisitor<'_, O> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(O::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(NameSeed)? {
            let mut source = MapSource {
                map: &mut map,
                lifetime: PhantomData,
            };
            self.0.any_member(name.as_str(), &mut source)?;
        }
        Ok(())
    }
}

impl<'de, O: Object> DeserializeSeed<'de> for ObjectVisitor<'_, O> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// Fills the slot of an object that may be null.
struct SlotVisitor<'a, O>(&'a mut Field<O>);

impl<'de, O: Object> Visitor<'de> for SlotVisitor<'_, O> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(O::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        *self.0 = Field::Null;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        *self.0 = Field::Value(O::default());
        match self.0 {
            Field::Value(object) => ObjectVisitor(object).visit_map(map),
            Field::Absent | Field::Null => Err(A::Error::invalid_type(Unexpected::Map, &"null")),
        }
    }
}

impl<'de, O: Object> DeserializeSeed<'de> for SlotVisitor<'_, O> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Fills the international share, whatever its shape.
struct InternationalVisitor<'a, C: Counts>(&'a mut International<C>);

impl<'de, C: Counts> Visitor<'de> for InternationalVisitor<'_, C> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of countries, an object, or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        *self.0 = International::Null;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut entry = Box::<CountryUsage<C>>::default();
        ObjectVisitor(&mut *entry).visit_map(map)?;
        *self.0 = International::Single(entry);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut entries = Vec::new();
        while list.next_element_seed(PushSeed(&mut entries))?.is_some() {}
        *self.0 = International::List(entries);
        Ok(())
    }
}

impl<'de, C: Counts> DeserializeSeed<'de> for InternationalVisitor<'_, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

struct PushSeed<'a, O>(&'a mut Vec<O>);

impl<'de, O: Object> DeserializeSeed<'de> for PushSeed<'_, O> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(O::default());
        match self.0.last_mut() {
            Some(object) => ObjectVisitor(object).deserialize(deserializer),
            None => Ok(()),
        }
    }
}

/// The name of a member, borrowed from the input unless it is written with escapes.
enum Name<'de> {
    Borrowed(&'de str),
    Owned(String),
}

impl Name<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(name) => name,
            Self::Owned(name) => name,
        }
    }
}

struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name::Owned(name.to_owned()))
    }
}

/// Reads values where a map of the parser stands.
struct MapSource<'a, 'de, A> {
    map: &'a mut A,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> Source for MapSource<'_, 'de, A> {
    type Error = A::Error;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), A::Error> {
        self.map.next_value_seed(LeafSeed(slot))
    }

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), A::Error> {
        self.map.next_value_seed(SlotVisitor(slot))
    }

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), A::Error> {
        self.map.next_value_seed(InternationalVisitor(slot))
    }

    fn unknown(&mut self) -> Result<RawJson, A::Error> {
        let raw: &'de RawValue = self.map.next_value()?;
        Ok(RawJson::trusted(raw.get()))
    }

    fn duplicate(&mut self) -> A::Error {
        A::Error::custom("a member stands twice")
    }
}
