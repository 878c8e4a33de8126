//! The queries of the README, asked as a reader does: with Python's own sqlite3.

use std::process::Command;

use serde_json::Value;

use crate::archive::{Kept, lines};

/// Prints each row of a query as a JSON object a line; the archive may not be changed by it.
const ASK: &str = "
import json, sqlite3, sys
archive = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
archive.row_factory = sqlite3.Row
for row in archive.execute(sys.argv[2]):
    print(json.dumps(dict(row)))
";

/// The queries of the README, in their order.
fn queries() -> Vec<String> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let blocks = readme.split("```sql\n").skip(1);
    let queries = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    queries.collect()
}

#[test]
fn the_queries_of_the_readme_are_answered_to_python() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("there is no python3: nothing was tested");
        return;
    }
    let kept = Kept::new("");
    let days = "--sims all --granularity daily --start 2026-10-01";
    assert_eq!(kept.sync_with(days).code, 0);
    kept.later("12h");
    assert_eq!(kept.sync_with(days).code, 0);
    // A figure that changes long after the end of its day.
    kept.post("faults", "fault=revision:2026-11-04:%2B1000");
    kept.later("1h");
    assert_eq!(kept.sync_with(&format!("--all {days}")).code, 1);
    let ask = |query: &str| -> Vec<Value> {
        let output = Command::new("python3")
            .args(["-c", ASK])
            .arg(kept.path())
            .arg(query)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{query}: {said}");
        let rows = String::from_utf8(output.stdout).unwrap();
        let rows = rows.lines().map(|row| serde_json::from_str(row).unwrap());
        rows.collect()
    };
    let queries = queries();
    let [by_month, top_sims, not_final, as_known, changed_late] = &queries[..] else {
        panic!("{} queries", queries.len());
    };

    let network = "summary --by month,network --format json";
    let summed = kept.on(network).report()["rows"].clone();
    let mut bytes = 0;
    for row in ask(by_month) {
        bytes += row["bytes"].as_u64().unwrap();
    }
    let of_row = |row: &Value| -> u64 { row["data_total"].as_str().unwrap().parse().unwrap() };
    let expected: u64 = summed.as_array().unwrap().iter().map(of_row).sum();
    assert!(bytes > 0 && bytes == expected, "{bytes}, {summed}");

    let top: Vec<u64> = ask(top_sims)
        .iter()
        .map(|row| row["bytes"].as_u64().unwrap())
        .collect();
    assert_eq!(top.len(), 4);
    assert!(top.is_sorted_by(|one, next| one >= next), "{top:?}");

    let states: Vec<Value> = ask(not_final)
        .iter()
        .map(|row| row["state"].clone())
        .collect();
    assert_eq!(states, ["open", "provisional", "reopened", "settling"]);

    let known = ask(as_known);
    let moment = "--as-known-on 2026-11-20T12:00:00Z";
    let exported = lines(&kept.on(&format!("export {moment} --format ndjson")));
    let totals =
        |rows: &[Value], of: fn(&Value) -> Value| -> Vec<Value> { rows.iter().map(of).collect() };
    assert_eq!(
        totals(&known, |row| row["data_total"].clone()),
        totals(&exported, |record| record["data"]["total"].clone())
    );

    let late: Vec<String> = ask(changed_late)
        .iter()
        .map(|row| row["period_start"].as_str().unwrap().to_owned())
        .collect();
    assert!(!late.is_empty(), "{late:?}");
    assert!(
        late.iter().all(|start| start == "2026-11-04T00:00:00Z"),
        "{late:?}"
    );
}
