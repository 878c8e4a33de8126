//! What a run is told before it starts.

pub(crate) mod accounts;
pub(crate) mod clock;
pub(crate) mod name;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod selection;
pub(crate) mod severity;
pub(crate) mod tolerance;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Window};

use crate::{Accounts, Policy, Profile, Severity, Tolerance, catalogue};

/// How long before the end of retention a record is worth a notice, unless a run says otherwise.
pub const EXPIRY_HORIZON: TimeDelta = TimeDelta::days(30);

/// What a run is told before it starts.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use usage_validate::{Config, Policy};
///
/// let as_of: DateTime<Utc> = "2026-11-01T12:00:00Z".parse()?;
/// let mut config = Config::new(as_of);
/// config.policy = Policy::Include;
/// config.ignore.push("UR3".to_owned());
/// # Ok::<(), chrono::ParseError>(())
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
    pub select: Vec<String>,
    /// Prefixes of the codes to leave out; stronger than `select`.
    pub ignore: Vec<String>,
    /// How strict the run is as a whole.
    pub profile: Profile,
    /// Prefixes of codes, and how bad findings of their rules are, whatever the profile; the last that
    /// matches a code counts.
    pub severities: Vec<(String, Severity)>,
    /// How many findings are handed over at most. Counts stay exact beyond it. Not limited by default.
    ///
    /// The last half of them is kept for warnings and errors, and the last quarter for errors, so that no number of
    /// notices hides the error that comes after them.
    pub max_findings: usize,
}

impl Config {
    /// The default settings for records fetched at `as_of`.
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
            profile: Profile::Default,
            severities: Vec::new(),
            max_findings: usize::MAX,
        }
    }

    /// The prefixes in `select`, `ignore` and `severities` that no rule's code starts with: typing errors, as a rule.
    ///
    /// ```
    /// # let mut config = usage_validate::Config::new(chrono::DateTime::UNIX_EPOCH);
    /// config.select = vec!["UR2".to_owned(), "ur3".to_owned()];
    /// assert_eq!(config.unmatched_prefixes().collect::<Vec<_>>(), ["ur3"]);
    /// ```
    pub fn unmatched_prefixes(&self) -> impl Iterator<Item = &str> {
        self.select
            .iter()
            .chain(&self.ignore)
            .chain(self.severities.iter().map(|(prefix, _)| prefix))
            .map(String::as_str)
            .filter(|prefix| !catalogue().iter().any(|rule| rule.code.starts_with(prefix)))
    }
}
