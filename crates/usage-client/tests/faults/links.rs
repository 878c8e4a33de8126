//! Links to the next page that lead astray.

use usage_client::{ErrorKind, ProtocolError};

use crate::{
    replies::{last_page, page},
    server::Server,
    setup::{client, fetch, query},
};

/// Fetches a page with that link; gives the error.
async fn refused_link(link: &str) -> (ProtocolError, String) {
    let link = serde_json::to_string(link).unwrap();
    let api = Server::start([page(1, &link)]).await;
    let (pages, error) = fetch(&client(&api), query()).await;
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    // The page with the link cannot be delivered as one of a complete list.
    assert!(pages.is_empty());
    assert_eq!((error.page(), api.finished()), (Some(0), 1));
    (error.protocol().unwrap().clone(), error.to_string())
}

#[tokio::test]
async fn a_foreign_server_sees_nothing() {
    let foreign = Server::start([]).await;
    let (error, message) = refused_link(&format!("{}v1/UsageRecords?Page=1", foreign.url())).await;
    let origin = foreign.url().origin().ascii_serialization();
    assert!(
        matches!(&error, ProtocolError::ForeignLink { origin: to, .. } if *to == origin),
        "{error:?}"
    );
    assert!(
        message.contains(&format!("leads to {origin}, not to http://127.0.0.1:")),
        "{message}"
    );
    let tricked = foreign
        .url()
        .as_str()
        .replace("http://", "http://127.0.0.1:80@");
    let (error, _) = refused_link(&format!("{tricked}v1/UsageRecords?Page=1")).await;
    assert!(
        matches!(error, ProtocolError::UserInLink { .. }),
        "{error:?}"
    );
    assert_eq!(foreign.finished(), 0);
}

/// An address has its limits, and a link beyond them is the server's fault and not the configuration's.
#[tokio::test]
async fn a_position_too_long_for_an_address_is_refused() {
    let (_, message) = refused_link(&format!("?PageToken={}", "x".repeat(70_000))).await;
    assert!(
        message.ends_with("names a position of 70000 bytes, more than 16384"),
        "{message}"
    );
    // The longest that is taken over finds room, even where every byte of it takes three.
    let longest = format!(r#""?PageToken={}""#, "%21".repeat(16_384));
    let api = Server::start([page(1, &longest), last_page()]).await;
    let (pages, error) = fetch(&client(&api), query()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((pages.len(), api.finished()), (2, 2));
}

#[tokio::test]
async fn links_that_are_not_the_next_page_of_the_query_are_refused() {
    for (link, message) in [
        ("https://[", "is not an address"),
        ("/v1/Sims?Page=1", "leads to \"/v1/Sims\", another resource"),
        (
            "?Page=1&Start=2024-01-01T00:00:00Z",
            "changes Start to \"2024-01-01T00:00:00Z\"",
        ),
        (
            "?Page=1&End=2025-02-01T00:00:01Z",
            "changes End to \"2025-02-01T00:00:01Z\"",
        ),
        (
            "?Page=1&Granularity=daily",
            "changes Granularity to \"daily\"",
        ),
        ("?Page=1&PageSize=3", "changes PageSize to \"3\""),
        ("?PageSize=2", "has neither Page nor PageToken"),
        ("?Page=0", "leads back to a page already fetched"),
    ] {
        let (_, text) = refused_link(link).await;
        let expected = format!("page 1 of /v1/UsageRecords: the link to the next page {message}");
        assert!(
            text.starts_with(&expected) || text.contains(message),
            "{link}: {text}"
        );
    }
}

#[tokio::test]
async fn loops_are_noticed() {
    let (a, b) = (r#""?Page=1&PageToken=A""#, r#""?Page=2&PageToken=B""#);
    for (name, links, delivered) in [
        ("A to A", &[a, a][..], 1),
        ("A to B to A", &[a, b, a], 2),
        (
            "the same token under another number",
            &[a, r#""?Page=7&PageToken=A""#],
            1,
        ),
        (
            "the same number without a token",
            &[r#""?Page=1""#, r#""?Page=1""#],
            1,
        ),
        ("back to the start", &[a, r#""?Page=0""#], 1),
    ] {
        let api = Server::start(links.iter().map(|link| page(1, link))).await;
        let (pages, error) = fetch(&client(&api), query()).await;
        let error = error.unwrap();
        assert_eq!(
            error.protocol(),
            Some(&ProtocolError::RepeatedPage),
            "{name}"
        );
        assert_eq!(
            (pages.len(), api.finished()),
            (delivered, links.len()),
            "{name}"
        );
    }
}
