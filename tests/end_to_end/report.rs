//! Reports for people.

use std::fs;

use serde_json::Value;

use crate::program::{Emulated, run_with};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

/// The exact figures of the cells of the table in a figure.
fn figures(html: &str, id: &str) -> Vec<String> {
    let figure = html.split(&format!("<figure id={id} ")).nth(1).unwrap();
    let figure = figure.split("</figure>").next().unwrap();
    let cells = figure.split("data-value=").skip(1);
    cells
        .map(|cell| cell.split('>').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_report_says_what_summary_says() {
    let emulator = Emulated::start(&format!("{NOW} --fault wrong-sum:2026-10-05:data.total:+7"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("usage.html");
    let query = "--start 2026-08-01 --end 2026-11-01T06:00:00Z";
    let run = emulator.run(&format!("report {query} -o {}", file.display()));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("a report of 93 records"), "{run:?}");
    let html = fs::read_to_string(&file).unwrap();
    let summary = emulator.run(&format!("summary {query} --by month --format json"));
    let summary: Value = serde_json::from_str(&summary.stdout).unwrap();
    let shown = figures(&html, "usage-by-month");
    let rows = summary["rows"].as_array().unwrap();
    assert_eq!(shown.len(), rows.len() * 4);
    for (shown, row) in shown.chunks(4).zip(rows) {
        assert_eq!(shown[3], row["data_total"].as_str().unwrap());
    }
    assert!(html.contains("UR201 network-sum"), "the findings are there");
    assert!(html.contains("should be "), "and the culprit");
    assert!(
        html.contains("provisional: 2"),
        "the last days may still grow"
    );
}

#[test]
fn a_report_of_files_is_as_of_the_time_given() {
    let record = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},"data":{"total":7}}"#;
    let run = run_with("report - --as-of 2026-07-03", record, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("<!doctype html>"), "{run:?}");
    assert!(run.stdout.contains("as of 2026-07-03 00:00 UTC"));
    let short = run_with("report - --as-of 2026-07-03 --format terminal", record, &[]);
    assert!(
        short
            .stdout
            .contains("Days: 1 final, 0 settling, 0 provisional, 0 missing"),
        "{short:?}"
    );
    run_with("report -", "[]", &[]).failed(3);
    run_with("report -", "nonsense", &[]).failed(3);
    let half = run_with(
        "report - --format terminal",
        &format!("{record}\n{{\"data\":5}}\n"),
        &[],
    );
    assert_eq!(half.code, 1, "{half:?}");
}

#[test]
fn the_sims_of_a_report_are_those_of_the_fleet() {
    let emulator = Emulated::start(&format!("{NOW} --sims 40 --anomalies 1"));
    let query = "--start 2026-10-02 --end 2026-11-01T06:00:00Z";
    let html = emulator.run(&format!("report --all-sims {query}")).stdout;
    assert!(html.contains("40 in all"), "the SIMs are there");
    for flag in ["zero-usage", "silent", "runaway"] {
        assert_eq!(html.matches(&format!("<b>{flag}</b>")).count(), 1, "{flag}");
    }
}
