//! How rules are read back from a report: by their codes and names.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};

use super::{
    registry::{catalogue, rule},
    rule::Rule,
};
use crate::findings::finding::Finding;

impl Rule {
    /// Where the rule stands in the catalogue.
    pub(crate) fn index(&self) -> usize {
        catalogue().partition_point(|rule| rule.code < self.code)
    }
}

impl Finding {
    /// The rule that gave the finding.
    pub fn rule(&self) -> Option<&'static Rule> {
        rule(self.code)
    }
}

/// Reads the code of a rule of the catalogue.
pub(crate) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    Code::deserialize(deserializer).map(|code| code.0)
}

/// Reads codes of rules of the catalogue.
pub(crate) fn codes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<&'static str>, D::Error> {
    let codes = Vec::<Code>::deserialize(deserializer)?;
    Ok(codes.into_iter().map(|code| code.0).collect())
}

/// Reads what is known of rules of the catalogue, by their codes.
pub(crate) fn by_code<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<&'static str, V>, D::Error> {
    let values = BTreeMap::<Code, V>::deserialize(deserializer)?;
    Ok(values
        .into_iter()
        .map(|(code, value)| (code.0, value))
        .collect())
}

/// Reads the name of a rule of the catalogue.
pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    deserializer.deserialize_str(OfRule(|rule| rule.name))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Code(&'static str);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_str(OfRule(|rule| rule.code))
            .map(Self)
    }
}

/// Reads a text that some rule of the catalogue has.
struct OfRule(fn(&'static Rule) -> &'static str);

impl de::Visitor<'_> for OfRule {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule that this version knows")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        catalogue()
            .iter()
            .copied()
            .map(self.0)
            .find(|known| *known == text)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
