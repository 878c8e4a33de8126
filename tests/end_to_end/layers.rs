//! Which crate may depend on which, and which may touch the network, the clock or the terminal.

use std::{collections::BTreeSet, process::Command};

/// Everything that a crate depends on, by way of others too, without what only its tests need.
fn dependencies(name: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", name, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|dependency| *dependency != name)
        .map(str::to_owned)
        .collect()
}

/// The crates of this workspace among them.
fn own(name: &str) -> Vec<String> {
    let crates = dependencies(name).into_iter();
    crates.filter(|name| name.starts_with("usage-")).collect()
}

#[test]
fn dependencies_run_in_one_direction() {
    assert_eq!(own("usage-model"), [""; 0]);
    assert_eq!(own("usage-client"), ["usage-model"]);
    assert_eq!(own("usage-validate"), ["usage-model"]);
    assert_eq!(own("usage-emulator"), ["usage-model"]);
    assert_eq!(own("usage-table"), ["usage-model"]);
    assert_eq!(
        own("usage-report"),
        ["usage-model", "usage-table", "usage-validate"]
    );
    assert_eq!(own("usage-archive"), ["usage-model"]);
}

#[test]
fn model_validator_tables_and_archive_touch_neither_network_nor_runtime_nor_terminal() {
    for name in [
        "usage-model",
        "usage-validate",
        "usage-table",
        "usage-report",
        "usage-archive",
    ] {
        let all = dependencies(name);
        assert!(all.contains("serde_json"), "{name} depends on {all:?}");
        for foreign in [
            "reqwest",
            "tokio",
            "hyper",
            "axum",
            "clap",
            "rustls",
            "futures-core",
            "iana-time-zone",
        ] {
            assert!(!all.contains(foreign), "{name} depends on {foreign}");
        }
    }
}
