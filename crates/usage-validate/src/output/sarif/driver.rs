//! The tool and its rules, from the catalogue.

use serde::Serialize;

use super::Text;
use crate::{Rule, Scope, Severity, catalogue};

/// The name under which results are shown.
const NAME: &str = "kore-usage";

#[derive(Serialize)]
pub(super) struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Text<String>,
    full_description: Text<&'static str>,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    scope: Scope,
    formula: &'static str,
    origin: &'static str,
    false_positives: &'static str,
    since: &'static str,
}

impl Tool {
    pub(super) fn new() -> Self {
        Self {
            driver: Driver {
                name: NAME,
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: catalogue().iter().map(Descriptor::new).collect(),
            },
        }
    }
}

impl Descriptor {
    fn new(rule: &Rule) -> Self {
        Self {
            id: rule.code,
            name: rule.name,
            short_description: Text {
                text: format!("{}.", rule.name.replace('-', " ")),
            },
            full_description: Text {
                text: rule.sentence,
            },
            help: Help {
                text: rule.explain(),
                markdown: rule.markdown(),
            },
            default_configuration: Configuration {
                level: level(rule.severity),
            },
            properties: Properties {
                scope: rule.scope,
                formula: rule.formula,
                origin: rule.origin,
                false_positives: rule.false_positives,
                since: rule.since,
            },
        }
    }
}

/// A severity in the words of SARIF.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
