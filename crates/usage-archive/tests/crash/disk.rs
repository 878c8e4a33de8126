//! What is on disk after some operations.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use fastrand::Rng;

use crate::trace::Operation;

/// How the process ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// It was killed: all that it wrote is there.
    None,
    /// The power went: of what was not synced a random part is there.
    Power(u64),
}

/// Files and what is in them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(BTreeMap<PathBuf, Vec<u8>>);

impl Disk {
    /// What is on disk after operations.
    pub(crate) fn after(operations: &[Operation], loss: Loss) -> Self {
        let mut disk = Self::default();
        let mut rng = match loss {
            Loss::None => None,
            Loss::Power(seed) => Some(Rng::with_seed(seed)),
        };
        for (index, operation) in operations.iter().enumerate() {
            let later = operations.get(index + 1..).unwrap_or_default();
            let is_safe = later.iter().any(|later| secures(later, operation));
            match &mut rng {
                Some(rng) if !is_safe && !matches!(operation, Operation::Open { .. }) => {
                    if rng.bool() {
                        disk.apply(operation);
                    }
                }
                _ => disk.apply(operation),
            }
        }
        disk
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open { path, truncates } => {
                let file = self.0.entry(path.clone()).or_default();
                if *truncates {
                    file.clear();
                }
            }
            Operation::Write { path, at, bytes } => {
                let file = self.0.entry(path.clone()).or_default();
                let at = at.unwrap_or(file.len());
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                if let Some(place) = file.get_mut(at..end) {
                    place.copy_from_slice(bytes);
                }
            }
            Operation::Truncate { path, length } => {
                self.0.entry(path.clone()).or_default().resize(*length, 0);
            }
            Operation::Sync { .. } => {}
            Operation::Rename { path, to } => {
                if let Some(file) = self.0.remove(path) {
                    self.0.insert(to.clone(), file);
                }
            }
            Operation::Remove { path } => drop(self.0.remove(path)),
        }
    }

    /// Writes the files into a folder. Shared memory and locks do not outlive the machine, and are left out.
    pub(crate) fn put(&self, folder: &Path) {
        for (path, bytes) in &self.0 {
            let name = path.file_name().unwrap();
            let text = name.to_string_lossy();
            if text.starts_with("usage.db") && !text.ends_with("-shm") && !text.ends_with("-lock") {
                std::fs::write(folder.join(name), bytes).unwrap();
            }
        }
    }
}

/// Whether an operation makes an earlier one safe: a file's sync its bytes, and that of its folder its name. A file
/// that was renamed keeps its bytes.
fn secures(later: &Operation, earlier: &Operation) -> bool {
    let Operation::Sync { path } = later else {
        return false;
    };
    match earlier {
        Operation::Rename { to, .. } => to.parent() == Some(path),
        Operation::Remove { path: removed } => removed.parent() == Some(path),
        earlier => earlier.path() == path,
    }
}
