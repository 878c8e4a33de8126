//! What a person reads.

use usage_validate::{
    FailOn, Severity,
    human::{self, Style},
    output::{Format, ReportOptions, ReportWriter},
};

use crate::support::{config, data, period, validate};

const BROKEN: &str = r#"{"total":120,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#;

fn written(text: &str, style: Style) -> String {
    let (findings, summary) = validate(&config(), text);
    let mut out = Vec::new();
    for finding in &findings {
        human::write_finding(&mut out, finding, style).unwrap();
    }
    human::write_summary(&mut out, &summary, FailOn::Error, style).unwrap();
    String::from_utf8(out).unwrap()
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
  = help: with the suggested figure all sums of this tree hold; fetch the record again, and if it stays, report it to KORE

"
    );
}

#[test]
fn a_summary_tells_what_held_from_what_was_not_evaluated() {
    let text = format!(
        "{}\n{}\n",
        data(BROKEN),
        period("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z")
    );
    let (_, summary) = validate(&config(), &text);
    assert_eq!(
        human::summary(&summary, FailOn::Error, Style::Plain).to_string(),
        "\
2 records, fetched as of 2026-11-01T12:00:00Z, policy auto: 1 clean, 1 with findings, 0 malformed
  error    UR201 network-sum                       1 finding in 12 checks
  error    UR202 direction-sum                     1 finding in 6 checks
  held: UR001 UR002 UR101 UR102 UR103 UR104 UR105 UR203 UR301 UR303 UR310 UR311 UR312 UR320 UR321 UR401 UR402 UR403 UR404 UR405 UR406 UR407
  not evaluated: UR106 UR204 UR205 UR206 UR302 UR501 UR502 UR503 UR504
  Commands: 1 (1 to SIMs, 0 from SIMs)
  Data: 120 bytes (10 downloaded, 5 uploaded)
fail: 2 errors, 0 warnings, 0 infos
"
    );
}

#[test]
fn what_is_written_to_a_file_is_what_is_shown() {
    let (findings, summary) = validate(&config(), &data(BROKEN));
    for style in [Style::Plain, Style::Ansi] {
        let shown: String = findings
            .iter()
            .map(|finding| human::finding(finding, style).to_string())
            .chain([human::summary(&summary, FailOn::Error, style).to_string()])
            .collect();
        assert_eq!(written(&data(BROKEN), style), shown);
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
fn a_summary_shows_how_bad_findings_are_in_this_run() {
    let mut config = config();
    config.severities = vec![("UR201".to_owned(), Severity::Info)];
    let (_, summary) = validate(&config, &data(BROKEN));
    let text = human::summary(&summary, FailOn::Error, Style::Plain).to_string();
    assert!(text.contains("  info     UR201 network-sum  "), "{text}");
    assert!(text.contains("  error    UR202 direction-sum  "), "{text}");
}

#[test]
fn a_capped_list_says_so() {
    let mut config = config();
    config.max_findings = 1;
    let (_, summary) = validate(&config, &data(BROKEN));
    let text = human::summary(&summary, FailOn::Never, Style::Plain).to_string();
    assert!(
        text.ends_with("pass: 2 errors, 0 warnings, 0 infos; 1 of 2 findings are listed\n"),
        "{text}"
    );
}

#[test]
fn a_list_without_notices_is_not_called_short_of_them() {
    let mut config = config();
    config.severities = vec![("UR202".to_owned(), Severity::Info)];
    let closing = |options: &ReportOptions, why: Option<&str>| {
        let (findings, summary) = validate(&config, &data(BROKEN));
        let mut writer = ReportWriter::new(Vec::new(), Format::Human, options);
        for finding in findings {
            writer.finding(finding).unwrap();
        }
        if let Some(why) = why {
            writer.incomplete(why);
        }
        let text = String::from_utf8(writer.finish(&summary).unwrap()).unwrap();
        text.lines().last().unwrap().to_owned()
    };
    let mut options = ReportOptions::default();
    assert_eq!(closing(&options, None), "fail: 1 error, 0 warnings, 1 info");
    options.least_listed = Severity::Warning;
    assert_eq!(closing(&options, None), "fail: 1 error, 0 warnings, 1 info");
    // What has not been seen has not passed.
    options.fail_on = FailOn::Never;
    assert_eq!(closing(&options, None), "pass: 1 error, 0 warnings, 1 info");
    let why = Some("the server is gone");
    assert_eq!(
        closing(&options, why),
        "incomplete: 1 error, 0 warnings, 1 info"
    );
    let (_, mut summary) = validate(&config, &data(BROKEN));
    summary.errors = 9;
    let text = human::summary(&summary, FailOn::Never, Style::Plain).listing(Severity::Warning, 1);
    assert!(
        text.to_string()
            .ends_with("; 1 of 9 warnings and errors are listed\n"),
        "{text}"
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
