//! Files that are made from code: writing them, and telling where they are not what the code says.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use similar::TextDiff;

/// The files that one folder has to hold, all of them and no others.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<(&'static str, String)>,
}

/// A way in which a folder is not what it has to be.
pub(crate) enum Drift {
    Missing(PathBuf),
    Different { path: PathBuf, diff: String },
    Orphaned(PathBuf),
}

impl Folder {
    /// Writes the files and removes those that no longer belong.
    pub(crate) fn write(&self) -> io::Result<Vec<PathBuf>> {
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
    pub(crate) fn drift(&self) -> io::Result<Vec<Drift>> {
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
        there.sort();
        found.extend(
            there
                .into_iter()
                .filter(|path| !known.contains(path))
                .map(Drift::Orphaned),
        );
        Ok(found)
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
