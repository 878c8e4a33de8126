//! Where settings come from, and what is never shown of them.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::program::{Emulated, Run, run_with};

const QUERY: &str = "fetch --start 2026-10-01 --end 2026-10-04 --attempts 1";

/// A configuration folder with a file in it.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new(config: &str) -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(home.folder.path().join("kore-usage")).unwrap();
        fs::write(home.file("config.toml"), config).unwrap();
        home.mode("config.toml", 0o600);
        home
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("kore-usage").join(name)
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.file(name), Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn run(&self, arguments: &str, variables: &[(&str, &str)]) -> Run {
        let folder = path(self.folder.path());
        let config = [
            ("XDG_CONFIG_HOME", folder.as_str()),
            ("PATH", "/usr/bin:/bin"),
        ];
        run_with(arguments, "", &[&config, variables].concat())
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// An emulator that accepts one secret alone.
fn emulator() -> Emulated {
    Emulated::start("--now 2026-11-01 --client-id me --client-secret profile-secret")
}

fn profile(name: &str, emulator: &Emulated, secret: &str) -> String {
    format!(
        "[profiles.{name}]\nbase_url = \"{}\"\nclient_id = \"me\"\n{secret}\n",
        emulator.base
    )
}

#[test]
fn a_named_profile_is_a_whole() {
    let emulator = emulator();
    let command = "client_secret_command = \"printf 'profile-secret\\\\nuser: me\\\\n'\"";
    let home = Home::new(&profile("fleet", &emulator, command));
    let environment = [
        ("KORE_BASE_URL", "http://127.0.0.1:1"),
        ("KORE_TOKEN_URL", "http://127.0.0.1:1/token"),
        ("KORE_CLIENT_ID", "other"),
        ("KORE_CLIENT_SECRET", "environment-secret"),
        ("KORE_ACCESS_TOKEN", "environment-token"),
    ];
    let named = home.run(&format!("{QUERY} --profile fleet"), &environment);
    assert_eq!(named.code, 0, "{named:?}");
    let variable = [&environment[..], &[("KORE_PROFILE", "fleet")]].concat();
    assert_eq!(home.run(QUERY, &variable).code, 0);

    // Without credentials of its own it gets none.
    let bare = Home::new(&format!(
        "[profiles.fleet]\nbase_url = \"{}\"\n",
        emulator.base
    ));
    let refused = bare.run(&format!("{QUERY} --profile fleet"), &environment);
    let error = refused.failed(2);
    assert!(error.contains("has no credentials"), "{refused:?}");
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_default_profile() {
    let emulator = emulator();
    let command = "client_secret_command = \"echo profile-secret\"";
    let home = Home::new(&profile("default", &emulator, command));
    assert_eq!(home.run(QUERY, &[]).code, 0);
    let nowhere = [("KORE_BASE_URL", "http://127.0.0.1:1")];
    assert_eq!(home.run(QUERY, &nowhere).code, 3);
    let flag = format!("{QUERY} -v --base-url {}", emulator.base);
    let run = home.run(&flag, &nowhere);
    assert_eq!(run.code, 0, "{run:?}");
    for line in [
        format!("base URL {}/ (--base-url)\n", emulator.base),
        "credentials from profile \"default\"\n".to_owned(),
    ] {
        assert!(run.stderr.contains(&line), "{line}: {run:?}");
    }
    // An empty variable is one that is not set.
    for name in [
        "KORE_BASE_URL",
        "KORE_TOKEN_URL",
        "KORE_PROFILE",
        "KORE_CLIENT_ID",
        "KORE_CLIENT_SECRET",
        "KORE_ACCESS_TOKEN",
        "TWILIO_ACCOUNT_SID",
    ] {
        let run = home.run(QUERY, &[(name, "")]);
        assert_eq!(run.code, 0, "{name}: {run:?}");
    }
}

#[test]
fn a_command_in_a_file_that_others_may_write_is_not_run() {
    let emulator = emulator();
    let command = "client_secret_command = \"echo profile-secret\"";
    let home = Home::new(&profile("default", &emulator, command));
    for mode in [0o620, 0o602, 0o666] {
        home.mode("config.toml", mode);
        let refused = home.run(QUERY, &[]);
        let error = refused.failed(2).to_owned();
        assert!(error.contains("other users may write it"), "{refused:?}");
        assert!(refused.stderr.contains("help: chmod go-w "), "{refused:?}");
    }
    // Where it names a file, nothing in it is run.
    let home = Home::new(&profile(
        "default",
        &emulator,
        "client_secret_file = \"secret\"",
    ));
    fs::write(home.file("secret"), "profile-secret\n").unwrap();
    home.mode("secret", 0o600);
    home.mode("config.toml", 0o666);
    let run = home.run(QUERY, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stderr.contains("warning"), "{run:?}");
    home.mode("secret", 0o644);
    let warned = home.run(QUERY, &[]);
    assert_eq!(warned.code, 0, "{warned:?}");
    let warning = "warning: other users can read the client secret in ";
    assert!(warned.stderr.contains(warning), "{warned:?}");
    assert_eq!(home.run(&format!("{QUERY} -q"), &[]).stderr, "");
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let credentials = [("KORE_CLIENT_ID", "me"), ("KORE_CLIENT_SECRET", "s3cr3t")];
    let address = "https://user:p4ssw0rd@host.example/";
    let broken = "https://user:p4ssw0rd@loc alhost/";
    for name in ["KORE_BASE_URL", "KORE_TOKEN_URL"] {
        for value in [address, broken] {
            for arguments in [
                QUERY,
                "fetch -v",
                "fetch --help",
                "check --help",
                "man fetch",
            ] {
                let variables = [&credentials[..], &[(name, value)]].concat();
                let run = run_with(arguments, "", &variables);
                let all = format!("{}{}", run.stdout, run.stderr);
                assert!(!all.contains("p4ssw0rd"), "{name} {arguments}: {all}");
                assert!(!all.contains("s3cr3t"), "{name} {arguments}: {all}");
            }
        }
    }
    let typed = run_with(&format!("{QUERY} --base-url {address}"), "", &credentials);
    typed.failed(2);
    assert!(!typed.stderr.contains("p4ssw0rd"), "{typed:?}");
    let home = Home::new(&format!("[profiles.default]\nbase_url = \"{address}\"\n"));
    let configured = home.run(QUERY, &credentials);
    configured.failed(2);
    assert!(!configured.stderr.contains("p4ssw0rd"), "{configured:?}");
}

#[test]
fn every_help_has_examples_and_names_the_query_before_the_connection() {
    for command in [
        "demo",
        "fetch",
        "check",
        "validate",
        "emulate",
        "explain",
        "rules",
        "schema",
        "completions",
        "man",
    ] {
        let help = run_with(&format!("{command} --help"), "", &[]);
        assert_eq!(help.code, 0, "{help:?}");
        let example = format!("  kore-usage {command}");
        assert!(
            help.stdout.contains("Examples:\n") && help.stdout.contains(&example),
            "{}",
            help.stdout
        );
    }
    let help = run_with("fetch --help", "", &[]).stdout;
    let at = |heading: &str| help.find(&format!("\n{heading}:\n")).unwrap();
    assert!(at("Query") < at("Connection"), "{help}");
    for name in ["KORE_BASE_URL", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"] {
        assert!(help.contains(name), "{name}: {help}");
    }
}

#[test]
fn helps_have_nothing_but_the_archive_under_its_heading() {
    for command in [
        "validate",
        "summary",
        "fleet",
        "reconcile",
        "report",
        "sync",
        "export",
        "diff",
    ] {
        let help = run_with(&format!("{command} -h"), "", &[]).stdout;
        let (_, section) = help.split_once("\nArchive:\n").unwrap();
        let section = section.split("\n\n").next().unwrap();
        let options = section.matches("\n      --").count() + 1;
        assert_eq!(options, 1, "{command}: {section}");
    }
}
