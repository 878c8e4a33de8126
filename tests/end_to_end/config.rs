//! Looking at the settings, several profiles, and what unattended runs leave.

use std::fs;

use serde_json::Value;

use crate::{
    program::{Emulated, run_with},
    settings::Home,
};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

const WEEK: &str = "--start 2026-10-01 --end 2026-10-08";

/// A configuration with two accounts, each on an emulator of its own; the third is refused.
fn home(one: &Emulated, two: &Emulated) -> Home {
    let profile = |name: &str, emulator: &Emulated, file: &str| {
        format!(
            "[profiles.{name}]\nbase_url = \"{}\"\nclient_id = \"client-of-mine\"\nclient_secret_file = \"{file}\"\n",
            emulator.base
        )
    };
    let home = Home::new(&(profile("one", one, "secret") + &profile("two", two, "secret")));
    fs::write(home.file("secret"), "very-secret\n").unwrap();
    home
}

fn account(seed: u32) -> Emulated {
    Emulated::start(&format!(
        "{NOW} --sims 4 --seed {seed} --client-id client-of-mine --client-secret very-secret"
    ))
}

#[test]
fn every_setting_says_where_it_comes_from_and_no_secret_is_shown() {
    let (one, two) = (account(1), account(2));
    let home = home(&one, &two);
    let shown = home.run("config show --profile two --attempts 2 --format json", &[]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(!shown.stdout.contains("very-secret") && !shown.stdout.contains("client-of-mine"));
    let rows: Vec<Value> = serde_json::from_str(&shown.stdout).unwrap();
    let shown = |name: &str| {
        let row = rows.iter().find(|row| row["name"] == name).unwrap();
        (
            row["value"].as_str().unwrap(),
            row["origin"].as_str().unwrap(),
        )
    };
    assert_eq!(shown("profile"), ("two", "--profile"));
    assert_eq!(
        shown("base_url"),
        (format!("{}/", two.base).as_str(), "profile \"two\"")
    );
    assert_eq!(shown("id"), ("clie…", "profile \"two\""));
    assert_eq!(
        shown("secret"),
        ("hidden, in the file secret", "profile \"two\"")
    );
    assert_eq!(shown("attempts"), ("2", "--attempts"));
    assert_eq!(shown("concurrency"), ("4", "default"));
    let token = [
        ("KORE_ACCESS_TOKEN", "secret-token"),
        ("HTTPS_PROXY", "http://u:p@proxy:1"),
    ];
    let shown = run_with("config show", "", &token);
    assert!(shown.stdout.contains("KORE_ACCESS_TOKEN"), "{shown:?}");
    assert!(shown.stdout.contains("proxy:1"), "{shown:?}");
    assert!(
        !shown.stdout.contains("secret-token") && !shown.stdout.contains("u:p"),
        "{shown:?}"
    );
    assert!(run_with("config show", "", &[]).stdout.contains("none"));
}

#[test]
fn the_settings_of_every_profile_are_shown() {
    let (one, two) = (account(1), account(2));
    let home = home(&one, &two);
    let shown = home.run("config show --all-profiles --format json", &[]);
    let rows: Vec<Value> = serde_json::from_str(&shown.stdout).unwrap();
    let addresses = rows.iter().filter(|row| row["name"] == "base_url");
    let addresses: Vec<_> = addresses
        .map(|row| {
            (
                row["profile"].as_str().unwrap(),
                row["value"].as_str().unwrap(),
            )
        })
        .collect();
    let base = |emulator: &Emulated| format!("{}/", emulator.base);
    assert_eq!(
        addresses,
        [("one", base(&one).as_str()), ("two", &base(&two))]
    );
    let table = home.run("config show --all-profiles", &[]).stdout;
    assert!(
        table.contains(&one.base) && table.contains(&two.base),
        "{table}"
    );
}

#[test]
fn what_could_not_be_tried_is_not_refused() {
    let emulator = Emulated::start(&format!("{NOW} --fault status:503"));
    let run = emulator.run("config check --attempts 1 --format json");
    run.failed(3);
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown[0]["account_records"], Value::Null, "{shown}");
    assert_eq!(shown[0]["refused"], serde_json::json!([]));
    assert!(
        shown[0]["untried"][0]
            .as_str()
            .unwrap()
            .contains("HTTP 503"),
        "{shown}"
    );
    let table = emulator.run("config check --attempts 1").stdout;
    assert!(table.contains("could not be tried"), "{table}");
}

