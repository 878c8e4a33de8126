//! Servers that repeat the credentials among what they deliver: no command shows them.

use std::{fs, path::Path};

use crate::{program::run_with, server::serve_json};

const TOKEN: &str = "the-access-token-of-the-test";

/// A page of one day and one of one SIM, with the token in one of its members.
fn answer(target: &str, place: &str) -> String {
    if target.contains("UsageRecords") {
        let record = r#"{"account_sid":"AC00000000000000000000000000000001",SIM"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
            "commands":{"total":0},"data":{"total":1,"units":"bytes","billing_units":"USD"}}"#;
        let sim = if target.contains("/Sims/") {
            r#""sim_sid":"DE00000000000000000000000000000001","#
        } else {
            ""
        };
        let record = record.replace("SIM", sim);
        let record = match place {
            "account" => record.replace("AC00000000000000000000000000000001", TOKEN),
            "unit" => record.replace("bytes", TOKEN),
            "currency" => record.replace("USD", TOKEN),
            "member" => record.replace(r#""commands""#, &format!(r#""{TOKEN}":1,"commands""#)),
            "counter" => record.replace(r#""total":1"#, &format!(r#""total":"{TOKEN}""#)),
            _ => record,
        };
        let key = if place == "meta" {
            TOKEN
        } else {
            "usage_records"
        };
        format!(r#"{{"usage_records":[{record}],"meta":{{"next_page_url":null,"key":"{key}"}}}}"#)
    } else {
        let name = if place == "name" { TOKEN } else { "meter" };
        format!(
            r#"{{"sims":[{{"sid":"DE00000000000000000000000000000001","unique_name":"{name}","status":"active"}}],"meta":{{"next_page_url":null,"key":"sims"}}}}"#
        )
    }
}

/// The commands that show what a server delivers, in each of their forms.
fn commands(folder: &Path) -> Vec<String> {
    let file = |name: &str| folder.join(name).display().to_string();
    let range = "--start 2026-06-01 --end 2026-06-02";
    let mut commands = vec![
        format!("fetch {range} --output {}", file("records.parquet")),
        format!("fetch --all-sims {range}"),
        format!("check {range} --save {}", file("saved.ndjson")),
        format!("fetch {range} --malformed {}", file("malformed.ndjson")),
        format!("summary {range}"),
        format!("summary {range} --by account,sim --format json"),
        format!("report {range}"),
        format!("report {range} --output {}", file("report.html")),
        format!(
            "sync --archive {} --granularity daily {range}",
            file("archive.db")
        ),
        format!("fleet {range}"),
        format!("-v fetch {range}"),
    ];
    for format in ["table", "csv", "csv --long", "json", "ndjson"] {
        commands.push(format!("fetch {range} --format {format}"));
    }
    for format in ["human", "json", "ndjson", "sarif", "junit", "github"] {
        commands.push(format!("check {range} --format {format}"));
    }
    for format in ["table", "csv", "json", "ndjson"] {
        commands.push(format!("sims --format {format}"));
    }
    commands
}

#[test]
fn a_credential_among_what_a_server_delivers_is_shown_by_no_command() {
    for place in [
        "account", "unit", "currency", "member", "counter", "meta", "name",
    ] {
        let base = serve_json(move |target| answer(target, place));
        let folder = tempfile::tempdir().unwrap();
        for command in commands(folder.path()) {
            let asks_for_it = match place {
                "name" => ["--all-sims", "fleet", "sims"]
                    .iter()
                    .any(|word| command.contains(word)),
                _ => !command.starts_with("sims"),
            };
            let variables = [
                ("KORE_BASE_URL", base.as_str()),
                ("KORE_ACCESS_TOKEN", TOKEN),
            ];
            let run = run_with(&command, "", &variables);
            let all = format!("{}{}", run.stdout, run.stderr);
            assert!(!all.contains(TOKEN), "{place}, {command}: {run:?}");
            if asks_for_it {
                run.failed(3);
                assert!(
                    run.stderr.contains("contains the access token"),
                    "{place}, {command}: {run:?}"
                );
            }
        }
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(TOKEN), "{place}: {}", path.display());
        }
    }
}
