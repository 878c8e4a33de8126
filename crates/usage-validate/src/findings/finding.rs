//! One thing that is wrong, or worth knowing, and where.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use usage_model::{Field, Lenient, UsageRecord};

use crate::{
    config::{options::Policy, severity::Severity},
    findings::{text, wire},
};

/// A text of the catalogue. The alias keeps serde from borrowing it from the input that is read.
type OfCatalogue = &'static str;

/// One thing that is wrong, or worth knowing, and where. In JSON figures are decimal strings, so that no reader rounds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// The code of the rule, for instance UR201.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^UR[0-9]{3}$")))]
    #[serde(deserialize_with = "wire::code")]
    pub code: OfCatalogue,
    /// The name of the rule, for instance network-sum.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[a-z]+(-[a-z]+)*$")))]
    #[serde(deserialize_with = "wire::name")]
    pub name: OfCatalogue,
    /// How bad it is.
    pub severity: Severity,
    /// The name of the input; null where the input has no name.
    pub source: Option<String>,
    /// The record's number in the input, counted from 0, malformed records counted; null where no single record is meant.
    pub record: Option<u64>,
    /// The place in the document as a JSON pointer (RFC 6901). In NDJSON every line is a document. Where the message says that a member is absent, the place is where it would be.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^(/([^~/]|~[01])*)*$")))]
    pub pointer: String,
    /// The line of the input on which the record starts, or on which the malformed member stands, counted from 1; null where the record was not read from text.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub line: Option<u64>,
    /// The bytes of the input before that record or member; null where the record was not read from text.
    pub offset: Option<u64>,
    /// Which record it is, by what it is about; null where that is not known.
    pub key: Option<Key>,
    /// What is wrong, in words.
    pub message: String,
    /// The figure that should stand at the place; null where the rule compares no figures.
    #[serde(with = "wire::optional_decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::DecimalText>"))]
    pub expected: Option<u128>,
    /// The figure that stands at the place, 0 where it is null or absent; null where the rule compares no figures.
    #[serde(with = "wire::optional_decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::DecimalText>"))]
    pub actual: Option<u128>,
    /// The actual figure minus the expected one; null where the rule compares no figures.
    #[serde(with = "wire::optional_decimal")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<String>", regex(pattern = r"^(0|-?[1-9][0-9]*)$"))
    )]
    pub delta: Option<i128>,
    /// The figures that the expected one was made from.
    pub operands: Vec<Operand>,
    /// The one counter whose correction would make the tree consistent; null where there is no such counter, or more than one.
    pub suspect: Option<Suspect>,
    /// Whether the figures were read with international traffic inside the total or outside it; null where that does not matter.
    pub policy: Option<Policy>,
    /// Whether the record ended less than 48 hours before the data was fetched, so that its figures may still grow.
    pub provisional: bool,
    /// What can be done about it; null where there is nothing to say.
    pub help: Option<String>,
    /// The same for the same finding in another fetch: made of the code, the key and the place within the record, of no figure and no record number.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{16}$")))]
    pub fingerprint: String,
}

/// What a record is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Key {
    /// The account as the record names it.
    pub account_sid: Option<String>,
    /// The SIM as the record names it; null in records of a whole account.
    pub sim_sid: Option<String>,
    /// The time that the figures are for; null where the record has no period.
    pub period: Option<KeyPeriod>,
}

/// The time that a record's figures are for, as the record spells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeyPeriod {
    /// When the period starts, inclusive.
    pub start: Option<String>,
    /// When the period ends, exclusive.
    pub end: Option<String>,
}

/// A figure that an expected figure was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Operand {
    /// The place in the document as a JSON pointer.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^(/([^~/]|~[01])*)*$")))]
    pub pointer: String,
    /// The figure, 0 where it is null or absent.
    #[serde(with = "wire::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::DecimalText"))]
    pub value: u128,
}

/// The one counter that explains every broken sum of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Suspect {
    /// The place of the counter in the document as a JSON pointer.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^(/([^~/]|~[01])*)*$")))]
    pub pointer: String,
    /// The figure that would make all sums of the tree right, in the unit of the counter.
    #[serde(with = "wire::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::DecimalText"))]
    pub suggested: u64,
}

impl Finding {
    /// The message with its figures and its culprit, as one sentence without a full stop.
    pub(crate) fn sentence(&self) -> String {
        let mut text = self.message.clone();
        // Writing to a string cannot fail.
        if let (Some(expected), Some(actual)) = (self.expected, self.actual) {
            let _ = write!(text, " (expected {expected}, actual {actual})");
        }
        if let Some(suspect) = &self.suspect {
            let _ = write!(
                text,
                "; {} should be {}",
                suspect.pointer, suspect.suggested
            );
        }
        text
    }
}

impl Key {
    /// Returns what a record is about, in its own spelling.
    pub fn of(record: &UsageRecord) -> Self {
        Self {
            account_sid: sid(&record.account_sid),
            sim_sid: sid(&record.sim_sid),
            period: record.period.value().map(|period| KeyPeriod {
                start: period.start.value().map(ToString::to_string),
                end: period.end.value().map(ToString::to_string),
            }),
        }
    }
}

fn sid<T: AsRef<str>>(field: &Field<Lenient<T>>) -> Option<String> {
    field.value().map(|sid| text::shortened(sid.as_str()))
}