#[test]
fn the_file_of_the_settings_is_named_also_where_there_is_none() {
    let named = run_with("config path", "", &[("XDG_CONFIG_HOME", "/nonexistent")]);
    assert_eq!(named.stdout, "/nonexistent/kore-usage/config.toml\n");
    assert!(named.stderr.contains("no such file"), "{named:?}");
}

#[test]
fn credentials_are_tried_and_what_they_allow_is_listed() {
    let emulator = account(1);
    let right = emulator.run_as(
        "config check --format json",
        "client-of-mine",
        "very-secret",
    );
    assert_eq!(right.code, 0, "{right:?}");
    let shown: Value = serde_json::from_str(&right.stdout).unwrap();
    assert_eq!(shown[0]["account_records"], true);
    assert_eq!(shown[0]["sim_list"], true);
    assert!(
        shown[0]["account_sid"].as_str().unwrap().starts_with("AC"),
        "{shown}"
    );
    let wrong = emulator.run_as("config check", "client-of-mine", "guessed");
    wrong.failed(3);
    assert!(wrong.stdout.ends_with(" no\n"), "{wrong:?}");
    assert!(!wrong.stderr.contains("guessed"), "{wrong:?}");
}

#[test]
fn every_profile_is_used_and_one_that_fails_costs_itself_alone() {
    let (one, two) = (account(1), account(2));
    let home = home(&one, &two);
    let fetched = home.run(&format!("fetch --all-profiles {WEEK} --format csv"), &[]);
    assert_eq!(fetched.code, 0, "{fetched:?}");
    let mut accounts: Vec<&str> = fetched
        .stdout
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(accounts.len(), 14);
    accounts.dedup();
    assert_eq!(accounts.len(), 2, "{accounts:?}");
    let summary = home.run(&format!("summary --all-profiles {WEEK} --format csv"), &[]);
    assert!(
        summary.stdout.starts_with("account,month,records,"),
        "{summary:?}"
    );
    assert_eq!(summary.stdout.lines().count(), 3, "{summary:?}");
    let checked = home.run(&format!("check --all-profiles {WEEK} --format json"), &[]);
    assert_eq!(
        (checked.code, checked.codes()),
        (0, Vec::new()),
        "{checked:?}"
    );
    let sims = home.run("sims --all-profiles --format csv", &[]);
    assert!(sims.stdout.starts_with("account_sid,sid,"), "{sims:?}");
    assert_eq!(sims.stdout.lines().count(), 9, "{sims:?}");
    assert_eq!(
        home.run("config check --all-profiles", &[])
            .stdout
            .lines()
            .count(),
        3
    );
    drop(one);
    let half = home.run(
        &format!("fetch --all-profiles {WEEK} --format csv --attempts 1"),
        &[],
    );
    half.failed(3);
    assert_eq!(half.stdout.lines().count(), 8, "{half:?}");
    assert!(
        half.stderr
            .contains("missing: profile \"one\", 2026-10-01 to 2026-10-08"),
        "{half:?}"
    );
    // The time is that of the server which told it.
    let half = home.run(
        &format!("check --all-profiles {WEEK} --format json --attempts 1"),
        &[],
    );
    half.failed(3);
    let report = half.report();
    assert_eq!(report["as_of"].as_str().unwrap()[..13], *"2026-11-01T06");
    assert_eq!(report["summary"]["records"], 7);
    assert_eq!(half.codes(), ["UR504"], "{half:?}");
    home.run("fetch --all-profiles --profile one", &[])
        .failed(2);
}

#[test]
fn a_plan_says_what_would_be_asked_and_asks_nothing() {
    let emulator = Emulated::start(NOW);
    let plan = |query: &str| {
        let run = emulator.run(query);
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout
    };
    let hourly = plan("fetch --plan --granularity hourly --start 2026-07-01 --end 2026-10-01");
    assert!(
        hourly.starts_with("hourly records of the account, 2026-07-01 to 2026-10-01, in 3 windows: 3 requests at least"),
        "{hourly}"
    );
    assert_eq!(hourly.lines().count(), 4, "{hourly}");
    for command in ["check", "summary", "fleet", "fetch --all-sims"] {
        let plan = plan(&format!("{command} --plan {WEEK}"));
        assert!(plan.contains("1 request"), "{plan}");
    }
    assert_eq!(emulator.requests(), 0);
    let asked = emulator.run("fetch --granularity hourly --start 2026-07-01 --end 2026-10-01");
    assert_eq!((asked.code, emulator.requests()), (0, 3), "{asked:?}");
}

