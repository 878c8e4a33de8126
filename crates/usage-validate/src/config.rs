//! What a run is told before it starts.

pub(crate) mod clock;
pub(crate) mod options;
pub(crate) mod settings;
pub(crate) mod severity;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Window};

use clock::{Clock, EXPIRY_HORIZON};
use options::{Accounts, Policy, Strictness, Tolerance};
use settings::{Selection, Settings};
use severity::Severity;

use crate::rules::catalogue::{
    example::{EXAMPLES_AS_OF, Example, Task},
    prefix::CodePrefix,
    registry::catalogue,
};

/// What a run is told before it starts.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use usage_validate::{Config, Policy};
///
/// let as_of: DateTime<Utc> = "2026-11-01T12:00:00Z".parse()?;
/// let mut config = Config::new(as_of);
/// config.policy = Policy::Include;
/// config.ignore.push("UR3".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// When the records were fetched. Retention and settling are measured from here.
    pub as_of: DateTime<Utc>,
    /// The granularity that the records were queried with; unknown where `None`.
    pub granularity: Option<Granularity>,
    /// The window that the records were queried with; unknown where `None`.
    pub window: Option<Window>,
    /// Whether the top figures include international traffic.
    pub policy: Policy,
    /// By how much sums may be off; not at all by default.
    pub tolerance: Tolerance,
    /// Of how many accounts the records are.
    pub accounts: Accounts,
    /// How long before the end of retention a record is worth a notice; [`EXPIRY_HORIZON`] by default.
    pub expiry_horizon: TimeDelta,
    /// Prefixes of the codes to check, `UR2` for all sums; empty for all rules.
    ///
    /// The rules on input that cannot be read (`UR0`) stay on whatever is selected: a record that was not
    /// read was not checked by the selected rules either.
    pub select: Vec<CodePrefix>,
    /// Prefixes of the codes to leave out; stronger than `select`.
    pub ignore: Vec<CodePrefix>,
    /// How strict the run is as a whole.
    pub strictness: Strictness,
    /// Prefixes of codes, and how bad findings of their rules are, whatever the strictness; the last that
    /// matches a code counts.
    pub severities: Vec<(CodePrefix, Severity)>,
    /// How many findings are handed over at most. Counts stay exact beyond it. Not limited by default.
    ///
    /// The last half of them is kept for warnings and errors, and the last quarter for errors, so that no number of
    /// notices hides the error that comes after them.
    pub max_findings: usize,
    /// Whether a list without a record may pass; by default nothing was examined then, and the run is incomplete.
    pub allow_empty: bool,
}

impl Config {
    /// Returns the default settings for records fetched at `as_of`.
    pub const fn new(as_of: DateTime<Utc>) -> Self {
        Self {
            as_of,
            granularity: None,
            window: None,
            policy: Policy::Auto,
            tolerance: Tolerance::both(0),
            accounts: Accounts::One,
            expiry_horizon: EXPIRY_HORIZON,
            select: Vec::new(),
            ignore: Vec::new(),
            strictness: Strictness::Default,
            severities: Vec::new(),
            max_findings: usize::MAX,
            allow_empty: false,
        }
    }

    /// Which rules are on in a task, and how bad their findings are. A rule of another task is only on where it is
    /// asked for, so that the summary says that it was not evaluated.
    pub(crate) fn selection(&self, task: Task) -> Selection {
        let any = |prefixes: &[CodePrefix], code: &str| {
            prefixes.iter().any(|prefix| prefix.matches(code))
        };
        let mut selection = Selection::none(self.strictness);
        for rule in catalogue() {
            let belongs = rule.belongs_to(task);
            let is_selected = any(&self.select, rule.code)
                || (belongs && (self.select.is_empty() || rule.is_of_input()));
            if is_selected && !any(&self.ignore, rule.code) {
                let mut severities = self.severities.iter().rev();
                let last = severities.find(|(prefix, _)| prefix.matches(rule.code));
                selection.switch_on(rule, last.map(|(_, severity)| *severity));
            }
        }
        selection
    }

    /// What the rules are told.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            clock: Clock::new(self.as_of, self.expiry_horizon),
            policy: self.policy,
            granularity: self.granularity,
            window: self.window,
            tolerance: self.tolerance,
            accounts: self.accounts,
            fast_paths: true,
        }
    }
}

impl Example {
    /// Returns the settings to check the document with.
    pub fn config(&self) -> Config {
        let mut config = Config::new(EXAMPLES_AS_OF);
        config.granularity = self.granularity;
        config.max_findings = self.max_findings.unwrap_or(config.max_findings);
        config.window = self.window.and_then(|(start, end)| {
            let instant = |text: &str| text.parse::<DateTime<Utc>>().ok();
            Window::new(instant(start)?, instant(end)?).ok()
        });
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(select: &[&str], ignore: &[&str]) -> Vec<&'static str> {
        let prefixes = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let mut config = Config::new(DateTime::UNIX_EPOCH);
        config.select = prefixes(select);
        config.ignore = prefixes(ignore);
        let selection = config.selection(Task::Validate);
        catalogue()
            .iter()
            .filter(|rule| selection.is_on(rule))
            .map(|rule| rule.code)
            .collect()
    }

    #[test]
    fn prefixes_select_and_ignore() {
        let of_records = catalogue()
            .iter()
            .filter(|rule| rule.task() == Task::Validate);
        assert_eq!(codes(&[], &[]).len(), of_records.count());
        assert_eq!(
            codes(&["UR20"], &["UR203", "UR204"]),
            ["UR001", "UR002", "UR201", "UR202", "UR205", "UR206"]
        );
        assert_eq!(codes(&["UR301"], &["UR0"]), ["UR301"]);
        // What another task evaluates is said to be not evaluated, where it is asked for.
        assert_eq!(codes(&["UR601"], &["UR0"]), ["UR601"]);
        assert_eq!(codes(&[], &["UR"]), [""; 0]);
    }
}
