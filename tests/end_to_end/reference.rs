//! The commands that tell about the program itself.

use serde_json::Value;

use crate::program::run;

#[test]
fn every_rule_is_explained() {
    let rules: Vec<Value> = serde_json::from_str(&run("rules --format json").stdout).unwrap();
    assert!(rules.len() >= 16);
    let listed = run("rules").stdout;
    for rule in rules {
        let code = rule["code"].as_str().unwrap();
        let text = run(&format!("explain {code}"));
        assert_eq!(text.code, 0);
        assert!(
            text.stdout.contains(rule["name"].as_str().unwrap()),
            "{}",
            text.stdout
        );
        assert!(listed.contains(code));
    }
    assert_eq!(run("explain ur201").code, 0);
    assert_eq!(
        run("explain network-sum").stdout,
        run("explain UR201").stdout
    );
}

#[test]
fn schemas_are_json_schema_2020_12() {
    for name in ["record", "page", "report"] {
        let schema: Value = serde_json::from_str(&run(&format!("schema {name}")).stdout).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert!(
            schema["$id"].is_string() && schema["title"].is_string(),
            "{name}"
        );
    }
}

#[test]
fn shells_and_manuals_are_served() {
    assert!(run("completions bash").stdout.contains("kore-usage"));
    assert!(run("man").stdout.contains(".TH kore-usage"));
    // Every page that a page names can be had.
    let page = run("man archive").stdout;
    assert!(page.contains("kore\\-usage\\-archive\\-status(1)") && !page.contains("help(1)"));
    let page = run("man archive status").stdout;
    assert!(page.contains("kore-usage-archive-status 1") && page.contains("kore-usage 0.1.0"));
    let page = run("man fetch").stdout;
    assert!(
        page.contains(".TH kore-usage-fetch") && page.contains("page\\-size"),
        "{page}"
    );
    assert_eq!(run("man nothing").code, 2);
    assert!(run("--version").stdout.starts_with("kore-usage "));
    assert_eq!(run("--help").code, 0);
}

#[test]
fn the_units_of_the_readme_are_ones_that_systemd_takes() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let units: Vec<&str> = readme
        .split("```ini\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(units.len(), 2, "a service and its timer");
    let folder = tempfile::tempdir().unwrap();
    let service = folder.path().join("kore-usage.service");
    let program = env!("CARGO_BIN_EXE_kore-usage");
    let unit = units[0].replace("/usr/local/bin/kore-usage", program);
    std::fs::write(&service, unit).unwrap();
    std::fs::write(folder.path().join("kore-usage.timer"), units[1]).unwrap();
    let verified = std::process::Command::new("systemd-analyze")
        .arg("verify")
        .args([&service, &folder.path().join("kore-usage.timer")])
        .output();
    match verified {
        Err(_) => eprintln!("skipped: there is no systemd-analyze"),
        Ok(output) => {
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{message}");
            assert!(!message.contains("kore-usage"), "{message}");
        }
    }
}

#[test]
fn every_path_in_the_readme_exists() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let words = readme.split(['`', '(', ')', ' ', '\n']);
    let paths: Vec<_> = words
        .filter(|word| {
            ["crates/", "tests/", "xtask/"]
                .iter()
                .any(|folder| word.starts_with(folder))
        })
        .collect();
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        assert!(root.join(path).exists(), "the README names {path}");
    }
}
