//! The networks of companies: proxies, and certificate authorities of their own.

use crate::{
    program::{Emulated, Run, run_with},
    tls::{ALWAYS, Authority, HOST, Proxy, serve_plainly},
};

const QUERY: &str = "fetch --start 2026-09-01 --end 2026-09-02 --attempts 1";

/// What the server behind the proxy has.
const RECORD: &str =
    "{\"period\":{\"start\":\"2026-09-01T00:00:00Z\",\"end\":\"2026-09-02T00:00:00Z\"}}\n";

/// Runs a fetch from the host that only a proxy knows, with options and variables.
fn fetch(options: &str, variables: &[(&str, &str)]) -> Run {
    let base = format!("https://{HOST}");
    let own = [
        ("KORE_BASE_URL", base.as_str()),
        ("KORE_ACCESS_TOKEN", "the-token"),
    ];
    run_with(
        &format!("{QUERY} {options}"),
        "",
        &[&own, variables].concat(),
    )
}

/// Asserts that a run brought the record of the server.
fn fetched(run: &Run) {
    assert_eq!((run.code, run.stdout.as_str()), (0, RECORD), "{run:?}");
}

/// A private authority, and a proxy before a server with a certificate of it.
fn company() -> (Authority, Proxy) {
    let authority = Authority::new();
    let proxy = Proxy::before(authority.serve(HOST, ALWAYS));
    (authority, proxy)
}

#[test]
fn the_proxies_of_the_environment_are_used() {
    let (authority, proxy) = company();
    let (file, url) = (authority.file(), proxy.url(""));
    let bare = url.strip_prefix("http://").unwrap();
    let nobody = "http://127.0.0.1:1";
    let cases: [&[(&str, &str)]; 6] = [
        &[("HTTPS_PROXY", &url)],
        &[("https_proxy", &url)],
        &[("ALL_PROXY", &url)],
        &[("all_proxy", bare)],
        // That for https comes before that for everything, and an empty one is none.
        &[("HTTPS_PROXY", &url), ("ALL_PROXY", nobody)],
        &[
            ("HTTPS_PROXY", ""),
            ("ALL_PROXY", &url),
            ("NO_PROXY", "other.test"),
        ],
    ];
    for (count, variables) in (1..).zip(cases) {
        fetched(&fetch(
            "",
            &[variables, &[("SSL_CERT_FILE", &file)]].concat(),
        ));
        assert_eq!(proxy.asked().len(), count, "{variables:?}");
    }
    // The proxy carries bytes, and sees neither the token nor what is asked for.
    assert_eq!(proxy.asked()[0], format!("CONNECT {HOST}:443 HTTP/1.1"));
    let heard = proxy.heard();
    assert!(
        !heard.contains("the-token") && !heard.contains("UsageRecords"),
        "{heard}"
    );
}

#[test]
fn the_secret_for_the_token_goes_through_the_proxy_and_is_not_for_it() {
    let (authority, proxy) = company();
    let run = run_with(
        QUERY,
        "",
        &[
            ("KORE_BASE_URL", &format!("https://{HOST}")),
            ("KORE_TOKEN_URL", &format!("https://{HOST}:8443/token")),
            ("KORE_CLIENT_ID", "the-id"),
            ("KORE_CLIENT_SECRET", "the-secret"),
            ("ALL_PROXY", &proxy.url("")),
            ("SSL_CERT_FILE", &authority.file()),
        ],
    );
    fetched(&run);
    let hosts = [":8443", ":443"].map(|port| format!("CONNECT {HOST}{port} HTTP/1.1"));
    assert_eq!(proxy.asked(), hosts);
    assert!(!proxy.heard().contains("the-secret"));
}

