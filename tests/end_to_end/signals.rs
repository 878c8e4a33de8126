//! Signals, closed pipes, and a standard error that takes nothing.

use std::{
    fs::File,
    io::{BufRead, BufReader, ErrorKind, Read, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use crate::program::{Emulated, make_pipe, program};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

/// How long anything may take to happen.
const MOST_TIME: Duration = Duration::from_mins(1);

/// `O_NONBLOCK` of Linux, whose `/proc` is read here too.
const NON_BLOCKING: i32 = 0o4000;

fn send(signal: &str, to: &Child) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), &to.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Whether the tests were started with a signal ignored: shells ignore Ctrl-C in what runs in the background, and `nohup`
/// ignores SIGHUP. The programs that the tests start inherit that and rightly keep it.
fn is_ignored(signal: &str) -> bool {
    let number = ["HUP", "INT"].iter().position(|known| *known == signal);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let ignored = mask.zip(number);
    ignored.is_some_and(|(mask, number)| mask >> number & 1 != 0)
}

/// Lets a fetch run until its third window never comes, and ends it with a signal.
fn ended_by(signal: &str, format: &str) -> (ExitStatus, String, String) {
    let emulator = Emulated::start(&format!("{NOW} --fault stall@3"));
    let mut child = emulator
        .command(&format!(
            "fetch --start 2026-10-01 --end 2026-10-11 --page-size 2 --concurrency 1 --format {format}"
        ))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut stdout = String::new();
    while stdout.matches("\"period\"").count() < 4 {
        assert!(out.read_line(&mut stdout).unwrap() > 0, "{stdout}");
        if format == "json" && stdout.matches("\"period\"").count() == 3 {
            // The last record of a list has no line end until another follows.
            break;
        }
    }
    send(signal, &child);
    out.read_to_string(&mut stdout).unwrap();
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    (child.wait().unwrap(), stdout, stderr)
}

#[test]
fn every_signal_that_ends_a_run_keeps_what_is_complete_and_says_what_is_missing() {
    for (signal, name, code) in [
        ("INT", "Ctrl-C", 130),
        ("TERM", "SIGTERM", 143),
        ("HUP", "SIGHUP", 129),
    ] {
        if is_ignored(signal) {
            eprintln!("skipped for {name}: this run was started where it is ignored");
            continue;
        }
        let (status, stdout, stderr) = ended_by(signal, "ndjson");
        assert_eq!(status.code(), Some(code), "{stderr}");
        assert_eq!(stdout.lines().count(), 4);
        let first = format!("error: ended by {name} before all records were fetched");
        for told in [
            first.as_str(),
            "4 records were complete",
            "missing: 2026-10-05 to 2026-10-11 (interrupted)",
        ] {
            assert!(stderr.contains(told), "{told}: {stderr}");
        }
    }
}

#[test]
fn a_list_is_closed_where_a_signal_ends_it() {
    let (status, stdout, _) = ended_by("TERM", "json");
    assert_eq!(status.code(), Some(143));
    let list: Vec<serde_json::Value> = serde_json::from_str(&stdout).unwrap();
    assert_eq!(list.len(), 4);
}

#[test]
fn a_report_is_closed_where_a_signal_ends_the_reading() {
    let mut child = program()
        .args(["validate", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take().unwrap();
    listens(&child);
    send("TERM", &child);
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(report["verdict"], "pass");
}

/// Waits until something can be seen to have happened.
fn wait_until(mut has_happened: impl FnMut() -> bool) {
    let started = Instant::now();
    while !has_happened() {
        assert!(started.elapsed() < MOST_TIME, "it does not happen");
        std::thread::yield_now();
    }
}

/// Waits until a program listens for signals.
fn listens(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let is_caught = || {
        let status = std::fs::read_to_string(&status).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
        mask & (1 << 14) != 0
    };
    wait_until(is_caught);
}

/// Ends a program that waits, and sees that it says so.
fn ends_by_sigterm(mut child: Child, what: &str) {
    listens(&child);
    send("TERM", &child);
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().unwrap();
    pipe.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143), "{what}: {stderr}");
    assert!(stderr.contains("ended by SIGTERM"), "{what}: {stderr}");
}

#[test]
fn a_signal_ends_the_reading_of_a_pipe_that_nobody_writes_to() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_pipe(&fifo);
    for command in ["validate", "summary"] {
        let child = program()
            .arg(command)
            .arg(&fifo)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        ends_by_sigterm(child, command);
    }
}

