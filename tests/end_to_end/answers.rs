//! Answers of the right shape to another question: no command that fetches takes them for what was asked.

use crate::{
    program::{Run, run_with},
    server::serve_json,
};

const SIM: &str = "DE00000000000000000000000000000001";

/// One day of a SIM, or of the account where the name is empty.
fn day(date: &str, sim: &str) -> String {
    let next = date.replace("01T", "02T");
    let sim = if sim.is_empty() {
        String::new()
    } else {
        format!(r#""sim_sid":"{sim}","#)
    };
    period(
        &format!("{date}00:00:00Z"),
        &format!("{next}00:00:00Z"),
        &sim,
    )
}

fn period(start: &str, end: &str, sim: &str) -> String {
    let zeros = r#""home":{"total":0},"national_roaming":{"total":0},"international_roaming":[]"#;
    format!(
        r#"{{"account_sid":"AC00000000000000000000000000000001",{sim}"period":{{"start":"{start}","end":"{end}"}},
        "commands":{{"total":0,{zeros}}},"data":{{"total":0,"units":"bytes",{zeros}}}}}"#
    )
}

/// A page of records whose meta begins with these members.
fn page(records: &str, meta: &str) -> String {
    format!(
        r#"{{"usage_records":[{records}],"meta":{{{meta}"next_page_url":null,"key":"usage_records"}}}}"#
    )
}

/// A server of one account with one SIM that gives this answer to every question for usage.
fn serve_usage(answer: &str) -> String {
    let answer = answer.to_owned();
    serve_json(move |target| {
        if target.contains("UsageRecords") {
            answer.clone()
        } else {
            format!(
                r#"{{"sims":[{{"sid":"{SIM}","status":"active"}}],"meta":{{"next_page_url":null,"key":"sims"}}}}"#
            )
        }
    })
}

/// Runs a command over one day against a server.
fn run_at(base: &str, command: &str) -> Run {
    let variables = [
        ("KORE_BASE_URL", base),
        ("KORE_ACCESS_TOKEN", "an-access-token"),
    ];
    let command = format!("{command} --start 2026-06-01 --end 2026-06-02");
    run_with(&command, "", &variables)
}

/// Runs a command that asks for the usage of a SIM, which is answered so.
fn run_of_sim(command: &str, answer: &str) -> Run {
    run_at(&serve_usage(answer), command)
}

/// Runs every command that asks for the account's usage against a server that gives this answer.
fn runs(answer: &str) -> Vec<(&'static str, Run)> {
    let base = serve_usage(answer);
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive.db");
    [
        ("fetch", "fetch".to_owned()),
        ("check", "check --format json".to_owned()),
        ("summary", "summary".to_owned()),
        ("report", "report".to_owned()),
        (
            "sync",
            format!("sync --archive {} --granularity daily", archive.display()),
        ),
    ]
    .into_iter()
    .map(|(name, command)| (name, run_at(&base, &command)))
    .collect()
}

