//! The JSON Schemas: each in the crate that owns the type.

use crate::{
    drift::{Folder, Made},
    root,
};

/// Every schema.
pub(crate) fn schemas() -> Made {
    let crates = root().join("crates");
    let folder = |name: &str, files| Folder {
        path: crates.join(name).join("schemas"),
        files,
        others: false,
    };
    Made {
        folders: vec![
            folder("usage-model", usage_model::schema_documents()),
            folder("usage-validate", usage_validate::schema_documents()),
        ],
        noun: "schemas",
        origin: "the types",
        command: "cargo xtask schema",
    }
}
