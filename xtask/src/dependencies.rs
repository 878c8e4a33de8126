//! What the program is made of: each dependency with its reason, its weight and its age, and what they may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use serde_json::Value;

use crate::{LIBRARIES, finish, root};

/// The most crates that the program may be made of, our own among them.
const MOST_CRATES: usize = 170;

/// The comment in `Cargo.toml` of the workspace above what public signatures may name.
const MAY_APPEAR: &str = "May appear in public signatures.";

/// The package of the program.
const PROGRAM: &str = "usage-cli";

/// A dependency that `Cargo.toml` of the workspace lists.
struct Listed {
    name: String,
    reason: String,
}

/// A package that the program is built from.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: String,
    pub(crate) folder: PathBuf,
    /// Whether it is one of this workspace.
    pub(crate) own: bool,
    needs: Vec<String>,
}

/// The packages that the program is built from on this platform, by their ids.
pub(crate) struct Packages {
    by_id: BTreeMap<String, Package>,
    program: String,
}

/// Prints the table of dependencies; builds the program anew to know how long each takes.
pub(crate) fn table() -> ExitCode {
    finish(print_table())
}

/// Fails where a dependency has no reason, where there are too many crates, or where `cargo deny` objects.
pub(crate) fn check() -> ExitCode {
    finish(check_all())
}

fn check_all() -> Result<(), String> {
    let without: Vec<_> = listed()?
        .into_iter()
        .filter(|listed| listed.reason.is_empty())
        .map(|listed| listed.name)
        .collect();
    if !without.is_empty() {
        return Err(format!(
            "Cargo.toml does not say what these are for: {}",
            without.join(", ")
        ));
    }
    let workspace = read(Path::new("Cargo.toml"))?;
    for name in LIBRARIES {
        let manifest = read(&Path::new("crates").join(name).join("Cargo.toml"))?;
        if !manifest.contains(&format!("# {IN_API}\n")) {
            return Err(format!(
                "the manifest of {name} has no heading \"{IN_API}\""
            ));
        }
        if let Some(foreign) = foreign_in_api(&workspace, &manifest) {
            return Err(format!(
                "the public API of {name} has types of {foreign}, which Cargo.toml does not list under \"{MAY_APPEAR}\""
            ));
        }
    }
    let packages = Packages::of_the_program()?;
    let count = packages.by_id.len();
    if count > MOST_CRATES {
        return Err(format!(
            "the program is made of {count} crates, more than {MOST_CRATES}"
        ));
    }
    println!("the program is made of {count} crates");
    let checks = ["bans", "licenses", "sources"];
    let deny = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["deny", "--log-level", "error", "check"])
        .args(checks)
        .status();
    match deny {
        Ok(status) if status.success() => {
            println!("`cargo deny` has no objection to {}", checks.join(", "));
            Ok(())
        }
        Ok(status) => Err(format!(
            "`cargo deny` ended with {status}\n\
             help: `cargo install --locked cargo-deny` brings it, if it is missing"
        )),
        Err(error) => Err(format!("cargo cannot be started: {error}")),
    }
}

fn print_table() -> Result<(), String> {
    let listed = listed()?;
    let packages = Packages::of_the_program()?;
    let seconds = seconds()?;
    println!("| dependency | version | released | is for | crates it alone brings | seconds |");
    println!("|---|---|---|---|---|---|");
    let mut tests = Vec::new();
    for Listed { name, reason } in listed {
        let Some((id, package)) = packages.find(&name) else {
            tests.push(format!("{name} ({reason})"));
            continue;
        };
        let alone = packages.alone(id);
        let own: f64 = alone.iter().filter_map(|name| seconds.get(name)).sum();
        println!(
            "| {name} | {} | {} | {reason} | {} | {own:.1} |",
            package.version,
            released(&name, &package.version).unwrap_or_default(),
            alone.len(),
        );
    }
    println!("\nOnly tests, benches or tasks use: {}.", tests.join(", "));
    println!(
        "The program is made of {} crates, {} of them ours.",
        packages.by_id.len(),
        packages.all().filter(|package| package.own).count()
    );
    Ok(())
}

