//! The SIMs of an account, one by one.

use serde_json::Value;

use crate::program::{Emulated, run_with};

const NOW: &str = "--now 2026-11-01T06:00:00Z";

const OCTOBER: &str = "--start 2026-10-02 --end 2026-11-01T06:00:00Z";

#[test]
fn sims_are_listed_in_every_form() {
    let emulator = Emulated::start(&format!("{NOW} --sims 30"));
    let mut sids = emulator.sims();
    let ndjson = emulator.run("sims");
    assert_eq!(ndjson.code, 0, "{ndjson:?}");
    let lines: Vec<Value> = ndjson
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let listed: Vec<&str> = lines
        .iter()
        .map(|sim| sim["sid"].as_str().unwrap())
        .collect();
    assert!(lines[0]["links"]["usage_records"].is_string(), "{ndjson:?}");
    let json: Value = serde_json::from_str(&emulator.run("sims --format json").stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 30);
    assert_eq!(json[0]["sid"], listed[0]);
    assert_eq!(json[0]["name"], lines[0]["unique_name"]);
    let csv = emulator.run("sims --format csv").stdout;
    assert!(
        csv.starts_with("sid,name,iccid,status,rate_plan_sid,date_created\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 31);
    let table = emulator.run("sims --format table").stdout;
    assert!(table.contains(listed[29]), "{table}");
    let mut sorted: Vec<String> = listed.into_iter().map(str::to_owned).collect();
    sorted.sort();
    sids.sort();
    assert_eq!(sorted, sids);
    assert_eq!(
        emulator
            .run("sims --status canceled --format csv")
            .stdout
            .lines()
            .count(),
        1
    );
    emulator.run("sims --status activ").failed(2);
}

#[test]
fn all_sims_come_in_the_order_of_their_list() {
    let emulator = Emulated::start(&format!("{NOW} --sims 25"));
    let sims = emulator.run("sims --format csv").stdout;
    let sids: Vec<&str> = sims
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    let before = emulator.requests();
    let fetched = emulator.run("fetch --all-sims --start 2026-10-01 --end 2026-10-11");
    assert_eq!(fetched.code, 0, "{fetched:?}");
    let mut order = fetched.sim_sids();
    assert_eq!(order.len(), 250);
    order.dedup();
    assert_eq!(order, sids);
    assert_eq!(emulator.requests() - before, 25 + 1);
    assert!(
        fetched.stderr.contains("25 SIMs, 250 records, 25 pages, "),
        "{fetched:?}"
    );
    emulator
        .run(&format!("fetch --all-sims --sim {}", sids[0]))
        .failed(2);
}

#[test]
fn a_sim_that_fails_is_named_and_the_others_are_delivered() {
    let emulator = Emulated::start(&format!("{NOW} --sims 12 --fault status:503@4x2"));
    let fetched = emulator
        .run("fetch --all-sims --start 2026-10-01 --end 2026-10-11 --attempts 2 --concurrency 1");
    fetched.failed(3);
    assert_eq!(fetched.stdout.lines().count(), 110, "{fetched:?}");
    let missing: Vec<&str> = fetched
        .stderr
        .lines()
        .filter(|line| line.trim().starts_with("missing: "))
        .collect();
    assert_eq!(missing.len(), 1, "{fetched:?}");
    let named = missing[0].trim();
    assert!(named.starts_with("missing: DE"), "{named}");
    assert!(
        named.ends_with(" from 2026-10-01 to 2026-10-11 (HTTP 503)"),
        "{named}"
    );
    assert!(
        fetched.stderr.contains("110 records were complete"),
        "{fetched:?}"
    );
}

/// The SIMs of each kind that the emulator planted, under the names of the flags.
fn planted(emulator: &Emulated) -> Vec<(String, String)> {
    let anomalies = emulator.state("anomalies");
    let list = &anomalies[anomalies.find('[').unwrap()..=anomalies.rfind(']').unwrap()];
    let list: Vec<Value> = serde_json::from_str(list).unwrap();
    let mut planted: Vec<(String, String)> = list
        .iter()
        .map(|one| {
            let flag = match one["anomaly"].as_str().unwrap() {
                "unused" => "zero-usage",
                "surging" => "runaway",
                other => other,
            };
            (one["sim"].as_str().unwrap().to_owned(), flag.to_owned())
        })
        .collect();
    planted.sort();
    planted
}

fn found(fleet: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for sim in fleet["sims"].as_array().unwrap() {
        for (flag, figures) in sim["flags"].as_object().unwrap() {
            assert!(
                figures["message"].is_string() && figures["days"].is_number(),
                "{sim}"
            );
            found.push((sim["sim_sid"].as_str().unwrap().to_owned(), flag.clone()));
        }
    }
    found.sort();
    found
}

#[test]
fn of_a_thousand_sims_exactly_the_unusual_ones_are_found() {
    let emulator = Emulated::start(&format!("{NOW} --sims 1000 --anomalies 10"));
    let run = emulator.run(&format!("fleet {OCTOBER} --format json"));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr
            .contains("1000 SIMs: 10 runaway, 10 silent, 10 zero-usage"),
        "{}",
        run.stderr
    );
    let fleet: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(fleet["schema"], "usage-fleet/1");
    assert_eq!(fleet["as_of"], "2026-11-01T06:00:00Z");
    let sims = fleet["sims"].as_array().unwrap();
    assert_eq!(sims.len(), 1000);
    let data = |sim: &Value| sim["data_total"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(
        sims.is_sorted_by(|a, b| data(a) >= data(b)),
        "the most first"
    );
    let planted = planted(&emulator);
    assert_eq!(planted.len(), 30);
    assert_eq!(found(&fleet), planted);
    // One window and one page a SIM, and one page of the list.
    assert!(emulator.requests() <= 1001, "{}", emulator.requests());
}

#[test]
fn other_fleets_are_judged_as_well() {
    for seed in [2, 3, 5] {
        let emulator = Emulated::start(&format!(
            "{NOW} --sims 200 --anomalies 4 --turnover 20 --seed {seed}"
        ));
        let run = emulator.run(&format!("fleet {OCTOBER} --format json"));
        let fleet: Value = serde_json::from_str(&run.stdout).unwrap();
        let (found, planted) = (found(&fleet), planted(&emulator));
        assert!(
            planted.iter().all(|one| found.contains(one)),
            "seed {seed}: {found:?} {planted:?}"
        );
    }
}

#[test]
fn the_fleet_is_ranked_and_cut_short_on_demand() {
    let emulator = Emulated::start(&format!("{NOW} --sims 40 --anomalies 1"));
    let top = emulator.run(&format!(
        "fleet {OCTOBER} --by commands --top 5 --format csv"
    ));
    assert_eq!(top.code, 0, "{top:?}");
    let mut lines = top.stdout.lines();
    let header = lines.next().unwrap();
    assert!(
        header.starts_with("sim_sid,name,iccid,status,records,data_total,"),
        "{header}"
    );
    assert!(header.ends_with(",billed_USD,last_usage,flags"), "{header}");
    assert_eq!(lines.count(), 5);
    let flagged = emulator.run(&format!("fleet {OCTOBER} --flagged"));
    assert_eq!(flagged.stdout.lines().count(), 4, "{flagged:?}");
    assert!(
        flagged.stdout.contains("silent: no usage for "),
        "{flagged:?}"
    );
    let one = emulator.sims().remove(0);
    let none = emulator.run(&format!("fleet {OCTOBER} --sim {one} --flagged"));
    assert_eq!(none.stdout, "no SIM to list\n", "{none:?}");
    let one = emulator.run(&format!("fleet {OCTOBER} --sim {one} --format csv"));
    assert_eq!(one.stdout.lines().count(), 2, "{one:?}");
}

#[test]
fn the_records_of_files_are_judged_as_far_as_they_tell() {
    let emulator = Emulated::start(&format!("{NOW} --sims 40 --anomalies 1"));
    let records = emulator.run(&format!("fetch --all-sims {OCTOBER}")).stdout;
    let run = run_with(
        "fleet - --as-of 2026-11-01T06:00:00Z --format json",
        &records,
        &[],
    );
    assert_eq!(run.code, 0, "{run:?}");
    let fleet: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = found(&fleet);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(planted(&emulator).contains(&found[0]));
    let direct = emulator
        .run(&format!("fleet {OCTOBER} --format json"))
        .stdout;
    let direct: Value = serde_json::from_str(&direct).unwrap();
    assert_eq!(
        fleet["sims"][0]["data_total"],
        direct["sims"][0]["data_total"]
    );
    run_with("fleet -", "[]", &[]).failed(3);
}

#[test]
fn a_sim_is_one_whatever_the_case_of_its_digits() {
    let record = |digit: &str, total: u32| {
        format!(
            r#"{{"sim_sid":"DE{digit}0000000000000000000000000000000","period":{{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}},"data":{{"total":{total}}}}}"#
        )
    };
    let input = [record("a", 7), record("A", 9)].join("\n");
    let run = run_with("fleet - --as-of 2026-07-01 --format csv", &input, &[]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 2), "{run:?}");
    assert!(run.stderr.contains("other figures"), "{run:?}");
}

#[test]
fn a_sim_of_which_records_are_missing_is_not_judged() {
    let emulator = Emulated::start(&format!("{NOW} --sims 12 --fault status:503@4x2"));
    let run = emulator.run(&format!(
        "fleet {OCTOBER} --attempts 2 --concurrency 1 --format csv"
    ));
    run.failed(3);
    assert_eq!(run.stdout.lines().count(), 12, "{run:?}");
    assert!(run.stderr.contains("missing: DE"), "{run:?}");
}

#[test]
fn an_archive_is_read_by_every_command_and_knows_its_sims() {
    let emulator = Emulated::start(&format!("{NOW} --sims 12 --anomalies 1"));
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("usage.db");
    let archive = archive.to_str().unwrap();
    let kept = emulator.run(&format!(
        "sync --archive {archive} --granularity daily --sims all --start 2026-10-02"
    ));
    assert_eq!(kept.code, 0, "{kept:?}");
    let asked = emulator.run(&format!("fleet {OCTOBER} --format csv"));
    let of_archive = "fleet --as-of 2026-11-01T06:00:00Z --format csv";
    let variable = [("KORE_ARCHIVE", archive)];
    for run in [
        run_with(&format!("{of_archive} {archive}"), "", &[]),
        run_with(&format!("{of_archive} --archive {archive}"), "", &[]),
        run_with(of_archive, "", &variable),
    ] {
        assert_eq!(run.stdout, asked.stdout, "{run:?}");
    }
    for command in [
        "summary --format csv",
        "report --format terminal",
        "validate --accounts many",
    ] {
        let named = run_with(&format!("{command} --archive {archive}"), "", &[]);
        assert_ne!(named.stdout, "", "{named:?}");
        assert_ne!(named.code, 3, "{named:?}");
        if !command.starts_with("validate") {
            let found = run_with(command, "", &variable);
            assert!(found.stderr.contains("KORE_ARCHIVE"), "{found:?}");
            assert_eq!(found.code, named.code, "{found:?}");
            let asks = run_with(&format!("{command} --start 30d"), "", &variable);
            assert!(asks.failed(2).contains("no credentials"), "{asks:?}");
        }
        let records = folder.path().join("records.ndjson");
        std::fs::write(&records, "{}\n").unwrap();
        let other = run_with(
            &format!("{command} --archive {}", records.display()),
            "",
            &[],
        );
        assert!(other.failed(3).contains("is not an archive"), "{other:?}");
    }
    let piped = run_with("validate", "[]", &variable);
    assert!(
        !piped.stdout.contains(archive),
        "what is piped in is read: {piped:?}"
    );
}
