//! What the archive says, as a person reads it.

use std::{error::Error as _, io};

use usage_archive::ErrorKind;

use crate::{exit::Exit, messages};

use super::Failure;

/// What the archive says, with the cause at the root.
impl From<usage_archive::Error> for Failure {
    fn from(error: usage_archive::Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::Exists => Exit::Usage,
            _ => Exit::Incomplete,
        };
        let mut failure = Self::new(exit, error.to_string()).help(error.help());
        let root = std::iter::successors(error.source(), |error| (*error).source()).last();
        // Of the other kinds the message says it all, and the database would say it in its own words.
        if let Some(source) = root
            && (source.is::<io::Error>() || error.kind() == ErrorKind::Other)
            && error.kind() != ErrorKind::Missing
        {
            failure = failure.note(format!("cause: {}", messages::cause(source)));
        }
        failure
    }
}
