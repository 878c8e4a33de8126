//! Files that are made from code: writing them, and telling where they are not what the code says.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use similar::TextDiff;

/// Exit code where files are not what the code says: `cargo xtask` writes them.
const NEEDS_UPDATE: u8 = 4;

/// Exit code where files cannot be read or written.
const FAILED: u8 = 100;

/// Files that are made from code, and how to speak of them.
pub(crate) struct Made {
    pub(crate) folders: Vec<Folder>,
    /// What they are: "schemas".
    pub(crate) noun: &'static str,
    /// What they are made from: "the types".
    pub(crate) origin: &'static str,
    /// The command that writes them.
    pub(crate) command: &'static str,
}

/// The files that one folder has to hold.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<(&'static str, String)>,
    /// Whether it may hold others too.
    pub(crate) others: bool,
}

/// A way in which a folder is not what it has to be.
enum Drift {
    Missing(PathBuf),
    Different { path: PathBuf, diff: String },
    Orphaned(PathBuf),
}

impl Made {
    /// Writes every file.
    pub(crate) fn write(&self) -> ExitCode {
        let written: io::Result<Vec<_>> = self.folders.iter().map(Folder::write).collect();
        match written {
            Ok(changed) => {
                let changed: Vec<_> = changed.into_iter().flatten().collect();
                for path in &changed {
                    println!("wrote {}", path.display());
                }
                println!("{} {} changed", changed.len(), self.noun);
                ExitCode::SUCCESS
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Compares every file with what it has to be; a diff and the command that helps where it is not.
    pub(crate) fn check(&self) -> ExitCode {
        let Self {
            noun,
            origin,
            command,
            ..
        } = self;
        let found: io::Result<Vec<_>> = self.folders.iter().map(Folder::drift).collect();
        let found: Vec<_> = match found {
            Ok(found) => found.into_iter().flatten().collect(),
            Err(error) => return self.failed(&error),
        };
        for drift in &found {
            match drift {
                Drift::Missing(path) => eprintln!("error: {} is missing", path.display()),
                Drift::Orphaned(path) => {
                    eprintln!("error: {} is made from nothing any more", path.display());
                }
                Drift::Different { path, diff } => {
                    eprintln!("error: {} is not what {origin} say\n{diff}", path.display());
                }
            }
        }
        if found.is_empty() {
            println!("the {noun} are what {origin} say");
            ExitCode::SUCCESS
        } else {
            eprintln!("help: run `{command}` and commit what it writes");
            ExitCode::from(NEEDS_UPDATE)
        }
    }

    fn failed(&self, error: &io::Error) -> ExitCode {
        eprintln!(
            "error: the {} cannot be read or written: {error}",
            self.noun
        );
        ExitCode::from(FAILED)
    }
}

impl Folder {
    /// Writes the files and removes those that no longer belong.
    fn write(&self) -> io::Result<Vec<PathBuf>> {
        fs::create_dir_all(&self.path)?;
        let mut changed = Vec::new();
        for drift in self.drift()? {
            match drift {
                Drift::Orphaned(path) => fs::remove_file(path)?,
                Drift::Missing(path) | Drift::Different { path, .. } => {
                    let text = self
                        .files
                        .iter()
                        .find(|(name, _)| path.ends_with(name))
                        .map_or("", |(_, text)| text);
                    fs::write(&path, text)?;
                    changed.push(path);
                }
            }
        }
        Ok(changed)
    }

    /// Everything that is not as it has to be.
    fn drift(&self) -> io::Result<Vec<Drift>> {
        let mut found = Vec::new();
        for (name, text) in &self.files {
            let path = self.path.join(name);
            match fs::read_to_string(&path) {
                Ok(old) if old == *text => {}
                Ok(old) => found.push(Drift::Different {
                    diff: diff(&path, &old, text),
                    path,
                }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    found.push(Drift::Missing(path));
                }
                Err(error) => return Err(error),
            }
        }
        if !self.others {
            found.extend(self.orphans()?.into_iter().map(Drift::Orphaned));
        }
        Ok(found)
    }

    /// Files that are there and are not made.
    fn orphans(&self) -> io::Result<Vec<PathBuf>> {
        let known: BTreeSet<_> = self
            .files
            .iter()
            .map(|(name, _)| self.path.join(name))
            .collect();
        let mut there: Vec<_> = match fs::read_dir(&self.path) {
            Ok(entries) => entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        there.retain(|path| !known.contains(path));
        there.sort();
        Ok(there)
    }
}

fn diff(path: &Path, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .header(
            &format!("{} (file)", path.display()),
            "(what the code says)",
        )
        .to_string()
}
