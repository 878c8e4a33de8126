//! The HTML report in a browser: whether it is whole, can be read by everyone, and says what `summary` says.

use std::{
    fs, io,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
};

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

/// Makes reports of an emulated account and looks at them in the browser.
pub(crate) fn run() -> ExitCode {
    let Some(browser) = BROWSERS.iter().find(|path| Path::new(path).exists()) else {
        println!("skipped: there is no Chromium (Debian: apt-get install chromium)");
        return ExitCode::SUCCESS;
    };
    if Command::new("npm").arg("--version").output().is_err() {
        println!("skipped: there is no npm");
        return ExitCode::SUCCESS;
    }
    match look(browser) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn look(browser: &str) -> io::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target").join("browser");
    fs::create_dir_all(&folder)?;
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--all-features",
            "--bins",
        ])
        .status()?;
    if !built.success() {
        return Ok(false);
    }
    let program = root.join("target/debug/kore-usage");
    if !folder.join("node_modules/axe-core").exists() {
        fs::write(folder.join("package.json"), "{\"private\":true}")?;
        let mut install = Command::new("npm");
        install.arg("install").args(PACKAGES).current_dir(&folder);
        if !install.stdout(Stdio::null()).status()?.success() {
            return Err(io::Error::other("npm cannot install the packages"));
        }
    }
    let emulator = Emulator::start(&program)?;
    let range = ["--start", START, "--end", NOW];
    let ask = |words: &[&str], output: &str| -> io::Result<()> {
        let mut command = emulator.command(&program);
        command.args(words).arg("--output").arg(folder.join(output));
        let status = command.status()?;
        // Records that do not decode are found, and the rest is delivered.
        if matches!(status.code(), Some(0 | 1)) {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "kore-usage {} ended with {status}",
                words.join(" ")
            )))
        }
    };
    ask(&[&["report"], &range[..]].concat(), "account.html")?;
    ask(
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
        ask(
            &[&["summary", "--by", by, "--format", "json"], &range[..]].concat(),
            &name,
        )?;
    }
    fs::write(folder.join("hostile.ndjson"), HOSTILE)?;
    let hostile = folder.join("hostile.ndjson").display().to_string();
    ask(&["report", &hostile, "--as-of", NOW], "hostile.html")?;
    fs::write(folder.join("check.cjs"), SCRIPT)?;
    let checked = Command::new("node")
        .arg("check.cjs")
        .arg(browser)
        .current_dir(&folder)
        .status()?;
    println!("pictures are in {}", folder.display());
    Ok(checked.success())
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
