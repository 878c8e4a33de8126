//! Running the program as a user does.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What a run printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The report that was printed as JSON.
    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The codes of all findings in the report, in order.
    pub(crate) fn codes(&self) -> Vec<String> {
        let report = self.report();
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The SIM of each record on standard output, a record a line.
    pub(crate) fn sim_sids(&self) -> Vec<String> {
        let sim = |line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            record["sim_sid"].as_str().unwrap().to_owned()
        };
        self.stdout.lines().map(sim).collect()
    }

    /// Asserts the exit code, and that errors are what a person can act on.
    pub(crate) fn failed(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        let first = self.stderr.lines().find(|line| line.starts_with("error: "));
        assert!(first.is_some(), "{self:?}");
        assert!(self.stderr.contains("\nhelp: "), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        first.unwrap_or_default()
    }
}

/// The program with an environment of its own: no variables and no configuration of the machine's.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kore-usage"));
    command.env_clear().env("HOME", "/nonexistent");
    command
}

/// Runs the program with arguments that are separated by spaces.
pub(crate) fn run(arguments: &str) -> Run {
    run_with(arguments, "", &[])
}

/// Runs the program with standard input and further environment variables.
pub(crate) fn run_with(arguments: &str, stdin: &str, variables: &[(&str, &str)]) -> Run {
    let mut child = program()
        .args(arguments.split_whitespace())
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || {
        // The program may end without reading all of its input.
        let _: std::io::Result<()> = input.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Makes a pipe that has a name.
pub(crate) fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// A file of real figures, by name.
pub(crate) fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../usage-model/tests/fixtures");
    folder.join(name).display().to_string()
}

/// The emulator as the program serves it; ends with the value.
#[derive(Debug)]
pub(crate) struct Emulated {
    child: Child,
    pub(crate) base: String,
}

impl Emulated {
    pub(crate) fn start(arguments: &str) -> Self {
        let mut child = program()
            .args(["emulate", "--port", "0"])
            .args(arguments.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let base = first
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        Self { child, base }
    }

    /// The program with arguments that are separated by spaces, set up for this emulator.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = program();
        command
            .args(arguments.split_whitespace())
            .env("KORE_BASE_URL", &self.base)
            .env("KORE_CLIENT_ID", "any")
            .env("KORE_CLIENT_SECRET", "any");
        command
    }

    /// Returns what the emulator shows of its state.
    pub(crate) fn state(&self, what: &str) -> String {
        let address = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "GET /_emulator/{what} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The requests for SIMs and records that it has answered.
    pub(crate) fn requests(&self) -> usize {
        self.state("requests").matches("\"target\":\"/v1/").count()
    }

    /// The SIDs of the SIMs of the account.
    pub(crate) fn sims(&self) -> Vec<String> {
        let answer = self.state("sims");
        let mut sims: Vec<String> = answer
            .split('"')
            .filter(|text| text.starts_with("DE") && text.len() == 34)
            .map(str::to_owned)
            .collect();
        sims.dedup();
        sims
    }

    /// Runs the program against this emulator.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.run_as(arguments, "any", "any")
    }

    /// Runs the program against this emulator with these credentials.
    pub(crate) fn run_as(&self, arguments: &str, id: &str, secret: &str) -> Run {
        let token_url = format!("{}/api-services/v1/auth/token", self.base);
        let variables = [
            ("KORE_BASE_URL", self.base.as_str()),
            ("KORE_TOKEN_URL", &token_url),
            ("KORE_CLIENT_ID", id),
            ("KORE_CLIENT_SECRET", secret),
        ];
        run_with(arguments, "", &variables)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _: std::io::Result<()> = self.child.kill();
        let _: std::io::Result<std::process::ExitStatus> = self.child.wait();
    }
}
