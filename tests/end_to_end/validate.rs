//! Validating files and standard input.

use crate::program::{fixture, run, run_with};

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
fn real_figures_give_the_findings_that_the_rules_say() {
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
fn a_missing_file_has_no_verdict_and_costs_the_others_nothing() {
    let run = run("validate no/such/file.json");
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(
        run.stderr.contains("cannot read no/such/file.json"),
        "{run:?}"
    );
    assert!(run.stderr.contains("help: "), "{run:?}");

    let both = crate::program::run(&format!(
        "validate --as-of 2018-07-01 no/such/file.json {} --format json",
        fixture("2018-two-countries.json")
    ));
    assert_eq!(both.code, 3, "{both:?}");
    assert_eq!(both.report()["summary"]["records"], 1, "{both:?}");
    assert!(both.stderr.contains("no/such/file.json"), "{both:?}");
}

#[test]
fn several_inputs_are_one_run() {
    let good = "{\"data\":{\"total\":3,\"home\":{\"total\":3}}}\n";
    let run = run_with(
        &format!(
            "validate --as-of 2018-07-01 --format json {} -",
            fixture("2018-two-countries.json")
        ),
        good,
        &[],
    );
    let report = run.report();
    assert_eq!(report["summary"]["records"], 2);
    let sources: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["source"])
        .collect();
    assert!(
        sources.iter().any(|source| *source == "standard input"),
        "{report:#}"
    );
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
fn input_that_is_no_list_of_records_is_exit_3_with_its_place() {
    for (text, place) in [
        ("hello", "line 1, column 1"),
        ("<html><body>Bad Gateway</body></html>", "line 1, column 1"),
        ("{\"code\":20003,\"message\":\"no\"}", "line 1, column 1"),
        (
            "{\"usage_records\":[{\"data\":{}},\n{\"da",
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
fn an_unreadable_file_does_not_hide_the_others() {
    let run = run(&format!(
        "validate --format json /nonexistent/usage.json {}",
        fixture("2018-two-countries.json")
    ));
    let error = run.failed(3).to_owned();
    assert!(error.contains("/nonexistent/usage.json"), "{error}");
    assert_eq!(run.report()["summary"]["records"], 1);
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

#[test]
fn wrong_options_are_exit_2() {
    for arguments in [
        "validate --no-such-option",
        "validate --select XY9 -",
        "validate --as-of yesterday -",
        "validate --start 2026-01-01 -",
        "validate --policy maybe -",
        "frobnicate",
        "explain UR999",
        "fetch --page-size 1001",
        "fetch --start 2026-02-30",
        "",
    ] {
        let run = run(arguments);
        assert_eq!(run.code, 2, "{arguments}: {run:?}");
        assert!(!run.stderr.is_empty(), "{arguments}");
    }
}
