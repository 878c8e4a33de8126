//! Fetching from the emulator.

use std::{io::Read as _, process::Stdio};

use serde_json::Value;

use crate::program::{Emulated, program, run_with};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

#[test]
fn every_hour_comes_once_and_validates() {
    let emulator = Emulated::start(NOW);
    let fetched = emulator.run(
        "fetch --granularity hourly --start 2026-06-01 --end 2026-07-01 --format ndjson --page-size 100",
    );
    assert_eq!(fetched.code, 0, "{fetched:?}");
    let starts: Vec<String> = fetched
        .stdout
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            record["period"]["start"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(starts.len(), 30 * 24);
    assert!(starts.is_sorted() && starts.windows(2).all(|pair| pair[0] != pair[1]));
    let checked = run_with(
        "validate - --as-of 2026-11-01T06:00:00Z --format json",
        &fetched.stdout,
        &[],
    );
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.report()["summary"]["records"], 30 * 24);
}

#[test]
fn a_malformed_record_is_left_out_reported_and_kept() {
    let emulator = Emulated::start(&format!("{NOW} --fault malformed:2026-10-05"));
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let fetched = emulator.run(&format!(
        "fetch --start 2026-10-01 --end 2026-10-11 --malformed {}",
        kept.display()
    ));
    assert_eq!(fetched.code, 1, "{fetched:?}");
    assert_eq!(fetched.stdout.lines().count(), 9);
    assert!(fetched.stderr.contains("UR002"), "{fetched:?}");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(kept.contains("2026-10-05T00:00:00Z"), "{kept}");
    // Alone it is nothing that could be examined.
    let checked = run_with("validate --format json", &kept, &[]);
    assert_eq!(checked.code, 3);
    assert_eq!(checked.codes(), ["UR002"]);
}

#[test]
fn what_was_complete_is_delivered_when_the_server_gives_up() {
    let emulator = Emulated::start(&format!("{NOW} --fault status:503@3x100"));
    let fetched = emulator.run(
        "fetch --start 2026-10-01 --end 2026-10-11 --page-size 2 --attempts 2 --concurrency 1",
    );
    let error = fetched.failed(3).to_owned();
    assert_eq!(fetched.stdout.lines().count(), 4, "{fetched:?}");
    assert!(fetched.stderr.starts_with("error: "), "{fetched:?}");
    assert!(
        error.contains("page 1 of /v1/UsageRecords from 2026-10-05 to 2026-10-07: HTTP 503"),
        "{error}"
    );
    for expected in [
        "4 records were complete",
        "missing: 2026-10-05 to 2026-10-11 (HTTP 503)",
        "help: ",
    ] {
        assert!(fetched.stderr.contains(expected), "{expected}: {fetched:?}");
    }
}

#[test]
fn a_window_that_fails_costs_itself_alone() {
    let faults = "--fault status:500@3x2 --fault cut@6x2";
    let query = "--start 2026-10-01 --end 2026-10-11 --page-size 2 --attempts 2 --concurrency 1";
    let emulator = Emulated::start(&format!("{NOW} {faults}"));
    let fetched = emulator.run(&format!("fetch {query}"));
    fetched.failed(3);
    let days: Vec<String> = fetched.stdout.lines().map(day).collect();
    assert_eq!(days, ["01", "02", "03", "04", "07", "08"]);
    for expected in [
        "missing: 2026-10-05 to 2026-10-07 (HTTP 500)",
        "missing: 2026-10-09 to 2026-10-11 (response cut off after ",
        "6 records were complete",
    ] {
        assert!(fetched.stderr.contains(expected), "{expected}: {fetched:?}");
    }
    let checked =
        Emulated::start(&format!("{NOW} {faults}")).run(&format!("check {query} --format json"));
    checked.failed(3);
    assert_eq!(checked.report()["summary"]["records"], 6);
    assert!(
        checked.stderr.contains("missing: 2026-10-05 to 2026-10-07"),
        "{checked:?}"
    );
    assert!(
        checked.stderr.contains("missing: 2026-10-09 to 2026-10-11"),
        "{checked:?}"
    );
}

