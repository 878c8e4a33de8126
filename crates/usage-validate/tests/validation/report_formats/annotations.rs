//! Annotations of GitHub Actions.

use std::path::Path;

use usage_validate::{
    FailOn,
    report_formats::{Format, MOST_ANNOTATIONS, ReportWriter, human::ReportOptions},
};

use super::{BROKEN, faults, outcome, report, written};
use crate::support::{config, data, period, validate};

/// A command read back: its kind, its properties, its message.
type Command = (String, Vec<(String, String)>, String);

/// Reads commands as a runner does; every line has to be one.
fn commands(text: &str) -> Vec<Command> {
    let unescaped = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    text.lines()
        .map(|line| {
            let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (kind, properties) = head.split_once(' ').unwrap();
            let properties = properties
                .split(',')
                .map(|property| property.split_once('=').unwrap())
                .map(|(name, value)| (name.to_owned(), unescaped(value)))
                .collect();
            (kind.to_owned(), properties, unescaped(message))
        })
        .collect()
}

#[test]
fn each_finding_is_an_annotation_at_its_line() {
    let (findings, _) = validate(&config(), &faults());
    let commands = commands(&report(Format::Github, &config(), &faults()));
    assert_eq!(commands.len(), findings.len() + 1);
    for ((kind, properties, message), finding) in commands.iter().zip(&findings) {
        let expected = match finding.severity.as_str() {
            "info" => "notice",
            severity => severity,
        };
        assert_eq!(kind, expected);
        let mut expected = vec![("file".to_owned(), "input.json".to_owned())];
        expected.extend(
            finding
                .line
                .map(|line| ("line".to_owned(), line.to_string())),
        );
        expected.push((
            "title".to_owned(),
            format!("{} {}", finding.code, finding.name),
        ));
        assert_eq!(*properties, expected);
        assert!(message.starts_with(&finding.message), "{message}");
        if let Some(suspect) = &finding.suspect {
            assert!(
                message.contains(&suspect.suggested.to_string()),
                "{message}"
            );
        }
    }
    let (kind, properties, message) = commands.last().unwrap();
    assert_eq!(kind, "notice");
    assert_eq!(properties[0].1, "usage records: fail: 6 errors, 5 warnings");
    assert_eq!(
        message,
        "6 errors, 5 warnings, 3 infos in 5 records, fetched as of 2026-11-01T12:00:00Z"
    );
}

/// The annotations on a broken record, where its input is in this file.
fn annotations(name: &str, file: Option<&Path>) -> Vec<Command> {
    let (mut findings, summary) = validate(&config(), &data(BROKEN));
    for finding in &mut findings {
        finding.source = Some(name.to_owned());
    }
    let mut writer = ReportWriter::new(Vec::new(), Format::Github, &ReportOptions::default());
    writer.source(name, file);
    for finding in findings {
        writer.finding(finding).unwrap();
    }
    let text = String::from_utf8(writer.finish(&outcome(summary)).unwrap()).unwrap();
    commands(&text)
}

#[test]
fn annotation_is_put_into_the_file_that_holds_its_input() {
    let (_, properties, message) = &annotations("page 1", Some(Path::new("saved.ndjson")))[0];
    assert_eq!(
        properties[0],
        ("file".to_owned(), "saved.ndjson".to_owned())
    );
    assert!(
        message.contains("\nat: record 0 /data/total\n"),
        "{message}"
    );
}

#[test]
fn annotation_on_an_input_that_is_no_file_names_it_in_its_text() {
    let (_, properties, message) = &annotations("page\u{202e} 1", None)[0];
    assert_eq!(properties[0].0, "title");
    assert!(
        message.contains("\nat: page\\u{202e} 1 line 1 record 0 /data/total\n"),
        "{message}"
    );
}

#[test]
fn text_from_the_input_cannot_become_a_command() {
    // A member's name is told in full, and every part of the line in which it stands is escaped.
    let text = report(Format::Github, &config(), &faults());
    for line in text.lines() {
        assert!(line.starts_with("::"), "{line}");
        assert!(!line.contains(char::is_control), "{line}");
    }
    assert!(!text.contains("\n::error::"), "{text}");
    let name = "%0A::error::x".replace("%0A", "\n");
    let (mut findings, summary) = validate(&config(), &data(BROKEN));
    findings[0].source = Some(name.clone());
    findings[0].message = name.clone();
    let text = written(Format::Github, FailOn::Error, findings, &summary, &[]);
    let commands = commands(&text);
    assert_eq!(commands.len(), 3, "{text}");
    assert_eq!(commands[0].1[0], ("file".to_owned(), name.clone()));
    assert!(commands[0].2.starts_with(&name));
}

fn number_of(commands: &[Command], kind: &str) -> u64 {
    let number = commands.iter().filter(|command| command.0 == kind).count();
    u64::try_from(number).unwrap()
}

#[test]
fn what_was_not_seen_is_shown_beside_many_errors() {
    let broken = format!("{}\n", data(BROKEN));
    for (records, reasons) in [(12, 1), (12, 3), (0, 12), (2, 10)] {
        let (findings, summary) = validate(&config(), &broken.repeat(records));
        let reasons: Vec<_> = (0..reasons)
            .map(|page| format!("page {page} is gone"))
            .collect();
        let missing: Vec<_> = reasons.iter().map(String::as_str).collect();
        let text = written(Format::Github, FailOn::Error, findings, &summary, &missing);
        let commands = commands(&text);
        assert!(number_of(&commands, "error") <= MOST_ANNOTATIONS, "{text}");
        let shown: Vec<_> = commands
            .iter()
            .filter(|(_, properties, _)| properties[0].1 == "incomplete")
            .map(|(_, _, message)| message.as_str())
            .collect();
        assert_eq!(shown.join("; "), reasons.join("; "));
    }
}

#[test]
fn no_more_are_written_than_are_shown_and_the_last_line_counts_the_rest() {
    let many = [
        data(BROKEN),
        period("2025-04-01T00:00:00Z", "2025-07-01T00:00:00Z"),
        period("2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"),
    ]
    .join("\n");
    let text = format!("{many}\n").repeat(12);
    let (findings, summary) = validate(&config(), &text);
    let text = written(Format::Github, FailOn::Error, findings, &summary, &[]);
    let commands = commands(&text);
    // One error is left for what was not seen, and one notice for the outcome.
    for (kind, most) in [
        ("error", MOST_ANNOTATIONS - 1),
        ("warning", MOST_ANNOTATIONS),
        ("notice", MOST_ANNOTATIONS),
    ] {
        assert_eq!(number_of(&commands, kind), most, "{kind}");
    }
    let all = summary.errors + summary.warnings + summary.infos;
    let left_out = all - (3 * MOST_ANNOTATIONS - 2);
    let last = &commands.last().unwrap().2;
    assert!(
        last.ends_with(&format!("; {left_out} findings are not annotated")),
        "{last}"
    );
}

#[test]
fn input_that_was_not_seen_is_an_error_of_its_own() {
    let (findings, summary) = validate(&config(), "[]");
    let text = written(
        Format::Github,
        FailOn::Error,
        findings,
        &summary,
        &["page 3: 100% gone"],
    );
    assert!(
        text.starts_with("::error title=incomplete::page 3: 100%25 gone\n"),
        "{text}"
    );
}
