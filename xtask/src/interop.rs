//! Others against the emulator: the vendor family's SDK for Python has to read what our client reads, and
//! a tester driven by the emulator's OpenAPI description has to find nothing.
//!
//! Both are installed from `PyPI` into an environment that is thrown away at the end.

mod emulated;
mod python;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use serde_json::Value;

pub(crate) use self::python::Python;

use self::emulated::Emulated;
use crate::finish;

/// How many SIMs are read, each with its daily, hourly and total records.
const SIM_COUNT: usize = 3;

/// Daily, hourly and total records.
const GRANULARITIES: usize = 3;

/// The moment that the emulators believe it is.
const NOW: &str = "2026-03-15T12:00:00Z";

/// What the SDK believes to be its host: links have to lead there.
const SDK_HOST: &str = "https://wireless.twilio.com";

/// The only check that is left out: a token of another list, and a start after the end, are wrong in
/// ways that a description cannot express, so that a refusal of them is no finding.
const LEFT_OUT: &str = "positive_data_acceptance";

/// Prints the log of the emulator at an address.
const READ_LOG: &str = "import sys, urllib.request as u; \
    print(u.urlopen(sys.argv[1] + '/_emulator/requests').read().decode())";

/// Why interoperability was not shown.
pub(crate) type Problem = String;

/// Runs both; 0 where nothing differs and nothing was found.
pub(crate) fn run() -> ExitCode {
    finish(interop())
}

fn interop() -> Result<(), Problem> {
    // First what may not be to be had, so that nobody waits for a build to learn it.
    let python = Python::with(&["twilio", "schemathesis"])?;
    let program = build()?;
    compare(&program, &python)?;
    for options in [
        &[][..],
        &["--dialect", "older,single-object,meta-strings,empty-end"],
        &[
            "--order",
            "newest-first",
            "--empty",
            "omit",
            "--fault",
            "status:503@5%",
            "--fault",
            "status:429@5%;retry-after=0",
            "--fault",
            "status:503@5%;on=sims",
            "--fault",
            "status:429@5%;retry-after=0;on=sims",
        ],
    ] {
        test(&program, &python, options)?;
    }
    Ok(())
}

/// Builds the program and says where it is.
pub(crate) fn build() -> Result<PathBuf, Problem> {
    println!("== building kore-usage");
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            // With the features of the tests, so that nothing is built twice.
            "--workspace",
            "--all-features",
            "--bins",
            "--message-format=json-render-diagnostics",
        ])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("the build ended with {}", output.status));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let mut messages = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = messages.find_map(|message| {
        let ours = message["target"]["name"] == "kore-usage";
        message["executable"]
            .as_str()
            .filter(|_| ours)
            .map(PathBuf::from)
    });
    executable.ok_or_else(|| "the build made no program".to_owned())
}

/// Compares what the SDK reads with what our client reads, record by record.
fn compare(program: &Path, python: &Python) -> Result<(), Problem> {
    println!("\n== the SDK against our client");
    // The same account twice: one whose links lead to the SDK's host, and one whose links stay.
    let account = ["--seed", "1", "--sims", "60", "--now", NOW];
    let theirs = Emulated::start(
        program,
        &[&account[..], &["--public-origin", SDK_HOST]].concat(),
    )?;
    let ours = Emulated::start(program, &account)?;
    let script = python.script("records.py", include_str!("interop/records.py"))?;
    let script = script.to_string_lossy();
    let answer = python.output("python", &[&script, theirs.base(), &SIM_COUNT.to_string()])?;
    let answer: Value = serde_json::from_str(&answer)
        .map_err(|error| format!("the script wrote no JSON: {error}"))?;
    let (mut lists, mut compared) = (0_usize, 0_usize);
    // The script reads these of the account and of each SIM; fewer would be compared with nothing.
    let expected = (1 + SIM_COUNT) * GRANULARITIES;
    for list in answer["lists"].as_array().into_iter().flatten() {
        let theirs = list["records"].as_array().map_or(&[][..], Vec::as_slice);
        if theirs.is_empty() {
            return Err(format!(
                "the SDK read no records in the {} list of {}",
                list["granularity"], list["sim"]
            ));
        }
        compared += same(list, theirs, &fetched(program, &ours, list)?)?;
        lists += 1;
    }
    if lists != expected {
        return Err(format!("the SDK read {lists} lists: expected {expected}"));
    }
    println!(
        "{compared} records in {lists} lists are the same; the SDK sent {} requests",
        answer["requests"]
    );
    Ok(())
}

