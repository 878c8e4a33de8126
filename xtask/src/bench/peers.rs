//! Our program beside what else one would use, each counting the same wrong records in the same file.
#![expect(clippy::float_arithmetic, reason = "figures for people to read")]

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{
    AS_OF, Problem, build,
    input::{Shape, Spelling, WRONG_EVERY},
    write_input,
};
use crate::interop::Python;

/// The libraries, from `PyPI`.
const LIBRARIES: [&str; 4] = ["duckdb", "polars", "msgspec", "pydantic"];

/// How often each is run; the table has the median.
const RUNS: usize = 5;

/// One run of a program.
#[derive(Clone, Copy, Debug)]
struct Run {
    wall: f64,
    cpu: f64,
    peak_kib: f64,
}

/// Prints the table for a number of records, of all peers or of those named.
pub(super) fn run(records: u64, names: &[&str]) -> Result<(), Problem> {
    let known = LIBRARIES.into_iter().chain(["jq"]);
    if let Some(name) = names
        .iter()
        .find(|name| !known.clone().any(|known| known == **name))
    {
        let known: Vec<_> = known.collect();
        return Err(format!(
            "{name} is not one of the peers: {}",
            known.join(", ")
        ));
    }
    let program = build()?;
    let python = Python::with(&LIBRARIES)?;
    let measure = python.script("measure.py", include_str!("measure.py"))?;
    let peers = python.script("peers.py", include_str!("peers.py"))?;
    let filter = python.script("peers.jq", include_str!("peers.jq"))?;
    let interpreter = python.path("python");
    let [measure, peers, filter, interpreter, program] =
        [&measure, &peers, &filter, &interpreter, &program]
            .map(|path| path.to_string_lossy().into_owned());
    let folder = tempfile::tempdir().map_err(|error| format!("no folder for input: {error}"))?;
    for spelling in Spelling::ALL {
        let file = folder.path().join("records.ndjson");
        write_input(&file, records, Shape::Ndjson, spelling)?;
        let file = file.to_string_lossy().into_owned();
        let validate = vec![
            program.clone(),
            "validate".into(),
            file.clone(),
            "--as-of".into(),
            AS_OF.into(),
            "--jobs".into(),
            "1".into(),
            "--format".into(),
            "json".into(),
        ];
        let mut contenders = vec![("kore-usage, all rules", validate)];
        for library in LIBRARIES {
            contenders.push((
                library,
                vec![
                    interpreter.clone(),
                    peers.clone(),
                    library.into(),
                    file.clone(),
                ],
            ));
        }
        contenders.push((
            "jq",
            vec!["jq".into(), "-f".into(), filter.clone(), file.clone()],
        ));
        contenders.retain(|(name, _)| {
            let is_peer = known.clone().any(|known| known == *name);
            !is_peer || names.is_empty() || names.contains(name)
        });
        let mut runs = BTreeMap::<_, Vec<Run>>::new();
        // In turn, so that a machine that slows down does so for all.
        for _ in 0..RUNS {
            for (name, command) in &contenders {
                runs.entry(*name)
                    .or_default()
                    .push(measured(&python, &measure, command, records)?);
            }
        }
        print(
            records,
            spelling,
            &contenders.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            &runs,
        );
    }
    Ok(())
}

/// Runs a command, and sees that it found the wrong records.
fn measured(
    python: &Python,
    measure: &str,
    command: &[String],
    records: u64,
) -> Result<Run, Problem> {
    let arguments: Vec<&str> = [measure]
        .into_iter()
        .chain(command.iter().map(String::as_str))
        .collect();
    let answer = python.output("python", &arguments)?;
    let answer: Value =
        serde_json::from_str(&answer).map_err(|error| format!("no figures: {error}"))?;
    let written = answer["written"].as_str().unwrap_or_default();
    let found = match serde_json::from_str::<Value>(written) {
        // A report; a wrong counter breaks one sum over networks.
        Ok(Value::Object(report)) => report["summary"]["rules"]["UR201"]["failed"].as_u64(),
        Ok(Value::Number(number)) if command[0] != "jq" => number.as_u64(),
        _ => u64::try_from(written.lines().count()).ok(),
    };
    let expected = records / WRONG_EVERY;
    let name = Path::new(&command[0])
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    if found != Some(expected) {
        return Err(format!(
            "{name} found {found:?} wrong records of {expected}:\n{written:.500}"
        ));
    }
    let figure = |name: &str| answer[name].as_f64().unwrap_or(f64::NAN);
    Ok(Run {
        wall: figure("wall"),
        cpu: figure("cpu"),
        peak_kib: figure("peak"),
    })
}

fn print(records: u64, spelling: Spelling, names: &[&str], runs: &BTreeMap<&str, Vec<Run>>) {
    println!(
        "\n{records} records, {}, one core; medians of {RUNS} runs",
        spelling.name()
    );
    println!(
        "{:24} {:>12} {:>9} {:>15} {:>9} {:>9}",
        "", "records/s", "CPU s", "spread", "x duckdb", "peak MiB"
    );
    let duckdb = runs
        .get("duckdb")
        .map_or(f64::NAN, |runs| median(runs, |run| run.cpu));
    for name in names {
        let runs = &runs[name];
        let cpu = median(runs, |run| run.cpu);
        let [least, most] = [f64::min, f64::max].map(|pick| {
            runs.iter()
                .map(|run| run.cpu)
                .reduce(pick)
                .unwrap_or(f64::NAN)
        });
        let rate = rate(records, median(runs, |run| run.wall));
        let peak = median(runs, |run| run.peak_kib) / 1024.0;
        println!(
            "{name:24} {rate:12.0} {cpu:9.2} {least:7.2}-{most:<7.2} {:9.2} {peak:9.1}",
            cpu / duckdb
        );
    }
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Records a second.
fn rate(records: u64, seconds: f64) -> f64 {
    f64::from(u32::try_from(records).unwrap_or(u32::MAX)) / seconds
}