/// A file of the workspace.
fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(root().join(path))
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The heading of the dependencies that a crate has in its public API.
const IN_API: &str = "In the public API.";

/// The first dependency that a crate has in its public API and that the workspace does not list for that.
fn foreign_in_api<'a>(workspace: &str, manifest: &'a str) -> Option<&'a str> {
    let allowed = under(workspace, MAY_APPEAR);
    let mut in_api = under(manifest, IN_API).into_iter();
    in_api.find(|name| !name.starts_with("usage-") && !allowed.contains(name))
}

/// The names of the dependencies under a comment, up to the next one.
fn under<'a>(manifest: &'a str, comment: &str) -> Vec<&'a str> {
    let lines = manifest
        .lines()
        .map(|line| line.strip_prefix("# ").ok_or(line));
    lines
        .skip_while(|line| *line != Ok(comment))
        .skip(1)
        .map_while(Result::err)
        .filter_map(|line| line.split(['.', ' ']).next())
        .filter(|name| !name.is_empty())
        .collect()
}

/// The dependencies in `Cargo.toml` of the workspace, with the comment behind each.
fn listed() -> Result<Vec<Listed>, String> {
    let text = read(Path::new("Cargo.toml"))?;
    let (_, section) = text
        .split_once("[workspace.dependencies]")
        .ok_or("Cargo.toml lists no dependencies")?;
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    Ok(lines
        .filter(|line| !line.starts_with('#') && !line.starts_with("usage-"))
        .filter_map(|line| {
            let (name, rest) = line.split_once(" = ")?;
            let (_, reason) = rest.rsplit_once(" # ").unwrap_or_default();
            Some(Listed {
                name: name.to_owned(),
                reason: reason.trim_end_matches('.').to_owned(),
            })
        })
        .collect())
}

impl Packages {
    /// Asks cargo.
    pub(crate) fn of_the_program() -> Result<Self, String> {
        let platform = platform()?;
        let output = Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["metadata", "--locked", "--format-version", "1"])
            .args(["--filter-platform", &platform])
            .output()
            .map_err(|error| format!("cargo cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo's metadata do not decode: {error}"))?;
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let members = list(&metadata["workspace_members"]);
        let mut all = BTreeMap::new();
        for package in list(&metadata["packages"]) {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            all.insert(
                text(&package["id"]),
                Package {
                    name: text(&package["name"]),
                    version: text(&package["version"]),
                    license: text(&package["license"]),
                    folder: manifest.parent().unwrap_or(&manifest).to_owned(),
                    own: members.contains(&package["id"]),
                    needs: Vec::new(),
                },
            );
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let needs = list(&node["deps"])
                .iter()
                .filter(|dependency| {
                    let kinds = list(&dependency["dep_kinds"]);
                    kinds.iter().any(|kind| kind["kind"] != "dev")
                })
                .map(|dependency| text(&dependency["pkg"]))
                .collect();
            if let Some(package) = all.get_mut(&text(&node["id"])) {
                package.needs = needs;
            }
        }
        let program = all
            .iter()
            .find(|(_, package)| package.name == PROGRAM)
            .map(|(id, _)| id.clone())
            .ok_or_else(|| format!("there is no package {PROGRAM}"))?;
        let built = built()?;
        all.retain(|_, package| built.contains(&(package.name.clone(), package.version.clone())));
        Ok(Self {
            by_id: all,
            program,
        })
    }

    /// Every package, by name and version.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Package> {
        self.by_id.values()
    }

    /// What a package needs of the others.
    pub(crate) fn needed_by<'a>(
        &'a self,
        package: &'a Package,
    ) -> impl Iterator<Item = &'a Package> {
        package.needs.iter().filter_map(|id| self.by_id.get(id))
    }

    fn find(&self, name: &str) -> Option<(&str, &Package)> {
        self.by_id
            .iter()
            .filter(|(_, package)| package.name == name)
            .map(|(id, package)| (id.as_str(), package))
            .next_back()
    }

    /// The ids of all that the program needs, one package left out.
    fn reached_without(&self, left_out: Option<&str>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut next = vec![self.program.clone()];
        while let Some(id) = next.pop() {
            if Some(id.as_str()) == left_out || reached.contains(&id) {
                continue;
            }
            if let Some(package) = self.by_id.get(&id) {
                next.extend(package.needs.iter().cloned());
            }
            reached.insert(id);
        }
        reached
    }

    /// The names of what would go with a package.
    fn alone(&self, id: &str) -> Vec<String> {
        let without = self.reached_without(Some(id));
        self.by_id
            .iter()
            .filter(|(id, _)| !without.contains(*id))
            .map(|(_, package)| package.name.clone())
            .collect()
    }
}