/// The records of a list as our client has them.
fn fetched(program: &Path, emulated: &Emulated, list: &Value) -> Result<Vec<Value>, Problem> {
    let text = |name: &str| list[name].as_str().unwrap_or_default();
    let mut command = Command::new(program);
    command
        .args([
            "fetch",
            "--format",
            "ndjson",
            "--page-size",
            "41",
            "--quiet",
        ])
        .args(["--granularity", text("granularity")])
        .args(["--start", text("start"), "--end", text("end")])
        .env("KORE_BASE_URL", emulated.base())
        .env(
            "KORE_TOKEN_URL",
            format!("{}/api-services/v1/auth/token", emulated.base()),
        )
        .env("KORE_CLIENT_ID", "any")
        .env("KORE_CLIENT_SECRET", "any");
    if let Some(sim) = list["sim"].as_str() {
        command.args(["--sim", sim]);
    }
    let output = command
        .output()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("our client ended with {}:\n{said}", output.status));
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{error} in {line}")))
        .collect()
}

/// How many records are the same, or the first that is not.
fn same(list: &Value, theirs: &[Value], ours: &[Value]) -> Result<usize, Problem> {
    let name = format!("the {} list of {}", list["granularity"], list["sim"]);
    if theirs.len() != ours.len() {
        return Err(format!(
            "{name}: the SDK has {} records, our client {}",
            theirs.len(),
            ours.len()
        ));
    }
    match theirs
        .iter()
        .zip(ours)
        .position(|(theirs, ours)| theirs != ours)
    {
        None => Ok(ours.len()),
        Some(index) => Err(format!(
            "{name}: record {index} differs\nthe SDK:    {}\nour client: {}",
            theirs.get(index).unwrap_or(&Value::Null),
            ours.get(index).unwrap_or(&Value::Null)
        )),
    }
}

/// Lets the tester loose on an emulator.
fn test(program: &Path, python: &Python, options: &[&str]) -> Result<(), Problem> {
    println!(
        "\n== schemathesis against `kore-usage emulate {}`",
        options.join(" ")
    );
    let account = ["--seed", "1", "--sims", "60", "--now", NOW];
    let credentials = ["--client-id", "tester", "--client-secret", "made-up"];
    let emulated = Emulated::start(program, &[&account[..], &credentials, options].concat())?;
    let description = format!("{}/openapi.json", emulated.base());
    let faults = options.contains(&"--fault");
    // An error that was asked for is declared, but a server error all the same.
    let left_out = if faults {
        format!(
            "{LEFT_OUT},not_a_server_error,ignored_auth,negative_data_rejection,unsupported_method"
        )
    } else {
        LEFT_OUT.to_owned()
    };
    let arguments = [
        "run",
        &description,
        "--auth",
        "tester:made-up",
        "--seed",
        "1",
        "--max-examples",
        "100",
        "--continue-on-failure",
        "--warnings",
        "off",
        "--exclude-checks",
        &left_out,
    ];
    let said = python.output("schemathesis", &arguments)?;
    let cases = said.lines().find(|line| line.contains(" generated"));
    println!("{}", cases.unwrap_or_default().trim());
    let log = python.output("python", &["-c", READ_LOG, emulated.base()])?;
    let log: Value =
        serde_json::from_str(&log).map_err(|error| format!("the log is not JSON: {error}"))?;
    let wanted: &[u64] = if faults { &[200, 429, 503] } else { &[200] };
    println!("{}", answered(&log, wanted)?);
    Ok(())
}

/// How often each operation was answered with each of the statuses that have to be there. A tester that was
/// refused all the time has found nothing, because it has seen nothing.
fn answered(log: &Value, wanted: &[u64]) -> Result<String, Problem> {
    let mut counts = Vec::new();
    // Of the SIMs the list itself, with or without a query, and what is below it.
    for (operation, path, ends) in [
        ("account", "/v1/UsageRecords", &["", "?"][..]),
        ("SIM", "/v1/Sims", &["/"]),
        ("SIMs", "/v1/Sims", &["", "?"]),
    ] {
        for status in wanted {
            let requests = log.as_array().into_iter().flatten();
            let count = requests
                .filter(|request| request["method"] == "GET" && request["status"] == *status)
                .filter_map(|request| request["target"].as_str())
                .filter_map(|target| target.strip_prefix(path))
                .filter(|rest| ends.contains(&rest.get(..1).unwrap_or_default()))
                .count();
            if count == 0 {
                return Err(format!(
                    "the tester was never answered with {status} on the {operation} operation"
                ));
            }
            counts.push(format!("{operation} {status}: {count}"));
        }
    }
    Ok(counts.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tester_that_saw_nothing_is_no_proof() {
        let request = |target: &str, status: u64| json!({ "method": "GET", "target": target, "status": status });
        let account = request("/v1/UsageRecords?Page=0", 200);
        let sim = request("/v1/Sims/DE1/UsageRecords", 200);
        let refused = request("/v1/Sims/DE1/UsageRecords", 401);
        let list = request("/v1/Sims?PageSize=7", 200);
        assert!(answered(&json!([account, sim, list]), &[200]).is_ok());
        assert!(answered(&json!([account, sim]), &[200]).is_err());
        assert!(answered(&json!([account, list]), &[200]).is_err());
        assert!(answered(&json!([account, list, refused]), &[200]).is_err());
        assert!(answered(&json!([account, sim, list]), &[200, 503]).is_err());
        assert!(answered(&json!([]), &[200]).is_err());
    }
}
