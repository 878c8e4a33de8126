//! Records added up.

use serde_json::Value;

use crate::program::{Emulated, run_with};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

/// Two days of one account; the second one twice, and the later reading is larger.
const RECORDS: &str = r#"{"account_sid":"AC0123456789abcdef0123456789abcdef","period":{"start":"2026-06-22T00:00:00Z","end":"2026-06-23T00:00:00Z"},"data":{"total":7000,"download":5000,"upload":2000,"units":"bytes","billed":0.10,"billing_units":"USD","home":{"total":4000,"download":3000,"upload":1000},"international_roaming":[{"country_code":"DEU","total":3000,"download":2000,"upload":1000}]},"commands":{"total":2,"to_sim":1,"from_sim":1,"home":{"total":2,"to_sim":1,"from_sim":1}}}
{"account_sid":"AC0123456789abcdef0123456789abcdef","period":{"start":"2026-06-23T00:00:00Z","end":"2026-06-24T00:00:00Z"},"data":{"total":1,"download":1,"upload":0,"units":"KB","home":{"total":1,"download":1,"upload":0}}}
{"account_sid":"AC0123456789abcdef0123456789abcdef","period":{"start":"2026-06-23T00:00:00Z","end":"2026-06-24T00:00:00Z"},"data":{"total":2,"download":2,"upload":0,"units":"KB","home":{"total":2,"download":2,"upload":0}}}
"#;

#[test]
fn files_are_added_up_in_the_form_that_was_asked_for() {
    let csv = run_with("summary - --by network,country --format csv", RECORDS, &[]);
    assert_eq!(csv.code, 1, "a period came with other figures: {csv:?}");
    assert_eq!(
        csv.stdout,
        "network,country,records,data_total,data_download,data_upload,commands_total,commands_to_sim,commands_from_sim\n\
         home,,2,6000,5000,1000,2,1,1\n\
         international,DEU,1,3000,2000,1000,0,0,0\n"
    );
    assert!(
        csv.stderr.contains("the later reading of a period counts"),
        "{csv:?}"
    );
    let table = run_with("summary -", RECORDS, &[]);
    let lines: Vec<&str> = table.stdout.lines().collect();
    assert!(
        lines[0].starts_with("month    records  data B"),
        "{table:?}"
    );
    assert!(
        lines[1].starts_with("2026-06        2    9000"),
        "{table:?}"
    );
    assert!(
        lines[3].starts_with("total          2    9000"),
        "{table:?}"
    );
}

#[test]
fn months_begin_on_the_day_of_the_bill() {
    let run = run_with(
        "summary - --month-starts 23 --format json --as-of 2026-07-03",
        RECORDS,
        &[],
    );
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(summary["schema"], "usage-summary/1");
    assert_eq!(summary["as_of"], "2026-07-03T00:00:00Z");
    assert_eq!(summary["by"][0], "month");
    let rows: Vec<_> = summary["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["month"].as_str().unwrap(),
                row["data_total"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows, [("2026-05-23", "7000"), ("2026-06-23", "2000")]);
    assert_eq!(summary["rows"][0]["billed_USD"], "0.1");
    assert_eq!(summary["excluded"]["duplicates"], 1);
    assert_eq!(summary["excluded"]["malformed"], 0);
}

#[test]
fn the_api_and_the_file_of_a_fetch_add_up_to_the_same() {
    let emulator = Emulated::start(NOW);
    let query = "--start 2026-09-01 --end 2026-10-01";
    let by = "--by month,network,country --format csv";
    let direct = emulator.run(&format!("summary {query} {by}"));
    assert_eq!(direct.code, 0, "{direct:?}");
    assert!(direct.stdout.lines().count() > 3, "{direct:?}");
    let fetched = emulator.run(&format!("fetch {query} --format ndjson"));
    let file = run_with(&format!("summary - {by}"), &fetched.stdout, &[]);
    assert_eq!(file.stdout, direct.stdout);
}

#[test]
fn what_cannot_be_added_up_is_reported() {
    let run = run_with(
        "summary -",
        &format!("{RECORDS}{{\"data\":{{\"total\":\"5\"}}}}\n"),
        &[],
    );
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("UR002"), "{run:?}");
    assert!(
        run.stderr
            .contains("1 record that does not decode was left out"),
        "{run:?}"
    );
    for nothing in ["", "[]", "nonsense"] {
        let run = run_with("summary -", nothing, &[]);
        run.failed(3);
        assert_eq!(run.stdout, "", "{run:?}");
    }
    run_with("summary - --by month,month", RECORDS, &[]).failed(2);
    run_with("summary - --by months", RECORDS, &[]).failed(2);
    run_with("summary - --month-starts 29", RECORDS, &[]).failed(2);
    run_with("summary - --start 2026-06", RECORDS, &[]).failed(2);
}

#[test]
fn a_window_that_fails_is_named_and_the_rest_is_added_up() {
    let emulator = Emulated::start(&format!("{NOW} --fault status:500@3x2"));
    let query = "--start 2026-10-01 --end 2026-10-11 --page-size 2 --attempts 2 --concurrency 1";
    let run = emulator.run(&format!("summary {query} --by day --format csv"));
    run.failed(3);
    assert_eq!(run.stdout.lines().count(), 9, "{run:?}");
    assert!(
        run.stderr.contains("missing: 2026-10-05 to 2026-10-07"),
        "{run:?}"
    );
}

