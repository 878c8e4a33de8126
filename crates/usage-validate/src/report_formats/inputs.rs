//! Which files hold the inputs of a run, and how a report names them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::Finding;

/// Which files hold the inputs of a run.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    first: Option<Input>,
    /// The inputs that do not bear the name of their file.
    renamed: BTreeMap<String, Option<PathBuf>>,
}

#[derive(Debug)]
struct Input {
    file: Option<PathBuf>,
}

impl Inputs {
    /// Adds an input and the file that holds it.
    pub(super) fn add(&mut self, name: &str, file: Option<&Path>) {
        self.first.get_or_insert_with(|| Input {
            file: file.map(Path::to_owned),
        });
        if file == Some(Path::new(name)) {
            self.renamed.remove(name);
        } else {
            self.renamed
                .insert(name.to_owned(), file.map(Path::to_owned));
        }
    }

    /// The file that a finding is about: that of its input, or of the first input if it is about all of them.
    pub(super) fn file<'a>(&'a self, finding: &'a Finding) -> Option<&'a Path> {
        let Some(name) = finding.source.as_deref() else {
            return self.first.as_ref()?.file.as_deref();
        };
        match self.renamed.get(name) {
            Some(file) => file.as_deref(),
            None => Some(Path::new(name)),
        }
    }
}

/// The bytes of a path that are escaped. A colon is: in a relative reference the text before one is a scheme.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// A path as a URI reference, byte for byte: absolute for an absolute path, relative for everything else.
pub(super) fn reference(path: &Path) -> String {
    let scheme = if path.is_absolute() { "file://" } else { "" };
    let bytes = path.as_os_str().as_encoded_bytes();
    format!("{scheme}{}", percent_encode(bytes, ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        for (name, uri) in [
            ("june.json", "june.json"),
            ("../a b/ü%.json", "../a%20b/%C3%BC%25.json"),
            ("/tmp/x#1?.json", "file:///tmp/x%231%3F.json"),
            ("c:x", "c%3Ax"),
        ] {
            assert_eq!(reference(Path::new(name)), uri);
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf_8_are_kept() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
        let path = Path::new(OsStr::from_bytes(b"bad\xff.json"));
        assert_eq!(reference(path), "bad%FF.json");
    }
}
