//! Tables in Parquet, written by `fetch` and `export`, and read back.

use std::fs;

use crate::program::{Emulated, Run, run};

const NOW: &str = "--now 2026-11-01T06:00:00Z";
const QUERY: &str = "--start 2026-08-20 --end 2026-10-01";

/// Runs on a file in a folder that is thrown away.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn files(&self, name: &str) -> Vec<String> {
        let mut files: Vec<String> = fs::read_dir(self.0.path().join(name))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        files
    }
}

/// The report without where its records stand.
fn judged(run: &Run) -> serde_json::Value {
    let mut report = run.report();
    for finding in report["findings"].as_array_mut().unwrap() {
        for place in ["source", "record", "line", "offset"] {
            finding[place].take();
        }
    }
    report
}

#[test]
fn readings_are_checked_and_added_up_as_the_records_are() {
    let emulator = Emulated::start(&format!(
        "{NOW} --fault wrong-sum:2026-09-05:data.home.download:+1000 --fault gap:2026-09-10"
    ));
    let folder = Folder::new();
    let (table, lines) = (folder.path("june.parquet"), folder.path("june.ndjson"));
    for (file, options) in [(&table, "--readings"), (&lines, "")] {
        let fetched = emulator.run(&format!("fetch {QUERY} -o {file} {options}"));
        assert_eq!(fetched.code, 0, "{fetched:?}");
    }
    let options = "--as-of 2026-11-01T06:00:00Z --format json";
    let of_table = run(&format!("validate {table} {options}"));
    let of_lines = run(&format!("validate {lines} --granularity daily {options}"));
    assert_eq!(of_table.code, 1, "{of_table:?}");
    assert_eq!(judged(&of_table), judged(&of_lines));
    assert_ne!(
        of_table.report()["summary"]["rules"]["UR302"]["evaluated"],
        0,
        "the table says its granularity"
    );
    let by = "--by month,network --format csv --as-of 2026-11-01";
    let sums = run(&format!("summary {table} {by}"));
    assert_eq!(sums.stdout, run(&format!("summary {lines} {by}")).stdout);
    assert_eq!(sums.stdout.lines().count(), 7, "{sums:?}");
}

#[test]
fn a_folder_takes_a_file_a_month_and_is_read_as_a_whole() {
    let emulator = Emulated::start(NOW);
    let folder = Folder::new();
    let months = folder.path("lake/");
    let fetched = emulator.run(&format!("fetch {QUERY} --readings -o {months}"));
    assert_eq!(fetched.code, 0, "{fetched:?}");
    assert_eq!(folder.files("lake"), ["month=2026-08", "month=2026-09"]);
    assert_eq!(folder.files("lake/month=2026-08"), ["usage.parquet"]);
    let checked = run(&format!(
        "validate {months} --as-of 2026-11-01T06:00:00Z --format json"
    ));
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.report()["summary"]["records"], 42);
    let again = emulator.run(&format!("fetch {QUERY} --readings -o {months}"));
    assert!(again.failed(2).contains("is not empty"), "{again:?}");
}

#[test]
fn a_malformed_record_stands_in_the_table_where_its_text_says_that_it_belongs() {
    let emulator = Emulated::start(&format!("{NOW} --fault malformed:2026-09-05"));
    let folder = Folder::new();
    let (table, months) = (folder.path("all.parquet"), folder.path("lake/"));
    // A folder has a file for each month, and each numbers its own records.
    for (output, before) in [(&table, 16), (&months, 4)] {
        let fetched = emulator.run(&format!("fetch {QUERY} --readings -o {output}"));
        assert_eq!(fetched.code, 1, "{fetched:?}");
        let checked = run(&format!(
            "validate {output} --as-of 2026-11-01T06:00:00Z --select UR002 --format json"
        ));
        let finding = &checked.report()["findings"][0];
        assert_eq!(finding["record"], before, "days before it: {finding}");
    }
    assert_eq!(folder.files("lake"), ["month=2026-08", "month=2026-09"]);
}

#[test]
fn what_no_table_can_be_is_said_before_anything_is_asked() {
    let emulator = Emulated::start(NOW);
    let folder = Folder::new();
    for (options, why) in [
        (
            format!("--format csv -o {}", folder.path("new/")),
            "is a folder",
        ),
        (
            "--readings --format ndjson".to_owned(),
            "--readings is a form of Parquet",
        ),
    ] {
        let refused = emulator.run(&format!("fetch {QUERY} {options}"));
        assert!(refused.failed(2).contains(why), "{refused:?}");
    }
    assert_eq!(emulator.requests(), 0);
}

#[test]
fn a_table_of_usage_has_no_records_to_check() {
    let emulator = Emulated::start(NOW);
    let folder = Folder::new();
    let table = folder.path("usage.parquet");
    assert_eq!(emulator.run(&format!("fetch {QUERY} -o {table}")).code, 0);
    let refused = run(&format!("validate {table}"));
    assert!(
        refused.failed(3).contains("without the column `record`"),
        "{refused:?}"
    );
}

#[test]
fn an_archive_is_exported_with_the_text_of_every_reading() {
    let emulator = Emulated::start(NOW);
    let folder = Folder::new();
    let archive = folder.path("kept");
    let synced = emulator.run(&format!(
        "sync --archive {archive} --granularity daily --start 2026-09-01"
    ));
    assert_eq!(synced.code, 0, "{synced:?}");
    let (table, lines) = (folder.path("all.parquet"), folder.path("all.ndjson"));
    for (file, options) in [(&table, "--readings"), (&lines, "")] {
        let exported = run(&format!("export --archive {archive} -o {file} {options}"));
        assert_eq!(exported.code, 0, "{exported:?}");
    }
    let options = "--as-of 2026-11-01T06:00:00Z --format json";
    let of_lines = run(&format!("validate {lines} --granularity daily {options}"));
    assert_eq!(
        judged(&run(&format!("validate {table} {options}"))),
        judged(&of_lines)
    );
}