#[test]
fn a_signal_ends_a_program_that_waits_for_its_settings_or_its_list_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_pipe(&fifo);
    for (arguments, variable) in [
        ("fetch --ca-file", "UNUSED"),
        ("validate --files-from", "UNUSED"),
        ("fetch --attempts 1 --end", "SSL_CERT_FILE"),
    ] {
        let child = program()
            .args(arguments.split(' '))
            .arg(if variable == "UNUSED" {
                fifo.as_os_str()
            } else {
                "now".as_ref()
            })
            .env("KORE_BASE_URL", "https://127.0.0.1:1")
            .env("KORE_ACCESS_TOKEN", "any")
            .env(variable, &fifo)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        ends_by_sigterm(child, arguments);
    }
}

#[test]
fn a_command_ends_in_its_time_also_where_nobody_opens_its_output() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_pipe(&fifo);
    let emulator = Emulated::start(NOW);
    let query = "fetch --start 2026-10-01 --end 2026-10-02 --timeout 200ms --output";
    let run = emulator.run(&format!("{query} {}", fifo.display()));
    run.failed(3);
    assert!(
        run.stderr.contains("the time of --timeout is over"),
        "{run:?}"
    );
}

#[test]
fn a_third_signal_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_pipe(&fifo);
    // Opened for both, so that the program can open it.
    let mut held = File::options().read(true).write(true).open(&fifo).unwrap();
    let emulator = Emulated::start(NOW);
    let query = "fetch --start 2025-11-01 --end 2026-10-01 --granularity hourly --output";
    let mut child = emulator
        .command(&format!("{query} {}", fifo.display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Once the first record is there, the pipe is filled up and never read again, so that no other can follow.
    held.read_exact(&mut [0]).unwrap();
    let mut filling = File::options()
        .write(true)
        .custom_flags(NON_BLOCKING)
        .open(&fifo)
        .unwrap();
    wait_until(|| {
        filling
            .write(b"\n")
            .is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    });
    send("TERM", &child);
    send("HUP", &child);
    // A signal that comes before the one like it was taken is not counted.
    wait_until(|| {
        let status = child.try_wait().unwrap();
        if status.is_none() {
            send("TERM", &child);
        }
        status.is_some()
    });
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn a_signal_that_is_ignored_from_the_start_stays_ignored() {
    let emulator = Emulated::start(&format!("{NOW} --latency 300"));
    let mut shell = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_kore-usage");
    let query = "fetch --start 2026-10-01 --end 2026-10-11 --page-size 5 --concurrency 1";
    let child = shell
        .args(["-c", &format!("trap '' HUP; exec {program} {query}")])
        .env("KORE_BASE_URL", &emulator.base)
        .env("KORE_CLIENT_ID", "any")
        .env("KORE_CLIENT_SECRET", "any")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Signals are listened for at once, those that are ignored left out.
    listens(&child);
    send("HUP", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().lines().count(),
        10
    );
}

#[test]
fn a_reader_that_goes_away_does_not_change_the_exit_code() {
    let record = "{\"data\":{\"total\":3,\"home\":{\"total\":1}}}\n";
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("bad.ndjson");
    std::fs::write(&input, record.repeat(5_000)).unwrap();
    for format in ["human", "json", "ndjson", "sarif", "junit", "github"] {
        let mut child = program()
            .args(["validate", "--format", format])
            .arg(&input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}: {output:?}");
        assert!(output.stderr.is_empty(), "{format}: {output:?}");
    }
}

#[test]
fn a_standard_error_that_takes_nothing_changes_nothing() {
    let emulator = Emulated::start(&format!("{NOW} --fault malformed:2026-10-05"));
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let code = |arguments: &str, stderr: Stdio| {
        let status = emulator
            .command(arguments)
            .stdout(Stdio::null())
            .stderr(stderr)
            .status();
        status.unwrap().code()
    };
    for (arguments, expected) in [
        ("fetch -v --start 2026-10-01 --end 2026-10-04", 0),
        ("fetch --start 2026-10-01 --end 2026-10-11", 1),
        ("fetch --start 2026-02-30", 2),
        ("fetch --start 2026-10-04 --end 2026-10-01", 2),
        ("validate no/such/file", 3),
    ] {
        assert_eq!(
            code(arguments, full().into()),
            Some(expected),
            "{arguments}"
        );
    }
}
