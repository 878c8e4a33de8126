//! The files that are validated: which are read, in which order, and those that cannot be read.

use crate::program::{fixture, make_pipe, run, run_with};

#[test]
fn a_missing_file_has_no_verdict_and_costs_the_others_nothing() {
    let none = run("validate no/such/file.json");
    assert_eq!((none.code, none.stdout.as_str()), (3, ""), "{none:?}");
    let message = "cannot read no/such/file.json";
    assert!(none.stderr.contains(message), "{none:?}");
    assert!(none.stderr.contains("help: "), "{none:?}");

    let both = run(&format!(
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
fn a_folder_is_read_in_the_order_in_which_people_count() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let record = "{\"data\":{\"total\":1}}\n";
    for name in [
        "page-10.json",
        "page-2.jsonl",
        "page-1.ndjson",
        "sub/page-3.json",
    ] {
        write(name, record);
    }
    for name in [
        ".hidden.json",
        "notes.txt",
        "usage.csv",
        ".hidden/page.json",
    ] {
        write(name, "not read");
    }
    let path = folder.path().display().to_string();
    let read = run(&format!("validate --format json {path}"));
    let mut sources: Vec<String> = read.report()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["source"].as_str())
        .map(|source| source.replace(&format!("{path}/"), ""))
        .collect();
    sources.dedup();
    let expected = [
        "page-1.ndjson",
        "page-2.jsonl",
        "page-10.json",
        "sub/page-3.json",
    ];
    assert_eq!(sources, expected, "{read:?}");

    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = run(&format!("validate {path}/empty"));
    let error = empty.failed(3).to_owned();
    assert!(error.contains("has no files of usage records"), "{empty:?}");
}

#[test]
fn a_pipe_in_a_folder_is_named_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("a.json");
    make_pipe(&pipe);
    let named = folder.path().display();
    for command in ["validate", "summary", "report", "fleet"] {
        let run = run(&format!("{command} {named}"));
        assert_eq!(run.code, 3, "{command}: {run:?}");
        assert!(
            run.stderr.contains("a.json: it is not a regular file"),
            "{command}: {run:?}"
        );
    }
}

#[test]
fn links_to_folders_are_followed_and_each_folder_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("exports/may")).unwrap();
    std::fs::create_dir(path("june")).unwrap();
    std::fs::copy(fixture("2018-two-countries.json"), path("june/a.json")).unwrap();
    std::os::unix::fs::symlink("../june", path("exports/june")).unwrap();
    std::os::unix::fs::symlink("../june", path("exports/again")).unwrap();
    std::os::unix::fs::symlink("..", path("exports/may/round")).unwrap();
    let run = run(&format!(
        "validate {} --as-of 2018-07-01 --format json",
        path("exports").display()
    ));
    assert_eq!(run.report()["summary"]["records"], 1, "{run:?}");
}

#[test]
fn a_list_names_the_files_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let fixture = fixture("2018-two-countries.json");
    std::fs::write(&list, format!("{fixture}\n\n-\n")).unwrap();
    let record = "{\"data\":{\"total\":1}}\n";
    let command = format!(
        "validate --as-of 2018-07-01 --format json --files-from {}",
        list.display()
    );
    let read = run_with(&command, record, &[]);
    assert_eq!(read.report()["summary"]["records"], 2, "{read:?}");
    std::fs::write(&list, "\n").unwrap();
    let nothing = run(&command);
    assert!(nothing.failed(2).contains("lists no file"), "{nothing:?}");
}
