//! A Python environment that is thrown away.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Problem;

/// A virtual environment; its folder goes with the value.
pub(crate) struct Python {
    folder: tempfile::TempDir,
}

impl Python {
    /// An environment with packages from `PyPI`.
    pub(crate) fn with(packages: &[&str]) -> Result<Self, Problem> {
        println!(
            "== installing {} into a throw-away environment",
            packages.join(" and ")
        );
        let folder = tempfile::tempdir().map_err(|error| format!("no folder for it: {error}"))?;
        let python = Self { folder };
        let venv = Command::new("python3")
            .args(["-m", "venv"])
            .arg(python.folder.path())
            .status()
            .map_err(|error| {
                format!("python3 cannot be started: {error}\nhelp: install Python 3.10 or newer")
            })?;
        if !venv.success() {
            return Err(
                "python3 cannot make an environment\nhelp: install its modules venv and pip"
                    .to_owned(),
            );
        }
        let pip = [
            &[
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ][..],
            packages,
        ]
        .concat();
        python.output("python", &pip).map_err(|problem| {
            format!("{problem}\nhelp: pip has to reach PyPI, or an index that PIP_INDEX_URL names")
        })?;
        let listed = python.output("python", &["-m", "pip", "list", "--format", "freeze"])?;
        let named = |line: &&str| {
            packages
                .iter()
                .any(|name| line.starts_with(&format!("{name}==")))
        };
        println!(
            "{}",
            listed.lines().filter(named).collect::<Vec<_>>().join(", ")
        );
        Ok(python)
    }

    /// Puts a script into the environment.
    pub(crate) fn script(&self, name: &str, text: &str) -> Result<PathBuf, Problem> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// Where a program of the environment is.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.path().join(programs).join(program)
    }

    /// Installs a package from its folder; the variables are those of its build.
    pub(crate) fn install(&self, folder: &Path, variables: &[(&str, &str)]) -> Result<(), Problem> {
        println!("== building {}", folder.display());
        let folder = folder.to_string_lossy();
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            &folder,
        ];
        self.shown("python", &pip, self.folder.path(), variables)
    }

    /// Runs a program of the environment in a folder, and shows what it writes as it does.
    pub(crate) fn shown(
        &self,
        program: &str,
        arguments: &[&str],
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Result<(), Problem> {
        let status = Command::new(self.path(program))
            .args(arguments)
            .current_dir(folder)
            .envs(variables.iter().copied())
            .status()
            .map_err(|error| format!("{program} cannot be started: {error}"))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{program} ended with {status}"))
        }
    }

    /// Runs a program of the environment and gives what it wrote to standard output.
    pub(crate) fn output(&self, program: &str, arguments: &[&str]) -> Result<String, Problem> {
        let output = Command::new(self.path(program))
            .args(arguments)
            // Whatever a program leaves behind goes with the environment.
            .current_dir(self.folder.path())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{program} cannot be started: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            Err(format!("{program} ended with {}:\n{said}", output.status))
        }
    }
}
