//! Whether all pages of the lists in the inputs are there, by the rule that the validator has for it.

use chrono::{DateTime, Utc};
use usage_model::Item;
use usage_validate::{Config, Finding, Validator};

use crate::failure::Failure;

/// The rule on the pages of a list.
const RULE: &str = "UR504";

/// Pages that are told one by one.
const MOST_TOLD: usize = 20;

/// The pages of all inputs.
pub(super) struct Pages {
    validator: Validator,
    found: Vec<Finding>,
}

impl Pages {
    pub(super) fn new() -> Self {
        // The time has no part in it.
        let mut config = Config::new(DateTime::<Utc>::UNIX_EPOCH);
        config.select = RULE.parse().into_iter().collect();
        config.max_findings = MOST_TOLD;
        Self {
            validator: Validator::new(&config),
            found: Vec::new(),
        }
    }

    /// Names the input whose pages follow.
    pub(super) fn source(&mut self, name: &str) {
        self.validator.source(name);
    }

    /// Takes note of a page; records are for others to check.
    pub(super) fn item(&mut self, item: &Item) {
        if matches!(item, Item::Page(_)) {
            self.found.extend(self.validator.item(item));
        }
    }

    /// Says which pages are missing.
    pub(super) fn missing(self) -> impl Iterator<Item = Failure> {
        let (last, _) = self.validator.finish();
        let found = self.found.into_iter().chain(last);
        let found = found.filter(|finding| finding.code == RULE);
        found.map(|finding| {
            let source = finding.source.as_deref().unwrap_or("the input");
            let failure = Failure::incomplete(format!("{source}: {}", finding.message));
            match finding.help {
                Some(help) => failure.help(help),
                None => failure,
            }
        })
    }
}
