//! Access tokens: fetching, renewing, and where they go.

use std::time::Duration;

use futures_util::{StreamExt, future::join_all};
use usage_client::{Credentials, ErrorKind};

use crate::{
    replies::{dead_token, head, json, last_page, page, reply, token},
    server::{Server, Step},
    setup::{CLIENT_ID, SECRET, builder, chain, client, error, fetch, oauth, pages, query},
};

fn bearers(api: &Server) -> Vec<String> {
    let requests = api.requests();
    let header =
        |request: &crate::server::Request| request.header("authorization").unwrap().to_owned();
    requests.iter().map(header).collect()
}

#[tokio::test]
async fn the_secret_goes_to_the_token_url_and_the_token_to_the_base_url() {
    let api = Server::start([page(1, r#""?Page=1""#), last_page()]).await;
    let tokens = Server::start([token("T1")]).await;
    assert_eq!(pages(&oauth(&api, &tokens)).await.len(), 2);
    assert_eq!((api.finished(), tokens.finished()), (2, 1));
    assert_eq!(bearers(&api), ["Bearer T1", "Bearer T1"]);
    let request = &tokens.requests()[0];
    assert_eq!(request.line, "POST /auth/token");
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let form: Vec<_> = url::form_urlencoded::parse(request.body.as_bytes()).collect();
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", SECRET),
    ];
    assert!(
        form.iter()
            .map(|(name, value)| (&**name, &**value))
            .eq(expected),
        "{form:?}"
    );
    assert!(!format!("{:?}", api.requests()).contains("client"));
}

#[tokio::test]
async fn a_token_of_some_thousand_characters_is_used_like_any_other() {
    let api = Server::start([last_page()]).await;
    let long = "T".repeat(8 * 1024);
    let tokens = Server::start([token(&long)]).await;
    assert_eq!(pages(&oauth(&api, &tokens)).await.len(), 1);
    assert_eq!(bearers(&api), [format!("Bearer {long}")]);
}

#[tokio::test]
async fn a_token_that_dies_between_pages_is_renewed_once() {
    for dead in [dead_token, || reply(401, &[], "")] {
        let api = Server::start([page(2, r#""?Page=1""#), dead(), last_page()]).await;
        let tokens = Server::start([token("T1"), token("T2")]).await;
        let pages = pages(&oauth(&api, &tokens)).await;
        assert_eq!((pages.len(), pages[1].attempts), (2, 2));
        assert_eq!(bearers(&api), ["Bearer T1", "Bearer T1", "Bearer T2"]);
        assert_eq!((api.finished(), tokens.finished()), (3, 2));
    }
}

#[tokio::test]
async fn a_renewal_comes_on_top_of_the_attempts() {
    let busy = || reply(503, &[], "");
    let api = Server::start([busy(), dead_token(), busy(), last_page()]).await;
    let tokens = Server::start([token("T1"), token("T2")]).await;
    assert_eq!(pages(&oauth(&api, &tokens)).await[0].attempts, 4);
}

#[tokio::test]
async fn a_new_token_that_is_refused_too_is_final() {
    let api = Server::start([dead_token(), dead_token()]).await;
    let tokens = Server::start([token("T1"), token("T2")]).await;
    let error = error(&oauth(&api, &tokens)).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Authentication, Some(403))
    );
    assert_eq!((api.finished(), tokens.finished()), (2, 2));
    assert!(
        chain(&error).contains("Invalid or expired token"),
        "{}",
        chain(&error)
    );
}

#[tokio::test]
async fn a_missing_permission_is_final_and_keeps_the_token() {
    let denied =
        r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
    let api = Server::start([json(403, denied), last_page()]).await;
    let tokens = Server::start([token("T1")]).await;
    let client = oauth(&api, &tokens);
    let error = error(&client).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Permission, 1));
    pages(&client).await;
    assert_eq!(tokens.finished(), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_reported_as_dead() {
    let api = Server::start([dead_token()]).await;
    let error = error(&client(&api)).await;
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Authentication, 1)
    );
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: HTTP 403, credentials not accepted"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_sent_once() {
    let api = Server::start([]).await;
    let refused = r#"{"error":"unauthorized_client","error_description":"Invalid client secret"}"#;
    let tokens = Server::start([json(401, refused)]).await;
    let error = error(&oauth(&api, &tokens)).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Authentication, Some(401))
    );
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: no access token: HTTP 401"
    );
    assert_eq!(
        error.server_error().unwrap().code.as_deref(),
        Some("unauthorized_client")
    );
    assert!(error.help().unwrap().contains("client secret"));
    assert_eq!((api.finished(), tokens.finished()), (0, 1));
}

