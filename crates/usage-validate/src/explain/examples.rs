//! Examples of rules, checked.

use usage_model::{Item, Place, ReadError, UsageRecord, read_records};

use crate::{Config, Drift, Example, Finding, Reading, Reconciler, Summary, Task, Validator};

/// The name of the document of an example in findings.
const NAME: &str = "example.json";

impl Example {
    /// Checks the document in its task with [`Example::config`]. Returns what is found, and that in figures.
    ///
    /// ```
    /// let rule = usage_validate::rule("UR601").expect("a rule");
    /// let (findings, summary) = rule.example.check();
    /// assert!(findings.iter().all(|finding| finding.code == "UR601"));
    /// assert_eq!(summary.records, 3);
    /// ```
    pub fn check(&self) -> (Vec<Finding>, Summary) {
        let config = self.config();
        match self.task {
            Task::Validate => self.validate(&config),
            Task::Reconcile => self.reconcile(&config),
            Task::Compare => self.compare(&config),
        }
    }

    fn items(&self) -> impl Iterator<Item = Result<Item, ReadError>> {
        read_records(self.document.as_bytes())
    }

    fn validate(&self, config: &Config) -> (Vec<Finding>, Summary) {
        let mut validator = Validator::new(config);
        validator.source(NAME);
        let mut findings = Vec::new();
        for item in self.items() {
            match item {
                Ok(item) => findings.extend(validator.item(&item)),
                Err(ReadError::Malformed(document)) => {
                    findings.extend(validator.malformed_document(&document));
                }
                // Reading from memory does not fail.
                Err(_) => {}
            }
        }
        let (last, summary) = validator.finish();
        findings.extend(last);
        (findings, summary)
    }

    fn reconcile(&self, config: &Config) -> (Vec<Finding>, Summary) {
        let mut reconciler = Reconciler::new(config);
        reconciler.source(NAME);
        self.items()
            .flatten()
            .for_each(|item| reconciler.item(&item));
        reconciler.finish()
    }

    fn compare(&self, config: &Config) -> (Vec<Finding>, Summary) {
        let mut drift = Drift::new(config);
        drift.source(NAME);
        let records: Vec<(Place, UsageRecord)> = self
            .items()
            .filter_map(|item| match item {
                Ok(Item::Record(place, record)) => Some((place, record)),
                _ => None,
            })
            .collect();
        let times = self
            .readings
            .and_then(|(first, second)| Some((first.parse().ok()?, second.parse().ok()?)));
        let mut findings = Vec::new();
        if let (Some((first, second)), Some((place, earlier))) = (times, records.first()) {
            let mut earlier = Reading::new(earlier, first);
            earlier.place = Some(*place);
            findings.extend(match records.get(1) {
                Some((place, later)) => {
                    let mut later = Reading::new(later, second);
                    later.place = Some(*place);
                    drift.compare(&earlier, &later)
                }
                None => drift.vanished(&earlier, second),
            });
        }
        (findings, drift.finish())
    }
}
