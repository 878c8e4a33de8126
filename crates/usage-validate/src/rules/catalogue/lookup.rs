//! How rules are read back from a report: by their codes and names.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::{
    registry::{catalogue, rule},
    rule::Rule,
};
use crate::findings::{
    finding::Finding,
    wire::{self, Catalogue, Rules},
};

impl Rule {
    /// Where the rule stands in the catalogue.
    pub(crate) fn index(&self) -> usize {
        catalogue().partition_point(|rule| rule.code < self.code)
    }
}

impl Finding {
    /// Returns the rule that gave the finding.
    pub fn rule(&self) -> Option<&'static Rule> {
        rule(self.code)
    }
}

impl Rules for Catalogue {
    fn code(text: &str) -> Option<&'static str> {
        rule(text).map(|rule| rule.code)
    }

    fn name(text: &str) -> Option<&'static str> {
        let mut rules = catalogue().iter();
        rules.find(|rule| rule.name == text).map(|rule| rule.name)
    }
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

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Code(&'static str);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::code(deserializer).map(Self)
    }
}
