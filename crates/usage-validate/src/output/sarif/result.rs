//! A finding as a result.

use serde::Serialize;

use super::{Text, driver::level, uri};
use crate::{Finding, Key, Operand, Policy, Suspect, output::words};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<String>,
    locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints<'a>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
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

/// The place in the document: a JSON pointer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    name: &'a str,
    fully_qualified_name: &'a str,
    kind: &'static str,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "usageFinding/v1")]
    finding: &'a str,
}

/// What a finding has and a result knows no place for.
#[derive(Serialize)]
struct Properties<'a> {
    record: Option<u64>,
    key: Option<&'a Key>,
    expected: Option<&'a str>,
    actual: Option<&'a str>,
    delta: Option<&'a str>,
    operands: &'a [Operand],
    suspect: Option<&'a Suspect>,
    policy: Option<Policy>,
    provisional: bool,
    help: Option<&'a str>,
}

impl<'a> LogResult<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        Self {
            rule_id: finding.code,
            rule_index: words::rule_index(finding.code),
            level: level(finding.severity),
            message: Text {
                // Between these two signs a reader of SARIF looks for a link, and the text may be from outside.
                text: words::sentence(finding).replace("](", "] ("),
            },
            locations: Location::new(finding).into_iter().collect(),
            partial_fingerprints: Fingerprints {
                finding: &finding.fingerprint,
            },
            properties: Properties {
                record: finding.record,
                key: finding.key.as_ref(),
                expected: finding.expected.as_deref(),
                actual: finding.actual.as_deref(),
                delta: finding.delta.as_deref(),
                operands: &finding.operands,
                suspect: finding.suspect.as_ref(),
                policy: finding.policy,
                provisional: finding.provisional,
                help: finding.help.as_deref(),
            },
        }
    }
}

impl<'a> Location<'a> {
    /// Where the finding is; `None` where it is about no place.
    fn new(finding: &'a Finding) -> Option<Self> {
        let physical_location = finding.source.as_deref().map(|name| PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri::reference(name),
            },
            region: finding.line.map(|start_line| Region {
                start_line,
                byte_offset: finding.offset,
            }),
        });
        let logical_locations: Vec<_> =
            LogicalLocation::new(&finding.pointer).into_iter().collect();
        (physical_location.is_some() || !logical_locations.is_empty()).then_some(Self {
            physical_location,
            logical_locations,
        })
    }
}

impl<'a> LogicalLocation<'a> {
    fn new(pointer: &'a str) -> Option<Self> {
        let (_, name) = pointer.rsplit_once('/')?;
        let is_element = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            name,
            fully_qualified_name: pointer,
            kind: if is_element { "object" } else { "property" },
        })
    }
}
