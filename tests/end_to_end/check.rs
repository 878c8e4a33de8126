//! Fetching and validating in one stream.

use serde_json::Value;

use crate::{
    program::{Emulated, run_with},
    server::{serve, serve_json},
};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

/// Where a finding says that its record stands.
fn place(finding: &Value) -> String {
    format!(
        "{}, record {}, line {}",
        finding["source"].as_str().unwrap(),
        finding["record"],
        finding["line"]
    )
}

/// The third page has the hours 3, 2, 1, 1 and 0: one of them is delivered once, and the whole list turned round.
/// The rules see both.
const TURNED: &str = "--order newest-first --fault wrong-sum:2026-10-05T23:data.total:+7 \
                      --fault malformed:2026-10-05T00 --fault duplicate:2026-10-05T01";

#[test]
fn a_record_stands_where_it_stood_in_its_body_though_others_are_taken_out_and_the_list_is_turned() {
    let emulator = Emulated::start(&format!("{NOW} {TURNED}"));
    let checked = emulator.run(
        "check --start 2026-10-05 --end 2026-10-06 --granularity hourly --page-size 10 --format json",
    );
    assert_eq!(checked.code, 1, "{checked:?}");
    let report = checked.report();
    assert_eq!(report["summary"]["records"], 25);
    let findings = report["findings"].as_array().unwrap();
    let places: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}",
                place(finding),
                finding["pointer"].as_str().unwrap()
            )
        })
        .collect();
    let top = "page 1, record 0, line null /usage_records/0/data/total";
    assert_eq!(
        places,
        [
            "page 3, record 4, line null /usage_records/4/data/download",
            "page 3, record 3, line null /usage_records/3/period",
            top,
            top
        ]
    );
}

