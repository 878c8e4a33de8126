//! What `strace` recorded of the operations on files.

use std::path::{Path, PathBuf};

/// An operation on a file of the folder.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// The file is opened, and created where it is missing; emptied where `truncates`.
    Open {
        path: PathBuf,
        truncates: bool,
    },
    /// Bytes are written at a place, or without one at the end.
    Write {
        path: PathBuf,
        at: Option<usize>,
        bytes: Vec<u8>,
    },
    Truncate {
        path: PathBuf,
        length: usize,
    },
    /// What was written to the file, or the names in the folder, are safe.
    Sync {
        path: PathBuf,
    },
    Rename {
        path: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
}

impl Operation {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Open { path, .. }
            | Self::Write { path, .. }
            | Self::Truncate { path, .. }
            | Self::Sync { path }
            | Self::Rename { path, .. }
            | Self::Remove { path } => path,
        }
    }
}

/// The operations on files of a folder, and on the folder itself, that succeeded.
pub(crate) fn trace(log: &str, folder: &Path) -> Vec<Operation> {
    let operations = log.lines().filter_map(operation);
    operations
        .filter(|operation| operation.path().starts_with(folder))
        .collect()
}

fn operation(line: &str) -> Option<Operation> {
    let (_, call) = line.split_once(' ')?;
    let (name, rest) = call.trim().split_once('(')?;
    assert!(
        !rest.ends_with("<unfinished ...>"),
        "calls of two threads overlap: {line}"
    );
    let (arguments, result) = rest.rsplit_once(" = ")?;
    if result.starts_with('-') {
        return None;
    }
    let texts = texts(arguments);
    let path = |index: usize| {
        texts
            .get(index)
            .map(|text| PathBuf::from(String::from_utf8_lossy(text).into_owned()))
    };
    let numbers: Vec<&str> = arguments
        .trim_end()
        .trim_end_matches(')')
        .split(", ")
        .collect();
    let number = |from_end: usize| {
        numbers
            .get(numbers.len().checked_sub(from_end)?)?
            .parse()
            .ok()
    };
    Some(match name {
        "openat" if arguments.contains("O_CREAT") || arguments.contains("O_TRUNC") => {
            Operation::Open {
                // The first text is the folder that a relative path starts from.
                path: texts
                    .iter()
                    .rev()
                    .nth(1)
                    .or(texts.last())
                    .and_then(|_| path(texts.len().checked_sub(2)?))?,
                truncates: arguments.contains("O_TRUNC"),
            }
        }
        "pwrite64" => Operation::Write {
            path: path(0)?,
            at: number(1),
            bytes: texts.get(1)?.clone(),
        },
        "write" => Operation::Write {
            path: path(0)?,
            at: None,
            bytes: texts.get(1)?.clone(),
        },
        "ftruncate" => Operation::Truncate {
            path: path(0)?,
            length: number(1)?,
        },
        "fsync" | "fdatasync" => Operation::Sync { path: path(0)? },
        "rename" => Operation::Rename {
            path: path(0)?,
            to: path(1)?,
        },
        "renameat" | "renameat2" => Operation::Rename {
            path: path(texts.len().checked_sub(3)?)?,
            to: path(texts.len().checked_sub(1)?)?,
        },
        "unlink" => Operation::Remove { path: path(0)? },
        "unlinkat" => Operation::Remove {
            path: path(texts.len().checked_sub(1)?)?,
        },
        _ => return None,
    })
}

/// The texts of a line in hexadecimal, in quotes or, for the path of a descriptor, in angle brackets.
fn texts(arguments: &str) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut rest = arguments;
    while let Some(start) = rest.find(['"', '<']) {
        let open = rest.as_bytes().get(start).copied();
        let close = if open == Some(b'<') { '>' } else { '"' };
        let after = rest.get(start + 1..).unwrap_or_default();
        let Some(end) = after.find(close) else { break };
        let text = after.get(..end).unwrap_or_default();
        texts.push(
            text.split("\\x")
                .skip(1)
                .map(|byte| u8::from_str_radix(byte, 16).unwrap())
                .collect(),
        );
        rest = after.get(end + 1..).unwrap_or_default();
    }
    texts
}
