//! Keeping an archive with the program, and taking out of it.

mod file;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::program::{Emulated, Run, run, run_with};

const NOW: &str = "--now 2026-11-20T06:30:00Z --sims 4";

/// An emulated account, and an archive in a folder of its own.
pub(crate) struct Kept {
    pub(crate) emulator: Emulated,
    pub(crate) folder: tempfile::TempDir,
}

impl Kept {
    pub(crate) fn new(arguments: &str) -> Self {
        Self {
            emulator: Emulated::start(&format!("{NOW} {arguments}")),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("usage.db")
    }

    /// Runs a command on the archive.
    pub(crate) fn on(&self, arguments: &str) -> Run {
        let path = self.path().display().to_string();
        run_with(arguments, "", &[("KORE_ARCHIVE", &path)])
    }

    /// Syncs the days of the last months.
    pub(crate) fn sync(&self) -> Run {
        self.sync_with("--granularity daily --start 2026-06-01")
    }

    pub(crate) fn sync_with(&self, arguments: &str) -> Run {
        let path = self.path();
        self.emulator
            .run(&format!("sync --archive {} {arguments}", path.display()))
    }

    /// Posts a form to the emulator's own endpoints.
    pub(crate) fn post(&self, path: &str, form: &str) {
        let address = self.emulator.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = form.len();
        let request = format!(
            "POST /_emulator/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }

    pub(crate) fn later(&self, by: &str) {
        self.post("clock", &format!("advance={by}"));
    }
}

pub(crate) fn lines(run: &Run) -> Vec<Value> {
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_archive_is_kept_current_and_says_what_is_final() {
    let kept = Kept::new("");
    let first = kept.sync_with("");
    assert_eq!(first.code, 0, "{first:?}");
    for expected in [
        "first sync: 13 183 hours and 550 days to read in 15 windows; the server deletes the oldest within a day",
        "+ 13 733 readings, 0 now final, next deletion within a day",
        "chain head ",
    ] {
        assert!(first.stderr.contains(expected), "{expected}: {first:?}");
    }
    let overdue = kept.on("archive status --as-of 2026-11-20T07:00:00Z --fail-under 30d");
    assert_eq!(overdue.code, 1, "{overdue:?}");
    assert!(
        overdue
            .stderr
            .contains("next deletion within a day, and --fail-under asks for 30 days; run `kore-usage sync`, and once more 12 hours later"),
        "{overdue:?}"
    );
    kept.later("12h");
    let second = kept.sync_with("");
    assert_eq!(second.code, 0, "{second:?}");
    assert!(second.stderr.contains("next deletion in 54"), "{second:?}");
    assert!(second.stderr.contains(", 13 690 now final, "), "{second:?}");
    assert!(!second.stderr.contains("first sync"), "{second:?}");
    let status = kept.on("archive status --as-of 2026-11-20T19:00:00Z --fail-under 30d");
    assert_eq!(status.code, 0, "{status:?}");
    assert!(
        status
            .stdout
            .contains(" 13 144 final; read last at 2026-11-20T18:30:00Z"),
        "{status:?}"
    );
    let head = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("chain head"))
            .map(str::to_owned)
    };
    let verified = kept.on("archive verify");
    assert_eq!(
        (verified.code, head(&verified.stdout)),
        (0, head(&second.stderr))
    );
    kept.later("1h");
    let quiet = kept.sync_with("-q");
    assert_eq!(
        (quiet.code, quiet.stderr.as_str(), quiet.stdout.as_str()),
        (0, "", "")
    );
}

#[test]
fn what_is_exported_is_what_was_fetched() {
    let kept = Kept::new("");
    kept.sync();
    let exported = kept.on("export --start 2026-10 --end 2026-11");
    assert_eq!(exported.code, 0, "{exported:?}");
    let fetched = kept
        .emulator
        .run("fetch --start 2026-10 --end 2026-11 --format ndjson");
    assert_eq!(lines(&exported).len(), 31);
    assert_eq!(lines(&exported), lines(&fetched));
    for form in ["csv", "csv --long"] {
        let window = "--start 2026-10 --end 2026-11";
        let exported = kept.on(&format!("export {window} --format {form}"));
        let fetched = kept
            .emulator
            .run(&format!("fetch {window} --format {form}"));
        assert_eq!(exported.stdout, fetched.stdout, "{form}");
    }
    let path = kept.path();
    let checked = run(&format!(
        "validate {} --as-of 2026-11-20T06:30:00Z --format json",
        path.display()
    ));
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.report()["summary"]["records"], 173);
    let summed = run(&format!(
        "summary {} --by month --format csv",
        path.display()
    ));
    assert_eq!(summed.stdout.lines().count(), 7, "{summed:?}");
}

#[test]
fn a_final_figure_that_changes_is_reported_kept_and_shown_at_both_times() {
    let kept = Kept::new("");
    kept.sync();
    kept.later("12h");
    kept.sync();
    kept.post("faults", "fault=revision:2026-11-14:%2B1000");
    kept.later("1h");
    let changed = kept.sync();
    assert_eq!(changed.code, 1, "{changed:?}");
    for expected in [
        "UR701 settled-increase",
        "usage.db: daily reading ",
        "`data.total` from",
        "1 period changed after its figures were final",
    ] {
        assert!(changed.stderr.contains(expected), "{expected}: {changed:?}");
    }
    let total = |moment: &str| {
        let day = "--start 2026-11-14 --end 2026-11-15";
        let export = kept.on(&format!("export {day} {moment}"));
        lines(&export)[0]["data"]["total"].as_i64().unwrap()
    };
    assert_eq!(
        total("") - total("--as-known-on 2026-11-20T18:30:00Z"),
        1000
    );
    let times = "--from 2026-11-20T18:30:00Z --to 2026-11-21";
    let diff = kept.on(&format!(
        "diff {times} --start 2026-11-14 --end 2026-11-15 --format ndjson"
    ));
    let [change] = &lines(&diff)[..] else {
        panic!("{diff:?}")
    };
    assert_eq!(change["before"]["is_final"], true);
    let names: Vec<&str> = change["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"data.home.download"), "{names:?}");
    let history = kept.on("archive history 2026-11-14");
    assert_eq!(
        history.stdout.matches("  reading ").count(),
        2,
        "{history:?}"
    );
    let runs = kept.on("archive history");
    assert_eq!(runs.stdout.lines().count(), 3, "{runs:?}");
}

#[test]
fn hours_days_and_sims_are_reconciled() {
    let kept = Kept::new("");
    kept.sync_with("--sims all --start 2026-11-01");
    let reconciled = kept.on("reconcile --format json");
    assert_eq!(reconciled.code, 0, "{reconciled:?}");
    let rules = &reconciled.report()["summary"]["rules"];
    for code in ["UR601", "UR603", "UR604"] {
        assert!(
            rules[code]["evaluated"].as_u64().unwrap() > 10,
            "{code}: {rules}"
        );
    }
    let shown = kept.on("reconcile");
    assert!(!shown.stdout.contains("Commands: 0"), "{shown:?}");
    // Another figure in one hour that is over since long ago, and in none of the days.
    kept.post(
        "faults",
        "fault=wrong-sum:2026-11-16T07:data.home.download:%2B1000",
    );
    kept.later("1h");
    kept.sync_with("--sims all --start 2026-11-01");
    let off = kept.on("reconcile --format json");
    assert_eq!(off.code, 1, "{off:?}");
    assert!(off.codes().contains(&"UR601".to_owned()), "{off:?}");
    let exported = |granularity: &str| {
        let path = kept.folder.path().join(granularity);
        let to = path.display().to_string();
        let export = kept.on(&format!(
            "export --granularity {granularity} --format ndjson -o {to}"
        ));
        assert_eq!(export.code, 0, "{export:?}");
        to
    };
    let (hours, days) = (exported("hourly"), exported("daily"));
    let files = run(&format!(
        "reconcile {hours} {days} --as-of 2026-11-20T06:30:00Z --format json"
    ));
    assert_eq!(files.code, 1, "{files:?}");
    assert!(files.codes().contains(&"UR601".to_owned()), "{files:?}");
}

#[test]
fn an_export_goes_on_from_a_reading() {
    let kept = Kept::new("");
    kept.sync();
    let first = kept.on("export");
    let (_, after) = first.stderr.split_once("--since-reading ").unwrap();
    let last: u32 = after.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(last, 173);
    kept.later("1d");
    kept.sync();
    let rest = lines(&kept.on("export --since-reading 173"));
    let starts: Vec<&str> = rest
        .iter()
        .map(|record| record["period"]["start"].as_str().unwrap())
        .collect();
    assert_eq!(starts.last(), Some(&"2026-11-21T00:00:00Z"));
    assert!(starts.len() < 8, "{starts:?}");
}

#[test]
fn the_second_of_two_syncs_learns_who_holds_the_archive() {
    let kept = Kept::new("--latency 400");
    let mut first = kept
        .emulator
        .command(&format!("sync --archive {} -q", kept.path().display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lock = kept.folder.path().join("usage.db-lock");
    let begun = Instant::now();
    while std::fs::read_to_string(&lock).is_ok_and(|text| text.is_empty()) || !lock.exists() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::yield_now();
    }
    let second = kept.sync();
    let error = second.failed(3).to_owned();
    let holder = format!("process {} (kore-usage", first.id());
    assert!(
        error.contains(&holder) && error.contains("is syncing into"),
        "{error}"
    );
    // Whoever reads is not in the way.
    while kept.on("archive status").code != 0 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_sync_that_is_ended_keeps_what_was_read_and_the_next_goes_on() {
    let kept = Kept::new("--latency 150");
    let arguments = "--granularity hourly --concurrency 1";
    let child = kept
        .emulator
        .command(&format!(
            "sync --archive {} {arguments}",
            kept.path().display()
        ))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while kept.on("archive history").stdout.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(143), "{said}");
    assert!(
        said.contains("ended by SIGTERM before all was read"),
        "{said}"
    );
    assert!(said.contains("missing: hourly of the account, "), "{said}");
    assert_eq!(kept.on("archive verify").code, 0);
    assert_eq!(kept.sync_with(arguments).code, 0);
    assert_eq!(lines(&kept.on("export --granularity hourly")).len(), 13_183);
    let runs = kept.on("archive history").stdout;
    assert!(
        runs.contains("interrupted") && runs.contains("complete"),
        "{runs}"
    );
}

#[test]
fn every_sim_is_kept_where_that_is_asked_for() {
    let kept = Kept::new("");
    let synced = kept.sync_with("--sims all --granularity daily --start 2026-11-01");
    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(lines(&kept.on("export --all-sims")).len(), 4 * 20);
    let sim = &kept.emulator.sims()[0];
    let of_one = lines(&kept.on(&format!("export --sim {sim}")));
    assert!(
        of_one
            .iter()
            .all(|record| record["sim_sid"] == sim.as_str())
    );
    let status = kept.on("archive status");
    assert!(status.stdout.contains("4 SIMs: 80 periods"), "{status:?}");
}

#[test]
fn a_sync_leaves_metrics_for_a_monitor() {
    let kept = Kept::new("");
    let file = kept.folder.path().join("sync.prom");
    let told = || std::fs::read_to_string(&file).unwrap();
    let arguments = format!("--granularity daily --metrics {}", file.display());
    assert_eq!(kept.sync_with(&arguments).code, 0);
    let first = told();
    for line in [
        "kore_usage_periods{command=\"sync\",state=\"settling\"} ",
        "kore_usage_unarchived_usage_deleted_in_seconds{command=\"sync\"} 63000",
        "kore_usage_readings_added{command=\"sync\"} 550",
        "kore_usage_retries{command=\"sync\"} ",
        "kore_usage_last_success_timestamp_seconds{command=\"sync\"} ",
        "# EOF",
    ] {
        assert!(first.contains(line), "{line}: {first}");
    }
    kept.later("12h");
    kept.sync_with(&arguments);
    kept.post("faults", "fault=revision:2026-11-14:%2B1000");
    kept.later("1h");
    assert_eq!(kept.sync_with(&arguments).code, 1);
    let changed = told();
    assert!(
        changed.contains("kore_usage_findings{command=\"sync\",rule=\"UR70"),
        "{changed}"
    );
    assert!(
        changed.contains("kore_usage_last_run_exit_code{command=\"sync\"} 1"),
        "{changed}"
    );
}

#[test]
fn a_sync_without_credentials_leaves_metrics_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let sync = format!("sync --archive {} --metrics {}", path("new.db"), path("m"));
    assert_eq!(run_with(&sync, "", &[]).code, 2);
    let told = std::fs::read_to_string(path("m")).unwrap();
    assert!(
        told.contains("kore_usage_last_run_exit_code{command=\"sync\"} 2"),
        "{told}"
    );
}

#[test]
fn what_could_not_be_read_is_named_and_exits_3() {
    let kept = Kept::new("--fault status:503@2x2");
    let synced =
        kept.sync_with("--granularity hourly --start 2026-08-01 --attempts 2 --concurrency 1");
    let error = synced.failed(3).to_owned();
    assert!(error.contains("HTTP 503"), "{error}");
    for expected in [
        "missing: hourly of the account, 2026-08-01 to 2026-09-11 (HTTP 503",
        "the next sync reads the rest",
    ] {
        assert!(synced.stderr.contains(expected), "{expected}: {synced:?}");
    }
}