#[tokio::test]
async fn the_token_endpoint_is_tried_again_like_the_api() {
    let api = Server::start([last_page()]).await;
    let busy = reply(503, &["retry-after: 0"], "");
    let tokens = Server::start([busy, Step::Reset(Vec::new()), token("T1")]).await;
    assert_eq!(pages(&oauth(&api, &tokens)).await[0].attempts, 3);
    assert_eq!((api.finished(), tokens.finished()), (1, 3));
}

#[tokio::test]
async fn a_token_endpoint_that_misbehaves_is_reported() {
    let elsewhere = Server::start([]).await;
    let location = format!("location: {}", elsewhere.url());
    for (step, kind, message) in [
        (
            reply(302, &[&location], ""),
            ErrorKind::Redirect,
            "HTTP 302 redirects to http://127",
        ),
        (
            json(200, "{}"),
            ErrorKind::Protocol,
            "the token endpoint answers without a usable access",
        ),
        (
            reply(200, &[], "<html>"),
            ErrorKind::Protocol,
            "the token endpoint answers without a usa",
        ),
        (reply(404, &[], ""), ErrorKind::Refused, "HTTP 404"),
    ] {
        let api = Server::start([]).await;
        let tokens = Server::start([step]).await;
        let error = error(&oauth(&api, &tokens)).await;
        assert_eq!(error.kind(), kind);
        let expected = format!("page 1 of /v1/UsageRecords: no access token: {message}");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(error.help().is_some());
    }
    assert_eq!(elsewhere.finished(), 0);
}

#[tokio::test]
async fn an_endless_answer_of_the_token_endpoint_is_not_read_on() {
    let api = Server::start([]).await;
    let head = head(200, &["content-type: application/json"]);
    let tokens = Server::start([Step::Endless(head, vec![b' '; 8 * 1024])]).await;
    let error = error(&oauth(&api, &tokens)).await;
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: no access token: response of more than 1048576 bytes"
    );
}

#[tokio::test]
async fn many_fetches_share_one_token() {
    let api = Server::start((0..20).map(|_| last_page())).await;
    let tokens = Server::start([token("T1")]).await;
    let client = oauth(&api, &tokens);
    let fetches = (0..20).map(|_| fetch(&client, query()));
    let results = join_all(fetches).await;
    assert!(
        results
            .iter()
            .all(|(pages, error)| pages.len() == 1 && error.is_none())
    );
    assert_eq!((api.finished(), tokens.finished()), (20, 1));
}

#[tokio::test]
async fn many_fetches_that_find_the_token_dead_renew_it_once() {
    let api = Server::answering(|request| match request.header("authorization") {
        Some("Bearer T2") => last_page(),
        _ => dead_token(),
    })
    .await;
    let tokens = Server::start([token("T1"), token("T2")]).await;
    let client = oauth(&api, &tokens);
    let results = join_all((0..20).map(|_| fetch(&client, query()))).await;
    let complete = |(pages, error): &(Vec<_>, Option<_>)| pages.len() == 1 && error.is_none();
    assert!(results.iter().all(complete), "{results:?}");
    assert_eq!(tokens.finished(), 2);
}

#[tokio::test]
async fn a_stalled_token_endpoint_ends_with_the_time_of_the_attempt() {
    let api = Server::start([last_page()]).await;
    let tokens = Server::start([Step::Stall(Vec::new()), token("T1")]).await;
    let client = builder(&api)
        .token_url(tokens.url())
        .credentials(Credentials::client(CLIENT_ID, SECRET))
        .attempt_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let pages: Vec<_> = client.pages(query()).collect().await;
    assert_eq!(pages[0].as_ref().unwrap().attempts, 2);
}
