//! What a fetch could not bring, window by window.

use std::fmt;

use usage_client::{FetchReport, MissingWindow};
use usage_model::{AccountSid, Lenient, Resource, UsageRecord, Window};

use crate::{failure::Failure, messages::warn};

/// The windows that are missing, in order. Neighbours that miss for the same reason are one.
#[derive(Default)]
pub(crate) struct Missing {
    /// Why not all was fetched: what failed first, or the signal that ended it.
    failure: Option<Failure>,
    /// The profile that is used at present, where there are several.
    profile: Option<String>,
    /// Whose records are asked for at present, where there are several resources.
    resource: Option<Resource>,
    /// The account of the records so far, of the credentials that are used at present.
    account: Option<AccountSid>,
    /// The accounts of which one list of records is, in words, where it is of two.
    mixed: Option<String>,
    parts: Vec<Part>,
    remarks: Vec<String>,
    effort: Effort,
}

/// How much was asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effort {
    pub(crate) requests: u64,
    /// Those among them that were made again.
    pub(crate) retries: u64,
}

/// One part that is missing.
struct Part {
    profile: Option<String>,
    resource: Option<Resource>,
    window: Window,
    why: String,
}

impl Missing {
    /// Names the profile whose windows follow.
    pub(super) fn profile(&mut self, profile: Option<String>) {
        self.profile = profile;
        self.resource = None;
        self.account = None;
    }

    /// Holds the account of a record against that of the records before it: credentials are those of one account.
    pub(super) fn account(&mut self, record: &UsageRecord) {
        let Some(account) = record.account_sid.value().and_then(Lenient::known) else {
            return;
        };
        let own = self.account.get_or_insert(*account);
        if own != account && self.mixed.is_none() {
            self.mixed = Some(format!("{own} and {account}"));
        }
    }

    /// Warns where one list has the records of two accounts; says whether it has.
    pub(crate) fn warn_of_accounts(&self) -> bool {
        if let Some(accounts) = &self.mixed {
            warn(&format!(
                "the answer for one account has records of two, {accounts}: something between may mix up answers; \
                 `kore-usage explain UR406` says more"
            ));
        }
        self.mixed.is_some()
    }

    /// Names the resource whose windows follow.
    pub(super) fn resource(&mut self, resource: Option<Resource>) {
        self.resource = resource;
    }

    /// Adds a window that failed.
    pub(super) fn add(&mut self, missing: MissingWindow) {
        self.extend(missing.window, missing.error.reason());
        self.failed(|| missing.error.into());
    }

    /// Notes what failed, unless something failed before.
    pub(super) fn failed(&mut self, failure: impl FnOnce() -> Failure) {
        self.failure.get_or_insert_with(failure);
    }

    /// Notes what ended the fetch, whatever failed before.
    pub(super) fn ended(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }

    pub(super) fn extend(&mut self, window: Window, why: String) {
        if let Some(last) = self.parts.last_mut()
            && (&last.profile, last.resource, &last.why) == (&self.profile, self.resource, &why)
            && last.window.end() == window.start()
            && let Ok(both) = Window::new(last.window.start(), window.end())
        {
            last.window = both;
        } else {
            self.parts.push(Part {
                profile: self.profile.clone(),
                resource: self.resource,
                window,
                why,
            });
        }
    }

    /// Adds what the user should know of the fetch besides.
    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Adds what a fetch has asked.
    pub(super) fn asked(&mut self, report: &FetchReport) {
        self.effort.requests += report.attempts;
        self.effort.retries += report.retries();
    }

    /// How much was asked.
    pub(crate) const fn effort(&self) -> Effort {
        self.effort
    }

    /// Whether nothing is missing.
    pub(super) const fn is_none(&self) -> bool {
        self.failure.is_none()
    }

    /// Returns why the job could not be completed, and what is missing; `None` where nothing is.
    pub(crate) fn failure(self) -> Option<Failure> {
        let parts = self.parts.iter().map(Part::to_string);
        let notes = parts.chain(self.remarks);
        Some(notes.fold(self.failure?, Failure::note))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("missing: ")?;
        if let Some(profile) = &self.profile {
            write!(f, "profile {profile:?}, ")?;
        }
        if let Some(Resource::Sim(sim)) = &self.resource {
            write!(f, "{sim} from ")?;
        }
        write!(f, "{} ({})", self.window, self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: &str, end: &str) -> Window {
        Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn neighbours_with_one_reason_are_one() {
        const DAYS: [&str; 5] = [
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            "2026-01-03T00:00:00Z",
            "2026-01-04T00:00:00Z",
            "2026-01-05T06:00:00Z",
        ];
        let mut missing = Missing::default();
        for (from, to, reason) in [(0, 1, "a"), (1, 2, "a"), (2, 3, "b"), (3, 4, "a")] {
            missing.extend(window(DAYS[from], DAYS[to]), reason.to_owned());
        }
        missing.extend(
            window("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"),
            "a".to_owned(),
        );
        let parts: Vec<_> = missing.parts.iter().map(Part::to_string).collect();
        assert_eq!(
            parts,
            [
                "missing: 2026-01-01 to 2026-01-03 (a)",
                "missing: 2026-01-03 to 2026-01-04 (b)",
                "missing: 2026-01-04T00:00:00Z to 2026-01-05T06:00:00Z (a)",
                "missing: 2026-02-01 to 2026-02-02 (a)",
            ]
        );
        assert!(missing.failure().is_none(), "nothing failed here");
    }
}
