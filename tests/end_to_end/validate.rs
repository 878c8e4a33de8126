//! Validating files and standard input.

use crate::program::{Emulated, fixture, run, run_with};

#[test]
fn real_figures_pass() {
    for (name, records) in [
        ("2017-milliseconds-no-billed.json", 1),
        ("2018-two-countries.json", 1),
        ("2020-null-counters.json", 1),
        ("official-example-empty-objects.json", 2),
    ] {
        let run = run(&format!(
            "validate --as-of 2018-06-21 --format json {}",
            fixture(name)
        ));
        let report = run.report();
        assert_eq!(run.code, 0, "{name}: {report:#}");
        assert_eq!(report["summary"]["records"], records, "{name}");
        assert_eq!(report["summary"]["errors"], 0, "{name}: {report:#}");
    }
}

#[test]
fn real_figures_give_the_findings_of_the_rules() {
    let codes = |name: &str, as_of: &str| {
        run(&format!(
            "validate --as-of {as_of} --format json {}",
            fixture(name)
        ))
        .codes()
    };
    assert_eq!(
        codes("2018-two-countries.json", "2018-07-01"),
        ["UR102", "UR102"]
    );
    assert_eq!(codes("2020-null-counters.json", "2020-05-01"), ["UR102"]);
    assert_eq!(
        codes("2017-milliseconds-no-billed.json", "2017-08-01"),
        ["UR104"]
    );
    // An instant as period, twice the retention ago; and a record of empty objects.
    assert_eq!(
        codes("official-example-empty-objects.json", "2018-08-01"),
        ["UR301", "UR310", "UR101", "UR101", "UR101"]
    );
}

#[test]
fn no_records_are_no_check() {
    let page = "{\"usage_records\":[],\"meta\":{\"page\":0,\"next_page_url\":null}}";
    for (input, options, code) in [
        ("", "", 3),
        ("", "--allow-empty", 3),
        (" \n\n", "--allow-empty", 3),
        (
            "{\"message\":\"Invalid Start\",\"code\":33101}",
            "--allow-empty",
            3,
        ),
        ("[]", "", 3),
        (page, "", 3),
        (page, "--fail-on never", 3),
        ("[]", "--allow-empty", 0),
        (page, "--allow-empty", 0),
    ] {
        let run = run_with(&format!("validate - --format json {options}"), input, &[]);
        assert_eq!(run.code, code, "{input} {options}: {run:?}");
        let verdict = if code == 0 { "pass" } else { "incomplete" };
        assert_eq!(
            run.report()["verdict"],
            verdict,
            "{input} {options}: {run:?}"
        );
    }
}

