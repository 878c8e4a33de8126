//! The emulator as a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::Problem;

/// An emulator that was started here, and ends with the value.
pub(super) struct Emulated {
    child: Child,
    base: String,
}

impl Emulated {
    /// Starts the program's emulator on any free port.
    pub(super) fn start(program: &Path, options: &[&str]) -> Result<Self, Problem> {
        let mut child = Command::new(program)
            .args(["emulate", "--port", "0", "--quiet"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let mut first = String::new();
        if let Some(output) = child.stdout.take() {
            // A line that does not come is one that does not say where it listens.
            let _length = BufReader::new(output).read_line(&mut first);
        }
        let base = first
            .trim()
            .strip_prefix("listening on ")
            .map(str::to_owned);
        let mut emulated = Self {
            child,
            base: String::new(),
        };
        emulated.base = base.ok_or("the emulator does not say where it listens")?;
        Ok(emulated)
    }

    /// Where it listens, without a slash at the end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
