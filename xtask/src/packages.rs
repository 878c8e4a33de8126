//! The crates as others get them: each with every set of its features, from the oldest versions it allows, and
//! from its package alone.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use serde_json::Value;

use crate::{LIBRARIES, finish, root};

/// Builds each library and the program with every set of its features.
pub(crate) fn features() -> ExitCode {
    finish(powersets())
}

/// Builds the libraries with the oldest versions of their direct dependencies that `Cargo.toml` allows.
pub(crate) fn minimal() -> ExitCode {
    finish(minimal_versions())
}

/// Makes the package of every crate, and builds each from its package alone with none and with all of its features.
pub(crate) fn package() -> ExitCode {
    finish(packages())
}

fn packages() -> Result<(), String> {
    // A package that was built before counts as the same for cargo as long as its version is, whatever is in it.
    let target = tempfile::tempdir().map_err(|error| format!("no folder can be made: {error}"))?;
    let target = target.path().to_string_lossy();
    for features in ["--no-default-features", "--all-features"] {
        println!("== each package with {features}");
        let words = ["package", "--workspace", "--exclude", "xtask", features];
        cargo(&root(), &[&words[..], &["--target-dir", &*target]].concat())?;
    }
    Ok(())
}

fn powersets() -> Result<(), String> {
    let mut built = 0_u32;
    for name in LIBRARIES.into_iter().chain(["usage-cli"]) {
        for set in sets(&features_of(name)?) {
            let list = set.join(",");
            println!("== {name} with [{list}]");
            let words = ["check", "--quiet", "--no-default-features", "-p", name];
            cargo(&root(), &[&words[..], &["--features", &list]].concat())?;
            built += 1;
        }
    }
    println!("{built} sets of features build");
    Ok(())
}

/// Every set of some words, the empty one first.
fn sets(words: &[String]) -> Vec<Vec<&str>> {
    let mut sets = vec![Vec::new()];
    for word in words {
        let with = sets.clone().into_iter().map(|mut set: Vec<&str>| {
            set.push(word);
            set
        });
        sets.extend(with.collect::<Vec<_>>());
    }
    sets
}

/// The names of a crate's features.
fn features_of(name: &str) -> Result<Vec<String>, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo's metadata do not decode: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let features = packages
        .filter(|package| package["name"] == name)
        .filter_map(|package| package["features"].as_object())
        .flat_map(|features| features.keys().cloned());
    Ok(features.filter(|feature| feature != "default").collect())
}

/// Tries it in a copy, because it needs another `Cargo.lock`.
fn minimal_versions() -> Result<(), String> {
    let copy = tempfile::tempdir().map_err(|error| format!("no folder can be made: {error}"))?;
    let folder = copy.path().join("workspace");
    let from = root().display().to_string();
    let to = folder.display().to_string();
    run(Command::new("git").args(["clone", "--quiet", &from, &to]))?;
    // The flag is one of cargo's unstable ones, and asks for nothing else that is unstable.
    let words = ["update", "-Z", "direct-minimal-versions"];
    run(Command::new(env!("CARGO"))
        .current_dir(&folder)
        .args(words)
        .env("RUSTC_BOOTSTRAP", "1"))?;
    for name in LIBRARIES {
        println!("== {name} with the oldest versions");
        cargo(&folder, &["check", "--quiet", "--all-features", "-p", name])?;
    }
    Ok(())
}

fn cargo(folder: &Path, words: &[&str]) -> Result<(), String> {
    run(Command::new(env!("CARGO")).current_dir(folder).args(words))
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(error) => Err(format!("{command:?} cannot be started: {error}")),
    }
}