#[test]
fn the_human_report_names_place_culprit_and_counts() {
    let bad = std::fs::read_to_string(fixture("2018-two-countries.json"))
        .unwrap()
        .replace("\"upload\": 71411", "\"upload\": 71412");
    let run = run_with("validate --as-of 2018-07-01", &bad, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    for part in [
        "UR201",
        "UR202",
        "standard input",
        "/usage_records/0/data/home",
        "71411",
        "network-sum",
    ] {
        assert!(
            run.stdout.contains(part),
            "{part} is missing:\n{}",
            run.stdout
        );
    }
    assert!(!run.stdout.contains('\u{1b}'), "colours in a pipe");
}

#[test]
fn notices_are_counted_and_listed_only_where_they_matter() {
    let name = fixture("2018-two-countries.json");
    let listed = |options: &str| {
        let run = run(&format!("validate --as-of 2018-07-01 {options} {name}"));
        assert!(run.stdout.contains("UR102"), "{run:?}");
        run.stdout.contains("info[UR102")
    };
    assert!(!listed(""));
    assert!(listed("--verbose"));
    assert!(listed("--fail-on info"));
}

#[test]
fn what_fails_a_run_can_be_chosen() {
    let name = fixture("2017-milliseconds-no-billed.json");
    for (options, code) in [
        ("", 0),
        ("--fail-on warning", 1),
        ("--fail-on warning --ignore UR104", 0),
        ("--fail-on info --select UR2", 0),
        ("--fail-on never", 0),
    ] {
        let run = run(&format!("validate --as-of 2017-08-01 {options} {name}"));
        assert_eq!(run.code, code, "{options}: {run:?}");
    }
}

#[test]
fn foreign_input_is_described_once_in_the_report() {
    let run = run_with("validate", "{\"error\":1}", &[]);
    let what = "found an object without a value in any member of a record";
    let text = [run.stdout.as_str(), &run.stderr].concat();
    assert_eq!(text.matches(what).count(), 1, "{run:?}");
    assert!(
        run.stdout
            .ends_with("incomplete: standard input is not a list of usage records (1 error)\n"),
        "{run:?}"
    );
    assert_eq!(run.stderr.matches("help: ").count(), 1, "{run:?}");
}

#[test]
fn nothing_checked_is_no_pass_whatever_is_selected() {
    let line = "{\"sim_sid\":\"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\",\"data\":{\"total\":0}}\n";
    for options in ["--ignore UR", "--select UR601", "--select UR504"] {
        let run = run_with(&format!("validate {options}"), line, &[]);
        assert_eq!(run.code, 3, "{options}: {run:?}");
        let last = run.stdout.lines().last().unwrap();
        assert!(last.starts_with("incomplete: no"), "{options}: {last}");
    }
}

#[test]
fn a_page_with_an_error_beside_its_records_does_not_pass() {
    let page = |beside: &str| {
        format!(
            "{{\"usage_records\":[{{\"sim_sid\":\"DE\",\"data\":{{\"total\":0}}}}],{beside}\"meta\":{{\"page\":0,\"next_page_url\":null}}}}\n"
        )
    };
    for beside in ["\"errors\":[{\"message\":\"partial\"}],", "\"status\":500,"] {
        let alone = run_with("validate", &page(beside), &[]);
        alone.failed(3);
        assert!(alone.stdout.contains("an error in "), "{alone:?}");
        let last = page("") + &page(beside);
        let last = run_with("validate --format json", &last, &[]);
        assert_ne!(last.code, 0, "{last:?}");
    }
    assert_eq!(run_with("validate", &page(""), &[]).code, 0);
}

#[test]
fn input_that_is_no_list_of_records_is_exit_3_with_its_place() {
    for (text, place) in [
        ("hello", "line 1, column 1"),
        ("<html><body>Bad Gateway</body></html>", "line 1, column 1"),
        ("{\"code\":20003,\"message\":\"no\"}", "line 1, column 1"),
        (
            "{\"usage_records\":[{\"data\":{\"total\":0}},\n{\"da",
            "line 2, column 5",
        ),
    ] {
        let run = run_with("validate --format json", text, &[]);
        let error = run.failed(3).to_owned();
        assert!(error.contains(place), "{error}");
        assert!(run.codes().contains(&"UR001".to_owned()), "{run:?}");
    }
}

#[test]
fn what_was_read_before_a_cut_is_checked() {
    let cut = "{\"usage_records\":[{\"data\":{\"total\":1,\"home\":{\"total\":2}}},{\"data\":";
    let run = run_with("validate --format json --select UR2", cut, &[]);
    run.failed(3);
    assert!(run.codes().contains(&"UR201".to_owned()), "{run:?}");
}

#[test]
fn a_bad_record_does_not_hide_the_others() {
    let lines = "{\"data\":{\"total\":\"5\"}}\n{\"data\":{\"total\":1,\"home\":{\"total\":2}}}\n";
    let run = run_with("validate --format json --select UR2", lines, &[]);
    assert_eq!(run.code, 1);
    let report = run.report();
    assert_eq!(report["summary"]["malformed"], 1);
    assert_eq!(report["findings"][0]["code"], "UR002");
    assert_eq!(report["findings"][0]["pointer"], "/data/total");
    assert_eq!(report["findings"][0]["line"], 1);
    assert_eq!(report["findings"][1]["record"], 1);
}

#[test]
fn retention_is_measured_from_as_of() {
    let name = fixture("2018-two-countries.json");
    let codes = |as_of: &str| {
        run(&format!(
            "validate --as-of {as_of} --format json --select UR3 {name}"
        ))
        .codes()
    };
    assert_eq!(codes("2018-11-18"), [""; 0]);
    assert_eq!(codes("2018-11-20"), ["UR311"]);
    assert_eq!(codes("2019-12-20"), ["UR310"]);
    assert_eq!(codes("2018-06-20T12:00:00Z"), ["UR320"]);
    assert_eq!(codes("2018-06-21T12:00:00Z"), ["UR321"]);
}

/// NDJSON of so many days, newest last, with a fault at every hundredth.
fn many_days(number: usize) -> String {
    let day = |index: usize| {
        let start = 1_735_689_600 + index * 3_600;
        let (hour, date) = (start / 3_600 % 24, start / 86_400);
        let stamp = |date: usize, hour: usize| {
            // Days since 1970 as a date, by the civil calendar.
            let z = date + 719_468;
            let era = z / 146_097;
            let doe = z - era * 146_097;
            let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
            let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
            let mp = (5 * doy + 2) / 153;
            let (d, m) = (
                doy - (153 * mp + 2) / 5 + 1,
                if mp < 10 { mp + 3 } else { mp - 9 },
            );
            let y = yoe + era * 400 + usize::from(m <= 2);
            format!("{y:04}-{m:02}-{d:02}T{hour:02}:00:00Z")
        };
        let end = if hour == 23 {
            stamp(date + 1, 0)
        } else {
            stamp(date, hour + 1)
        };
        let off = usize::from(index % 100 == 17);
        format!(
            "{{\"account_sid\":\"ACabababababababababababababababab\",\"period\":{{\"start\":\"{}\",\"end\":\"{end}\"}},\
             \"commands\":{{\"total\":0,\"to_sim\":0,\"from_sim\":0}},\"data\":{{\"total\":{},\"download\":{index},\"upload\":2,\"units\":\"bytes\",\
             \"home\":{{\"total\":{},\"download\":{index},\"upload\":2,\"units\":\"bytes\"}}}}}}\n",
            stamp(date, hour),
            index + 2 + off,
            index + 2,
        )
    };
    (0..number).map(day).collect()
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let lines = many_days(3_000);
    let rows: Vec<&str> = lines.lines().collect();
    let kept = rows.iter().enumerate().filter(|(row, _)| row % 700 != 5);
    let missing = kept.map(|(_, row)| *row).collect::<Vec<_>>().join("\n");
    let broken = lines.replacen("\"upload\":2,", "\"upload\" 2,", 1_500);
    let list = format!("[{}]", rows.join(",\n"));
    let pages = format!(
        "{{\"usage_records\":{list},\"meta\":{{\"page\":0,\"next_page_url\":\"x\"}}}}\n{{\"usage_records\":[],\"meta\":{{\"page\":2,\"next_page_url\":null}}}}\n"
    );
    let half = format!(
        "{}{{\"usage_records\":[\n{}\n]}}\n{}",
        rows[..1000].join("\n") + "\n",
        rows[1000..1100].join(",\n"),
        rows[1100..].join("\n")
    );
    let cut = lines[..lines.len() - 40].to_owned();
    let garbage = format!("{}<html>\n{}", &lines[..700_000], &lines[700_000..]);
    for (name, text) in [
        ("lines", &lines),
        ("missing", &missing),
        ("broken", &broken),
        ("list", &list),
        ("pages", &pages),
        ("half", &half),
        ("cut", &cut),
        ("garbage", &garbage),
    ] {
        for format in ["json", "human"] {
            let with = |jobs: u32, most: u32| {
                run_with(
                    &format!(
                        "validate --as-of 2026-01-01 --granularity hourly --format {format} --jobs {jobs} --max-findings {most}"
                    ),
                    text,
                    &[],
                )
            };
            for most in [7, 100_000] {
                let one = with(1, most);
                for jobs in [2, 5] {
                    let several = with(jobs, most);
                    assert_eq!(several.code, one.code, "{name}: {}", several.stderr);
                    assert_eq!(several.stderr, one.stderr, "{name}");
                    assert!(
                        several.stdout == one.stdout,
                        "{name} {format} --jobs {jobs}"
                    );
                }
            }
        }
    }
}

#[test]
fn more_jobs_than_the_machine_has_threads_for_are_no_failure() {
    let figures = fixture("2018-two-countries.json");
    let run = run(&format!("validate {figures} --jobs 100000 --fail-on never"));
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn strictness_is_chosen_as_a_whole_and_rule_by_rule() {
    let days = many_days(3);
    let first_and_last = [days.lines().next().unwrap(), days.lines().nth(2).unwrap()].join("\n");
    for (options, code) in [
        ("", 0),
        ("--fail-on warning", 1),
        ("--strictness strict", 1),
        ("--strictness lenient --fail-on warning", 0),
        ("--severity UR404=error", 1),
        ("--severity UR4=error,UR404=info --fail-on warning", 0),
        ("--strictness strict --severity UR404=info", 0),
    ] {
        let run = run_with(
            &format!("validate --as-of 2025-06-01 {options}"),
            &first_and_last,
            &[],
        );
        assert_eq!(run.code, code, "{options}: {run:?}");
    }
    let off = "{\"data\":{\"total\":5,\"download\":5,\"home\":{\"total\":7,\"download\":7}}}";
    for (options, code) in [
        ("", 1),
        ("--tolerance 1", 1),
        ("--tolerance 2", 0),
        ("--tolerance data=2", 0),
        ("--tolerance commands=2", 1),
    ] {
        let run = run_with(&format!("validate {options}"), off, &[]);
        assert_eq!(run.code, code, "{options}: {run:?}");
    }
    let other = first_and_last.replacen("ACab", "ACcd", 1);
    assert_eq!(run_with("validate --as-of 2025-06-01", &other, &[]).code, 1);
    assert_eq!(
        run_with("validate --as-of 2025-06-01 --accounts many", &other, &[]).code,
        0
    );
}

#[test]
fn the_window_that_was_asked_for_is_checked() {
    let days = many_days(24);
    let codes = |start: &str, end: &str| {
        run_with(
            &format!("validate --as-of 2025-06-01 --granularity hourly --select UR5 --start {start} --end {end} --format json"),
            &days,
            &[],
        )
        .codes()
    };
    assert_eq!(codes("2025-01-01", "2025-01-02"), [""; 0]);
    assert_eq!(codes("2024-12-31", "2025-01-02"), ["UR502"]);
    assert_eq!(codes("2025-01-01", "2025-01-04"), ["UR502"]);
    assert_eq!(codes("2023-11-30", "2025-01-02"), ["UR502", "UR503"]);
}

#[test]
fn a_quiet_run_says_only_what_went_wrong() {
    let node = "\"total\":3,\"download\":2,\"upload\":1,\"units\":\"bytes\"";
    let good = format!("{{\"data\":{{{node},\"home\":{{{node}}}}}}}\n");
    let passed = run_with("validate -q --as-of 2026-11-01", &good, &[]);
    assert_eq!((passed.code, passed.stdout.as_str()), (0, ""), "{passed:?}");
    assert_eq!(passed.stderr, "");
    let bad = good.replacen('3', "4", 1);
    let failed = run_with("validate -q --as-of 2026-11-01", &bad, &[]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stdout.contains("error[UR201"), "{failed:?}");
    assert!(!failed.stdout.contains("warning["), "{failed:?}");
}

#[test]
fn where_nothing_was_seen_standard_error_says_what_is_missing() {
    let day = |start: u32| {
        format!(
            r#"{{"period":{{"start":"2026-06-{start:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}},"commands":{{}},"data":{{}}}}"#,
            start + 1
        )
    };
    for (command, input, said) in [
        ("validate", "[]".to_owned(), "there was no record to check"),
        (
            "validate",
            "{\"data\":7}\n".to_owned(),
            "no record could be read",
        ),
        ("validate", "[1,2]".to_owned(), "no record could be read"),
        ("reconcile", "[]".to_owned(), "there was no record to check"),
        (
            "reconcile",
            day(1) + "\n" + &day(2),
            "none of the selected rules had anything to check",
        ),
    ] {
        for options in ["", "--format json", "-q"] {
            let run = run_with(&format!("{command} - {options}"), &input, &[]);
            run.failed(3);
            assert!(
                run.stderr.contains(&format!("error: {said}")),
                "{command} {options}: {run:?}"
            );
            assert!(run.stderr.contains("help: "), "{run:?}");
        }
    }
}

#[test]
fn a_run_that_did_not_see_everything_says_once_what_to_do() {
    let open = r#"{"usage_records":[],"meta":{"page":0,"next_page_url":"https://h/v1/UsageRecords?Page=1"}}"#;
    let text = std::fs::read_to_string(fixture("2018-two-countries.json")).unwrap();
    let with_findings = text.replacen(r#""total": "#, r#""total": 1"#, 1);
    for input in [
        open.to_owned(),
        format!("{with_findings}{open}"),
        String::new(),
    ] {
        let run = run_with("validate - --as-of 2026-07-01", &input, &[]);
        run.failed(3);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(
            all.lines()
                .filter(|line| line.starts_with("help: "))
                .count(),
            1,
            "{run:?}"
        );
    }
    let check = Emulated::start("--now 2026-11-01T06:00:00Z --fault status:500")
        .run("check --start 2026-09-01 --end 2026-09-11 --attempts 1");
    check.failed(3);
    let all = format!("{}{}", check.stdout, check.stderr);
    assert_eq!(
        all.lines()
            .filter(|line| line.starts_with("help: "))
            .count(),
        1,
        "{check:?}"
    );
}
