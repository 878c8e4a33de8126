//! What a sync finds, and how it says so.

use crate::{
    archive::{Kept, lines},
    program::{run, run_with},
    server::serve,
};

/// The settled part of the last days.
const DAYS: &str = "--granularity daily --start 2026-11-08";

#[test]
fn a_record_that_does_not_decode_is_found_and_kept() {
    let kept = Kept::new("--fault malformed:2026-11-10");
    let synced = kept.sync_with(DAYS);
    assert_eq!(synced.code, 1, "{synced:?}");
    for expected in [
        "UR002 malformed-record",
        "usage.db: daily reading ",
        "note: 1 record does not decode, and is kept as it came",
    ] {
        assert!(synced.stderr.contains(expected), "{expected}: {synced:?}");
    }
    // It is found whenever it is read, also by a sync that says nothing else.
    let quiet = kept.sync_with(&format!("-q --all {DAYS}"));
    assert_eq!(quiet.code, 1, "{quiet:?}");
    assert!(quiet.stderr.contains("UR002"), "{quiet:?}");
    let export = kept.on("export");
    assert_eq!((export.code, export.stdout.lines().count()), (1, 13));
    assert!(export.stderr.contains("UR002"), "{export:?}");
}

#[test]
fn both_readings_of_a_period_that_is_sent_twice_are_kept_and_the_later_counts() {
    let kept = Kept::new("--fault duplicate:2026-11-10:data.total:5");
    let synced = kept.sync_with(&format!("-q {DAYS}"));
    assert_eq!(synced.code, 1, "{synced:?}");
    let expected = "the record of daily 2026-11-10T00:00:00Z to 2026-11-11T00:00:00Z of account AC";
    assert!(synced.stderr.contains(expected), "{synced:?}");
    let history = kept.on("archive history 2026-11-10").stdout;
    assert_eq!(history.matches("  reading ").count(), 2, "{history}");
    assert!(history.contains("    data.total: "), "{history}");
    let day = "--start 2026-11-10 --end 2026-11-11";
    let fetched = kept.emulator.run(&format!("fetch {day} --format ndjson"));
    assert_eq!(lines(&kept.on(&format!("export {day}"))), lines(&fetched));
    assert_eq!(kept.on("archive verify").code, 0);
}

#[test]
fn a_quiet_sync_says_why_it_fails() {
    let kept = Kept::new("");
    assert_eq!(kept.sync_with(DAYS).code, 0);
    kept.post("faults", "fault=revision:2026-11-16:-500");
    let quiet = kept.sync_with(&format!("-q {DAYS}"));
    assert_eq!(quiet.code, 1, "{quiet:?}");
    assert!(quiet.stderr.contains("UR702 settled-decrease"), "{quiet:?}");
}

#[test]
fn a_start_that_the_server_refuses_is_missing_in_the_sync_that_asks_for_it() {
    for quiet in ["", "-q"] {
        let kept = Kept::new("--fault early-start:90");
        let query = format!("--granularity daily --start 2026-06-01 {quiet}");
        let first = kept.sync_with(&query);
        let error = first.failed(3);
        assert!(
            error.contains("no window that starts as early"),
            "{first:?}"
        );
        let missing =
            "missing: daily of the account, what lies before 2026-08-23T00:00:00Z (HTTP 400";
        assert!(first.stderr.contains(missing), "{first:?}");
        assert!(
            !first.stderr.contains("the next sync reads the rest"),
            "{first:?}"
        );
        // The next one starts where the server does.
        assert_eq!(kept.sync_with(&query).code, 0);
        let all = kept.sync_with(&format!("{query} --all"));
        assert_eq!(all.failed(3), error, "{all:?}");
    }
}

#[test]
fn a_window_in_the_future_is_refused_and_leaves_no_archive() {
    let kept = Kept::new("");
    let refused = kept.sync_with("--start 2126-12-05 --end 2126-12-10");
    assert!(refused.failed(2).contains("in the future"), "{refused:?}");
    assert!(!kept.path().exists());
    kept.sync_with(DAYS);
    let refused = kept.on("export --start 2126-12-05 --end 2126-12-10");
    assert!(refused.failed(2).contains("in the future"), "{refused:?}");
}

