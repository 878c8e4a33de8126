//! The emulator as a server.

use crate::program::Emulated;

#[test]
fn the_same_seed_and_time_give_the_same_records() {
    let query = "fetch --start 2026-09-01 --end 2026-09-08 --format ndjson";
    let fetch = |arguments: &str| Emulated::start(arguments).run(query).stdout;
    let first = fetch("--seed 7 --now 2026-11-01");
    assert_eq!(first.lines().count(), 7);
    assert_eq!(first, fetch("--seed 7 --now 2026-11-01"));
    assert_ne!(first, fetch("--seed 8 --now 2026-11-01"));
}

#[test]
fn credentials_can_be_required() {
    let emulator =
        Emulated::start("--now 2026-11-01 --client-id me --client-secret hush-hush-hush");
    let query = "fetch --start 2026-09-01 --end 2026-09-02";
    assert_eq!(emulator.run_as(query, "me", "hush-hush-hush").code, 0);
    let refused = emulator.run_as(query, "me", "a-wrong-secret");
    let error = refused.failed(3).to_owned();
    assert!(error.contains("401"), "{refused:?}");
    assert!(
        refused.stderr.contains("unauthorized_client"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("help: "), "{refused:?}");
    assert!(!refused.stderr.contains("a-wrong-secret"), "{refused:?}");
}

#[test]
fn what_is_past_retention_is_silently_less() {
    let emulator = Emulated::start("--now 2026-11-01");
    let run = emulator.run("fetch --start 2025-04-01 --end 2025-05-11");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 10);
}
