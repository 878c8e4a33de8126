//! Pages that are made from code.

use crate::{
    drift::{Folder, Made},
    root,
};

/// Every page: that of the rules and that of the faults, from their catalogues.
pub(crate) fn pages() -> Made {
    let crates = root().join("crates");
    Made {
        folders: vec![
            Folder {
                path: crates.join("usage-validate"),
                files: vec![("RULES.md", usage_validate::rules_page())],
                others: true,
            },
            Folder {
                path: crates.join("usage-emulator"),
                files: vec![("FAULTS.md", usage_emulator::faults_page())],
                others: true,
            },
        ],
        noun: "pages",
        origin: "the rules and the faults",
        command: "cargo xtask docs",
    }
}
