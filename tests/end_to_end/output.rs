//! `--output`: one test for each kind of target.

mod protected;

use std::{
    fs::{self, Permissions},
    os::unix::fs::{FileTypeExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::program::{Emulated, Run, make_pipe, run};

const NOW: &str = "--now 2026-11-01T06:00:00Z";
const QUERY: &str = "fetch --start 2026-10-01 --end 2026-10-11 --page-size 5 --concurrency 1";

/// A folder, an emulator, and a fetch of ten records into the folder.
struct Scene {
    folder: TempDir,
    emulator: Emulated,
}

impl Scene {
    fn new() -> Self {
        Self::with("")
    }

    fn with(faults: &str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            emulator: Emulated::start(&format!("{NOW} {faults}")),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn fetch(&self, name: &str) -> Run {
        let path = self.path(name);
        self.emulator
            .run(&format!("{QUERY} --attempts 1 --output {}", path.display()))
    }

    /// The names in the folder, hidden ones too.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// How many requests reached the emulator.
    fn requests(&self) -> usize {
        let asked = Command::new("curl")
            .args(["-s", &format!("{}/_emulator/requests", self.emulator.base)])
            .output()
            .unwrap();
        String::from_utf8(asked.stdout)
            .unwrap()
            .matches("UsageRecords")
            .count()
    }
}

fn records(path: &Path) -> usize {
    fs::read_to_string(path).unwrap().lines().count()
}

fn succeeded(run: &Run) {
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
}

/// Whether this user may do everything, so that permissions stop nothing.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

#[test]
fn a_new_file_has_the_mode_of_new_files() {
    let scene = Scene::new();
    succeeded(&scene.fetch("usage"));
    fs::write(scene.path("other"), "").unwrap();
    let mode = |name: &str| fs::metadata(scene.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("usage"), mode("other"));
    assert_eq!(records(&scene.path("usage")), 10);
    assert_eq!(scene.names(), ["other", "usage"]);
}

#[test]
fn an_existing_file_keeps_its_mode() {
    let scene = Scene::new();
    let usage = scene.path("usage");
    fs::write(&usage, "old\n").unwrap();
    fs::set_permissions(&usage, Permissions::from_mode(0o600)).unwrap();
    succeeded(&scene.fetch("usage"));
    assert_eq!(records(&usage), 10);
    let mode = fs::metadata(&usage).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_link_stays_and_its_file_is_replaced() {
    let scene = Scene::new();
    fs::write(scene.path("real"), "old\n").unwrap();
    symlink("real", scene.path("link")).unwrap();
    succeeded(&scene.fetch("link"));
    assert!(scene.path("link").is_symlink());
    assert_eq!(records(&scene.path("real")), 10);
}

#[test]
fn a_dangling_link_gets_its_file() {
    let scene = Scene::new();
    symlink("new", scene.path("link")).unwrap();
    succeeded(&scene.fetch("link"));
    assert!(scene.path("link").is_symlink());
    assert_eq!(records(&scene.path("new")), 10);
}

#[test]
fn a_pipe_with_a_name_is_written_through() {
    let scene = Scene::new();
    let fifo = scene.path("fifo");
    make_pipe(&fifo);
    let reader = Command::new("cat")
        .arg(&fifo)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    succeeded(&scene.fetch("fifo"));
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(read).unwrap().lines().count(), 10);
    assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
}

#[test]
fn a_device_stays_a_device() {
    let scene = Scene::new();
    let device = scene.path("null");
    // The same device as /dev/null, under a name of the test's own.
    let made = Command::new("mknod")
        .arg(&device)
        .args(["c", "1", "3"])
        .output();
    if !made.is_ok_and(|made| made.status.success()) || fs::write(&device, "x").is_err() {
        eprintln!("skipped: this user may not make or write devices here");
        return;
    }
    succeeded(&scene.fetch("null"));
    assert!(fs::metadata(&device).unwrap().file_type().is_char_device());
    assert_eq!(scene.names(), ["null"]);
}

#[test]
fn a_folder_is_refused_before_the_first_request() {
    let scene = Scene::new();
    fs::create_dir(scene.path("sub")).unwrap();
    for name in ["sub", "sub/", ".", "no/usage"] {
        let refused = scene.fetch(name);
        refused.failed(2);
        assert!(refused.stderr.contains("folder"), "{refused:?}");
        assert!(refused.stderr.contains("help: "), "{refused:?}");
    }
    assert_eq!(scene.requests(), 0);
    assert_eq!(scene.names(), ["sub"]);
}

#[test]
fn a_dash_is_standard_output() {
    let emulator = Emulated::start(NOW);
    let run = emulator.run(&format!("{QUERY} --output -"));
    assert_eq!((run.code, run.stdout.lines().count()), (0, 10), "{run:?}");
    assert!(!Path::new("-").exists());
}

#[test]
fn a_descriptor_of_the_shell_is_written_through() {
    let scene = Scene::new();
    let program = env!("CARGO_BIN_EXE_kore-usage");
    let shell = |script: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-c", script])
            .current_dir(scene.folder.path())
            .env("KORE_BASE_URL", &scene.emulator.base)
            .env("KORE_CLIENT_ID", "any")
            .env("KORE_CLIENT_SECRET", "any");
        assert!(bash.status().unwrap().success(), "{script}");
    };
    let fetch = format!("{program} {QUERY} --quiet --output");
    shell(&format!("{fetch} >(cat > piped); wait $!; sleep 0.2"));
    assert_eq!(records(&scene.path("piped")), 10);
    // What the shell has opened for appending is appended to.
    shell(&format!(
        "echo first > kept; {fetch} /proc/self/fd/3 3>> kept"
    ));
    assert_eq!(records(&scene.path("kept")), 11);
    shell(&format!("{{ echo first; {fetch} /proc/self/fd/1; }} > out"));
    assert_eq!(records(&scene.path("out")), 11);
}

#[test]
fn a_full_disk_is_a_clear_error_and_the_old_file_stays() {
    let scene = Scene::new();
    let disk = scene.path("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8k", "tmpfs"])
        .arg(&disk)
        .output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    }
    fs::write(disk.join("usage"), "old\n").unwrap();
    let full = scene.fetch("disk/usage");
    let old = fs::read_to_string(disk.join("usage"));
    let names = fs::read_dir(&disk).unwrap().count();
    let unmounted = Command::new("umount").arg(&disk).status().unwrap();
    assert!(unmounted.success());
    let error = full.failed(3).to_owned();
    assert!(error.contains("no space left on device"), "{full:?}");
    assert_eq!((old.unwrap().as_str(), names), ("old\n", 1));
}