#[test]
fn a_host_that_no_proxy_is_for_is_asked_directly() {
    let (authority, proxy) = company();
    let (file, url) = (authority.file(), proxy.url(""));
    for hosts in [
        HOST,
        "example.test",
        ".example.test",
        "other.test, example.test",
        "*",
    ] {
        let run = fetch(
            "",
            &[
                ("ALL_PROXY", &url),
                ("NO_PROXY", hosts),
                ("SSL_CERT_FILE", &file),
            ],
        );
        // Nobody else can resolve the name.
        let error = run.failed(3).to_owned();
        assert!(error.contains("cannot connect"), "{hosts}: {run:?}");
    }
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[test]
fn this_machine_is_never_asked_by_a_proxy() {
    let proxy = Proxy::refusing("502 Bad Gateway");
    let url = proxy.url("");
    let everything = [
        ("HTTPS_PROXY", url.as_str()),
        ("ALL_PROXY", &url),
        ("HTTP_PROXY", &url),
    ];
    let emulator = Emulated::start("--now 2026-11-01");
    let mut command = emulator.command("fetch --start 2026-09-01 --end 2026-09-02");
    let output = command.envs(everything).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let authority = Authority::new();
    let port = authority.serve("localhost", ALWAYS).port();
    let (base, file) = (format!("https://localhost:{port}"), authority.file());
    let own = [
        ("KORE_BASE_URL", base.as_str()),
        ("KORE_ACCESS_TOKEN", "the-token"),
        ("SSL_CERT_FILE", &file),
    ];
    fetched(&run_with(QUERY, "", &[&own[..], &everything].concat()));
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[test]
fn plain_http_goes_only_through_the_proxy_for_everything() {
    let body = "{\"usage_records\":[{\"data\":{\"total\":0}}],\"meta\":{\"next_page_url\":null}}";
    let server = crate::server::serve(&format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ));
    let proxy = Proxy::before(server.strip_prefix("http://").unwrap().parse().unwrap());
    let fetch = |variable: &str| {
        let variables = [
            ("KORE_BASE_URL", &*format!("http://{HOST}")),
            ("KORE_ACCESS_TOKEN", "the-token"),
            (variable, &proxy.url("")),
        ];
        run_with(&format!("{QUERY} --allow-http"), "", &variables)
    };
    // A server program may have HTTP_PROXY set by those who ask it.
    for variable in ["HTTPS_PROXY", "HTTP_PROXY", "http_proxy"] {
        fetch(variable).failed(3);
        assert!(proxy.asked().is_empty(), "{variable}: {:?}", proxy.asked());
    }
    let run = fetch("ALL_PROXY");
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "{\"data\":{\"total\":0}}\n"),
        "{run:?}"
    );
    let target = format!("GET http://{HOST}/v1/UsageRecords?Start=2026-09-01T");
    let asked = proxy.asked();
    assert!(
        asked.len() == 1 && asked[0].starts_with(&target),
        "{asked:?}"
    );
}

#[test]
fn authorities_are_trusted_from_the_environment_and_from_an_option() {
    let (authority, proxy) = company();
    let url = proxy.url("");
    let (file, folder) = (authority.file(), authority.folder());
    let run = |options: &str, variables: &[(&str, &str)]| {
        fetch(options, &[variables, &[("ALL_PROXY", &url)]].concat())
    };
    let option = format!("--ca-file {file}");
    fetched(&run("", &[("SSL_CERT_FILE", &file)]));
    fetched(&run("", &[("SSL_CERT_DIR", &folder)]));
    fetched(&run(&option, &[]));
    let other = Authority::new();
    // The option adds to what the environment names, and an empty variable names nothing.
    fetched(&run(&option, &[("SSL_CERT_FILE", &other.file())]));
    fetched(&run(
        &option,
        &[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")],
    ));
    let both = [("SSL_CERT_FILE", &*other.file()), ("SSL_CERT_DIR", &folder)];
    fetched(&run("", &both));
    for run in [
        run("", &[]),
        run("", &[("SSL_CERT_FILE", &other.file())]),
        run(&format!("--ca-file {}", other.file()), &[]),
    ] {
        let error = run.failed(3).to_owned();
        let origin = format!("no trusted TLS connection to https://{HOST}");
        assert!(error.contains(&origin), "{run:?}");
        let cause = "signed by an authority that is not trusted here";
        assert!(run.stderr.contains(cause), "{run:?}");
    }
}

#[test]
fn certificates_that_cannot_be_read_are_a_usage_error_that_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (empty, missing, none) = (path("empty.pem"), path("missing.pem"), path("none"));
    std::fs::write(&empty, "no certificate\n").unwrap();
    std::fs::create_dir(&none).unwrap();
    for (options, variables, part) in [
        (format!("--ca-file {missing}"), &[][..], "missing.pem"),
        (format!("--ca-file {empty}"), &[], "certificates"),
        (
            String::new(),
            &[("SSL_CERT_FILE", &*missing)],
            "SSL_CERT_FILE",
        ),
        (
            String::new(),
            &[("SSL_CERT_FILE", &*empty)],
            "SSL_CERT_FILE",
        ),
        (
            String::new(),
            &[("SSL_CERT_DIR", &*missing)],
            "SSL_CERT_DIR",
        ),
        (String::new(), &[("SSL_CERT_DIR", &*none)], "SSL_CERT_DIR"),
    ] {
        let run = fetch(&options, variables);
        run.failed(2);
        assert!(
            run.stderr.contains(part) && run.stderr.contains("help: "),
            "{run:?}"
        );
    }
}