/// The names and versions of what a build of the program compiles: the metadata know only what all of the
/// workspace's features need together.
fn built() -> Result<BTreeSet<(String, String)>, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "-p", PROGRAM, "--edges"])
        .args(["normal,build", "--prefix", "none", "--format", "{p}"])
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(" v")?;
            let version = rest.split(' ').next()?;
            Some((name.to_owned(), version.to_owned()))
        })
        .collect())
}

/// The platform that this is: `x86_64-unknown-linux-gnu`.
pub(crate) fn platform() -> Result<String, String> {
    let output = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .map_err(|error| format!("rustc cannot be started: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// How many seconds each crate takes in a cold release build of the program, by what cargo measures.
#[expect(
    clippy::float_arithmetic,
    reason = "seconds that are shown, not figures of usage"
)]
fn seconds() -> Result<BTreeMap<String, f64>, String> {
    let folder = tempfile::tempdir().map_err(|error| format!("no folder can be made: {error}"))?;
    let status = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--release", "--timings", "-p", PROGRAM])
        .arg("--target-dir")
        .arg(folder.path())
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err(format!("the build ended with {status}"));
    }
    let page = fs::read_to_string(folder.path().join("cargo-timings/cargo-timing.html"))
        .map_err(|error| format!("cargo's timings cannot be read: {error}"))?;
    let units = page
        .split_once("UNIT_DATA = ")
        .and_then(|(_, rest)| {
            serde_json::Deserializer::from_str(rest)
                .into_iter::<Value>()
                .next()?
                .ok()
        })
        .ok_or("cargo's timings are not in the form of this version")?;
    let mut seconds = BTreeMap::new();
    for unit in units.as_array().into_iter().flatten() {
        let name = unit["name"].as_str().unwrap_or_default().to_owned();
        *seconds.entry(name).or_default() += unit["duration"].as_f64().unwrap_or_default();
    }
    Ok(seconds)
}

/// The day on which a version was released, where cargo's copy of the registry's index says so.
fn released(name: &str, version: &str) -> Option<String> {
    let index = cargo_home()?.join("registry/index");
    let within = match name.len() {
        1 | 2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", name.get(..1)?),
        _ => format!("{}/{}/{name}", name.get(..2)?, name.get(2..4)?),
    };
    for registry in fs::read_dir(index).ok()?.flatten() {
        let Ok(entry) = fs::read(registry.path().join(".cache").join(&within)) else {
            continue;
        };
        let released = entry
            .split(|byte| *byte == 0)
            .filter_map(|piece| serde_json::from_slice::<Value>(piece).ok())
            .find(|release| release["vers"] == version)?;
        return Some(released["pubtime"].as_str()?.get(..10)?.to_owned());
    }
    None
}

/// Where cargo keeps what it downloads.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_a_dependency_that_is_not_listed_is_found_in_an_api() {
        let workspace = "# May appear in public signatures.\nchrono = \"0.4\" # Instants.\n\n# Internal.\nbytes = \"1\"\n";
        let manifest = |name: &str| {
            format!(
                "# In the public API.\nchrono.workspace = true\nusage-model.workspace = true\n{name}\n# Internal.\nbytes.workspace = true\n"
            )
        };
        assert_eq!(foreign_in_api(workspace, &manifest("")), None);
        let bytes = manifest("bytes = { workspace = true }");
        assert_eq!(foreign_in_api(workspace, &bytes), Some("bytes"));
    }
}
