//! `Deserialize` for the public types, on top of the tracked reading.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::{PageMeta, Period, UsageRecord};

use super::{members::Object, tracked::decode_raw};

/// Reads from `serde_json` only: amounts are exact decimals, which need the text of the number.
fn read<'de, O: Object, D: Deserializer<'de>>(deserializer: D) -> Result<O, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    decode_raw(&raw).map_err(|problem| {
        let place = match problem.pointer.as_str() {
            "" => String::new(),
            pointer => format!("at {pointer}: "),
        };
        D::Error::custom(format_args!(
            "{place}found {}, expected {}",
            problem.found, problem.expected
        ))
    })
}

impl<'de> Deserialize<'de> for UsageRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl<'de> Deserialize<'de> for PageMeta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}
