//! What people see: help and output, each in a file of its own. `UPDATE_SNAPSHOTS=1` writes the files anew.

use std::{env, fs, path::PathBuf};

use crate::program::{Emulated, run};

#[track_caller]
fn assert_looks(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/end_to_end/looks")
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
fn helps_look_as_before() {
    for command in ["", "summary", "sims", "fleet", "report", "config"] {
        let help = run(&format!("{command} --help"));
        assert_eq!(help.code, 0, "{help:?}");
        let name = if command.is_empty() {
            "program"
        } else {
            command
        };
        assert_looks(&format!("help-{name}.txt"), &help.stdout);
    }
}

#[test]
fn outputs_look_as_before() {
    let emulator = Emulated::start("--now 2026-11-01T06:00:00Z --sims 12 --anomalies 1");
    let query = "--start 2026-09-01 --end 2026-11-01T06:00:00Z";
    for (name, arguments) in [
        ("summary", format!("summary {query} --by month,network")),
        ("summary-country", format!("summary {query} --by country")),
        ("sims", "sims --format table".to_owned()),
        ("fleet", format!("fleet {query}")),
        ("report", format!("report {query} --format terminal")),
        ("plan", format!("fetch --plan --granularity hourly {query}")),
    ] {
        let run = emulator.run(&arguments);
        assert_eq!(run.code, 0, "{run:?}");
        assert_looks(&format!("{name}.txt"), &run.stdout);
    }
}