/// The day of the month of a record on a line.
fn day(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    record["period"]["start"].as_str().unwrap()[8..10].to_owned()
}

#[test]
fn the_output_is_the_same_whatever_the_concurrency() {
    let query = "--granularity hourly --start 2026-08-01T05:00:00Z --end 2026-10-01 --page-size 24";
    let calm = Emulated::start(NOW);
    let run = |emulator: &Emulated, command: &str, at_a_time: u32| {
        emulator.run(&format!("{command} {query} --concurrency {at_a_time}"))
    };
    let expected = run(&calm, "fetch", 1);
    assert_eq!(expected.code, 0, "{expected:?}");
    assert_eq!(expected.stdout.lines().count(), 61 * 24);
    let report = "check --format json --fail-on never";
    let checked = run(&calm, report, 1);
    for at_a_time in [4, 16] {
        assert_eq!(run(&calm, "fetch", at_a_time).stdout, expected.stdout);
        assert_eq!(run(&calm, report, at_a_time).stdout, checked.stdout);
        let shaky = Emulated::start(&format!(
            "{NOW} --fault cut@2x3 --fault status:503@9 --fault reset@20x2 --fault expire-token@30"
        ));
        let fetched = run(&shaky, "fetch", at_a_time);
        assert_eq!((fetched.code, &fetched.stdout), (0, &expected.stdout));
    }
}

#[test]
fn a_limit_of_the_window_can_be_set() {
    let emulator = Emulated::start(NOW);
    let query = "fetch --granularity hourly --start 2026-08-01 --end 2026-10-01";
    let expected = emulator.run(query);
    let limited = emulator.run(&format!(
        "{query} --max-window-days 31 --requests-per-second 1000"
    ));
    assert_eq!((limited.code, limited.stdout), (0, expected.stdout));
    for wrong in [
        "--concurrency 0",
        "--max-window-days 0",
        "--requests-per-second 0",
    ] {
        assert_eq!(emulator.run(&format!("{query} {wrong}")).code, 2, "{wrong}");
    }
}

#[test]
fn a_passing_fault_costs_nothing() {
    let emulator = Emulated::start(&format!(
        "{NOW} --fault cut@2 --fault reset@4 --fault status:429@6"
    ));
    let fetched = emulator.run("fetch --start 2026-10-01 --end 2026-10-11 --page-size 2");
    assert_eq!(fetched.code, 0, "{fetched:?}");
    assert_eq!(fetched.stdout.lines().count(), 10);
}

#[test]
fn every_format_holds_every_record() {
    let emulator = Emulated::start(NOW);
    let query = "fetch --start 2026-10-01 --end 2026-10-11";
    let ndjson = emulator.run(&format!("{query} --format ndjson")).stdout;
    let json = emulator.run(&format!("{query} --format json")).stdout;
    let lines: Vec<Value> = ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&json).unwrap(), lines);

    let csv = emulator.run(&format!("{query} --format csv")).stdout;
    let mut rows = csv.lines();
    let header: Vec<&str> = rows.next().unwrap().split(',').collect();
    let column = header
        .iter()
        .position(|name| *name == "data_home_download")
        .unwrap();
    for (row, record) in rows.clone().zip(&lines) {
        let cell = row.split(',').nth(column).unwrap();
        assert_eq!(cell, record["data"]["home"]["download"].to_string());
    }
    assert_eq!(rows.count(), 10);

    let table = emulator.run(&format!("{query} --format table")).stdout;
    assert!(
        table.contains("2026-10-10") && table.ends_with("10 usage records\n"),
        "{table}"
    );
}

