//! What is known at the end of a run.

use serde::Serialize;

use super::Text;
use crate::{
    FailOn, Policy, Rule, Summary, Verdict,
    catalogue::{RuleId, catalogue},
    output::words,
};

/// The last members of a run.
#[derive(Serialize)]
pub(super) struct Closing<'a> {
    invocations: [Invocation; 1],
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    /// Whether the whole input was seen, not whether it passed.
    execution_successful: bool,
    /// The rules that were not selected.
    rule_configuration_overrides: Vec<Override>,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Override {
    descriptor: Reference,
    configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
}

#[derive(Serialize)]
struct Reference {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: &'static str,
    message: Text<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<Reference>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    verdict: Verdict,
    fail_on: &'static str,
    policy: Policy,
    /// Findings, in the log or not.
    findings: u64,
    /// Results that the log holds.
    results: u64,
    summary: &'a Summary,
}

impl<'a> Closing<'a> {
    pub(super) fn new(
        summary: &'a Summary,
        fail_on: FailOn,
        missing: &[String],
        results: u64,
    ) -> Self {
        let is_broken = |rule: RuleId| {
            let count = summary.rules.get(rule.rule().code);
            count.is_some_and(|count| count.failed > 0)
        };
        let findings = words::findings(summary);
        let mut notifications: Vec<_> = missing
            .iter()
            .map(|why| Notification::new("error", why.clone(), None))
            .collect();
        if findings > results {
            let text = format!(
                "{results} of {findings} findings are results of this log; all counts in its properties are exact"
            );
            notifications.push(Notification::new(
                "note",
                text,
                Some(RuleId::FINDINGS_CAPPED),
            ));
        }
        if is_broken(RuleId::NOT_EVALUATED) {
            let text = format!(
                "never evaluated, and so not passed: {}",
                summary.not_evaluated.join(" ")
            );
            notifications.push(Notification::new("note", text, Some(RuleId::NOT_EVALUATED)));
        }
        Self {
            invocations: [Invocation {
                execution_successful: missing.is_empty() && !is_broken(RuleId::MALFORMED_DOCUMENT),
                rule_configuration_overrides: catalogue()
                    .iter()
                    .filter(|rule| !summary.rules.contains_key(rule.code))
                    .map(|rule| Override {
                        descriptor: Reference::new(rule),
                        configuration: Configuration { enabled: false },
                    })
                    .collect(),
                tool_execution_notifications: notifications,
            }],
            properties: Properties {
                verdict: summary.verdict(fail_on).of_incomplete(missing),
                fail_on: fail_on.as_str(),
                policy: summary.policy,
                findings,
                results,
                summary,
            },
        }
    }
}

impl Reference {
    fn new(rule: &Rule) -> Self {
        Self {
            id: rule.code,
            index: rule.id.index(),
        }
    }
}

impl Notification {
    fn new(level: &'static str, text: String, rule: Option<RuleId>) -> Self {
        Self {
            level,
            message: Text { text },
            associated_rule: rule.map(|rule| Reference::new(rule.rule())),
        }
    }
}
