//! Reports as they look, each in a file of its own. `UPDATE_SNAPSHOTS=1` writes the files anew.

use std::{env, fs, path::PathBuf};

use usage_validate::{
    FailOn,
    report_formats::{
        Format,
        human::{ReportOptions, Style},
    },
};

use super::{faults, outcome, written, written_with};
use crate::support::{config, validate};

#[track_caller]
fn assert_looks(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name);
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let looked = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        looked == text,
        "{} is not what is written now:\n{text}\nwhere that is right, run the test with UPDATE_SNAPSHOTS=1",
        path.display()
    );
}

#[test]
fn reports_look_as_before() {
    let (findings, summary) = validate(&config(), &faults());
    for format in Format::ALL {
        let mut text = written(format, FailOn::Error, findings.clone(), &summary, &[]);
        if format == Format::Sarif {
            // The rules are the catalogue, which the log's own tests compare.
            let rules = text.find(r#""rules": ["#).unwrap();
            let invocations = text.find(r#""invocations": ["#).unwrap();
            text.replace_range(rules..invocations, "…\n      ");
        }
        assert_looks(&format!("report.{format}.txt"), &text);
    }
    let mut options = ReportOptions::default();
    options.style = Style::Ansi;
    let text = written_with(Format::Human, options, findings, &outcome(summary));
    assert_looks("report.human.ansi.txt", &text.replace('\x1b', "␛"));
}
