//! SARIF 2.1.0, the OASIS format for results of static analysis.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;
use usage_model::visible;

use super::{
    Form,
    inputs::{Inputs, reference},
};
use crate::{
    FailOn, Finding, Key, Operand, Outcome, Policy, Rule, Scope, Severity, Summary, Suspect,
    Verdict, catalogue,
    findings::wire::optional_decimal,
    rules::{
        malformed::MALFORMED_DOCUMENT,
        run::{FINDINGS_CAPPED, NOT_EVALUATED},
    },
};

/// Results that a log holds at most: GitHub's code scanning takes no more of a run, by its documentation of
/// SARIF support. The log says so where there are more.
pub const MOST_RESULTS: usize = 5_000;

/// The identifier of the schema that the log follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name under which results are shown.
const TOOL: &str = "kore-usage";

/// The findings that become results, which stand in the middle of the log and so wait for the end.
#[derive(Debug, Default)]
pub(super) struct Results(Vec<Finding>);

impl Form for Results {
    fn finding(&mut self, _: &mut dyn Write, finding: Finding, _: &Inputs) -> io::Result<()> {
        if self.0.len() < MOST_RESULTS {
            self.0.push(finding);
        }
        Ok(())
    }

    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        inputs: &Inputs,
    ) -> io::Result<()> {
        let results = self.0.iter();
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool::new(),
                invocations: [Invocation::new(outcome, self.0.len())],
                properties: RunProperties {
                    verdict: outcome.verdict,
                    fail_on: outcome.fail_on,
                    policy: outcome.summary.policy,
                    findings: outcome.summary.findings(),
                    results: self.0.len(),
                    summary: &outcome.summary,
                },
                results: results
                    .map(|finding| LogResult::new(finding, inputs))
                    .collect(),
            }],
        };
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    results: Vec<LogResult<'a>>,
    properties: RunProperties<'a>,
}

/// A text for people.
#[derive(Serialize)]
struct Text<T> {
    text: T,
}

