//! Errors as a person reads them: what failed and where, what the server said, what to do.

#[cfg(feature = "archive")]
mod archive;

use std::{error::Error, io};

use crate::{
    exit::{Exit, Signal},
    messages::{self, words},
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
        .help("run it again for the rest")
    }

    /// The time of the whole command ended the job before it was complete.
    pub(crate) fn out_of_time(before: &str) -> Self {
        Self::incomplete(format!("the time of --timeout was over before {before}"))
            .help("give it a longer --timeout, or ask for less")
    }

    /// What was asked for is not part of this build.
    #[cfg(not(all(feature = "archive", feature = "parquet")))]
    pub(crate) fn without(feature: &str) -> Self {
        Self::usage(format!(
            "this kore-usage is built without its feature `{feature}`"
        ))
        .help(format!(
            "build it with `{feature}`, which is one of the default features"
        ))
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

    /// Leaves out what a report has said.
    pub(crate) fn in_brief(mut self) -> Self {
        if let Some(brief) = self.brief.take() {
            self.message = brief;
        }
        self
    }

    /// Says more about it.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Output that cannot be written.
    pub(crate) fn write(to: &str, error: &io::Error) -> Self {
        Self::incomplete(format!("cannot write {to}: {}", words(error)))
            .help("free some space there, or name another place with --output")
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
        messages::error(&self.message, &self.notes, self.help.as_deref());
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
            let text = messages::cause(root);
            if !failure.message.contains(&text)
                && !failure.notes.iter().any(|note| note.contains(&text))
            {
                failure = failure.note(format!("cause: {text}"));
            }
        }
        let help = error.help();
        failure.help =
            help.or_else(|| Some("try again; `-v` tells more of what is asked".to_owned()));
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
