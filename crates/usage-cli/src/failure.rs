//! Errors as a person reads them: what failed and where, what the server said, what to do.

use std::{error::Error, io};

use usage_archive::ErrorKind;

use crate::{
    exit::{Exit, Signal},
    messages::{Level, log, tell, visible, words},
};

/// Why a run stopped.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    /// What failed, where a report says the rest.
    brief: Option<String>,
    notes: Vec<String>,
    help: Option<String>,
}

impl Failure {
    /// The command line or the configuration is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message.into())
    }

    /// The job could not be completed.
    pub(crate) fn incomplete(message: impl Into<String>) -> Self {
        Self::new(Exit::Incomplete, message.into())
    }

    /// A signal ended the job before it was complete.
    pub(crate) fn ended(signal: Signal, before: &str) -> Self {
        Self::new(
            Exit::Ended(signal),
            format!("ended by {signal} before {before}"),
        )
    }

    fn new(exit: Exit, message: String) -> Self {
        Self {
            exit,
            message,
            brief: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what failed in fewer words, for a report that says the rest itself.
    pub(crate) fn briefly(mut self, brief: impl Into<String>) -> Self {
        self.brief = Some(brief.into());
        self
    }

    /// What failed, for a report that says the rest itself.
    pub(crate) fn brief(&self) -> &str {
        self.brief.as_deref().unwrap_or(&self.message)
    }

    /// Says more about it.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Output that cannot be written.
    pub(crate) fn write(to: &str, error: &io::Error) -> Self {
        Self::incomplete(format!("cannot write {to}: {}", words(error)))
    }

    /// What failed and where, in one line.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self) {
        if log(
            Level::Error,
            &self.message,
            &self.notes,
            self.help.as_deref(),
        ) {
            return;
        }
        let error = anstyle::AnsiColor::Red.on_default().bold();
        let help = anstyle::AnsiColor::Cyan.on_default();
        tell(&format!(
            "{error}error{error:#}: {}",
            visible(&self.message)
        ));
        for note in &self.notes {
            tell(&format!("  {}", visible(note)));
        }
        if let Some(text) = &self.help {
            tell(&format!("{help}help{help:#}: {}", visible(text)));
        }
    }
}

/// What the client says, with the server's own words and the cause at the root.
impl From<usage_client::Error> for Failure {
    fn from(error: usage_client::Error) -> Self {
        let exit = if error.kind() == usage_client::ErrorKind::Config {
            Exit::Usage
        } else {
            Exit::Incomplete
        };
        let mut failure = Self::new(exit, error.to_string());
        if let Some(server) = error.server_error() {
            failure = failure.note(server_words(server));
        }
        let mut cause = error.source();
        if error.server_error().is_some() {
            // The first cause is the server's error, which has just been told.
            cause = cause.and_then(Error::source);
        }
        // The layers in between only say that something failed below them.
        if let Some(root) = std::iter::successors(cause, |error| (*error).source()).last() {
            let text = root.to_string();
            if !failure.message.contains(&text)
                && !failure.notes.iter().any(|note| note.contains(&text))
            {
                failure = failure.note(format!("cause: {text}"));
            }
        }
        failure.help = error.help();
        failure
    }
}

fn server_words(server: &usage_client::ServerError) -> String {
    let mut words = vec!["the server says".to_owned()];
    if let Some(code) = &server.code {
        words.push(format!("code {code}"));
    }
    if let Some(message) = &server.message {
        words.push(format!("{message:?}"));
    }
    if let Some(more) = &server.more_info {
        words.push(format!("({more})"));
    }
    words.join(" ")
}

/// What the archive says, with the cause at the root.
impl From<usage_archive::Error> for Failure {
    fn from(error: usage_archive::Error) -> Self {
        let mut failure = Self::incomplete(error.to_string()).help(error.help());
        let cause = std::iter::successors(error.source(), |error| (*error).source()).last();
        if let Some(cause) = cause
            && error.kind() != ErrorKind::Missing
        {
            failure = failure.note(format!("cause: {cause}"));
        }
        failure
    }
}
