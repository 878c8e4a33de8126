//! Errors that a person can act on: what failed, in our own words, and what to do.

use std::{
    fs,
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};

use crate::{
    program::{Emulated, Run, program, run, run_with},
    server::serve,
};

/// A record of a day, on a line.
const RECORD: &str = "{\"period\":{\"start\":\"2026-06-01T00:00:00Z\",\"end\":\"2026-06-02T00:00:00Z\"},\"data\":{\"total\":7}}\n";

/// What the libraries that the program uses say, and people cannot act on.
const OF_LIBRARIES: [&str; 10] = [
    "invalid digit",
    "non-zero type",
    "is not in 1..",
    "deflate",
    "frame",
    "Parquet error",
    "expected one of",
    "expected a string",
    "os error",
    "entity already",
];

fn in_own_words(run: &Run, code: i32, words: &str) {
    run.failed(code);
    assert!(run.stderr.contains(words), "{words}: {run:?}");
    for theirs in OF_LIBRARIES {
        assert!(!run.stderr.contains(theirs), "{theirs}: {run:?}");
    }
}

#[test]
fn numbers_that_are_none_say_which_are() {
    for (command, words) in [
        ("validate --jobs 0", "expected a whole number of at least 1"),
        (
            "validate --max-findings x",
            "expected a whole number of at least 0",
        ),
        (
            "validate --tolerance data=x",
            "expected a whole number of at least 0",
        ),
        ("validate --tolerance dat=1", "did you mean data?"),
        (
            "validate --expiry-horizon 99999",
            "expected a whole number from 0 to 36500",
        ),
        (
            "fetch --concurrency 0",
            "expected a whole number of at least 1",
        ),
        ("fetch --attempts 99999999999", "the number is too large"),
        ("fetch --max-window-days -1", "unexpected argument"),
        ("fleet --top x", "expected a whole number"),
        ("emulate --latency 5s", "expected a whole number"),
        (
            "emulate --port 70000",
            "expected a whole number from 0 to 65535",
        ),
    ] {
        in_own_words(&run(command), 2, words);
    }
}

#[test]
fn a_wrong_word_gets_the_near_right_one() {
    for (command, near) in [
        ("fetch --format JSON", "'json'"),
        ("fetch --format jsonl", "'ndjson'"),
        ("validate --format Junit", "'junit'"),
        ("fetch --log-format JSON", "'json'"),
        ("fleet --by DATA", "'data'"),
        ("sync --sims ALL", "did you mean all?"),
        ("sync --sims non", "did you mean none?"),
        ("help feth", "'fetch'"),
        ("feth", "'fetch'"),
        ("explain UR0201", "did you mean UR201?"),
        ("fetch --granularty daily", "'--granularity'"),
    ] {
        in_own_words(&run(command), 2, near);
    }
    let other = run("check --as-of now");
    other.failed(2);
    assert!(!other.stderr.contains("similar"), "{other:?}");
}

#[test]
fn a_missing_command_is_an_error_with_the_commands_below_it() {
    for command in ["", "archive", "config"] {
        let run = run(command);
        assert_eq!(run.failed(2), "error: there is no command");
        assert!(
            run.stderr.contains("Usage:") && run.stdout.is_empty(),
            "{run:?}"
        );
    }
}

#[test]
fn usage_errors_are_objects_where_messages_are() {
    for command in [
        "fetch --log-format json --granularity x",
        "--log-format=json feth",
    ] {
        let run = run(command);
        assert_eq!(run.code, 2, "{run:?}");
        let object: serde_json::Value = serde_json::from_str(run.stderr.trim_end()).unwrap();
        assert_eq!(object["level"], "error");
        assert!(object["help"].is_string(), "{object}");
    }
}

