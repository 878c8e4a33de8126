//! What a person reads.

use usage_validate::{
    FailOn, Outcome, Severity, Summary,
    report_formats::{
        Format, ReportWriter,
        human::{self, ReportOptions, Style},
    },
};

use crate::support::{config, data, period, validate};

const BROKEN: &str = r#"{"total":120,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#;

fn styled(style: Style) -> ReportOptions {
    let mut options = ReportOptions::default();
    options.style = style;
    options
}

/// The report on a text, of which errors fail.
fn written(text: &str, style: Style) -> String {
    let (findings, summary) = validate(&config(), text);
    let mut writer = ReportWriter::new(Vec::new(), Format::Human, &styled(style));
    for finding in findings {
        writer.finding(finding).unwrap();
    }
    let outcome = Outcome::new(summary, FailOn::Error, Vec::new());
    String::from_utf8(writer.finish(&outcome).unwrap()).unwrap()
}

/// The last lines of a report: figures and verdict.
fn concluded(summary: Summary, fail_on: FailOn, options: ReportOptions) -> String {
    let outcome = Outcome::new(summary, fail_on, Vec::new());
    human::conclusion(&outcome, &options).to_string()
}

#[test]
fn a_finding_reads_like_that_of_a_compiler() {
    let (findings, _) = validate(&config(), &data(BROKEN));
    assert_eq!(
        human::finding(&findings[0], Style::Plain).to_string(),
        "\
error[UR201 network-sum]: `data.total` is 105 more than the sum of its networks
 --> input.json:1 record 0 /data/total
  |
  |   /data/home/total    15
  | = expected            15
  |   actual             120
  |   delta             +105
  |
  = suspect: /data/total should be 15
  = note: account ACabababababababababababababababab, 2026-06-01T00:00:00Z to 2026-06-02T00:00:00Z
  = help: the suggested figure makes all sums of this tree right; fetch the record again, and if the figure is still wrong, report it to KORE

"
    );
}

#[test]
fn conclusion_counts_the_rules_that_passed_and_those_that_were_not_evaluated() {
    let text = format!(
        "{}\n{}\n",
        data(BROKEN),
        period("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z")
    );
    let (_, summary) = validate(&config(), &text);
    let mut options = ReportOptions::default();
    assert_eq!(
        concluded(summary.clone(), FailOn::Error, options),
        "\
2 records, fetched as of 2026-11-01T12:00:00Z, policy auto: 1 clean, 1 with findings, 0 malformed
  error    UR201 network-sum                       1 finding in 12 checks
  error    UR202 direction-sum                     1 finding in 6 checks
  22 rules passed; 10 were not evaluated
  Commands: 1 (1 to SIMs, 0 from SIMs)
  Data: 120 bytes: 10 bytes downloaded, 5 bytes uploaded
fail: 2 errors
"
    );
    options.verbose = true;
    let text = concluded(summary, FailOn::Error, options);
    for line in [
        "  passed: UR001 UR002 UR101 UR102 UR103 UR104 UR105 UR203 UR301 UR303 UR310 UR311 UR312 UR320 UR321 UR401 UR402 UR403 UR404 UR405 UR406 UR407",
        "  not evaluated: UR106 UR107 UR204 UR205 UR206 UR302 UR501 UR502 UR503 UR504",
    ] {
        assert!(text.lines().any(|one| one == line), "{text}");
    }
}

#[test]
fn report_is_its_findings_and_its_conclusion() {
    let (findings, summary) = validate(&config(), &data(BROKEN));
    for style in [Style::Plain, Style::Ansi] {
        let shown: String = findings
            .iter()
            .map(|finding| human::finding(finding, style).to_string())
            .chain([concluded(summary.clone(), FailOn::Error, styled(style))])
            .collect();
        assert_eq!(written(&data(BROKEN), style), shown);
    }
}

