//! Files that no output replaces: an archive, what the run reads, and its other outputs.

use super::*;

#[test]
fn two_outputs_of_one_run_are_two_files() {
    let scene = Scene::new();
    let same = scene.path("same").display().to_string();
    let run = scene
        .emulator
        .run(&format!("{QUERY} --output {same} --malformed {same}"));
    let error = run.failed(2);
    assert!(error.contains("--output and --malformed"), "{run:?}");
    for both in [
        "fetch --malformed -",
        "fetch -o - --malformed -",
        "check --save -",
    ] {
        let run = scene.emulator.run(both);
        run.failed(2);
    }
    assert_eq!((scene.requests(), scene.names().len()), (0, 0));
}

/// An archive with ten days of figures in the folder of a scene.
fn archived(scene: &Scene) -> PathBuf {
    let archive = scene.path("usage.db");
    let synced = scene.emulator.run(&format!(
        "sync --granularity daily --start 2026-10-01 --end 2026-10-11 --archive {}",
        archive.display()
    ));
    assert_eq!(synced.code, 0, "{synced:?}");
    archive
}

#[test]
fn an_archive_is_written_over_by_no_output() {
    let scene = Scene::new();
    let archive = archived(&scene);
    symlink("usage.db", scene.path("link")).unwrap();
    fs::hard_link(&archive, scene.path("same")).unwrap();
    fs::write(scene.path("usage.db-wal"), "").unwrap();
    let before = fs::read(&archive).unwrap();
    let requests = scene.requests();
    let named = archive.display();
    for name in ["usage.db", "link", "same", "usage.db-wal", "usage.db-lock"] {
        let to = scene.path(name).display().to_string();
        for command in [
            format!("fetch --output {to}"),
            format!("fetch --malformed {to}"),
            format!("check --save {to}"),
            format!("check --metrics {to}"),
            format!("export --archive {named} --output {to}"),
            format!("summary --archive {named} --output {to}"),
            format!("report --archive {named} --output {to}"),
            format!("fleet --archive {named} --output {to}"),
            format!("sync --archive {named} --metrics {to}"),
            format!("sims --output {to}"),
        ] {
            let run = scene.emulator.run(&command);
            let error = run.failed(2);
            assert!(
                error.contains(name) || error.contains("usage.db"),
                "{command}: {run:?}"
            );
        }
    }
    assert_eq!(fs::read(&archive).unwrap(), before);
    assert_eq!(scene.requests(), requests);
    let verified = run(&format!("archive verify --archive {named}"));
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn what_a_run_leaves_for_a_monitor_is_a_file_of_its_own() {
    let scene = Scene::new();
    let path = |name: &str| scene.path(name).display().to_string();
    for (both, first, second) in [
        (
            format!("sync --archive {0} --metrics {0}", path("new.db")),
            "--archive",
            "--metrics",
        ),
        (
            format!("check --save {0} --metrics {0}", path("saved")),
            "--save",
            "--metrics",
        ),
        (
            format!("sync --archive {} --metrics {}", path("a.db"), path("no/m")),
            "cannot write",
            "no/m",
        ),
        (
            format!("check --metrics {}", path("no/m")),
            "cannot write",
            "no/m",
        ),
    ] {
        let run = scene.emulator.run(&both);
        let error = run.failed(2);
        assert!(
            error.contains(first) && error.contains(second),
            "{both}: {run:?}"
        );
    }
    assert_eq!((scene.requests(), scene.names().len()), (0, 0));
}

#[test]
fn what_is_read_is_not_written_over() {
    let scene = Scene::new();
    succeeded(&scene.fetch("june.json"));
    symlink("june.json", scene.path("link")).unwrap();
    fs::hard_link(scene.path("june.json"), scene.path("same")).unwrap();
    let list = scene.path("list");
    fs::write(&list, scene.path("june.json").display().to_string()).unwrap();
    let before = fs::read(scene.path("june.json")).unwrap();
    let folder = scene.folder.path().display();
    let input = scene.path("june.json");
    for command in ["summary", "report", "fleet"] {
        for name in ["june.json", "link", "same"] {
            let to = scene.path(name);
            let to = to.display();
            for inputs in [
                input.display().to_string(),
                folder.to_string(),
                format!("--files-from {}", list.display()),
            ] {
                let run = run(&format!("{command} {inputs} --output {to}"));
                let error = run.failed(2);
                assert!(error.contains("this run reads it"), "{command}: {run:?}");
            }
            let stdin = fs::File::open(&input).unwrap();
            let status = crate::program::program()
                .args([command, "-", "--output"])
                .arg(scene.path(name))
                .stdin(stdin)
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert_eq!(status.code(), Some(2), "{command} {name}");
        }
        let run = run(&format!(
            "{command} --files-from {0} --output {0}",
            list.display()
        ));
        run.failed(2);
    }
    assert_eq!(fs::read(&input).unwrap(), before);
    // A device may be both.
    let status = crate::program::program()
        .args(["summary", "-", "--output", "/dev/null"])
        .stdin(fs::File::open(&input).unwrap())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}
