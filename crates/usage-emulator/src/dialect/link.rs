//! Dialects of links, and reading what was written in them.

use chrono::{DateTime, Timelike as _, Utc};
use usage_model::{Granularity, Timestamp};

use super::{Dialect, Dialects};
use crate::account::Parameters;

impl Dialects {
    /// Writes an end of the window in a link; `widened` is the UTC midnight that it was widened to.
    pub(crate) fn write_time(&self, time: DateTime<Utc>, widened: DateTime<Utc>) -> String {
        let time = if self.has(Dialect::WidenedLinks) {
            widened
        } else {
            time
        };
        if self.has(Dialect::MinuteLinks) && time.second() == 0 && time.nanosecond() == 0 {
            return time.format("%Y-%m-%dT%H:%MZ").to_string();
        }
        Timestamp::from(time).to_string()
    }

    /// Writes the granularity in a link.
    pub(crate) fn write_granularity(&self, granularity: Granularity) -> String {
        if self.has(Dialect::CapitalLinks) {
            granularity.as_str().to_ascii_uppercase()
        } else {
            granularity.as_str().to_owned()
        }
    }

    /// Changes parameters that were taken from a link back to what the API reads.
    pub(crate) fn read_parameters(&self, parameters: &mut Parameters) {
        for (name, value) in parameters {
            match name.as_str() {
                "Granularity" if self.has(Dialect::CapitalLinks) => value.make_ascii_lowercase(),
                "Start" | "End" if self.has(Dialect::MinuteLinks) => {
                    let is_short = value.len() == "2026-03-05T00:00Z".len();
                    if let Some(minute) = value.strip_suffix('Z').filter(|_| is_short) {
                        *value = format!("{minute}:00Z");
                    }
                }
                _ => {}
            }
        }
    }
}