#[test]
fn long_csv_has_a_row_for_each_network_and_country() {
    let emulator = Emulated::start(NOW);
    let query = "fetch --start 2026-10-30 --end 2026-10-31";
    let run = emulator.run(&format!("{query} --long"));
    assert_eq!(run.code, 0, "{run:?}");
    let mut lines = run.stdout.lines();
    assert_eq!(
        lines.next(),
        Some(
            "account_sid,sim_sid,granularity,period_start,period_end,service,network,country,total,to_sim,from_sim,billed,currency,state"
        )
    );
    let first = lines.next().unwrap();
    assert!(
        first.contains(",daily,2026-10-30T00:00:00Z,2026-10-31T00:00:00Z,data,total,,"),
        "{first}"
    );
    assert!(first.ends_with(",settling"), "{first}");
    assert!(run.stdout.contains(",data,home,,") && run.stdout.contains(",commands,total,,"));
    emulator
        .run(&format!("{query} --long --format json"))
        .failed(2);
}

#[test]
fn a_page_that_is_missing_among_files_is_missing_in_every_command() {
    let day = |day: u32| {
        format!(
            r#"{{"account_sid":"AC00000000000000000000000000000001","sim_sid":"DE00000000000000000000000000000001","period":{{"start":"2026-06-{day:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}},"data":{{"total":0,"units":"bytes"}}}}"#,
            day + 1
        )
    };
    let page = |number: u32, next: &str| {
        format!(
            "{{\"usage_records\":[{}],\"meta\":{{\"page\":{number},\"next_page_url\":{next}}}}}\n",
            day(number + 1)
        )
    };
    let whole = [page(0, "\"x\""), page(1, "\"x\""), page(2, "null")];
    let [first, second, last] = &whole;
    for (text, missing) in [
        (whole.concat(), None),
        (
            first.clone(),
            Some("page 0 names a next page, but no page follows"),
        ),
        (
            [first.as_str(), last].concat(),
            Some("page 2 comes after page 0: page 1 is missing"),
        ),
        (
            [second.as_str(), last].concat(),
            Some("the first page is page 1: page 0 is missing"),
        ),
        (
            last.replace("\"page\":2,\"next_page_url\":null", "\"page\":0"),
            Some("page 0 has no next_page_url"),
        ),
    ] {
        for command in [
            "summary - --format csv",
            "fleet - --format csv",
            "report - --format terminal",
            "validate -",
        ] {
            let run = run_with(command, &text, &[]);
            let Some(missing) = missing else {
                assert_ne!(run.code, 3, "{command}: {run:?}");
                continue;
            };
            assert_eq!(run.code, 3, "{command}: {run:?}");
            let said = [run.stderr.as_str(), &run.stdout].concat();
            assert!(said.contains(missing), "{command}: {run:?}");
            // The figures that are there are shown.
            assert!(!run.stdout.is_empty(), "{command}: {run:?}");
        }
    }
}

#[test]
fn summary_and_report_say_what_does_not_count_and_exit_1_also_when_quiet() {
    let malformed = format!("{}\n{{\"data\":5}}\n", RECORDS.lines().next().unwrap());
    let server = Emulated::start(&format!("{NOW} --fault duplicate:2026-10-06:data.total:+3"));
    for command in ["summary", "report --format terminal"] {
        let of_file = |records: &str| run_with(&format!("{command} -q -"), records, &[]);
        let window = "--start 2026-10-05 --end 2026-10-08";
        for (run, why) in [
            (of_file(RECORDS), "with other figures"),
            (
                server.run(&format!("{command} -q {window}")),
                "with other figures",
            ),
            (of_file(&malformed), "UR002"),
        ] {
            assert_eq!(run.code, 1, "{run:?}");
            assert!(run.stderr.contains(why), "{run:?}");
        }
        let nothing = of_file("[]");
        assert!(nothing.failed(3).contains("no usage record"), "{nothing:?}");
        let nothing = server.run(&format!("{command} -q --start 2031-01-01 --end 2031-02-01"));
        nothing.failed(2);
        let before_all = server.run(&format!("{command} -q --start 2020-01-01 --end 2020-01-05"));
        assert!(
            before_all.failed(3).contains("no records in this window"),
            "{before_all:?}"
        );
    }
}

#[test]
fn hours_and_days_of_the_same_time_are_counted_once() {
    let emulator = Emulated::start(&format!("{NOW} --sims 3"));
    let fetch =
        |rest: &str| emulator.run(&format!("fetch --start 2026-10-01 --end 2026-10-04 {rest}"));
    let days = fetch("--all-sims").stdout;
    let both = [
        fetch("--all-sims --granularity hourly").stdout,
        days.clone(),
    ]
    .concat();
    for command in [
        "summary - --format csv",
        "fleet - --format csv",
        "report - --format terminal",
    ] {
        let figures = |records: &str| {
            let run = run_with(&format!("{command} --as-of 2026-11-01"), records, &[]);
            let lines = run
                .stdout
                .lines()
                .take_while(|line| !line.starts_with("Days"));
            // An hour says when the last usage was more exactly than its day.
            let lines =
                lines.map(|line| line.split(",2026-10-03T").next().unwrap_or(line).to_owned());
            (lines.collect::<Vec<_>>(), run.stderr)
        };
        let (shown, remarks) = figures(&both);
        assert_eq!(shown, figures(&days).0, "{command}");
        assert!(
            remarks.contains("such as an hour of a day"),
            "{command}: {remarks}"
        );
    }
}

#[test]
fn shares_that_are_all_0_are_no_silence_of_a_server() {
    let run = run_with(
        "summary - --by network",
        r#"{"data":{"total":0,"home":{"total":0}}}"#,
        &[],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr
            .contains("no record has figures for these groups"),
        "{run:?}"
    );
    assert!(!run.stderr.contains("server"), "{run:?}");
}
