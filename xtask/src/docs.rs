//! Pages that are made from code.

use std::path::Path;

use crate::drift::{Folder, Made};

/// Every page: that of the rules and that of the faults, from their catalogues.
pub(crate) fn pages() -> Made {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
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