#[test]
fn a_folder_that_one_may_not_write_to_is_refused_before_the_first_request() {
    let scene = Scene::new();
    let sub = scene.path("sub");
    fs::create_dir(&sub).unwrap();
    fs::set_permissions(&sub, Permissions::from_mode(0o555)).unwrap();
    let program = env!("CARGO_BIN_EXE_kore-usage");
    let output = sub.join("usage");
    let mut command = if is_root() {
        // Permissions do not stop the superuser: another user tries.
        fs::set_permissions(scene.folder.path(), Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
        command
    } else {
        Command::new(program)
    };
    command
        .args(QUERY.split_whitespace())
        .arg("--output")
        .arg(&output)
        .env("KORE_BASE_URL", &scene.emulator.base)
        .env("KORE_ACCESS_TOKEN", "any");
    let Ok(refused) = command.output() else {
        eprintln!("skipped: there is no setpriv to become another user");
        return;
    };
    let stderr = String::from_utf8(refused.stderr).unwrap();
    if stderr.starts_with("setpriv: ") {
        eprintln!("skipped: the other user cannot run the program: {stderr}");
        return;
    }
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("permission denied"), "{stderr}");
    assert_eq!(scene.requests(), 0);
}

#[test]
fn two_runs_at_once_share_nothing() {
    let scene = Scene::with("--latency 50");
    let query = format!("{QUERY} -q --output {}", scene.path("usage").display());
    let start = || scene.emulator.command(&query).spawn().unwrap();
    let mut runs = [start(), start()];
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(records(&scene.path("usage")), 10);
    assert_eq!(scene.names(), ["usage"]);
}

#[test]
fn a_run_that_is_killed_leaves_the_old_file() {
    let scene = Scene::with("--fault stall@2x100");
    let usage = scene.path("usage");
    fs::write(&usage, "old\n").unwrap();
    let query = format!("{QUERY} --output {}", usage.display());
    let mut run = scene.emulator.command(&query).spawn().unwrap();
    while scene.names().len() < 2 {
        std::thread::yield_now();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(fs::read_to_string(&usage).unwrap(), "old\n");
}

#[test]
fn what_was_complete_before_a_failure_stays_beside_the_old_file() {
    let scene = Scene::with("--fault status:500@2");
    let usage = scene.path("usage");
    fs::write(&usage, "old\n").unwrap();
    let run = scene.fetch("usage");
    run.failed(3);
    assert_eq!(fs::read_to_string(&usage).unwrap(), "old\n");
    let (_, kept) = run.stderr.split_once("what was complete is in ").unwrap();
    assert_eq!(records(Path::new(kept.lines().next().unwrap())), 5);
}

#[test]
fn a_name_that_was_guessed_is_not_written_to() {
    let scene = Scene::new();
    fs::write(scene.path("precious"), "precious\n").unwrap();
    symlink("precious", scene.path("usage.partial")).unwrap();
    succeeded(&scene.fetch("usage"));
    let precious = fs::read_to_string(scene.path("precious")).unwrap();
    assert_eq!(precious, "precious\n");
}

#[test]
fn the_ending_of_the_file_chooses_the_format() {
    let scene = Scene::new();
    for (name, start) in [
        ("usage.csv", "account_sid,"),
        ("usage.json", "[\n"),
        ("usage.ndjson", "{"),
        ("usage", "{"),
    ] {
        succeeded(&scene.fetch(name));
        let text = fs::read_to_string(scene.path(name)).unwrap();
        assert!(text.starts_with(start), "{name}: {text}");
    }
}

#[test]
fn check_keeps_what_it_fetched() {
    let scene = Scene::with("--fault wrong-sum:2026-10-05:data.total:+7");
    let saved = scene.path("saved.ndjson").display().to_string();
    let query = "check --start 2026-10-01 --end 2026-10-11 --page-size 5 --format json";
    let checked = scene.emulator.run(&format!("{query} --save {saved}"));
    assert_eq!(checked.code, 1, "{checked:?}");
    let finding = &checked.report()["findings"][0];
    assert_eq!(finding["source"], saved.as_str());
    assert_eq!(finding["line"], 5);
    let again = run(&format!(
        "validate {saved} --format json --granularity daily --start 2026-10-01 --end 2026-10-11 \
         --as-of 2026-11-01T06:00:00Z"
    ));
    assert_eq!(again.codes(), checked.codes());
    assert_eq!(again.report()["findings"][0], *finding);
}
