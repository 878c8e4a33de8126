//! The JSON Schemas: each in the crate that owns the type.

use std::{io, path::Path, process::ExitCode};

use crate::drift::{Drift, Folder};

fn folders() -> Vec<Folder> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let schemas = |name: &str| crates.join(name).join("schemas");
    vec![
        Folder {
            path: schemas("usage-model"),
            files: usage_model::schema_documents(),
        },
        Folder {
            path: schemas("usage-validate"),
            files: usage_validate::schema_documents(),
        },
    ]
}

/// Writes every schema.
pub(crate) fn write() -> ExitCode {
    let written: io::Result<Vec<_>> = folders().iter().map(Folder::write).collect();
    match written {
        Ok(changed) => {
            let changed: Vec<_> = changed.into_iter().flatten().collect();
            for path in &changed {
                println!("wrote {}", path.display());
            }
            println!("{} schemas changed", changed.len());
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

/// Compares every schema with its file.
pub(crate) fn check() -> ExitCode {
    let found: io::Result<Vec<_>> = folders().iter().map(Folder::drift).collect();
    let found: Vec<_> = match found {
        Ok(found) => found.into_iter().flatten().collect(),
        Err(error) => return failed(&error),
    };
    for drift in &found {
        match drift {
            Drift::Missing(path) => eprintln!("error: {} is missing", path.display()),
            Drift::Orphaned(path) => {
                eprintln!("error: {} belongs to no type any more", path.display());
            }
            Drift::Different { path, diff } => {
                eprintln!(
                    "error: {} is not what the types say\n{diff}",
                    path.display()
                );
            }
        }
    }
    if found.is_empty() {
        println!("the schemas are what the types say");
        ExitCode::SUCCESS
    } else {
        eprintln!("help: run `cargo xtask schema` and commit what it writes");
        ExitCode::from(4)
    }
}

fn failed(error: &io::Error) -> ExitCode {
    eprintln!("error: the schema files cannot be read or written: {error}");
    ExitCode::from(100)
}