#[test]
fn a_record_that_is_kept_stands_where_the_file_has_it() {
    let emulator = Emulated::start(&format!("{NOW} {TURNED}"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.ndjson").display().to_string();
    let query = "check --start 2026-10-05 --end 2026-10-06 --granularity hourly --page-size 10";
    let checked = emulator.run(&format!("{query} --format json --save {file}"));
    let places = |report: &Value| -> Vec<(String, Value, Value)> {
        let findings = report["findings"].as_array().unwrap().iter();
        let places = findings.map(|finding| {
            let pointer = finding["pointer"].clone();
            (place(finding), pointer, finding["code"].clone())
        });
        places.collect()
    };
    let found = places(&checked.report());
    assert_eq!(found[0].0, format!("{file}, record 0, line 1"));
    assert_eq!(found[1].0, format!("{file}, record 2, line 3"));
    assert_eq!(found[1].2, "UR401");
    assert_eq!(found[2].0, format!("{file}, record 24, line 25"));
    // A run over the file says the same.
    let again = run_with(
        &format!("validate {file} --as-of 2026-11-01T06:00:00Z --granularity hourly --format json"),
        "",
        &[],
    );
    assert_eq!(places(&again.report()), found);
}

#[test]
fn check_fetches_and_validates() {
    let emulator = Emulated::start(&format!("{NOW} --fault wrong-sum:2026-10-05:data.total:+7"));
    let query = "check --end 2026-10-11 --page-size 3";
    let checked = emulator.run(&format!("{query} --start 2026-10-01 --format json"));
    assert_eq!(checked.code, 1, "{checked:?}");
    assert_eq!(checked.codes(), ["UR201", "UR202"]);
    let report = checked.report();
    assert_eq!(report["summary"]["records"], 10);
    assert_eq!(report["findings"][0]["delta"], "7");
    assert_eq!(place(&report["findings"][0]), "page 2, record 1, line null");
    let clean = emulator.run(&format!("{query} --start 2026-10-06"));
    assert_eq!(clean.code, 0, "{clean:?}");
}

#[test]
fn check_looks_at_the_envelopes_of_the_pages() {
    let rule = |run: &crate::program::Run| run.report()["summary"]["rules"]["UR504"].clone();
    // Windows of one page each, and windows of many pages in either order: all lists are complete.
    for (options, page_size, pages) in [("", 50, 5), ("", 7, 40), ("--order newest-first", 7, 40)] {
        let emulator = Emulated::start(&format!("{NOW} {options}"));
        let checked = emulator.run(&format!(
            "check --granularity hourly --start 2026-10-01 --end 2026-10-11 \
             --page-size {page_size} --format json"
        ));
        assert_eq!(checked.code, 0, "{options}: {checked:?}");
        let counts = rule(&checked);
        assert_eq!(
            (&counts["evaluated"], &counts["failed"]),
            (&pages.into(), &0.into())
        );
    }
    let body = r#"{"usage_records":[],"meta":{"page":2,"next_page_url":null}}"#;
    let base = serve(&format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let checked = run_with(
        "check --start 2026-10-01 --end 2026-10-02 --select UR504 --format json",
        "",
        &[
            ("KORE_BASE_URL", base.as_str()),
            ("KORE_ACCESS_TOKEN", "any"),
        ],
    );
    assert_eq!(checked.code, 3, "{checked:?}");
    assert_eq!(checked.codes(), ["UR504"]);
    let finding = &checked.report()["findings"][0];
    assert_eq!(
        finding["message"],
        "records from 2026-10-01 to 2026-10-02 are missing: the page says that it is page 2 of the list, \
         counted from 0, in place of page 0"
    );
}

#[test]
fn what_could_not_be_fetched_fails_the_check_in_every_form() {
    // Pages of two hours' windows: the second window fails on its second page, the others are whole.
    let emulator = Emulated::start(&format!("{NOW} --fault status:500@3"));
    let check = |format: &str| {
        let query = "check --start 2026-10-01 --end 2026-10-04 \
                     --granularity hourly --page-size 24 --attempts 1 --concurrency 1";
        emulator.run(&format!("{query} --format {format}"))
    };
    let checked = check("json");
    checked.failed(3);
    let report = checked.report();
    assert_eq!(report["verdict"], "incomplete");
    assert_eq!(report["incomplete"].as_array().unwrap().len(), 1);
    let findings = report["findings"].as_array().unwrap();
    let missing = || findings.iter().filter(|finding| finding["code"] == "UR504");
    let places: Vec<_> = missing().map(|finding| &finding["source"]).collect();
    assert_eq!(places, ["window 2026-10-03 to 2026-10-04"]);
    let missing: Vec<_> = missing()
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    let [missing] = missing[..] else {
        panic!("{findings:?}");
    };
    let window = "records from 2026-10-03 to 2026-10-04 are missing: ";
    assert!(missing.starts_with(window), "{missing}");
    assert!(missing.contains("500"), "{missing}");
    assert_eq!(report["summary"]["records"], 48);
}

/// A list of days of June, each with so many bytes, as a page whose envelope names no window.
fn june(days: &[(u32, u64)]) -> String {
    let records = days.iter().map(|(day, bytes)| {
        let node = format!(r#""total":{bytes},"download":{bytes},"upload":0,"units":"bytes""#);
        format!(
            r#"{{"account_sid":"ACabababababababababababababababab","period":{{"start":"2026-06-{day:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}},"commands":{{"total":0,"to_sim":0,"from_sim":0}},"data":{{{node},"home":{{{node}}}}}}}"#,
            day + 1
        )
    });
    format!(
        r#"{{"usage_records":[{}],"meta":{{"page":0,"url":"http://127.0.0.1/v1/UsageRecords?PageSize=1000&Page=0","next_page_url":null}}}}"#,
        records.collect::<Vec<_>>().join(",")
    )
}

fn checked(base: &str, options: &str) -> crate::program::Run {
    let access = [("KORE_BASE_URL", base), ("KORE_ACCESS_TOKEN", "any")];
    run_with(&format!("check --format json {options}"), "", &access)
}

#[test]
fn of_a_period_that_is_sent_again_the_later_reading_counts_and_is_named() {
    let query = "--start 2026-06-01 --end 2026-06-04";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.ndjson").display().to_string();
    for (days, total, codes, named) in [
        (
            &[(1, 15), (2, 15), (2, 105), (3, 15)][..],
            "135",
            &["UR402"][..],
            2,
        ),
        (&[(1, 15), (2, 105), (3, 15), (2, 15)], "45", &["UR402"], 3),
        (
            &[(3, 15), (2, 15), (2, 104), (2, 105), (1, 15)],
            "135",
            &["UR402", "UR402"],
            2,
        ),
        (&[(1, 15), (2, 15), (2, 15), (3, 15)], "45", &["UR401"], 2),
    ] {
        let page = june(days);
        let base = serve_json(move |_| page.clone());
        let run = checked(&base, query);
        assert_eq!(run.codes(), codes, "{run:?}");
        let report = run.report();
        assert_eq!(report["findings"][0]["record"], named, "{days:?}");
        assert_eq!(
            report["summary"]["totals"]["data"]["total"], total,
            "{days:?}"
        );
        // What is kept is read back as the same.
        checked(&base, &format!("{query} --save {file}"));
        let again = run_with(&format!("validate {file} --format json"), "", &[]);
        assert_eq!(again.codes(), codes, "{again:?}");
        assert_eq!(
            again.report()["summary"]["totals"],
            report["summary"]["totals"]
        );
    }
}

#[test]
fn every_window_is_a_list_of_its_own_whatever_its_envelope_says() {
    let base = serve_json(|target| {
        let first = [1, 3]
            .into_iter()
            .find(|day| target.contains(&format!("2026-06-{day:02}")));
        june(&first.map_or_else(Vec::new, |day| vec![(day, 1), (day + 1, 1)]))
    });
    let run = checked(
        &base,
        "--start 2026-06-01 --end 2026-06-05 --max-window-days 2 --concurrency 1",
    );
    assert_eq!((run.code, run.codes()), (0, Vec::new()), "{run:?}");
    let pages = &run.report()["summary"]["rules"]["UR504"];
    assert_eq!(
        (&pages["evaluated"], &pages["failed"]),
        (&2.into(), &0.into())
    );
}