#[test]
fn last_line_is_the_verdict_and_its_reason() {
    let (_, summary) = validate(&config(), &data(BROKEN));
    let headline = |[errors, warnings, infos]: [u64; 3], fail_on, missing: &[&str]| {
        let mut summary = summary.clone();
        summary.errors = errors;
        summary.warnings = warnings;
        summary.infos = infos;
        let missing = missing.iter().map(|&why| why.to_owned()).collect();
        let outcome = Outcome::new(summary, fail_on, missing);
        let text = human::conclusion(&outcome, &ReportOptions::default()).to_string();
        let last = text.lines().last().unwrap();
        let last = last.split("; 2 of").next().unwrap();
        assert_eq!(last, outcome.headline());
        last.to_owned()
    };
    for (counts, fail_on, missing, expected) in [
        ([0, 0, 0], FailOn::Error, &[][..], "pass"),
        ([0, 8, 3], FailOn::Error, &[], "pass with 8 warnings"),
        ([0, 1, 0], FailOn::Error, &[], "pass with 1 warning"),
        ([2, 8, 0], FailOn::Error, &[], "fail: 2 errors, 8 warnings"),
        (
            [2, 8, 0],
            FailOn::Never,
            &[],
            "pass with 2 errors, 8 warnings",
        ),
        ([0, 8, 0], FailOn::Warning, &[], "fail: 8 warnings"),
        ([0, 0, 3], FailOn::Info, &[], "fail: 3 infos"),
        (
            [0, 0, 0],
            FailOn::Error,
            &["page 3 is missing"],
            "incomplete: page 3 is missing",
        ),
        (
            [1_000, 0, 0],
            FailOn::Error,
            &["a", "b"],
            "incomplete: a; b (1 000 errors)",
        ),
    ] {
        assert_eq!(headline(counts, fail_on, missing), expected);
    }
}

#[test]
fn colours_add_escape_sequences_and_nothing_else() {
    let plain = written(&data(BROKEN), Style::Plain);
    let ansi = written(&data(BROKEN), Style::Ansi);
    assert!(!plain.contains('\x1b'));
    let mut stripped = String::new();
    let mut rest = ansi.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn text_from_the_input_cannot_steer_a_terminal() {
    let hostile = data(BROKEN).replace("ACabab", "\\u001b[2J\\u202e\\n");
    let text = written(&hostile, Style::Plain);
    assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
    assert!(text.contains("\\u{1b}[2J"), "{text}");
}

#[test]
fn conclusion_shows_how_bad_findings_are_in_this_run() {
    let mut config = config();
    config.severities = vec![("UR201".parse().unwrap(), Severity::Info)];
    let (_, summary) = validate(&config, &data(BROKEN));
    let text = concluded(summary, FailOn::Error, ReportOptions::default());
    assert!(text.contains("  info     UR201 network-sum  "), "{text}");
    assert!(text.contains("  error    UR202 direction-sum  "), "{text}");
}

#[test]
fn a_capped_list_says_so() {
    let mut config = config();
    config.max_findings = 1;
    let (_, summary) = validate(&config, &data(BROKEN));
    let text = concluded(summary, FailOn::Never, ReportOptions::default());
    assert!(
        text.ends_with("pass with 2 errors; 1 of 2 findings are listed\n"),
        "{text}"
    );
}

#[test]
fn a_list_without_infos_is_not_called_short_of_them() {
    let mut config = config();
    config.severities = vec![("UR202".parse().unwrap(), Severity::Info)];
    let last_line = |least: Severity, max_findings: usize| {
        config.max_findings = max_findings;
        let (findings, summary) = validate(&config, &data(BROKEN));
        let mut options = ReportOptions::default();
        options.least_listed = least;
        let mut writer = ReportWriter::new(Vec::new(), Format::Human, &options);
        for finding in findings {
            writer.finding(finding).unwrap();
        }
        let outcome = Outcome::new(summary, FailOn::Error, Vec::new());
        let text = String::from_utf8(writer.finish(&outcome).unwrap()).unwrap();
        text.lines().last().unwrap().to_owned()
    };
    let mut last_line = last_line;
    assert_eq!(last_line(Severity::Info, 9), "fail: 1 error");
    assert_eq!(last_line(Severity::Warning, 9), "fail: 1 error");
    assert_eq!(
        last_line(Severity::Warning, 0),
        "fail: 1 error; 0 of 1 warnings and errors are listed"
    );
}

#[test]
fn a_finding_without_place_or_figures_is_short() {
    let (findings, _) = validate(&config(), "nonsense");
    let text = human::finding(&findings[0], Style::Plain).to_string();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].starts_with("error[UR001 malformed-document]: "),
        "{text}"
    );
    assert_eq!(lines[1], " --> input.json:1");
    assert!(lines[2].starts_with("  = help: "), "{text}");
}