/// A server that knows another time than everybody else answers for windows that nobody meant.
#[test]
fn a_server_whose_clock_cannot_be_right_fails_a_sync_and_leaves_the_archive_as_it_was() {
    let kept = Kept::new("");
    assert_eq!(kept.sync_with(DAYS).code, 0);
    let before = std::fs::read(kept.path()).unwrap();
    let page = r#"{"usage_records":[],"meta":{"next_page_url":null,"key":"usage_records"}}"#;
    for (date, options) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", "--granularity daily"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", DAYS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAYS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "--granularity daily"),
        // Before what is to be read.
        ("Mon, 01 Jun 2026 00:00:00 GMT", DAYS),
    ] {
        let base = serve(&format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ndate: {date}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{page}",
            page.len()
        ));
        let archive = kept.path();
        let new = archive.with_file_name("new.db");
        for path in [&archive, &new] {
            let run = run_with(
                &format!("sync --archive {} {options}", path.display()),
                "",
                &[
                    ("KORE_BASE_URL", &base),
                    ("KORE_ACCESS_TOKEN", "an-access-token"),
                ],
            );
            let first = run.failed(3);
            assert!(first.contains("the server's clock says"), "{date}: {run:?}");
        }
        assert_eq!(
            std::fs::read(&archive).unwrap(),
            before,
            "{date}, {options}"
        );
    }
    assert_eq!(kept.sync_with(DAYS).code, 0);
}

#[test]
fn a_sync_that_read_nothing_does_not_say_that_all_is_final() {
    let kept = Kept::new("");
    let path = kept.path();
    let unreachable = "--base-url http://127.0.0.1:1 --token-url http://127.0.0.1:1/ --attempts 1";
    let failed = kept.emulator.run(&format!(
        "sync --archive {} {DAYS} {unreachable}",
        path.display()
    ));
    assert_eq!(failed.code, 3, "{failed:?}");
    let said = "+ 0 readings, 0 now final, not all was read; ";
    assert!(failed.stderr.contains(said), "{failed:?}");
    let empty = kept.sync_with(
        "--granularity daily --start 2026-11-20T05:00:00Z --end 2026-11-20T06:00:00Z --sims none",
    );
    assert!(!empty.stderr.contains("all of it final"), "{empty:?}");
}

#[test]
fn the_state_of_a_row_is_by_the_last_time_that_it_was_seen() {
    let kept = Kept::new("");
    kept.sync_with(DAYS);
    kept.later("36h");
    kept.sync_with(DAYS);
    let query = "--start 2026-11-08 --end 2026-11-20 --format csv --long";
    let fetched = kept.emulator.run(&format!("fetch {query}"));
    assert!(fetched.stdout.contains(",settling"), "{fetched:?}");
    assert_eq!(kept.on(&format!("export {query}")).stdout, fetched.stdout);
}

#[test]
fn what_is_reconciled_is_as_of_the_last_reading() {
    let kept = Kept::new("");
    kept.sync_with("--start 2026-11-17");
    let reconciled = kept.on("reconcile --format json");
    assert_eq!(reconciled.report()["as_of"], "2026-11-20T06:30:00Z");
    let given = kept.on("reconcile --format json --as-of 2026-11-21T00:00:00Z");
    assert_eq!(given.report()["as_of"], "2026-11-21T00:00:00Z");
}

#[test]
fn a_new_period_has_only_changes_with_a_name() {
    let kept = Kept::new("");
    kept.sync_with(DAYS);
    let diff = kept.on("diff --from 2026-11-19 --to 2026-11-21 --format ndjson");
    for period in lines(&diff) {
        assert_eq!(period["before"], serde_json::Value::Null);
        let changes = period["changes"].as_array().unwrap();
        assert!(!changes.is_empty() && changes.iter().all(|change| change["name"] != ""));
    }
}

#[test]
fn commands_that_read_name_what_an_archive_is() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("oct.ndjson");
    std::fs::write(&other, "{}\n").unwrap();
    for command in ["archive status", "archive verify", "export", "reconcile"] {
        let refused = run(&format!("{command} --archive {}", other.display()));
        assert!(
            refused.failed(3).contains("is not an archive"),
            "{refused:?}"
        );
        let help = "help: name a file that `kore-usage sync` wrote";
        assert!(refused.stderr.contains(help), "{refused:?}");
    }
}