#[test]
fn damaged_files_are_named_in_our_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(RECORD.repeat(100).as_bytes()).unwrap();
    let gzip = encoder.finish().unwrap();
    let mut damaged = gzip.clone();
    let checksum = gzip.len() - 8;
    damaged[checksum] ^= 0xff;
    let zstd = zstd::encode_all(RECORD.repeat(100).as_bytes(), 1).unwrap();
    for (name, bytes, words) in [
        (
            "cut.gz",
            &gzip[..gzip.len() - 20],
            "its gzip data ends too early",
        ),
        ("damaged.gz", &damaged, "its gzip data is damaged"),
        (
            "cut.zst",
            &zstd[..zstd.len() - 10],
            "its zstd data ends too early",
        ),
        (
            "cut.parquet",
            b"PAR1cut".as_slice(),
            "its Parquet data is damaged or cut off",
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for command in ["validate", "summary"] {
            in_own_words(&run(&format!("{command} {}", path.display())), 3, words);
        }
    }
    let list = folder.path().join("list");
    fs::write(&list, "").unwrap();
    in_own_words(
        &run(&format!("summary --files-from {}", list.display())),
        2,
        "lists no file",
    );
    fs::write(&list, "a\0b\n").unwrap();
    let listed = run(&format!("summary --files-from {}", list.display()));
    in_own_words(&listed, 3, "no file can have that name");
}

#[test]
fn a_parquet_file_of_usage_rows_says_how_to_make_one_that_can_be_read() {
    let emulator = Emulated::start("--now 2026-11-01T06:00:00Z");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("usage.parquet");
    let file = file.display();
    let fetched = emulator.run(&format!(
        "fetch --start 2026-10-01 --end 2026-10-03 -o {file}"
    ));
    assert_eq!(fetched.code, 0, "{fetched:?}");
    for command in ["validate", "summary", "fleet", "report"] {
        let run = run(&format!("{command} {file}"));
        in_own_words(
            &run,
            3,
            "a Parquet file without the column `record`, such as of `usage` rows",
        );
        assert!(run.stderr.contains("fetch --readings"), "{run:?}");
    }
}

#[test]
fn an_archive_in_a_pipe_is_named_once() {
    let run = run_with("validate -", "SQLite format 3\0 and so on", &[]);
    let text = [run.stdout.as_str(), &run.stderr].concat();
    assert_eq!(text.matches("an archive").count(), 1, "{run:?}");
    run.failed(3);
    assert!(run.stderr.contains("help: give its path"), "{run:?}");
}

#[test]
fn a_configuration_that_cannot_be_read_says_what_is_wrong_in_which_line() {
    for (text, words) in [
        (
            "[profiles.a]\nclientid = \"x\"\n",
            "line 2: there is no setting \"clientid\"; did you mean client_id?",
        ),
        (
            "[profiles.a]\nclient_id = 5\n",
            "line 2: the value is of another type",
        ),
        ("[profiles.a\n", "line 1: this is not TOML"),
        ("[profiles.a]\nclient_id = \"x\"\n", "not exactly one of"),
        (
            "[profiles.a]\nclient_id = \"x\"\nclient_secret_command = \"exit 3\"\n",
            "the client_secret_command failed with exit code 3",
        ),
        (
            "[profiles.a]\nclient_id = \"x\"\nclient_secret_file = \"none\"\n",
            "cannot read the client secret",
        ),
    ] {
        let home = crate::settings::Home::new(text);
        in_own_words(&home.run("fetch --profile a", &[]), 2, words);
    }
}