#[test]
fn a_window_in_the_future_is_refused_and_the_rest_of_one_is_not_asked_for() {
    let emulator = Emulated::start(NOW);
    for command in ["fetch", "check"] {
        let future = emulator.run(&format!("{command} --start 2126-01-01 --end 2126-01-02"));
        let error = future.failed(2);
        assert!(error.contains("lies in the future"), "{future:?}");
        let open = emulator.run(&format!("{command} --start 2126-01"));
        let error = open.failed(2);
        assert!(error.contains("lies in the future"), "{open:?}");
        assert!(open.stderr.contains("give an earlier --start"), "{open:?}");
    }
    for command in ["fetch", "check --fail-on never"] {
        let partly = emulator.run(&format!("{command} --start 2026-10-31 --end 2126-01-01"));
        assert_eq!(partly.code, 0, "{partly:?}");
        let note = "2126-01-01T00:00:00Z is in the future, and was not asked for";
        assert!(partly.stderr.contains(note), "{partly:?}");
    }
}

#[test]
fn a_fetch_closes_with_one_line_and_is_silent_if_asked() {
    let emulator = Emulated::start(NOW);
    let query = "fetch --start 2026-10-01 --end 2026-10-11 --page-size 5";
    let run = emulator.run(query);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{run:?}");
    assert!(
        lines[0].starts_with("10 records, 2 pages, ") && lines[0].ends_with(" s"),
        "{run:?}"
    );
    assert_eq!(emulator.run(&format!("{query} -q")).stderr, "");
}

#[test]
fn days_without_a_record_are_counted_aloud() {
    let gaps = "--fault gap:2026-10-04 --fault gap:2026-10-05";
    let note = "note: 2 of 10 days have no record";
    for command in ["fetch", "summary", "report"] {
        for (server, query, expected) in [
            (gaps, "--start 2026-10-01 --end 2026-10-11", Some(note)),
            (
                gaps,
                "--start 2026-10-05 --end 2026-10-11 --page-size 1",
                Some("note: 1 of 6 days has no record"),
            ),
            ("", "--start 2026-10-01 --end 2026-10-11", None),
            (
                gaps,
                "--start 2026-10-01 --end 2026-10-11 --granularity all",
                None,
            ),
            (
                "--fault gap:2026-10-28",
                "--start 2026-10-20 --end 2026-10-31",
                Some("note: 1 of 10 days has no record"),
            ),
            // Of the last 48 hours records may be missing yet.
            (
                "--fault gap:2026-10-30 --fault gap:2026-10-31",
                "--start 2026-10-20",
                None,
            ),
        ] {
            let emulator = Emulated::start(&format!("{NOW} {server}"));
            let run = emulator.run(&format!("{command} {query}"));
            assert_eq!(run.code, 0, "{run:?}");
            let found = run.stderr.lines().find(|line| line.contains("no record"));
            assert_eq!(
                found.is_some_and(|line| expected.is_some_and(|note| line.starts_with(note))),
                expected.is_some(),
                "{command} {query} {server}: {run:?}"
            );
            assert_eq!(found.is_some(), expected.is_some(), "{run:?}");
            let quiet = emulator.run(&format!("{command} {query} -q"));
            assert_eq!(quiet.stderr, "", "{quiet:?}");
        }
    }
}

/// The lines on standard error but for the last one, which closes the run.
fn warnings(run: &crate::program::Run) -> Vec<&str> {
    assert_eq!(run.code, 0, "{run:?}");
    let mut lines: Vec<&str> = run.stderr.lines().collect();
    assert!(
        lines.pop().is_some_and(|line| line.contains(" records, ")),
        "{run:?}"
    );
    lines
}

#[test]
fn each_wait_that_the_server_asks_for_has_its_line_and_no_other_wait_has() {
    let query = "fetch --start 2026-10-01 --end 2026-10-11";
    let faults = "--fault status:429@1;retry-after=0.3 --fault status:503@2 \
                  --fault status:503@3;retry-after=0.25";
    let run = Emulated::start(&format!("{NOW} {faults}")).run(query);
    assert_eq!(
        warnings(&run),
        [
            "the server asks to wait 0.3 s (HTTP 429)",
            "the server asks to wait 0.3 s (HTTP 503)"
        ]
    );
    let quiet = Emulated::start(&format!("{NOW} {faults}")).run(&format!("{query} -q"));
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    // Requests at a time are told the same.
    let faults = "--fault status:429@1x4;retry-after=1";
    let hours = "fetch --granularity hourly --start 2026-10-01 --end 2026-10-11 --page-size 24";
    let run = Emulated::start(&format!("{NOW} {faults}")).run(hours);
    assert_eq!(warnings(&run), ["the server asks to wait 1 s (HTTP 429)"]);
}