#[test]
fn what_is_wrong_with_tls_is_one_sentence() {
    let authority = Authority::new();
    for (server, sentence) in [
        (
            authority.serve(HOST, (2000, 2001)),
            "the server's certificate has expired",
        ),
        (
            authority.serve(HOST, (3000, 4000)),
            "the server's certificate is not valid yet; the clock of this machine may be wrong",
        ),
        (
            authority.serve("www.example.test", ALWAYS),
            "the server's certificate is for another name",
        ),
        (serve_plainly(), "the other side does not speak TLS"),
    ] {
        let proxy = Proxy::before(server).url("");
        let run = fetch(
            "",
            &[("ALL_PROXY", &proxy), ("SSL_CERT_FILE", &authority.file())],
        );
        let error = run.failed(3).to_owned();
        assert!(error.contains("no trusted TLS connection"), "{run:?}");
        let cause = format!("  cause: {sentence}\n");
        assert!(
            run.stderr.contains(&cause) && run.stderr.contains("help: "),
            "{run:?}"
        );
    }
}

#[test]
fn a_proxy_gets_its_password_and_nobody_else_does() {
    let (authority, proxy) = company();
    let url = proxy.url("corp:open%20sesame@");
    let run = fetch(
        "-v",
        &[("ALL_PROXY", &url), ("SSL_CERT_FILE", &authority.file())],
    );
    fetched(&run);
    // `corp:open sesame`.
    let basic = "basic Y29ycDpvcGVuIHNlc2FtZQ==";
    let heard = proxy.heard();
    let header = heard
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("proxy-auth"));
    let header = header.unwrap_or_default();
    assert!(
        header.len() > basic.len()
            && header[header.len() - basic.len()..].eq_ignore_ascii_case(basic),
        "{heard}"
    );
    assert!(!run.stderr.contains("sesame"), "{run:?}");
}

#[test]
fn a_proxy_that_refuses_differs_from_the_server_and_its_password_is_not_shown() {
    let elsewhere = "the proxy does not connect to the server";
    for (status, cause) in [
        (
            "407 Proxy Authentication Required",
            "the proxy asks for a user name and a password",
        ),
        ("403 Forbidden", elsewhere),
        ("502 Bad Gateway", elsewhere),
    ] {
        let proxy = Proxy::refusing(status).url("corp:sesame@");
        let run = fetch("-v", &[("ALL_PROXY", &proxy)]);
        let error = run.failed(3).to_owned();
        assert!(
            error.contains(&format!("cannot connect to https://{HOST}")),
            "{run:?}"
        );
        assert!(run.stderr.contains(&format!("cause: {cause}")), "{run:?}");
        assert!(!run.stderr.contains("sesame"), "{run:?}");
    }
    let run = fetch("-v", &[("ALL_PROXY", "http://corp:sesame@127.0.0.1:1")]);
    run.failed(3);
    assert!(!run.stderr.contains("sesame"), "{run:?}");
}

#[test]
fn other_kinds_of_proxies_are_refused_before_the_first_request() {
    for (variable, value) in [
        ("ALL_PROXY", "socks5://corp:sesame@127.0.0.1:1080"),
        ("https_proxy", "socks5h://127.0.0.1:1080"),
        ("HTTPS_PROXY", "socks4://127.0.0.1:1080"),
        ("ALL_PROXY", "ftp://corp:sesame@127.0.0.1"),
        ("ALL_PROXY", "http://"),
        ("HTTPS_PROXY", "http://corp:sesame@host:port"),
    ] {
        let run = fetch("", &[(variable, value)]);
        let error = run.failed(2).to_owned();
        let name = variable.to_ascii_uppercase();
        assert!(
            error.contains(&format!("{name} is not the address of a proxy")),
            "{run:?}"
        );
        assert!(
            run.stderr.contains("help: write it as http://host:port"),
            "{run:?}"
        );
        assert!(!run.stderr.contains("sesame"), "{run:?}");
    }
}

#[test]
fn help_and_readme_name_the_variables() {
    let help = run_with("fetch --help", "", &[]).stdout;
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for name in [
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "--ca-file",
    ] {
        assert!(help.contains(name), "{name} in {help}");
        assert!(readme.contains(name), "{name}");
    }
}
