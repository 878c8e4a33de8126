//! The emulator as a server.

use crate::program::Emulated;

#[test]
fn the_same_seed_and_time_give_the_same_records() {
    let query = "fetch --start 2026-09-01 --end 2026-09-08 --format ndjson";
    let fetch = |arguments: &str| Emulated::start(arguments).run(query).stdout;
    let first = fetch("--seed 7 --now 2026-11-01");
    assert_eq!(first.lines().count(), 7);
    assert_eq!(first, fetch("--seed 7 --now 2026-11-01"));
    assert_ne!(first, fetch("--seed 8 --now 2026-11-01"));
}

#[test]
fn credentials_can_be_required() {
    let emulator =
        Emulated::start("--now 2026-11-01 --client-id me --client-secret hush-hush-hush");
    let query = "fetch --start 2026-09-01 --end 2026-09-02";
    assert_eq!(emulator.run_as(query, "me", "hush-hush-hush").code, 0);
    let refused = emulator.run_as(query, "me", "a-wrong-secret");
    let error = refused.failed(3).to_owned();
    assert!(error.contains("401"), "{refused:?}");
    assert!(
        refused.stderr.contains("unauthorized_client"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("help: "), "{refused:?}");
    assert!(!refused.stderr.contains("a-wrong-secret"), "{refused:?}");
}

#[test]
fn what_is_past_retention_is_silently_less() {
    let emulator = Emulated::start("--now 2026-11-01");
    let run = emulator.run("fetch --start 2025-04-01 --end 2025-05-11");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 10);
}

/// Asks for a path without any library, and gives status line and body.
fn ask(emulator: &Emulated, method: &str, path: &str, body: &str) -> (String, String) {
    use std::io::{Read, Write};

    let address = emulator.base.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[test]
fn the_clock_is_put_forward_from_outside() {
    let emulator = Emulated::start("--now 2026-11-01T06:00:00Z --sims 96");
    let total = || {
        let run = emulator.run("fetch --start 2026-10-31 --end 2026-11-01 --format json");
        let records: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        records[0]["data"]["total"].as_u64().unwrap()
    };
    let before = total();
    let (status, body) = ask(&emulator, "POST", "/_emulator/clock", "advance=5d");
    assert!(status.contains("200"), "{status}");
    assert!(body.contains("2026-11-06T06:00:00Z"), "{body}");
    assert!(total() > before);
}

#[test]
fn every_layout_and_dialect_is_read_and_says_the_same() {
    let query = "fetch --start 2026-09-01 --end 2026-09-04 --granularity hourly --page-size 7";
    let totals = |options: &str| {
        let emulator = Emulated::start(&format!("--now 2026-11-01 --sims 1 {options}"));
        let run = emulator.run(query);
        assert_eq!(run.code, 0, "{options}: {run:?}");
        run.stdout
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|record| {
                let hour = record["period"]["start"].as_str().unwrap()[..13].to_owned();
                (hour, record["data"]["total"].as_u64().unwrap_or_default())
            })
            .collect::<Vec<(String, u64)>>()
    };
    let plain = totals("");
    assert_eq!(plain.len(), 72);
    let dialects = "older,single-object,meta-strings,empty-end,text-lifetime";
    assert_eq!(totals(&format!("--dialect {dialects}")), plain);
    assert_eq!(
        totals("--dialect empty-objects --dialect null-billed"),
        plain
    );
    assert_eq!(totals("--order newest-first"), plain);
    let used: Vec<_> = plain.into_iter().filter(|(_, total)| *total > 0).collect();
    assert!(!used.is_empty() && used.len() < 72, "{used:?}");
    assert_eq!(totals("--empty omit"), used);
    assert_eq!(totals("--empty omit --order newest-first"), used);
}

#[test]
fn wrong_options_name_what_was_expected() {
    for (options, expected) in [
        ("--dialect nulls", "expected older, null-counters"),
        ("--order random", "expected oldest-first or newest-first"),
        ("--empty maybe", "expected include or omit"),
        ("--speed 60", "--running"),
        ("--fault gap", "expected a day like 2026-03-05"),
    ] {
        let run = crate::program::run(&format!("emulate {options}"));
        assert_eq!(run.code, 2, "{options}: {run:?}");
        assert!(run.stderr.contains(expected), "{options}: {run:?}");
    }
}

#[test]
fn options_that_no_emulator_can_have_are_wrong_usage() {
    for (options, expected) in [
        ("--sims 1000001", "expected at most 1000000"),
        ("--now 9999-06-01", "expected a year from 1970 to 9998"),
        (
            "--public-origin ftp://api.example",
            "cannot be the origin of links",
        ),
        (
            "--now 2026-11-01 --fault gap:2026-11-02",
            "the API shows no record of that time",
        ),
    ] {
        let run = crate::program::run(&format!("emulate {options}"));
        assert!(run.failed(2).contains(expected), "{options}: {run:?}");
        assert!(run.stderr.contains("help: "), "{options}: {run:?}");
        assert_eq!(run.stdout, "", "{options}");
    }
}

#[test]
fn a_port_that_is_taken_is_what_the_machine_says() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let run = crate::program::run(&format!("emulate --port {port}"));
    assert!(
        run.failed(3).contains(&format!("127.0.0.1:{port}")),
        "{run:?}"
    );
    assert!(run.stderr.contains("cause: "), "{run:?}");
    assert!(run.stderr.contains("help: "), "{run:?}");
}

#[test]
fn what_it_says_to_run_runs() {
    use std::io::{BufRead, BufReader};

    let mut child = crate::program::program()
        .args(["emulate", "--port", "0", "--now", "2024-05-01T06:00:00Z"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = said.map_while(Result::ok);
    let mut value = |name: &str| {
        let line = said.find(|line| line.contains(name)).unwrap();
        line.split_once(name).unwrap().1.to_owned()
    };
    let base = value("KORE_BASE_URL=");
    let token = value("KORE_TOKEN_URL=");
    let fetch = value("kore-usage ");
    let variables = [
        ("KORE_BASE_URL", base.as_str()),
        ("KORE_TOKEN_URL", &token),
        ("KORE_CLIENT_ID", "any"),
        ("KORE_CLIENT_SECRET", "any"),
    ];
    let run = crate::program::run_with(&fetch, "", &variables);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 30, "{run:?}");
    assert!(run.stdout.contains("2024-04-30T00:00:00Z"), "{run:?}");
}
