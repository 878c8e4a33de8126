//! Reports in every form: what is in them, what limits them, and that they say the same.

mod annotations;
mod json;
mod junit;
mod lines;
mod sarif;
mod snapshots;
mod verdicts;

use std::{cell::RefCell, io, rc::Rc};

use usage_validate::{
    Config, FailOn, Finding, Outcome, Severity, Summary,
    report_formats::{Format, ReportWriter, human::ReportOptions},
};

use crate::support::{config, data, period, validate};

/// A record with a wrong total of data: two errors.
const BROKEN: &str = r#"{"total":20,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#;

/// A record whose one wrong sum cannot be told from another, an old one, one that does not decode, a fresh
/// one, and one with names that have to be escaped.
fn faults() -> String {
    [
        data(BROKEN),
        period("2025-04-01T00:00:00Z", "2025-07-01T00:00:00Z"),
        data(r#"{"total":"15","download":10,"upload":5,"units":"bytes"}"#),
        period("2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"),
        data(BROKEN)
            .replace("ACabab", "A,C:%\\u001b[2J\\n::error::\\ufffe]]>&<")
            .replace(
                r#""units":"bytes","home""#,
                r#""units":"bytes","a~/b\u0001<&\"":1,"home""#,
            ),
    ]
    .join("\n")
}

/// A report as a run writes it.
fn written(
    format: Format,
    fail_on: FailOn,
    findings: Vec<Finding>,
    summary: &Summary,
    missing: &[&str],
) -> String {
    let missing = missing.iter().map(|&why| why.to_owned()).collect();
    let outcome = Outcome::new(summary.clone(), fail_on, missing);
    written_with(format, ReportOptions::default(), findings, &outcome)
}

/// A report on a run that ended in one way.
fn written_with(
    format: Format,
    options: ReportOptions,
    findings: Vec<Finding>,
    outcome: &Outcome,
) -> String {
    let mut writer = ReportWriter::new(Vec::new(), format, &options);
    for finding in findings {
        writer.finding(finding).unwrap();
    }
    String::from_utf8(writer.finish(outcome).unwrap()).unwrap()
}

/// How a run without missing parts ended, of which errors fail.
fn outcome(summary: Summary) -> Outcome {
    Outcome::new(summary, FailOn::Error, Vec::new())
}

/// A report on a text with the default options.
fn report(format: Format, config: &Config, text: &str) -> String {
    let (findings, summary) = validate(config, text);
    written(format, FailOn::Error, findings, &summary, &[])
}

#[test]
fn formats_have_names() {
    assert_eq!(
        Format::ALL.map(Format::as_str),
        ["human", "json", "ndjson", "sarif", "junit", "github"]
    );
}

/// Counts bytes and flushes.
#[derive(Clone, Debug, Default)]
struct Watched(Rc<RefCell<(usize, usize)>>);

impl io::Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().1 += 1;
        Ok(())
    }
}

#[test]
fn what_can_be_streamed_is_written_at_once_and_nothing_before_that() {
    let (findings, _) = validate(&config(), &faults());
    for format in Format::ALL {
        let watched = Watched::default();
        let mut writer = ReportWriter::new(watched.clone(), format, &ReportOptions::default());
        assert_eq!(watched.0.borrow().0, 0, "{format}");
        let mut before = 0;
        for finding in &findings {
            writer.finding(finding.clone()).unwrap();
            let (bytes, flushes) = *watched.0.borrow();
            let holds_back = matches!(format, Format::Json | Format::Sarif | Format::Junit);
            assert_eq!(bytes > before, !holds_back, "{format}");
            assert_eq!(flushes > 0, format == Format::Ndjson, "{format}");
            before = bytes;
        }
    }
}

/// An output that takes nothing.
struct Closed;

impl io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_reported_as_such() {
    let (findings, summary) = validate(&config(), &faults());
    for format in Format::ALL {
        let mut writer = ReportWriter::new(Closed, format, &ReportOptions::default());
        let first = writer.finding(findings[0].clone());
        let last = writer.finish(&outcome(summary.clone())).map(|_| ());
        let error = first.and(last).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}

#[test]
fn the_human_format_lists_what_it_is_asked_to() {
    let (findings, summary) = validate(&config(), &faults());
    let mut options = ReportOptions::default();
    options.least_listed = Severity::Warning;
    let text = written_with(Format::Human, options, findings, &outcome(summary));
    assert!(text.contains("\nwarning[UR311"), "{text}");
    assert!(!text.contains("\ninfo["), "{text}");
}
