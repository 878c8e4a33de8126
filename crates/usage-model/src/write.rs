//! Writing records: every member in the state in which it was read.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::{
    Count, Counter, CountryUsage, Counts, Field, International, Lenient, MalformedRecord,
    MetaNumber, PageMeta, Period, RawJson, UnknownMembers, Usage, UsageNode, UsageRecord,
};

/// Writes a member, unless it is absent.
pub(crate) fn member<M: SerializeMap, T: Serialize>(
    map: &mut M,
    name: &str,
    field: &Field<T>,
) -> Result<(), M::Error> {
    match field {
        Field::Absent => Ok(()),
        Field::Null => map.serialize_entry(name, &()),
        Field::Value(value) => map.serialize_entry(name, value),
    }
}

pub(crate) fn unknown_members<M: SerializeMap>(
    map: &mut M,
    unknown: &UnknownMembers,
) -> Result<(), M::Error> {
    unknown
        .iter()
        .try_for_each(|(name, value)| map.serialize_entry(name, value))
}

/// Writes the known members of a node; the unknown ones come last, after those of whatever holds it.
fn node_members<M: SerializeMap, C: Counts>(
    map: &mut M,
    node: &UsageNode<C>,
) -> Result<(), M::Error> {
    for counter in Counter::ALL {
        member(map, counter.name(C::KIND), &node.counts.counter(counter))?;
    }
    if let Some(units) = node.counts.units() {
        member(map, "units", units)?;
    }
    member(map, "billed", &node.billed)?;
    member(map, "billing_units", &node.billing_units)
}

impl Serialize for UsageRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        member(&mut map, "account_sid", &self.account_sid)?;
        member(&mut map, "sim_sid", &self.sim_sid)?;
        member(&mut map, "period", &self.period)?;
        member(&mut map, "commands", &self.commands)?;
        member(&mut map, "data", &self.data)?;
        unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        member(&mut map, "start", &self.start)?;
        member(&mut map, "end", &self.end)?;
        unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

impl<C: Counts> Serialize for Usage<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        node_members(&mut map, &self.top)?;
        member(&mut map, "home", &self.home)?;
        member(&mut map, "national_roaming", &self.national_roaming)?;
        match &self.international_roaming {
            International::Absent => {}
            share => map.serialize_entry("international_roaming", share)?,
        }
        unknown_members(&mut map, &self.top.unknown)?;
        map.end()
    }
}

impl<C: Counts> Serialize for UsageNode<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        node_members(&mut map, self)?;
        unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

impl<C: Counts> Serialize for CountryUsage<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        node_members(&mut map, &self.node)?;
        member(&mut map, "country_code", &self.country_code)?;
        unknown_members(&mut map, &self.node.unknown)?;
        map.end()
    }
}

/// Absent is written as null where there is no object to leave it out of.
impl<C: Counts> Serialize for International<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Single(entry) => entry.serialize(serializer),
            Self::List(entries) => {
                let mut list = serializer.serialize_seq(Some(entries.len()))?;
                for entry in entries {
                    list.serialize_element(entry)?;
                }
                list.end()
            }
        }
    }
}

impl Serialize for PageMeta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        member(&mut map, "page", &self.page)?;
        member(&mut map, "page_size", &self.page_size)?;
        member(&mut map, "first_page_url", &self.first_page_url)?;
        member(&mut map, "previous_page_url", &self.previous_page_url)?;
        member(&mut map, "url", &self.url)?;
        member(&mut map, "next_page_url", &self.next_page_url)?;
        member(&mut map, "key", &self.key)?;
        unknown_members(&mut map, &self.unknown)?;
        map.end()
    }
}

/// Flat, for reports and logs: the place as record, pointer in the document, line, column and offset.
impl Serialize for MalformedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("record", &self.place.record)?;
        map.serialize_entry("pointer", &self.place.pointer(&self.pointer))?;
        map.serialize_entry("line", &self.position.line)?;
        map.serialize_entry("column", &self.position.column)?;
        map.serialize_entry("offset", &self.position.offset)?;
        map.serialize_entry("found", &self.found)?;
        map.serialize_entry("expected", &self.expected)?;
        map.serialize_entry("raw", &self.raw)?;
        map.end()
    }
}

impl Serialize for MetaNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.get())
    }
}

impl<T: Serialize> Serialize for Lenient<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Other(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw(self.as_str())?.serialize(serializer)
    }
}

fn raw<E: serde::ser::Error>(text: &str) -> Result<&RawValue, E> {
    serde_json::from_str(text).map_err(E::custom)
}
