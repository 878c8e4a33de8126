//! The HTML report in a browser: whether it is whole, can be read by everyone, and says what `summary` says.

use std::{
    fs, io,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use crate::{finish, interop::build, root};

/// What the browser is told to do.
const SCRIPT: &str = include_str!("browser/check.cjs");

/// The packages that the script needs, from npm.
const PACKAGES: [&str; 2] = ["axe-core@4", "puppeteer-core@24"];

/// Where Debian and others have the browser.
const BROWSERS: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// The time of the emulated account, and the 18 months before it.
const NOW: &str = "2026-11-01T06:00:00Z";
const START: &str = "2025-05-01";

/// Records whose texts would run if they were not escaped.
const HOSTILE: &str = r#"{"account_sid":"</title><script>document.title='run'</script>","sim_sid":"<img src=x onerror=alert(1)>","period":{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z"},"data":{"total":7,"download":5,"upload":3,"billed":1,"billing_units":"<b onclick=x>","international_roaming":[{"country_code":"\"><svg onload=alert(1)>","total":7,"download":5,"upload":2}]}}
{"data":{"total":"<script>alert(2)</script>"}}
"#;

/// What the browser is told to do for the pictures of the README.
const PICTURES: &str = include_str!("browser/pictures.cjs");

/// Makes reports of an emulated account and looks at them in the browser.
pub(crate) fn run() -> ExitCode {
    with_browser(look)
}

/// Makes the pictures of the README anew.
pub(crate) fn pictures() -> ExitCode {
    with_browser(take_pictures)
}

fn with_browser(work: fn(&str) -> io::Result<bool>) -> ExitCode {
    let Some(browser) = BROWSERS.iter().find(|path| Path::new(path).exists()) else {
        return finish(Err(
            "there is no Chromium\nhelp: on Debian, `apt-get install chromium` brings it"
                .to_owned(),
        ));
    };
    if Command::new("npm").arg("--version").output().is_err() {
        return finish(Err("npm cannot be started".to_owned()));
    }
    match work(browser) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A folder with the packages and the reports of an emulated account.
struct Reports {
    folder: PathBuf,
    program: PathBuf,
    emulator: Emulator,
}

impl Reports {
    fn ask(&self, words: &[&str], output: &str) -> io::Result<()> {
        let mut command = self.emulator.command(&self.program);
        command
            .args(words)
            .arg("--output")
            .arg(self.folder.join(output));
        let status = command.status()?;
        // Records that do not decode are found, and the rest is delivered.
        if matches!(status.code(), Some(0 | 1)) {
            Ok(())
        } else {
            let words = words.join(" ");
            Err(io::Error::other(format!(
                "kore-usage {words} ended with {status}"
            )))
        }
    }

    /// Runs a script in the folder.
    fn run(&self, name: &str, script: &str, arguments: &[&str]) -> io::Result<bool> {
        fs::write(self.folder.join(name), script)?;
        let mut node = Command::new("node");
        node.arg(name).args(arguments).current_dir(&self.folder);
        Ok(node.status()?.success())
    }
}

/// The 18 months of the account.
const RANGE: [&str; 4] = ["--start", START, "--end", NOW];

fn prepare() -> io::Result<Reports> {
    let folder = root().join("target/browser");
    fs::create_dir_all(&folder)?;
    let program = build().map_err(io::Error::other)?;
    if !folder.join("node_modules/axe-core").exists() {
        fs::write(folder.join("package.json"), "{\"private\":true}")?;
        let mut install = Command::new("npm");
        install.arg("install").args(PACKAGES).current_dir(&folder);
        if !install.stdout(Stdio::null()).status()?.success() {
            return Err(io::Error::other("npm cannot install the packages"));
        }
    }
    let emulator = Emulator::start(&program)?;
    let reports = Reports {
        folder,
        program,
        emulator,
    };
    reports.ask(
        &[&["report", "--format", "html"], &RANGE[..]].concat(),
        "account.html",
    )?;
    Ok(reports)
}

fn take_pictures(browser: &str) -> io::Result<bool> {
    let reports = prepare()?;
    reports.ask(
        &[&["report", "--format", "terminal"], &RANGE[..]].concat(),
        "terminal.txt",
    )?;
    let folder = root().join("crates/usage-report/pictures");
    fs::create_dir_all(&folder)?;
    let folder = folder.display().to_string();
    reports.run("pictures.cjs", PICTURES, &[browser, &folder])
}

fn look(browser: &str) -> io::Result<bool> {
    let reports = prepare()?;
    reports.ask(
        &[
            "report",
            "--all-sims",
            "--start",
            "2026-08-01",
            "--end",
            NOW,
        ],
        "fleet.html",
    )?;
    for by in ["day", "month", "day,network", "month,network", "country"] {
        let name = format!("{}.json", by.replace(',', "-"));
        let words = ["summary", "--by", by, "--format", "json"];
        reports.ask(&[&words, &RANGE[..]].concat(), &name)?;
    }
    let hostile = reports.folder.join("hostile.ndjson");
    fs::write(&hostile, HOSTILE)?;
    let hostile = hostile.display().to_string();
    reports.ask(&["report", &hostile, "--as-of", NOW], "hostile.html")?;
    println!("pictures are in {}", reports.folder.display());
    reports.run("check.cjs", SCRIPT, &[browser])
}

/// The emulator; ends with the value.
struct Emulator {
    child: Child,
    base: String,
}

impl Emulator {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args([
                "emulate",
                "--port",
                "0",
                "--now",
                NOW,
                "--sims",
                "60",
                "--anomalies",
                "3",
            ])
            .args(["--fault", "wrong-sum:2026-10-05:data.total:+7"])
            .args(["--fault", "malformed:2026-08-05"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut first = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut first)?;
        }
        let base = first.trim().trim_start_matches("listening on ").to_owned();
        Ok(Self { child, base })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("KORE_BASE_URL", &self.base)
            .env("KORE_CLIENT_ID", "any")
            .env("KORE_CLIENT_SECRET", "any")
            .stderr(Stdio::null())
            .arg("--quiet");
        command
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _: io::Result<()> = self.child.kill();
        let _: io::Result<std::process::ExitStatus> = self.child.wait();
    }
}
