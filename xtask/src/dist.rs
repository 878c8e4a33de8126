//! The archive of a release for this platform: the program with its manual, completions, licences and list of parts.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use serde_json::{Value, json};

use crate::{
    dependencies::{Package, Packages, cargo_home, platform},
    finish, root,
};

/// The shells that the program completes for.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Builds the archive twice from the files that are committed, and fails unless both are the same bytes.
pub(crate) fn run() -> ExitCode {
    finish(both())
}

fn both() -> Result<(), String> {
    let changed = output(
        Command::new("git")
            .current_dir(root())
            .args(["status", "--porcelain"]),
    )?;
    if !changed.is_empty() {
        return Err(format!(
            "there are changes that are not committed:\n{changed}"
        ));
    }
    let first = archive()?;
    let bytes = fs::read(&first).map_err(|error| format!("{}: {error}", first.display()))?;
    let again = fs::read(archive()?).map_err(|error| error.to_string())?;
    if bytes != again {
        return Err("two builds differ".to_owned());
    }
    let folder = first.parent().unwrap_or(&first).to_owned();
    let name = file_name(&first);
    let sum = output(Command::new("sha256sum").current_dir(&folder).arg(&name))?;
    fs::write(folder.join("SHA256SUMS"), &sum).map_err(|error| error.to_string())?;
    println!(
        "{} is the same twice, {} bytes",
        first.display(),
        bytes.len()
    );
    print!("{sum}");
    Ok(())
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Builds the program in a folder of its own and packs it.
fn archive() -> Result<PathBuf, String> {
    let target = tempfile::tempdir().map_err(|error| format!("no folder can be made: {error}"))?;
    let root = root().canonicalize().map_err(|error| error.to_string())?;
    let paths = [
        (target.path().to_owned(), "target"),
        (root.clone(), "."),
        (
            cargo_home().ok_or("neither CARGO_HOME nor HOME is set")?,
            "cargo",
        ),
    ];
    // Where it was built is not part of a release.
    let flags = paths
        .iter()
        .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
        .collect::<Vec<_>>()
        .join("\x1f");
    let start = std::time::Instant::now();
    output(
        Command::new(env!("CARGO"))
            .current_dir(&root)
            .args(["build", "--release", "--locked", "-p", "usage-cli"])
            .arg("--target-dir")
            .arg(target.path())
            .env("CARGO_ENCODED_RUSTFLAGS", flags),
    )?;
    println!("a cold build took {} s", start.elapsed().as_secs());
    let program = target.path().join("release/kore-usage");
    let name = format!("kore-usage-{}-{}", env!("CARGO_PKG_VERSION"), platform()?);
    let folder = target.path().join(&name);
    fill(&folder, &program, &root).map_err(|error| format!("{}: {error}", folder.display()))?;
    let dist = root.join("target/dist");
    fs::create_dir_all(&dist).map_err(|error| error.to_string())?;
    let archive = dist.join(format!("{name}.tar.gz"));
    let tar = target.path().join("archive.tar");
    output(
        Command::new("tar")
            .current_dir(target.path())
            .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
            .args(["--numeric-owner", "--format=ustar", "-cf"])
            .arg(&tar)
            .arg(&name),
    )?;
    output(Command::new("gzip").args(["-n", "-9"]).arg(&tar))?;
    fs::copy(tar.with_extension("tar.gz"), &archive).map_err(|error| error.to_string())?;
    Ok(archive)
}

/// Writes all files of the archive.
fn fill(folder: &Path, program: &Path, root: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let packed = folder.join("kore-usage");
    fs::copy(program, &packed)?;
    println!("the program has {} bytes", fs::metadata(&packed)?.len());
    for name in ["README.md", "CHANGELOG.md", "LICENSE"] {
        fs::copy(root.join(name), folder.join(name))?;
    }
    let text = |words: &[&str]| output(Command::new(program).args(words)).map_err(io::Error::other);
    let manuals = folder.join("man");
    fs::create_dir_all(&manuals)?;
    fs::write(manuals.join("kore-usage.1"), text(&["man"])?)?;
    for command in commands(&text(&["--help"])?) {
        let page = text(&["man", &command])?;
        fs::write(manuals.join(format!("kore-usage-{command}.1")), page)?;
        for part in commands(&text(&[&command, "--help"])?) {
            let page = text(&["man", &command, &part])?;
            fs::write(manuals.join(format!("kore-usage-{command}-{part}.1")), page)?;
        }
    }
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in SHELLS {
        let script = text(&["completions", shell])?;
        fs::write(completions.join(format!("kore-usage.{shell}")), script)?;
    }
    let packages = Packages::of_the_program().map_err(io::Error::other)?;
    fs::write(
        folder.join("LICENSES-OF-DEPENDENCIES.txt"),
        licences(&packages)?,
    )?;
    let bill = serde_json::to_string_pretty(&bill_of_materials(&packages))?;
    fs::write(folder.join("sbom.cdx.json"), bill)
}

/// The names of the commands in a help.
fn commands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The licence texts of everything that is not ours.
fn licences(packages: &Packages) -> io::Result<String> {
    let mut text = String::from("The licences of what kore-usage is built from.\n");
    for package in packages.all().filter(|package| !package.own) {
        let (name, version) = (&package.name, &package.version);
        let _ = write!(text, "\n==== {name} {version}: {}\n", package.license);
        let mut files: Vec<_> = fs::read_dir(&package.folder)?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && is_licence(&file_name(path)))
            .collect();
        files.sort();
        for file in files {
            let _ = write!(text, "\n-- {}\n\n", file_name(&file));
            text.push_str(&String::from_utf8_lossy(&fs::read(&file)?));
        }
    }
    Ok(text)
}

fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// A document of `CycloneDX`.
fn bill_of_materials(packages: &Packages) -> Value {
    let reference = |package: &Package| format!("pkg:cargo/{}@{}", package.name, package.version);
    let is_program = |package: &&Package| package.name == "usage-cli";
    let components: Vec<_> = packages
        .all()
        .filter(|package| !is_program(package))
        .map(|package| {
            let purl = reference(package);
            json!({
                "type": "library",
                "bom-ref": purl,
                "name": package.name,
                "version": package.version,
                "purl": purl,
                "licenses": [{ "expression": package.license.replace('/', " OR ") }],
            })
        })
        .collect();
    let dependencies: Vec<_> = packages
        .all()
        .map(|package| {
            let needed: BTreeSet<_> = packages.needed_by(package).map(reference).collect();
            json!({ "ref": reference(package), "dependsOn": needed })
        })
        .collect();
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": packages.all().find(is_program).map(reference),
                "name": "kore-usage",
                "version": env!("CARGO_PKG_VERSION"),
            },
        },
        "components": components,
        "dependencies": dependencies,
    })
}

/// Runs a command and returns what it writes.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{command:?} ended with {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_before_the_options() {
        let help = "Commands:\n  status   Say what\n           it holds\n  help     Print\n\n\
                    General:\n  -q, --quiet  Tell less\n";
        assert_eq!(commands(help), ["status"]);
        assert!(commands("Usage: kore-usage demo\n").is_empty());
    }
}