#[test]
fn every_command_takes_the_right_answer() {
    let answer = page(&day("2026-06-01T", ""), r#""page":0,"#);
    for (command, run) in runs(&answer) {
        assert_eq!(run.code, 0, "{command}: {run:?}");
    }
}

/// A server may state the size that it has by default, whatever was asked for and came. Nothing is missing for that.
#[test]
fn every_command_takes_a_page_that_states_a_smaller_page_size_than_it_has_records() {
    let second = period("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z", "");
    let records = [day("2026-06-01T", ""), second].join(",");
    for size in ["1", "\"1\"", "0"] {
        let answer = page(&records, &format!(r#""page":0,"page_size":{size},"#));
        for (command, run) in runs(&answer) {
            assert_eq!(run.code, 0, "{command}: {run:?}");
        }
    }
}

#[test]
fn no_command_takes_a_wrong_answer() {
    let right = day("2026-06-01T", "");
    let hour = |hour: u32| {
        let at = |hour: u32| format!("2026-06-01T{hour:02}:00:00Z");
        period(&at(hour), &at(hour + 1), "")
    };
    for (what, answer, why) in [
        (
            "another page",
            page(&right, r#""page":7,"#),
            "page 7 of the list, counted from 0, in place of page 0",
        ),
        (
            "a page without a number",
            page(&right, r#""page":"seven","#),
            r#"its page is "seven""#,
        ),
        (
            "a page of a kind other than its list",
            page(&right, "").replace(r#""key":"usage_records""#, r#""key":"sims""#),
            r#"its key is "sims""#,
        ),
        (
            "a first page after another",
            page(&right, r#""previous_page_url":"/v1/UsageRecords?Page=4","#),
            "names another page before it",
        ),
        (
            "the list of another window",
            page(
                &right,
                r#""first_page_url":"/v1/UsageRecords?Start=2020-01-01T00:00:00Z","#,
            ),
            "another query",
        ),
        (
            "the list of a SIM",
            page(&right, &format!(r#""url":"/v1/Sims/{SIM}/UsageRecords","#)),
            "its path is",
        ),
        ("a SIM", page(&day("2026-06-01T", SIM), ""), "another query"),
        (
            "hours",
            page(&[hour(0), hour(1)].join(","), ""),
            "daily records were asked for",
        ),
        (
            "another year",
            page(&day("2020-06-01T", ""), ""),
            "outside the window",
        ),
    ] {
        for (command, run) in runs(&answer) {
            run.failed(3);
            assert!(run.stderr.contains(why), "{what}, {command}: {run:?}");
        }
    }
}

#[test]
fn records_of_two_accounts_in_one_answer_are_found_by_every_command() {
    let right = day("2026-06-01T", "");
    let other = right.replace("AC0", "AC1");
    for (command, run) in runs(&page(&[right, other].join(","), "")) {
        let expected = if command == "sync" { 3 } else { 1 };
        assert_eq!(run.code, expected, "{command}: {run:?}");
        if command == "fetch" {
            assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
        }
        if !["check", "sync"].contains(&command) {
            assert!(run.stderr.contains("records of two"), "{command}: {run:?}");
        }
    }
    let of_sim = day("2026-06-01T", SIM);
    let answer = page(&[of_sim.replace("AC0", "AC1"), of_sim].join(","), "");
    let run = run_of_sim("fleet", &answer);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("records of two"), "{run:?}");
}

#[test]
fn an_account_is_one_whatever_the_case_of_its_digits() {
    let right = day("2026-06-01T", "").replace("AC0", "ACa");
    let upper = right.replace("ACa", "ACA");
    for (command, run) in runs(&page(&[right, upper].join(","), "")) {
        if command == "fetch" {
            assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
        }
        assert_eq!(run.code, 0, "{command}: {run:?}");
    }
}

#[test]
fn an_archive_is_of_one_account_and_sim_whatever_the_case_of_their_digits() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive.db").display().to_string();
    let of_sim = SIM.replace("DE0", "DEa");
    let record = |sim: &str| day("2026-06-01T", sim).replace("AC0", "ACa");
    let upper = |text: &str| text.replace("ACa", "ACA").replace("DEa", "DEA");
    let serve = |change: fn(&str) -> String, account: String, sim: String| {
        serve_json(move |target| {
            let is_of_sim = target.contains("/Sims/");
            change(&page(if is_of_sim { &sim } else { &account }, ""))
        })
    };
    let same: fn(&str) -> String = str::to_owned;
    let sync = |base: &str, sim: &str, token: &str| {
        let command = format!(
            "sync --archive {archive} --granularity daily --sims {sim} --start 2026-06-01 --end 2026-06-02"
        );
        run_with(
            &command,
            "",
            &[("KORE_BASE_URL", base), ("KORE_ACCESS_TOKEN", token)],
        )
    };
    let export = |options: &str| {
        let run = run_with(&format!("export --archive {archive} {options}"), "", &[]);
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout.lines().count()
    };
    for (change, sim, token) in [
        (same, of_sim.clone(), "an-access-token"),
        (upper, upper(&of_sim), "an-access-token"),
        // Another client of the same account.
        (upper, upper(&of_sim), "another-access-token"),
    ] {
        let base = serve(change, record(""), record(&of_sim));
        let run = sync(&base, &sim, token);
        assert_eq!(run.code, 0, "{sim}, {token}: {run:?}");
        assert_eq!(export(""), 1, "{sim}, {token}");
        assert_eq!(export(&format!("--sim {of_sim}")), 1, "{sim}, {token}");
        assert_eq!(
            export(&format!("--sim {}", upper(&of_sim))),
            1,
            "{sim}, {token}"
        );
    }
    let status = run_with(&format!("archive status --archive {archive}"), "", &[]);
    assert!(!status.stdout.contains("ACA"), "{status:?}");
    assert_eq!(
        run_with(&format!("archive verify --archive {archive}"), "", &[]).code,
        0
    );
}

#[test]
fn a_sync_of_all_sims_is_incomplete_where_the_list_has_one_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive.db").display().to_string();
    let sim = format!(r#"{{"sid":"{SIM}","status":"active"}}"#);
    for (other, code) in [
        (sim.as_str(), 0),
        (r#"{"unique_name":"meter","status":"active"}"#, 3),
        (r#"{"sid":"DE7","status":"active"}"#, 3),
        ("null", 3),
    ] {
        // The SIM that was listed before is not taken for one that has left.
        let sims = if code == 0 {
            format!("{sim},{other}")
        } else {
            other.to_owned()
        };
        let base = serve_json(move |target| {
            if target.contains("/Sims/") {
                page(&day("2026-06-01T", SIM), "")
            } else if target.contains("UsageRecords") {
                page(&day("2026-06-01T", ""), "")
            } else {
                format!(r#"{{"sims":[{sims}],"meta":{{"next_page_url":null,"key":"sims"}}}}"#)
            }
        });
        let run = run_at(
            &base,
            &format!("sync --archive {archive} --granularity daily --sims all --all"),
        );
        assert_eq!(run.code, code, "{other}: {run:?}");
        if code == 3 {
            run.failed(3);
            assert!(
                run.stderr.contains("not every SIM of the list can be read"),
                "{run:?}"
            );
        }
        let status = run_with(&format!("archive status --archive {archive}"), "", &[]);
        assert!(!status.stdout.contains("left"), "{other}: {status:?}");
        // Nothing but the records say whose the SIMs are.
        let export = run_with(&format!("export --archive {archive} --sim {SIM}"), "", &[]);
        assert_eq!(export.stdout.lines().count(), 1, "{other}: {export:?}");
    }
}

#[test]
fn every_copy_of_a_record_that_does_not_decode_is_told() {
    let right = day("2026-06-01T", "");
    let broken = right.replace(r#""total":0,"units""#, r#""total":-1,"units""#);
    for (command, run) in runs(&page(&[broken.clone(), right, broken].join(","), "")) {
        assert_eq!(run.code, 1, "{command}: {run:?}");
        if command == "fetch" {
            assert!(run.stderr.contains("2 malformed"), "{run:?}");
        }
        if command == "check" {
            assert!(run.stdout.contains(r#""malformed": 2"#), "{run:?}");
        }
    }
}

#[test]
fn an_error_among_records_is_no_record_whoever_it_names() {
    let error = r#"{"account_sid":"AC00000000000000000000000000000001","code":20003,"status":401,"message":"Authenticate"}"#;
    for (command, run) in runs(&page(&[&day("2026-06-01T", ""), error].join(","), "")) {
        assert_eq!(run.code, 1, "{command}: {run:?}");
    }
}

#[test]
fn a_fleet_tells_other_figures_for_a_period_within_a_list() {
    let one = day("2026-06-01T", SIM);
    let other = one.replace(r#""total":0,"units""#, r#""total":9,"units""#);
    let run = run_of_sim("fleet --format csv", &page(&[one, other].join(","), ""));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("other figures"), "{run:?}");
    assert!(run.stdout.contains(",1,9,"), "the later counts: {run:?}");
}

#[test]
fn a_fleet_has_no_use_for_what_names_no_sim() {
    let answer = page(&day("2026-06-01T", ""), "");
    for command in ["fleet", "fetch --all-sims", &format!("summary --sim {SIM}")] {
        let run = run_of_sim(command, &answer);
        run.failed(3);
        assert!(run.stderr.contains("names no SIM"), "{command}: {run:?}");
    }
}

#[test]
fn records_without_a_period_are_delivered_and_counted_aloud() {
    let records = r#"{"period":{},"data":{"total":1}},{"period":null,"commands":{"total":1}}"#;
    for (command, run) in runs(&page(records, "")) {
        if command == "fetch" {
            assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run:?}");
        }
        let said = if command == "sync" {
            "do not say when they are"
        } else {
            "2 records without a period"
        };
        assert!(run.stderr.contains(said), "{command}: {run:?}");
    }
}