#[test]
fn shorter_windows_and_smaller_pages_than_asked_for_are_reported() {
    let cap = "--fault window-cap:31";
    for (faults, options, expected) in [
        (
            cap,
            "",
            "note: the server refused windows as too long: pieces of 22 days were asked for instead",
        ),
        (
            cap,
            "--granularity all",
            "note: the server refused windows as too long: pieces of 22 days were asked for instead; each record is \
             the total of a piece, not of the whole window",
        ),
        (
            "--fault page-size-cap:200",
            "",
            "note: larger pages were refused or failed: pages of 125 records were asked for instead",
        ),
    ] {
        let emulator = Emulated::start(&format!("{NOW} {faults}"));
        let query = format!("fetch --start 2026-07-01 --end 2026-09-28 {options}");
        assert_eq!(warnings(&emulator.run(&query)), [expected]);
        let quiet = emulator.run(&format!("{query} -q"));
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
        // Several resources have it in common.
        let sims = emulator.sims();
        let both = emulator.run(&format!("{query} --sim {} --sim {}", sims[0], sims[1]));
        assert_eq!(warnings(&both), [expected]);
    }
}

#[test]
fn several_sims_are_fetched_one_after_the_other() {
    let emulator = Emulated::start(&format!("{NOW} --sims 3"));
    let sims = emulator.sims();
    let query = "fetch --start 2026-10-01 --end 2026-10-04";
    let both = emulator.run(&format!("{query} --sim {} --sim {}", sims[1], sims[0]));
    assert_eq!(both.code, 0, "{both:?}");
    let of = both.sim_sids();
    let expected = [&sims[1], &sims[1], &sims[1], &sims[0], &sims[0], &sims[0]];
    assert_eq!(of.iter().collect::<Vec<_>>(), expected);

    // A SIM that is not there costs itself alone, and is named.
    let unknown = "DE00000000000000000000000000000000";
    let one = emulator.run(&format!("{query} --sim {unknown} --sim {}", sims[0]));
    one.failed(3);
    assert_eq!(one.stdout.lines().count(), 3, "{one:?}");
    let missing = format!("missing: {unknown} from 2026-10-01 to 2026-10-04");
    assert!(one.stderr.contains(&missing), "{one:?}");
}

#[test]
fn a_command_ends_in_its_time_also_where_nobody_reads_its_output() {
    let emulator = Emulated::start(&format!("{NOW} --fault stall@2x100"));
    let query = "fetch --start 2026-10-01 --end 2026-10-11 --page-size 2 --concurrency 1";
    let started = std::time::Instant::now();
    let late = emulator.run(&format!("{query} --timeout 1"));
    late.failed(3);
    assert!(late.stderr.contains("missing: 2026-10-03 to "), "{late:?}");
    assert_eq!(late.stdout.lines().count(), 2, "{late:?}");

    let calm = Emulated::start(NOW);
    let mut stuck = calm
        .command("fetch --start 2025-11-01 --granularity hourly --timeout 1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(stuck.wait().unwrap().code(), Some(3));
    assert!(started.elapsed().as_secs() < 30);
}

#[test]
fn the_records_of_one_sim() {
    let emulator = Emulated::start(&format!("{NOW} --sims 3"));
    let unknown = emulator
        .run("fetch --sim DE00000000000000000000000000000000 --start 2026-10-01 --end 2026-10-02");
    let error = unknown.failed(3).to_owned();
    assert!(error.contains("404"), "{unknown:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let emulator = Emulated::start(NOW);
    let mut child = program()
        .args([
            "fetch",
            "--start",
            "2026-05-01",
            "--granularity",
            "hourly",
            "--format",
            "ndjson",
        ])
        .env("KORE_BASE_URL", &emulator.base)
        .env("KORE_CLIENT_ID", "any")
        .env("KORE_CLIENT_SECRET", "any")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}
