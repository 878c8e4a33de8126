//! No credential shows up in anything that the client says.

use std::{
    fmt::{Debug, Write},
    panic,
    sync::{Arc, Mutex},
    thread,
};

use usage_client::{Client, Credentials, ProtocolError, WindowPlan};

use crate::{
    hourly::at,
    replies::{json, last_page, reply, token},
    server::Server,
    setup::{
        CLIENT_ID, PASSWORD, SECRET, TOKEN, builder, chain, error, fetch, oauth, pages, query,
    },
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
    let links = [
        format!("https://[{SECRET}the-granted-token"),
        format!("/v1/{SECRET}/the-granted-token"),
        format!("https://the-granted-token.test/?Page=1&x={encoded}"),
        "https://THE-GRANTED-TOKEN.test/".to_owned(),
        format!("https://{encoded}@the-granted-token/"),
        format!("?Page=1&Start={encoded}&PageToken=the-granted-token"),
        "?Page=1&PageSize=the%2Dgranted%2Dtoken".to_owned(),
    ];
    let links = links.map(|link| {
        let link = serde_json::to_string(&link).unwrap();
        json(
            200,
            &format!(r#"{{"usage_records":[],"meta":{{"next_page_url":{link}}}}}"#),
        )
    });
    let redirect = "location: https://the-granted-token.test/";
    let both = format!("x the-granted-token {SECRET} x");
    let rest = links.into_iter().chain([reply(302, &[redirect], "")]);
    for echo in echoes(&both).into_iter().chain(rest) {
        let api = Server::start([echo]).await;
        let grants = || token("the-granted-token");
        let tokens = Server::start([grants(), grants()]).await;
        let (_, error) = fetch(&oauth(&api, &tokens), query()).await;
        assert_no_secret(&everything(&error.unwrap()));
    }
}

#[tokio::test]
async fn a_page_that_holds_a_credential_is_refused_and_not_delivered() {
    let secret = serde_json::to_string(SECRET).unwrap();
    let escaped = "the-granted-token"
        .replace('t', "\\u0074")
        .replace('-', "\\u002D");
    let granted = r#""the-granted-token""#;
    for record in [
        format!(r#"{{"account_sid":{granted},"data":{{"total":1}}}}"#),
        format!(r#"{{"account_sid":"{escaped}","data":{{"total":1}}}}"#),
        format!(r#"{{"data":{{"total":1,"units":{secret}}}}}"#),
        format!(r#"{{"data":{{"total":1}},{secret}:7}}"#),
        format!(r#"{{"data":{{"total":{granted}}}}}"#),
        format!(r#"{{"data":{{"total":1}},"more":[{{"x":{granted}}}]}}"#),
        granted.to_owned(),
    ] {
        let body = format!(r#"{{"usage_records":[{record}],"meta":{{"next_page_url":null}}}}"#);
        let api = Server::start([json(200, &body)]).await;
        let tokens = Server::start([token("the-granted-token")]).await;
        let (pages, error) = fetch(&oauth(&api, &tokens), query()).await;
        let error = error.unwrap();
        assert!(pages.is_empty(), "{record}");
        assert_eq!(
            error.protocol(),
            Some(&ProtocolError::HoldsCredential),
            "{record}"
        );
        assert_eq!(error.attempts(), 1, "{record}");
        assert_no_secret(&everything(&error));
    }
}

/// Has the hook for panics write down what it is told of this thread; those of other tests go on as before.
fn said_in_panics() -> Arc<Mutex<String>> {
    let said = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&said);
    let here = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == here {
            writeln!(log.lock().unwrap(), "{info} {info:?}").unwrap();
        }
        before(info);
    }));
    said
}

/// What is said where a task panics over something that it holds.
#[expect(clippy::panic, reason = "its message is what is looked at")]
async fn panic_over(held: impl Debug + Send + 'static) -> String {
    let task = tokio::spawn(async move { panic!("{held:?} {held:#?}") });
    let failed = task.await.unwrap_err();
    let text = format!("{failed} {failed:?}");
    let payload = failed.into_panic();
    format!("{text} {}", payload.downcast_ref::<String>().unwrap())
}

#[tokio::test]
async fn panics_show_no_credential() {
    let said = said_in_panics();
    let message = format!(r#"{{"message":"{SECRET} the-granted-token"}}"#);
    let echo = || json(500, &message);
    let api = Server::start([last_page(), echo(), echo(), echo()]).await;
    let tokens = Server::start([token("the-granted-token")]).await;
    let client = oauth(&api, &tokens);
    // From here on the client holds a token too.
    pages(&client).await;
    let builder = || builder(&api).credentials(Credentials::client(CLIENT_ID, SECRET));
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z"));
    let mut texts = vec![
        ("Client", panic_over(client.clone()).await),
        ("ClientBuilder", panic_over(builder()).await),
        (
            "WindowedFetch",
            panic_over(client.windows(query(), &plan)).await,
        ),
        (
            "[redacted] [redacted]",
            panic_over(error(&client).await).await,
        ),
        (
            "Gathered",
            panic_over(client.windows(query(), &plan).gather().await).await,
        ),
    ];
    for credentials in kinds() {
        let refused = builder()
            .credentials(credentials.clone())
            .base_url("http://far.test".parse().unwrap());
        texts.push(("far.test", panic_over(refused.build().unwrap_err()).await));
        texts.push(("Credentials", panic_over(credentials).await));
    }
    #[cfg(feature = "blocking")]
    {
        let blocking = usage_client::blocking::Client::new(client.clone()).unwrap();
        let windows = blocking.windows(query(), &plan);
        texts.push(("Windows", panic_over(windows).await));
        texts.push(("Client", panic_over(blocking).await));
    }
    for (name, text) in &texts {
        assert_no_secret(text);
        assert!(text.contains(name), "{name} is not in {text}");
    }
    // A failing assertion is a panic too, for which the log has to be free.
    let said = said.lock().unwrap().clone();
    assert!(
        said.contains("WindowedFetch") && said.contains("Credentials"),
        "{said}"
    );
    assert_no_secret(&said);
}
