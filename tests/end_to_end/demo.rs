//! The main job with nothing set up.

use crate::program::run;

#[test]
fn the_demo_finds_exactly_what_it_planted() {
    let first = run("demo");
    assert_eq!(first.code, 0, "{first:?}");
    assert!(
        first.stdout.contains("All 6 planted faults were found"),
        "{}",
        first.stdout
    );
    for code in [
        "UR002", "UR104", "UR201", "UR202", "UR203", "UR205", "UR301",
    ] {
        assert!(
            first.stdout.contains(code),
            "{code} is missing:\n{}",
            first.stdout
        );
    }
}

#[test]
fn the_demo_is_the_same_every_time() {
    let without_port = |text: String| -> String {
        text.lines()
            .filter(|line| !line.contains("listening on"))
            .collect()
    };
    assert_eq!(
        without_port(run("demo").stdout),
        without_port(run("demo").stdout)
    );
}

#[test]
fn other_accounts_do_as_well() {
    for seed in [2, 3, 5, 8, 13] {
        let run = run(&format!("demo --seed {seed}"));
        assert_eq!(run.code, 0, "seed {seed}: {run:?}");
    }
}