#[test]
fn a_check_leaves_metrics_that_outlive_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kore.prom");
    let check = format!("check {WEEK} --metrics {}", file.display());
    let emulator = Emulated::start(NOW);
    assert_eq!(emulator.run(&check).code, 0);
    let good = fs::read_to_string(&file).unwrap();
    for line in [
        "# TYPE kore_usage_periods gauge",
        "kore_usage_periods{command=\"check\",state=\"final\"} 7",
        "kore_usage_records{command=\"check\"} 7",
        "kore_usage_requests{command=\"check\"} 1",
        "kore_usage_last_run_exit_code{command=\"check\"} 0",
    ] {
        assert!(good.contains(line), "{line} is missing:\n{good}");
    }
    assert!(good.ends_with("# EOF\n"));
    let success = |text: &str| {
        let mut lines = text.lines();
        lines
            .find(|line| line.starts_with("kore_usage_last_success_timestamp_seconds{"))
            .map(str::to_owned)
    };
    let faulty = Emulated::start(&format!("{NOW} --fault wrong-sum:2026-10-05:data.total:+7"));
    assert_eq!(faulty.run(&check).code, 1);
    let bad = fs::read_to_string(&file).unwrap();
    assert!(
        bad.contains("kore_usage_findings{command=\"check\",rule=\"UR201\"} 1"),
        "{bad}"
    );
    assert!(
        bad.contains("kore_usage_last_run_exit_code{command=\"check\"} 1"),
        "{bad}"
    );
    assert!(success(&good).is_some());
    assert_eq!(success(&bad), success(&good));
    let refused = run_with(&check, "", &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let unstarted = fs::read_to_string(&file).unwrap();
    assert!(
        unstarted.contains("kore_usage_last_run_exit_code{command=\"check\"} 2"),
        "a run without credentials is not told: {unstarted}"
    );
    assert_eq!(success(&unstarted), success(&good));
}

#[test]
fn one_attempt_is_no_retry_in_the_metrics() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kore.prom");
    let emulator = Emulated::start(&format!("{NOW} --fault status:503"));
    let archive = folder.path().join("usage.db");
    let sync = format!("sync --archive {} --granularity daily", archive.display());
    for (command, words) in [("check", format!("check {WEEK}")), ("sync", sync)] {
        let words = format!("{words} --attempts 1 --metrics {}", file.display());
        assert_eq!(emulator.run(&words).code, 3);
        let told = fs::read_to_string(&file).unwrap();
        let figure = |name: &str| {
            let start = format!("kore_usage_{name}{{command=\"{command}\"}} ");
            let line = told.lines().find_map(|line| line.strip_prefix(&start));
            line.unwrap_or_else(|| panic!("{name} is missing:\n{told}"))
                .to_owned()
        };
        // The days of the retention take two windows.
        let requests = if command == "check" { "1" } else { "2" };
        assert_eq!(
            [figure("requests"), figure("retries")],
            [requests, "0"],
            "{command}"
        );
    }
}

#[test]
fn messages_can_be_objects_for_programs() {
    let emulator = Emulated::start(NOW);
    let run = emulator.run(&format!("fetch {WEEK} --log-format json"));
    let last_line: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last_line["level"], "info");
    assert!(
        last_line["message"]
            .as_str()
            .unwrap()
            .starts_with("7 records, 1 page, "),
        "{run:?}"
    );
    let refused = run_with(&format!("fetch {WEEK} --log-format json"), "", &[]);
    assert_eq!(refused.code, 2);
    let error: Value = serde_json::from_str(&refused.stderr).unwrap();
    assert_eq!(error["level"], "error");
    assert!(
        error["help"].as_str().unwrap().contains("KORE_CLIENT_ID"),
        "{error}"
    );
}