#[test]
fn the_time_of_the_command_ends_the_reading_of_a_pipe() {
    for command in ["summary -", "report -", "fleet -", "summary - --format csv"] {
        let started = Instant::now();
        let mut child = program()
            .args(command.split(' '))
            .args(["--timeout", "200ms"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing more comes, and the pipe stays open.
        let mut input = child.stdin.take().unwrap();
        input.write_all(RECORD.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(started.elapsed() < Duration::from_mins(1), "{command}");
        drop(input);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{command}: {said}");
        assert!(said.contains("the time of --timeout"), "{command}: {said}");
        assert!(said.contains("help: "), "{command}: {said}");
    }
}

#[test]
fn options_of_a_fetch_are_refused_beside_files() {
    for command in ["summary - --plan", "report - --plan", "fleet - --plan"] {
        let run = run_with(command, RECORD, &[]);
        assert!(
            run.failed(2).contains("--plan says what to fetch"),
            "{run:?}"
        );
    }
    in_own_words(
        &run_with("fetch --start 9999y", "", &[("KORE_ACCESS_TOKEN", "x")]),
        2,
        "beyond the calendar",
    );
}

#[test]
fn an_archive_beside_files_is_not_passed_over() {
    let run = run_with("reconcile --archive usage.db -", RECORD, &[]);
    in_own_words(&run, 2, "--archive stands beside files");
}

#[test]
fn a_server_that_fails_at_every_size_of_pages_has_not_said_which_it_takes() {
    let body = r#"{"code":20500,"message":"oops"}"#;
    let answer = format!(
        "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let base = serve(&answer);
    let query = "fetch --start 2026-11-01 --end 2026-11-05 --attempts 1";
    for credentials in [
        &[("KORE_ACCESS_TOKEN", "any")][..],
        &[("KORE_CLIENT_ID", "any"), ("KORE_CLIENT_SECRET", "any")],
    ] {
        let variables = [credentials, &[("KORE_BASE_URL", &base)]].concat();
        let run = run_with(query, "", &variables);
        in_own_words(&run, 3, "HTTP 500");
        assert!(!run.stderr.contains("pages of at most"), "{run:?}");
    }
}

#[test]
fn wrong_options_are_exit_2() {
    for arguments in [
        "validate --no-such-option",
        "validate --select XY9 -",
        "validate --as-of yesteday -",
        "validate --profile strict -",
        "check --as-of now",
        "check --files-from list",
        "validate --start 2026-01-01 -",
        "validate --as-of 2026-11-27 --start 2027-01-01 --end 2027-02-01 -",
        "validate --policy maybe -",
        "validate --severity UR404 -",
        "validate --severity XY9=error -",
        "validate --tolerance sms=1 -",
        "validate --tolerance -1 -",
        "validate --accounts two -",
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

#[test]
fn a_wrong_word_is_answered_with_the_right_one() {
    for (arguments, right) in [
        ("fetch --granularity day", "did you mean daily?"),
        ("validate --select UR2O1 -", "did you mean UR201?"),
        ("validate --ignore 201 -", "did you mean UR201?"),
        ("explain 404", "did you mean UR404?"),
        ("explain network-sums", "did you mean network-sum?"),
        ("explain 201x", "did you mean UR201?"),
        ("validate --fail-on warn -", "warning"),
        ("validate --policy exlude -", "did you mean exclude?"),
        ("fetch --start yesteday", "did you mean `yesterday`?"),
        ("fetch --start 2026-02-29", "February 2026 has 28 days"),
        ("man fetsch", "did you mean fetch?"),
        ("vaildate -", "validate"),
    ] {
        let wrong = run(arguments);
        assert_eq!(wrong.code, 2, "{arguments}: {wrong:?}");
        assert!(wrong.stderr.contains(right), "{arguments}: {wrong:?}");
        assert!(
            wrong.stderr.starts_with("error: "),
            "{arguments}: {wrong:?}"
        );
        let help = wrong
            .stderr
            .lines()
            .filter(|line| line.starts_with("help: "));
        assert_eq!(help.count(), 1, "{arguments}: {wrong:?}");
    }
}

#[test]
fn what_was_typed_is_shown_so_that_it_cannot_steer_a_terminal() {
    for arguments in [
        "fetch --granularity d\u{202e}\u{1b}[2Jy",
        "fet\u{1b}]0;x\u{7}ch",
        "fetch --un\u{202e}known",
        "validate x\u{9b}2J.json",
        "explain \u{1b}[31m",
    ] {
        let wrong = run(arguments);
        assert!(matches!(wrong.code, 2 | 3), "{wrong:?}");
        let raw = wrong
            .stderr
            .chars()
            .filter(|c| *c != '\n')
            .find(|c| c.is_control() || *c == '\u{202e}');
        assert_eq!(raw, None, "{wrong:?}");
    }
}
