//! Reports in the forms that other programs read.

use serde_json::Value;

use crate::program::{Run, program, run_with};

/// A record whose total of data is wrong, and one that does not decode.
const FAULTS: &str = "{\"data\":{\"total\":4,\"download\":2,\"upload\":1,\"home\":{\"total\":3,\"download\":2,\"upload\":1}}}\n\
                      {\"data\":{\"total\":\"5\"}}\n";

fn report(format: &str, options: &str) -> Run {
    let arguments = format!("validate --as-of 2026-11-01 --select UR2 --format {format} {options}");
    let run = run_with(&arguments, FAULTS, &[("CLICOLOR_FORCE", "1")]);
    assert!(format == "human" || !run.stdout.contains('\x1b'), "{run:?}");
    run
}

#[test]
fn every_form_has_the_same_exit_code() {
    for format in ["human", "json", "ndjson", "sarif", "junit", "github"] {
        assert_eq!(report(format, "").code, 1, "{format}");
        assert_eq!(report(format, "--fail-on never").code, 0, "{format}");
    }
    assert_eq!(report("xml", "").code, 2);
}

#[test]
fn ndjson_is_a_finding_a_line_and_the_summary_last() {
    let run = report("ndjson", "");
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (report, findings) = lines.split_last().unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["UR201", "UR202", "UR002"]);
    assert_eq!(report["schema"], "usage-report/1");
    assert_eq!(report["verdict"], "fail");
    assert_eq!(report["summary"]["records"], 2);
}

#[test]
fn sarif_lists_all_rules_and_the_results() {
    let run = report("sarif", "");
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let log = &log["runs"][0];
    let rules = run_with("rules --format json", "", &[]).stdout;
    let rules: Value = serde_json::from_str(&rules).unwrap();
    let described = log["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.as_array().unwrap().len(), described.len());
    assert_eq!(log["results"].as_array().unwrap().len(), 3);
    assert_eq!(log["results"][0]["level"], "error");
    assert_eq!(log["invocations"][0]["executionSuccessful"], true);
}

/// The URIs of the results of a SARIF log; each result must have one.
#[cfg(unix)]
fn uris(log: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(log).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    results
        .iter()
        .map(|result| {
            let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            location["uri"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[cfg(unix)]
#[test]
fn sarif_results_on_the_window_are_in_the_input() {
    let window = "--start 2026-05-01 --end 2026-07-01 --granularity daily";
    let options = format!("validate --as-of 2026-11-01 --format sarif {window}");
    let one_day = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}}"#;
    let run = run_with(&options, one_day, &[]);
    assert!(run.stdout.contains("\"ruleId\": \"UR502\""), "{run:?}");
    assert!(
        uris(&run.stdout)
            .iter()
            .all(|uri| uri == "file:///dev/stdin")
    );
}

#[cfg(unix)]
#[test]
fn sarif_names_a_file_by_its_bytes() {
    use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"bad\xff.json");
    fs::write(folder.path().join(name), FAULTS).unwrap();
    let run = |format: &str| {
        let mut command = program();
        command.current_dir(folder.path());
        command.args(["validate", "--as-of", "2026-11-01", "--format", format]);
        String::from_utf8(command.arg(name).output().unwrap().stdout).unwrap()
    };
    assert!(uris(&run("sarif")).iter().all(|uri| uri == "bad%FF.json"));
    let report: Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(report["findings"][0]["source"], r"bad\xff.json");
}

#[test]
fn input_that_cannot_be_read_differs_from_findings() {
    let broken = |format: &str| {
        let run = run_with(&format!("validate --format {format}"), "nonsense", &[]);
        assert_eq!(run.code, 3, "{run:?}");
        run.stdout
    };
    let log: Value = serde_json::from_str(&broken("sarif")).unwrap();
    assert_eq!(
        log["runs"][0]["invocations"][0]["executionSuccessful"],
        false
    );
    let junit = broken("junit");
    assert!(junit.contains("<error type=\"incomplete\""), "{junit}");
    let cases = junit.matches("<testcase ").count();
    let tests = format!(" tests=\"{cases}\"");
    assert_eq!(junit.matches(&tests).count(), 2, "{junit}");
    assert!(
        junit.contains("name=\"verdict\" value=\"incomplete\""),
        "{junit}"
    );
    assert!(broken("github").contains("\n::error title=incomplete::"));
    let why = "standard input is not a list of usage records: ";
    for format in ["json", "ndjson --fail-on never"] {
        let text = broken(format);
        let report = match format {
            "json" => &text,
            _ => text.lines().last().unwrap(),
        };
        let report: Value = serde_json::from_str(report).unwrap();
        assert_eq!(report["verdict"], "incomplete");
        let reason = report["incomplete"][0].as_str().unwrap();
        assert!(reason.starts_with(why), "{reason}");
    }
}

#[test]
fn junit_and_annotations_name_rule_and_line() {
    let junit = report("junit", "").stdout;
    assert!(junit.starts_with("<?xml version=\"1.0\""), "{junit}");
    assert!(
        junit.contains("name=\"UR201 network-sum\" time=\"0\">\n      <failure "),
        "{junit}"
    );
    let annotations = report("github", "").stdout;
    assert!(
        annotations.contains("::error file=/dev/stdin,line=2,title=UR002 malformed-record::"),
        "{annotations}"
    );
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    assert!(
        report("human", "")
            .stdout
            .contains("\x1b[1;31merror[UR201 network-sum]")
    );
    for variables in [
        &[][..],
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        &[("CLICOLOR_FORCE", "0")],
    ] {
        for command in [
            "validate --as-of 2026-11-01",
            "--help",
            "fetch --granularity x",
        ] {
            let run = run_with(command, FAULTS, variables);
            let text = [run.stdout, run.stderr].concat();
            assert!(!text.contains('\x1b'), "{command} {variables:?}");
        }
    }
}
