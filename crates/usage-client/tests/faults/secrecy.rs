//! No credential shows up in anything that the client says.

use usage_client::{Client, Credentials};

use crate::{
    replies::{json, reply, token},
    server::Server,
    setup::{CLIENT_ID, PASSWORD, SECRET, TOKEN, builder, chain, fetch, oauth, query},
};

/// Everything that must not be seen, in every spelling that it travels in.
fn assert_no_secret(text: &str) {
    let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    // The Basic header of `user:PASSWORD`.
    let basic = "dXNlcjp0aGUgcGFzc3dvcmQgb2YgdGhlIHRlc3Q=";
    for secret in [
        TOKEN,
        SECRET,
        &encoded,
        PASSWORD,
        basic,
        "the-granted-token",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

/// All that can be read off an error.
fn everything(error: &usage_client::Error) -> String {
    format!(
        "{error:?}\n{error:#?}\n{}\n{:?}\n{:?}",
        chain(error),
        error.help(),
        error.server_error()
    )
}

fn kinds() -> [Credentials; 3] {
    [
        Credentials::client(CLIENT_ID, SECRET),
        Credentials::bearer(TOKEN),
        Credentials::basic("user", PASSWORD),
    ]
}

#[tokio::test]
async fn settings_and_clients_show_no_credential() {
    let api = Server::start([]).await;
    for credentials in kinds() {
        assert_no_secret(&format!("{credentials:?}"));
        let builder = builder(&api).credentials(credentials);
        assert_no_secret(&format!("{builder:?} {builder:#?}"));
        let client = builder.token_url(api.url()).build().unwrap();
        assert_no_secret(&format!("{client:?} {client:#?}"));
    }
    let mut url = api.url();
    url.set_username(TOKEN).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    let builder = builder(&api).base_url(url);
    assert_no_secret(&format!("{builder:?}"));
    assert_no_secret(&everything(&builder.build().unwrap_err()));
    for broken in [
        Credentials::client(CLIENT_ID, format!("{SECRET}\n")),
        Credentials::bearer(format!("{TOKEN} ")),
        Credentials::basic(format!("{TOKEN}:"), PASSWORD),
    ] {
        let error = Client::builder().credentials(broken).build().unwrap_err();
        assert_no_secret(&everything(&error));
    }
}

/// What a server that repeats the credentials says, in as many ways as it can.
fn echoes(text: &str) -> Vec<crate::server::Step> {
    let quoted = serde_json::to_string(text).unwrap();
    vec![
        json(
            400,
            &format!(r#"{{"code":{quoted},"message":{quoted},"more_info":{quoted}}}"#),
        ),
        json(
            401,
            &format!(r#"{{"error":{quoted},"error_description":{quoted}}}"#),
        ),
        reply(500, &[], text),
        reply(200, &["content-type: text/html"], format!("<p>{text}")),
        reply(
            200,
            &["content-type: application/json"],
            format!("{{{text}"),
        ),
        reply(200, &[&format!("content-type: {text}")], text),
        reply(
            302,
            &[&format!("location: https://{CLIENT_ID}.test/?{text}")],
            text,
        ),
        json(200, &format!(r#"{{"usage_records":[],"meta":{quoted}}}"#)),
        json(
            200,
            &format!(r#"{{"access_token":{quoted},"token_type":{quoted}}}"#),
        ),
    ]
}

#[tokio::test]
async fn errors_show_no_credential_even_where_the_server_repeats_it() {
    let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let all = [
        TOKEN,
        SECRET,
        &encoded,
        PASSWORD,
        "dXNlcjp0aGUgcGFzc3dvcmQgb2YgdGhlIHRlc3Q=",
    ];
    let said = |credentials: &Credentials| {
        let name = format!("{credentials:?}");
        let own = if name.contains("bearer") {
            &all[..1]
        } else if name.contains("basic") {
            &all[3..]
        } else {
            &all[1..3]
        };
        format!("x {} x", own.join(" "))
    };
    for credentials in kinds() {
        let need_token = format!("{credentials:?}").contains("client");
        for echo in echoes(&said(&credentials)) {
            let (for_tokens, for_api) = if need_token {
                (vec![echo], vec![])
            } else {
                (vec![], vec![echo])
            };
            let (api, tokens) = (
                Server::start(for_api).await,
                Server::start(for_tokens).await,
            );
            let client = builder(&api)
                .attempts(1)
                .credentials(credentials.clone())
                .token_url(tokens.url())
                .build()
                .unwrap();
            let (pages, error) = fetch(&client, query()).await;
            assert_no_secret(&format!("{pages:?}"));
            assert_no_secret(&everything(&error.unwrap()));
            assert_eq!(api.finished() + tokens.finished(), 1);
        }
    }
    for echo in echoes(&format!("x the-granted-token {SECRET} x")) {
        let api = Server::start([echo]).await;
        let grants = || token("the-granted-token");
        let tokens = Server::start([grants(), grants()]).await;
        let (_, error) = fetch(&oauth(&api, &tokens), query()).await;
        assert_no_secret(&everything(&error.unwrap()));
    }
}
