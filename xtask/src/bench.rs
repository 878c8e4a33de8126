//! What reading and checking cost: the benchmarks, a table beside what else one would use, and the instructions of the
//! two hot loops.
#![expect(clippy::float_arithmetic, reason = "figures for people to read")]

mod input;
mod peers;

use std::{
    env,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use crate::root;
use usage_model::{Item, RecordReader};
use usage_validate::{Config, Validator};

use input::{Shape, Spelling};

/// Why a benchmark gave no figures.
type Problem = String;

/// The instructions that were recorded, by loop and spelling.
const RECORDED: &str = "xtask/src/bench/instructions.json";

/// How far the instructions may be from those recorded, in percent.
const TOLERANCE: f64 = 3.0;

/// Records of the shorter of two runs whose difference is counted, which leaves out start and end.
const FEW: u64 = 2_000;

/// Records of the longer one.
const MANY: u64 = 12_000;

/// When the records are checked: after the last of them, and before the first of them expires.
const AS_OF: &str = "2026-06-28T00:00:00Z";

/// Runs what the words after `bench` ask for.
pub(crate) fn run(words: &[&str]) -> ExitCode {
    let outcome = match *words {
        [] => criterion(),
        ["--peers"] => peers::run(1_000_000, &[]),
        ["--peers", records, ref names @ ..] => match records.parse() {
            Ok(records) => peers::run(records, names),
            Err(_) => Err(format!("{records} is not a number of records")),
        },
        ["--instructions"] => instructions(false),
        ["--check"] => instructions(true),
        ["--input", path, records, shape, spelling] => generate(path, records, shape, spelling),
        ["--readings", path, records, sims] => generate_readings(path, records, sims),
        ["--loop", what, path] => hot_loop(what, path),
        _ => Err("see `cargo xtask` for what can be asked for".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the benchmarks of the crates.
fn criterion() -> Result<(), Problem> {
    for package in [
        "usage-model",
        "usage-validate",
        "usage-client",
        "usage-emulator",
        "usage-archive",
    ] {
        cargo(&["bench", "-p", package])?;
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<(), Problem> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(arguments)
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`cargo {}` ended with {status}",
            arguments.join(" ")
        ))
    }
}

/// Builds the program and this one as they are delivered, and says where the program is.
pub(crate) fn build() -> Result<PathBuf, Problem> {
    cargo(&["build", "--release", "-p", "usage-cli", "-p", "xtask"])?;
    Ok(built("kore-usage"))
}

/// Where [`build`] puts a program.
fn built(name: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("release").join(name)
}

/// Writes generated readings of a number of SIMs in Parquet, by the program that [`build`] made of this one.
pub(crate) fn write_readings(path: &Path, records: u64, sims: u64) -> Result<(), Problem> {
    let status = Command::new(built("xtask"))
        .args(["bench", "--readings"])
        .arg(path)
        .args([records.to_string(), sims.to_string()])
        .status()
        .map_err(|error| format!("xtask cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("writing {} ended with {status}", path.display()))
    }
}

/// Writes generated readings to a file.
fn generate_readings(path: &str, records: &str, sims: &str) -> Result<(), Problem> {
    let number = |text: &str| {
        text.parse()
            .map_err(|_| format!("{text} is not a number of records or SIMs"))
    };
    let (records, sims) = (number(records)?, number(sims)?);
    write_to(Path::new(path), |out| {
        input::write_readings(out, records, sims)
    })
}

/// Writes generated records to a file.
fn generate(path: &str, records: &str, shape: &str, spelling: &str) -> Result<(), Problem> {
    let records = records
        .parse()
        .map_err(|_| format!("{records} is not a number of records"))?;
    let shape = Shape::ALL.into_iter().find(|known| known.name() == shape);
    let spelling = Spelling::ALL
        .into_iter()
        .find(|known| known.name() == spelling);
    let (Some(shape), Some(spelling)) = (shape, spelling) else {
        return Err(format!(
            "shapes are {}; spellings are {}",
            Shape::ALL.map(Shape::name).join(", "),
            Spelling::ALL.map(Spelling::name).join(", ")
        ));
    };
    write_input(Path::new(path), records, shape, spelling)
}

fn write_input(path: &Path, records: u64, shape: Shape, spelling: Spelling) -> Result<(), Problem> {
    write_to(path, |out| input::write(out, records, shape, spelling))
}

fn write_to(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Problem> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads, or reads and checks, a file that is small enough to be held: what callgrind is run on.
fn hot_loop(what: &str, path: &str) -> Result<(), Problem> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let as_of = AS_OF.parse().map_err(|error| format!("{AS_OF}: {error}"))?;
    let mut validator = Validator::new(&Config::new(as_of));
    let mut reader = RecordReader::new();
    reader.end();
    let mut rest = &*bytes;
    let mut items = 0_u64;
    while let Some(entry) = reader.next(&mut rest).map_err(|error| error.to_string())? {
        items += 1;
        match entry.item() {
            Item::Record(place, record) if what == "check" => {
                std::hint::black_box(validator.record(place, record).len());
            }
            _ => {}
        }
    }
    println!("{items} items");
    Ok(())
}

/// Counts the instructions a record of both loops, and records them or holds them against those recorded.
fn instructions(check: bool) -> Result<(), Problem> {
    build()?;
    let folder = tempfile::tempdir().map_err(|error| format!("no folder for input: {error}"))?;
    let mut counted = serde_json::Map::new();
    for spelling in Spelling::ALL {
        let files = [FEW, MANY].map(|records| folder.path().join(format!("{records}.ndjson")));
        for (file, records) in files.iter().zip([FEW, MANY]) {
            write_input(file, records, Shape::Ndjson, spelling)?;
        }
        for what in ["read", "check"] {
            let [few, many] = [count(what, &files[0])?, count(what, &files[1])?];
            let each = (many - few) / (MANY - FEW);
            println!("{what}, {}: {each} instructions a record", spelling.name());
            counted.insert(format!("{what}, {}", spelling.name()), each.into());
        }
    }
    let path = root().join(RECORDED);
    if !check {
        let text = format!("{:#}\n", serde_json::Value::Object(counted));
        return std::fs::write(&path, text).map_err(|error| format!("{RECORDED}: {error}"));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{RECORDED}: {error}"))?;
    let recorded: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{RECORDED}: {error}"))?;
    let mut differs = Vec::new();
    for (name, now) in &counted {
        let (Some(now), Some(before)) = (now.as_f64(), recorded[name].as_f64()) else {
            return Err(format!("{RECORDED} has no figure for {name}"));
        };
        let percent = (now - before) / before * 100.0;
        if percent.abs() > TOLERANCE {
            differs.push(format!(
                "{name}: {before} before, {now} now ({percent:+.1} %)"
            ));
        }
    }
    if differs.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nhelp: `cargo xtask bench --instructions` records the new figures, where they are meant",
        differs.join("\n")
    ))
}

/// Counts the instructions of one run.
fn count(what: &str, file: &Path) -> Result<u64, Problem> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(built("xtask"))
        .args(["bench", "--loop", what])
        .arg(file)
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("valgrind cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, figure)| figure.trim().parse().ok())
        .ok_or_else(|| format!("valgrind gave no figure:\n{said}"))
}