#[derive(Serialize)]
struct Tool {
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
    properties: RuleProperties,
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
struct RuleProperties {
    scope: Scope,
    formula: &'static str,
    origin: &'static str,
    false_positives: &'static str,
    since: &'static str,
}

impl Tool {
    /// The program and its rules, from the catalogue.
    fn new() -> Self {
        Self {
            driver: Driver {
                name: TOOL,
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: catalogue().iter().copied().map(Descriptor::new).collect(),
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
            properties: RuleProperties {
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
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<String>,
    locations: [Location<'a>; 1],
    partial_fingerprints: Fingerprints<'a>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "usageFinding/v1")]
    finding: &'a str,
}

/// The members of a finding for which SARIF has no place.
#[derive(Serialize)]
struct ResultProperties<'a> {
    record: Option<u64>,
    key: Option<&'a Key>,
    #[serde(with = "optional_decimal")]
    expected: Option<u128>,
    #[serde(with = "optional_decimal")]
    actual: Option<u128>,
    #[serde(with = "optional_decimal")]
    delta: Option<i128>,
    operands: &'a [Operand],
    suspect: Option<&'a Suspect>,
    policy: Option<Policy>,
    provisional: bool,
    help: Option<&'a str>,
}

impl<'a> LogResult<'a> {
    fn new(finding: &'a Finding, inputs: &Inputs) -> Self {
        let message = visible(&finding.sentence()).to_string();
        Self {
            rule_id: finding.code,
            rule_index: finding.rule().map(Rule::index),
            level: level(finding.severity),
            message: Text {
                // Between these two signs a reader of SARIF looks for a link, and the text may be from outside.
                text: message.replace("](", "] ("),
            },
            locations: [Location::new(finding, inputs)],
            partial_fingerprints: Fingerprints {
                finding: &finding.fingerprint,
            },
            properties: ResultProperties {
                record: finding.record,
                key: finding.key.as_ref(),
                expected: finding.expected,
                actual: finding.actual,
                delta: finding.delta,
                operands: &finding.operands,
                suspect: finding.suspect.as_ref(),
                policy: finding.policy,
                provisional: finding.provisional,
                help: finding.help.as_deref(),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// The line, and apart from it the byte, at which a record starts or what is malformed stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u64>,
}

/// The place in the document, a JSON pointer, or the input itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    name: &'a str,
    fully_qualified_name: &'a str,
    kind: &'static str,
}

impl<'a> Location<'a> {
    /// The place in the file and in the document. A finding without either is about its input, or all input.
    fn new(finding: &'a Finding, inputs: &Inputs) -> Self {
        let physical_location = inputs
            .file(finding)
            .map(|file| PhysicalLocation::new(file, finding));
        let place = LogicalLocation::pointer(&finding.pointer);
        let input = || LogicalLocation::input(finding.source.as_deref());
        let logical_location = match physical_location {
            Some(_) => place,
            None => Some(place.unwrap_or_else(input)),
        };
        Self {
            physical_location,
            logical_locations: logical_location.map(|location| [location]),
        }
    }
}

impl PhysicalLocation {
    fn new(file: &Path, finding: &Finding) -> Self {
        Self {
            artifact_location: ArtifactLocation {
                uri: reference(file),
            },
            region: finding.line.map(|start_line| Region {
                start_line,
                byte_offset: finding.offset,
            }),
        }
    }
}

impl<'a> LogicalLocation<'a> {
    /// A place in the document; `None` for the document as a whole.
    fn pointer(pointer: &'a str) -> Option<Self> {
        let (_, name) = pointer.rsplit_once('/')?;
        let is_element = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            name,
            fully_qualified_name: pointer,
            kind: if is_element { "object" } else { "property" },
        })
    }

    /// An input as a whole.
    fn input(name: Option<&'a str>) -> Self {
        let name = name.unwrap_or("input");
        Self {
            name,
            fully_qualified_name: name,
            kind: "resource",
        }
    }
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
    configuration: Disabled,
}

#[derive(Serialize)]
struct Disabled {
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

impl Invocation {
    fn new(outcome: &Outcome, results: usize) -> Self {
        let summary = &outcome.summary;
        let is_broken = |rule: &Rule| {
            let count = summary.rules.get(rule.code);
            count.is_some_and(|count| count.failed > 0)
        };
        let note = |rule, text| Notification::new("note", text, Some(rule));
        let missing = outcome.incomplete.iter();
        let mut notifications: Vec<_> = missing
            .map(|why| Notification::new("error", visible(why).to_string(), None))
            .collect();
        let findings = summary.findings();
        if findings > results.try_into().unwrap_or(u64::MAX) {
            let text = format!(
                "{results} of {findings} findings are results of this log; all counts in its properties are exact"
            );
            notifications.push(note(&FINDINGS_CAPPED, text));
        }
        if is_broken(&NOT_EVALUATED) {
            let codes = summary.not_evaluated.join(" ");
            let text = format!("never evaluated, and so not passed: {codes}");
            notifications.push(note(&NOT_EVALUATED, text));
        }
        Self {
            execution_successful: outcome.incomplete.is_empty() && !is_broken(&MALFORMED_DOCUMENT),
            rule_configuration_overrides: catalogue()
                .iter()
                .filter(|rule| !summary.rules.contains_key(rule.code))
                .map(|rule| Override {
                    descriptor: Reference::new(rule),
                    configuration: Disabled { enabled: false },
                })
                .collect(),
            tool_execution_notifications: notifications,
        }
    }
}

impl Reference {
    fn new(rule: &Rule) -> Self {
        Self {
            id: rule.code,
            index: rule.index(),
        }
    }
}

impl Notification {
    fn new(level: &'static str, text: String, rule: Option<&'static Rule>) -> Self {
        Self {
            level,
            message: Text { text },
            associated_rule: rule.map(Reference::new),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    verdict: Verdict,
    fail_on: FailOn,
    policy: Policy,
    /// Findings, in the log or not.
    findings: u64,
    /// Results that the log holds.
    results: usize,
    summary: &'a Summary,
}
