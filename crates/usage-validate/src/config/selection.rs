//! Which rules are on, and how bad their findings are.

use crate::{
    Config, Profile, Severity,
    catalogue::{RuleId, catalogue},
};

/// Prefix of the codes of rules on input that cannot be read.
const UNREADABLE: &str = "UR0";

/// Which rules are on, and how bad their findings are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    on: [bool; RuleId::COUNT],
    severities: [Option<Severity>; RuleId::COUNT],
    profile: Profile,
}

impl Selection {
    pub(crate) fn new(config: &Config) -> Self {
        let starts = |prefixes: &[String], code: &str| {
            prefixes
                .iter()
                .any(|prefix| code.starts_with(prefix.as_str()))
        };
        let mut on = [false; RuleId::COUNT];
        for (on, rule) in on.iter_mut().zip(catalogue()) {
            let selected = config.select.is_empty()
                || starts(&config.select, rule.code)
                || rule.code.starts_with(UNREADABLE);
            *on = selected && !starts(&config.ignore, rule.code);
        }
        let set = |code: &str| {
            let matches = |(prefix, _): &&(String, Severity)| code.starts_with(prefix.as_str());
            let last = config.severities.iter().rev().find(matches);
            last.map(|(_, severity)| *severity)
        };
        let mut severities = [None; RuleId::COUNT];
        for (severity, rule) in severities.iter_mut().zip(catalogue()) {
            *severity = set(rule.code);
        }
        Self {
            on,
            severities,
            profile: config.profile,
        }
    }

    pub(crate) fn is_on(&self, rule: RuleId) -> bool {
        self.on[rule.index()]
    }

    /// How bad a finding is in this run, that by itself is as bad as `severity`.
    pub(crate) fn graded(&self, rule: RuleId, severity: Severity) -> Severity {
        self.severities[rule.index()].unwrap_or_else(|| self.profile.graded(severity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(select: &[&str], ignore: &[&str]) -> Vec<&'static str> {
        let mut config = Config::new(chrono::DateTime::UNIX_EPOCH);
        config.select = select.iter().map(|&prefix| prefix.to_owned()).collect();
        config.ignore = ignore.iter().map(|&prefix| prefix.to_owned()).collect();
        let selection = Selection::new(&config);
        catalogue()
            .iter()
            .filter(|rule| selection.is_on(rule.id))
            .map(|rule| rule.code)
            .collect()
    }

    #[test]
    fn prefixes_select_and_ignore() {
        assert_eq!(codes(&[], &[]).len(), catalogue().len());
        assert_eq!(
            codes(&["UR20"], &["UR203", "UR204"]),
            ["UR001", "UR002", "UR201", "UR202", "UR205", "UR206"]
        );
        assert_eq!(codes(&["UR301"], &["UR0"]), ["UR301"]);
        assert_eq!(codes(&[], &["UR"]), [""; 0]);
    }
}
