//! What a run leaves for a monitor: one file of OpenMetrics, for the textfile collector of a node exporter.

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use chrono::{DateTime, Utc};

use crate::{exit::Exit, failure::Failure};

/// The metric that outlives a run that fails.
const LAST_SUCCESS: &str = "kore_usage_last_success_timestamp_seconds";

/// The metrics of one run of one command. All are gauges: they say how the last run went.
pub(crate) struct Metrics {
    command: &'static str,
    text: String,
}

impl Metrics {
    pub(crate) fn new(command: &'static str) -> Self {
        Self {
            command,
            text: String::new(),
        }
    }

    /// Adds a metric that has one value for each of its labels.
    pub(crate) fn family<L: AsRef<str>>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) {
        self.begin(name, help);
        for (of, value) in values {
            let (command, of) = (self.command, of.as_ref());
            self.line(&format!(
                "kore_usage_{name}{{command=\"{command}\",{label}=\"{of}\"}} {value}"
            ));
        }
    }

    /// Adds a metric of one value.
    pub(crate) fn value(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.begin(name, help);
        let command = self.command;
        self.line(&format!(
            "kore_usage_{name}{{command=\"{command}\"}} {value}"
        ));
    }

    fn begin(&mut self, name: &str, help: &str) {
        self.line(&format!("# TYPE kore_usage_{name} gauge"));
        self.line(&format!("# HELP kore_usage_{name} {help}"));
    }

    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _: std::fmt::Result = writeln!(self.text, "{line}");
    }

    /// Writes the file of a run, and gives what the run ended with; where neither succeeded, both failures are told.
    pub(crate) async fn write(
        self,
        path: &Path,
        ended: Result<Exit, Failure>,
        now: DateTime<Utc>,
    ) -> Result<Exit, Failure> {
        let exit = ended.as_ref().map_or_else(Failure::exit, |exit| *exit);
        match (ended, self.put(path, exit, now).await) {
            (ended, Ok(())) => ended,
            (Ok(_), Err(failure)) => Err(failure),
            (Err(ended), Err(failure)) => {
                failure.print();
                Err(ended)
            }
        }
    }

    /// Writes the file beside its place and renames it, so that a collector never reads half of one. A run that did not
    /// succeed keeps the time of the last one that did.
    async fn put(mut self, path: &Path, exit: Exit, now: DateTime<Utc>) -> Result<(), Failure> {
        let succeeded = exit == Exit::Done;
        let earlier = || last_success(&fs::read_to_string(path).ok()?, self.command);
        let success = if succeeded {
            Some(now.timestamp())
        } else {
            earlier()
        };
        self.value(
            "last_run_timestamp_seconds",
            "When the command ran last.",
            now.timestamp(),
        );
        self.value(
            "last_run_exit_code",
            "How it ended: 0 done, 1 findings, 2 usage, 3 incomplete.",
            exit.code(),
        );
        if let Some(success) = success {
            self.value(
                "last_success_timestamp_seconds",
                "When the command ran last and ended with 0.",
                success,
            );
        }
        self.line("# EOF");
        let mut output = super::open(path).await?;
        let written = output.write_all(self.text.as_bytes());
        super::close(output, written, true)
    }
}

/// The time of the last success that a file tells of.
fn last_success(text: &str, command: &str) -> Option<i64> {
    let start = format!("{LAST_SUCCESS}{{command=\"{command}\"}} ");
    let mut values = text.lines().filter_map(|line| line.strip_prefix(&start));
    values.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_ends_as_it_did_where_its_metrics_cannot_be_written_either() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("missing").join("metrics");
        let write = |ended| {
            let metrics = Metrics::new("check");
            metrics.write(&file, ended, DateTime::UNIX_EPOCH)
        };
        let failed = write(Ok(Exit::Done)).await.unwrap_err();
        assert!(failed.message().contains("metrics"), "{}", failed.message());
        let ended = write(Err(Failure::incomplete("no answer")))
            .await
            .unwrap_err();
        assert_eq!(
            (ended.message(), ended.exit()),
            ("no answer", Exit::Incomplete)
        );
    }

    #[test]
    fn a_file_says_when_the_command_succeeded_last() {
        let mut metrics = Metrics::new("check");
        metrics.value("last_success_timestamp_seconds", "x", 17);
        assert_eq!(last_success(&metrics.text, "check"), Some(17));
        assert_eq!(last_success(&metrics.text, "sync"), None);
        assert_eq!(last_success("", "check"), None);
    }
}
