//! The file that an archive is: what is taken for one, links to it, damage and backups.

use super::*;
use crate::program::make_pipe;

#[test]
fn another_account_and_files_that_are_no_archive_are_left_alone() {
    let kept = Kept::new("");
    kept.sync();
    let other = kept.folder.path().join("other");
    std::fs::write(&other, "no archive\n").unwrap();
    let refused = kept
        .emulator
        .run(&format!("sync --archive {}", other.display()));
    assert!(
        refused.failed(3).contains("is not an archive"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "no archive\n");
    assert!(!kept.folder.path().join("other-lock").exists());
    for command in [
        "export",
        "diff --from 7d",
        "archive status",
        "archive verify",
    ] {
        assert!(run(command).failed(2).contains("no archive is named"));
        let missing = run(&format!("{command} --archive /nonexistent/usage.db"));
        assert!(
            missing.failed(3).contains("/nonexistent/usage.db"),
            "{missing:?}"
        );
    }
}

#[test]
fn what_is_no_file_becomes_no_archive() {
    let kept = Kept::new("");
    let path = |name: &str| kept.folder.path().join(name);
    make_pipe(&path("pipe"));
    // The same device as /dev/null, under a name of the test's own.
    let device = Command::new("mknod")
        .arg(path("null"))
        .args(["c", "1", "3"])
        .output();
    let has_device = device.is_ok_and(|device| device.status.success());
    if !has_device {
        eprintln!("skipped in part: this user may not make devices here");
    }
    let kind = |name: &str| std::fs::symlink_metadata(path(name)).unwrap().file_type();
    let names = ["null", "pipe"];
    for name in names.into_iter().skip(usize::from(!has_device)) {
        let before = kind(name);
        for command in ["sync", "archive status", "export", "summary"] {
            let run = kept
                .emulator
                .run(&format!("{command} --archive {}", path(name).display()));
            let error = run.failed(3);
            assert!(
                error.contains("is a device or a pipe, not an archive"),
                "{command} {name}: {run:?}"
            );
        }
        assert_eq!(kind(name), before);
        assert!(!path(&format!("{name}-lock")).exists());
    }
}

#[test]
fn an_archive_is_one_by_whatever_link_it_is_named() {
    let kept = Kept::new("");
    let path = |name: &str| kept.folder.path().join(name);
    std::fs::create_dir(path("elsewhere")).unwrap();
    std::fs::write(path("elsewhere/empty.db"), "").unwrap();
    for (link, target) in [
        ("dangling", "elsewhere/new.db"),
        ("to-empty", "elsewhere/empty.db"),
    ] {
        std::os::unix::fs::symlink(target, path(link)).unwrap();
        let sync = || {
            kept.emulator.run(&format!(
                "sync --granularity daily --start 2026-11-01 --archive {}",
                path(link).display()
            ))
        };
        assert_eq!(sync().code, 0);
        assert!(path(link).is_symlink(), "{link}");
        assert!(std::fs::metadata(path(target)).unwrap().len() > 0);
        // There is one lock, whichever name is used.
        assert!(path(&format!("{target}-lock")).exists());
        assert!(!path(&format!("{link}-lock")).exists());
        assert_eq!(sync().code, 0);
    }
}

#[test]
fn damage_is_found_and_a_backup_verifies() {
    let kept = Kept::new("");
    kept.sync();
    let copy = kept.folder.path().join("copy.db");
    let backup = kept.on(&format!("archive backup {}", copy.display()));
    assert_eq!(backup.code, 0, "{backup:?}");
    let again = kept.on(&format!("archive backup {}", copy.display()));
    assert!(again.failed(2).contains("copy.db exists already"));
    assert!(
        again
            .stderr
            .contains("help: name a file that does not exist yet")
    );
    let verify =
        |path: &std::path::Path| run(&format!("archive verify --archive {}", path.display()));
    assert_eq!(verify(&copy).code, 0);
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2000].fill(0x55);
    std::fs::write(&copy, bytes).unwrap();
    let damaged = verify(&copy);
    assert_eq!(damaged.code, 1, "{damaged:?}");
    assert!(damaged.stderr.contains("error: "), "{damaged:?}");
    assert!(!damaged.stderr.contains("disk image"), "{damaged:?}");
}
