//! Findings as a table.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray, UInt64Array};
use pyo3::PyResult;
use usage_validate::Finding;

use crate::stream;

/// A row a finding: what one looks for in columns of its own, and all of it as JSON in the column `finding`. Figures
/// are decimal texts, so that no engine rounds them.
pub(super) fn batch(findings: &[Finding]) -> PyResult<RecordBatch> {
    let texts = |of: &dyn Fn(&Finding) -> Option<String>| -> ArrayRef {
        Arc::new(findings.iter().map(of).collect::<StringArray>())
    };
    let period = |finding: &Finding| finding.key.as_ref()?.period.clone();
    stream::batch(vec![
        ("code", texts(&|finding| Some(finding.code.to_owned()))),
        ("name", texts(&|finding| Some(finding.name.to_owned()))),
        (
            "severity",
            texts(&|finding| Some(finding.severity.to_string())),
        ),
        (
            "account_sid",
            texts(&|finding| finding.key.as_ref()?.account_sid.clone()),
        ),
        (
            "sim_sid",
            texts(&|finding| finding.key.as_ref()?.sim_sid.clone()),
        ),
        ("period_start", texts(&|finding| period(finding)?.start)),
        ("period_end", texts(&|finding| period(finding)?.end)),
        ("pointer", texts(&|finding| Some(finding.pointer.clone()))),
        ("message", texts(&|finding| Some(finding.message.clone()))),
        (
            "expected",
            texts(&|finding| Some(finding.expected?.to_string())),
        ),
        (
            "actual",
            texts(&|finding| Some(finding.actual?.to_string())),
        ),
        ("delta", texts(&|finding| Some(finding.delta?.to_string()))),
        (
            "suspect",
            texts(&|finding| Some(finding.suspect.as_ref()?.pointer.clone())),
        ),
        (
            "suggested",
            texts(&|finding| Some(finding.suspect.as_ref()?.suggested.to_string())),
        ),
        (
            "provisional",
            Arc::new(
                findings
                    .iter()
                    .map(|finding| Some(finding.provisional))
                    .collect::<BooleanArray>(),
            ),
        ),
        (
            "record",
            Arc::new(
                findings
                    .iter()
                    .map(|finding| finding.record)
                    .collect::<UInt64Array>(),
            ),
        ),
        ("help", texts(&|finding| finding.help.clone())),
        (
            "fingerprint",
            texts(&|finding| Some(finding.fingerprint.clone())),
        ),
        (
            "finding",
            texts(&|finding| serde_json::to_string(finding).ok()),
        ),
    ])
}
