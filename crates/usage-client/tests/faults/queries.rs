//! What the client sends.

use url::Url;
use usage_client::{Client, Credentials, UsageQuery};
use usage_model::{Granularity, Resource};

use crate::{
    replies::{last_page, page},
    server::Server,
    setup::{PASSWORD, TOKEN, builder, client, fetch, pages, query},
};

#[tokio::test]
async fn every_parameter_is_sent_every_time() {
    let api = Server::start([last_page()]).await;
    pages(&client(&api)).await;
    let [request] = &api.requests()[..] else {
        panic!("one request");
    };
    let sent = request.query();
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("Start", "2025-01-01T00:00:00Z"),
            ("End", "2025-02-01T00:00:00Z"),
            ("Granularity", "hourly"),
            ("PageSize", "2"),
        ]
    );
    assert!(
        request.line.starts_with("GET /v1/UsageRecords?"),
        "{}",
        request.line
    );
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(request.header("accept"), Some("application/json"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        request.header("user-agent"),
        Some(format!("kore-usage/{version}").as_str())
    );
}

#[tokio::test]
async fn one_sim_has_its_own_path() {
    let api = Server::start([page(0, "null")]).await;
    let sid = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse().unwrap();
    let query = UsageQuery::new(Resource::Sim(sid), query().window(), Granularity::All);
    let base = api.url().join("/kore/").unwrap();
    let client = builder(&api).base_url(base).build().unwrap();
    assert!(fetch(&client, query).await.1.is_none());
    let line = &api.requests()[0].line;
    assert!(
        line.starts_with(
            "GET /kore/v1/Sims/DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd/UsageRecords?Start="
        ),
        "{line}"
    );
    assert!(line.ends_with("&Granularity=all&PageSize=1000"), "{line}");
}

#[tokio::test]
async fn basic_credentials_are_encoded() {
    let api = Server::start([last_page()]).await;
    let basic = Credentials::basic("Aladdin", "open sesame");
    pages(&builder(&api).credentials(basic).build().unwrap()).await;
    let requests = api.requests();
    // The example of RFC 7617.
    assert_eq!(
        requests[0].header("authorization"),
        Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    );
}

#[test]
fn a_client_that_could_not_work_is_not_built() {
    let url = |text: &str| Url::parse(text).unwrap();
    let bearer = || Client::builder().credentials(Credentials::bearer(TOKEN));
    let oauth = || Client::builder().credentials(Credentials::client("id", PASSWORD));
    for (builder, message) in [
        (Client::builder(), "no credentials"),
        (
            bearer().credentials(Credentials::bearer("a\nb")),
            "the access token contains a line break",
        ),
        (
            bearer().base_url(url("http://example.com")),
            "the base URL is plain http to example.com",
        ),
        (
            bearer().base_url(url("https://u@example.com")),
            "the base URL contains a user name",
        ),
        (
            oauth().token_url(url("http://example.com")),
            "the token URL is plain http to example.com",
        ),
        (
            oauth().token_url(url("https://u@example.com")),
            "the token URL contains a user name",
        ),
        (bearer().attempts(0), "the number of attempts is 0"),
        (
            bearer().attempt_timeout(std::time::Duration::ZERO),
            "the timeout of an attempt is 0",
        ),
        (
            bearer().total_timeout(Some(std::time::Duration::ZERO)),
            "the total timeout is 0",
        ),
        (bearer().max_body_bytes(0), "the limit of the body is 0"),
        (
            bearer().user_agent("a\nb"),
            "the user agent contains characters",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert_eq!(error.kind(), usage_client::ErrorKind::Config);
        assert!(error.help().is_some());
    }
    let loopback = url("http://127.0.0.1:1");
    bearer()
        .base_url(loopback.clone())
        .token_url(url("ftp://unused"))
        .build()
        .unwrap();
    oauth()
        .base_url(loopback.clone())
        .token_url(loopback)
        .build()
        .unwrap();
    bearer()
        .base_url(url("http://example.com"))
        .allow_http(true)
        .build()
        .unwrap();
}
