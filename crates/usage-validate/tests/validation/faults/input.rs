//! What a fault is planted in.

use std::fmt;

use serde_json::{Value, json};
use usage_model::{Granularity, Window};
use usage_validate::Config;

use crate::support::{ACCOUNT, at, config, found};

/// A document, and what a run over it is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    pub(super) config: Config,
    /// A list of records, unless a change makes a page of it.
    document: Value,
}

impl Input {
    /// Five days with traffic at home and in two countries, checked as daily records.
    pub(super) fn in_order() -> Self {
        let mut config = config();
        config.granularity = Some(Granularity::Daily);
        Self {
            config,
            document: (1..=5).map(day).collect(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }

    /// Code and pointer of each finding.
    pub(super) fn found(&self) -> Vec<String> {
        found(&self.config, &self.text())
    }

    /// Sets the value at a pointer, whose parent must be there.
    pub(super) fn set(&mut self, pointer: &str, value: impl Into<Value>) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match self.document.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = value.into(),
            parent => parent[name] = value.into(),
        }
    }

    /// Takes the member at a pointer away.
    pub(super) fn remove(&mut self, pointer: &str) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = self.document.pointer_mut(parent).unwrap();
        assert!(parent.as_object_mut().unwrap().remove(name).is_some());
    }

    /// Gives a record another period.
    pub(super) fn period(&mut self, index: usize, start: &str, end: &str) {
        self.set(
            &format!("/{index}/period"),
            json!({"start": start, "end": end}),
        );
    }

    /// The records, unless a change made a page of them.
    pub(super) fn records(&mut self) -> &mut Vec<Value> {
        self.document.as_array_mut().unwrap()
    }

    /// Makes a page of the list, with this envelope.
    pub(super) fn page(&mut self, meta: &Value) {
        self.document = json!({"usage_records": self.document, "meta": meta});
    }

    /// Puts another document in the place of the list.
    pub(super) fn document(&mut self, document: Value) {
        self.document = document;
    }

    /// Says which window was queried.
    pub(super) fn window(&mut self, start: &str, end: &str) {
        self.config.window = Some(Window::new(at(start), at(end)).unwrap());
    }

    /// Says when the records were fetched.
    pub(super) fn as_of(&mut self, as_of: &str) {
        self.config.as_of = at(as_of);
    }
}

/// For messages: what is not as it was.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.document.as_array() {
            None => write!(f, "{}", self.document),
            Some(records) => {
                let days: Vec<_> = (1..=5).map(day).collect();
                let changed = records.iter().filter(|record| !days.contains(record));
                write!(f, "{} records, changed:", records.len())?;
                changed
                    .into_iter()
                    .try_for_each(|record| write!(f, " {record}"))
            }
        }
    }
}

/// The record of a day of June 2026.
pub(super) fn day(day: u64) -> Value {
    json!({
        "account_sid": ACCOUNT,
        "period": {
            "start": format!("2026-06-{day:02}T00:00:00Z"),
            "end": format!("2026-06-{:02}T00:00:00Z", day + 1),
        },
        "commands": {"total": 3, "to_sim": 2, "from_sim": 1,
            "home": {"total": 3, "to_sim": 2, "from_sim": 1}, "national_roaming": null, "international_roaming": []},
        "data": {"total": 30 + day, "download": 20 + day, "upload": 10, "units": "bytes",
            "home": {"total": 15 + day, "download": 10 + day, "upload": 5, "units": "bytes"},
            "national_roaming": {"total": 5, "download": 3, "upload": 2, "units": "bytes"},
            "international_roaming": [
                {"total": 6, "download": 4, "upload": 2, "units": "bytes", "country_code": "DEU"},
                {"total": 4, "download": 3, "upload": 1, "units": "bytes", "country_code": "CHE"}]},
    })
}
