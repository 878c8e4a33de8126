//! Which crate may depend on which, and which may touch the network, the clock or the terminal.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

/// Everything that each crate of the workspace depends on, by way of others too, without dev-dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--manifest-path",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            (
                package["id"].as_str().unwrap(),
                package["name"].as_str().unwrap(),
            )
        })
        .collect();
    let mut direct: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let normal = node["deps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| {
                dependency["dep_kinds"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|kind| kind["kind"].is_null())
            });
        direct.insert(
            node["id"].as_str().unwrap(),
            normal
                .map(|dependency| dependency["pkg"].as_str().unwrap())
                .collect(),
        );
    }
    let members = metadata["workspace_members"].as_array().unwrap();
    members
        .iter()
        .map(|member| {
            let member = member.as_str().unwrap();
            let mut seen = BTreeSet::new();
            let mut open = vec![member];
            while let Some(id) = open.pop() {
                for &dependency in &direct[id] {
                    if seen.insert(names[dependency].to_owned()) {
                        open.push(dependency);
                    }
                }
            }
            (names[member].to_owned(), seen)
        })
        .collect()
}

#[test]
fn dependencies_run_in_one_direction() {
    let all = dependencies();
    let own = |name: &str| -> Vec<&str> {
        all[name]
            .iter()
            .map(String::as_str)
            .filter(|name| all.contains_key(*name))
            .collect()
    };
    assert_eq!(own("usage-model"), [""; 0]);
    assert_eq!(own("usage-client"), ["usage-model"]);
    assert_eq!(own("usage-validate"), ["usage-model"]);
    assert_eq!(own("usage-emulator"), ["usage-model"]);
}

#[test]
fn model_and_validator_touch_neither_network_nor_runtime_nor_terminal() {
    let all = dependencies();
    for name in ["usage-model", "usage-validate"] {
        for foreign in [
            "reqwest",
            "tokio",
            "hyper",
            "axum",
            "clap",
            "rustls",
            "iana-time-zone",
        ] {
            assert!(!all[name].contains(foreign), "{name} depends on {foreign}");
        }
    }
}
