//! Connections that fail, and what the user is told.

use crate::{
    program::{run, run_with},
    server::serve,
};

const QUERY: &str = "fetch --start 2026-09-01 --end 2026-09-02 --attempts 2";

/// Runs a fetch against a server that gives one answer to everything.
fn fetch_from(answer: &str) -> crate::program::Run {
    let base = serve(answer);
    run_with(
        QUERY,
        "",
        &[
            ("KORE_BASE_URL", &base),
            ("KORE_ACCESS_TOKEN", "a-secret-token"),
        ],
    )
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

#[test]
fn no_credentials_are_a_usage_error_that_names_the_variables() {
    let run = run(QUERY);
    run.failed(2);
    assert!(
        run.stderr.contains("KORE_CLIENT_ID") && run.stderr.contains("help: "),
        "{run:?}"
    );
}

#[test]
fn a_refused_connection_is_exit_3() {
    // Bound and closed again: nothing listens there now.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let base = format!("http://{address}");
    let run = run_with(
        QUERY,
        "",
        &[("KORE_BASE_URL", &base), ("KORE_ACCESS_TOKEN", "t")],
    );
    let error = run.failed(3).to_owned();
    assert!(error.contains("2 attempts"), "{run:?}");
    assert!(run.stderr.contains("help: "), "{run:?}");
}

#[test]
fn an_html_page_is_exit_3() {
    let run = fetch_from(&answer(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<html><body>Sign in</body></html>",
    ));
    let error = run.failed(3).to_owned();
    assert!(
        error.contains("text/html") || run.stderr.contains("text/html"),
        "{run:?}"
    );
}

#[test]
fn a_cut_body_is_exit_3() {
    let whole = answer(
        "200 OK",
        "Content-Type: application/json\r\n",
        "{\"usage_records\":[],\"meta\":{}}",
    );
    let run = fetch_from(&whole[..whole.len() - 9]);
    let error = run.failed(3).to_owned();
    assert!(
        error.contains("page 1") && error.contains("2 attempts"),
        "{run:?}"
    );
}

#[test]
fn a_refusal_shows_what_the_server_says() {
    let body =
        r#"{"code":33101,"status":400,"message":"Invalid Start","more_info":"https://e/33101"}"#;
    let run = fetch_from(&answer("400 Bad Request", "", body));
    let error = run.failed(3).to_owned();
    assert!(error.contains("400"), "{run:?}");
    for part in ["33101", "Invalid Start", "https://e/33101"] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
}

#[test]
fn a_secret_never_shows() {
    for text in [
        answer(
            "401 Unauthorized",
            "",
            "{\"message\":\"a-secret-token is not valid\"}",
        ),
        answer("200 OK", "", "a-secret-token"),
        answer(
            "302 Found",
            "Location: http://127.0.0.1:1/?token=a-secret-token\r\n",
            "",
        ),
    ] {
        let run = fetch_from(&text);
        run.failed(3);
        assert!(!run.stderr.contains("a-secret-token"), "{run:?}");
    }
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    let variables = [
        ("KORE_BASE_URL", "http://usage.example/"),
        ("KORE_ACCESS_TOKEN", "t"),
    ];
    let run = run_with(QUERY, "", &variables);
    run.failed(2);
    assert!(run.stderr.contains("http"), "{run:?}");
}

#[test]
fn a_profile_is_used_where_the_environment_is_silent() {
    let body = "{\"usage_records\":[{\"data\":{\"total\":0}}],\"meta\":{\"next_page_url\":null}}";
    let token = "{\"access_token\":\"t\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";
    let base = serve(&answer("200 OK", "", body));
    let tokens = serve(&answer("200 OK", "", token));
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kore-usage");
    std::fs::create_dir(&config).unwrap();
    std::fs::write(config.join("secret"), "hush\n").unwrap();
    std::fs::write(
        config.join("config.toml"),
        format!(
            "[profiles.fleet]\nbase_url = \"{base}\"\ntoken_url = \"{tokens}/token\"\n\
             client_id = \"me\"\nclient_secret_file = \"secret\"\n"
        ),
    )
    .unwrap();
    let home = folder.path().display().to_string();
    let run = run_with(
        &format!("{QUERY} --profile fleet"),
        "",
        &[("XDG_CONFIG_HOME", &home)],
    );
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "{\"data\":{\"total\":0}}\n"),
        "{run:?}"
    );
}
