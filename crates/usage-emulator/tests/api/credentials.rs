//! The token endpoint and the header `Authorization`.

use std::time::Duration;

use usage_emulator::{Emulator, RunningEmulator};

use crate::client::{Answer, grant, post, send};

const FORM: &str = "application/x-www-form-urlencoded";

async fn closed() -> RunningEmulator {
    let builder = Emulator::builder().client_credentials("client", "hush hush");
    builder.start().await.unwrap()
}

fn get(emulator: &RunningEmulator, authorization: &str) -> Answer {
    let headers = format!("Authorization: {authorization}\r\n");
    send(emulator, "GET", "/v1/UsageRecords", &headers, "")
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = group
            .iter()
            .fold(0, |bits, byte| (bits << 8) | usize::from(*byte))
            << (8 * (3 - group.len()));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            encoded.push(if digit > group.len() {
                '='
            } else {
                char::from(DIGITS[value])
            });
        }
    }
    encoded
}

#[tokio::test]
async fn a_client_gets_a_token_and_reads_with_it() {
    let emulator = closed().await;
    let answer = grant(&emulator, "client", "hush+hush");
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3600);
    assert!(body["scope"].is_string());
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(get(&emulator, &format!("Bearer {token}")).status, 200);
    assert_eq!(get(&emulator, &format!("bearer {token}")).status, 200);
}

#[tokio::test]
async fn a_wrong_secret_or_client_is_unauthorized() {
    let emulator = closed().await;
    for (id, secret) in [
        ("client", "wrong"),
        ("another", "hush+hush"),
        ("client", "hush+hush+"),
    ] {
        let answer = grant(&emulator, id, secret);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"], "unauthorized_client");
        assert!(answer.json()["error_description"].is_string());
    }
}

#[tokio::test]
async fn an_incomplete_request_for_a_token_is_invalid() {
    let emulator = closed().await;
    for (media_type, body, status) in [
        (FORM, "", 400),
        (
            FORM,
            "grant_type=password&client_id=client&client_secret=hush+hush",
            400,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_secret=hush+hush",
            400,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=client&client_secret=",
            400,
        ),
        ("application/json", "{}", 415),
        (FORM, &"x".repeat(70_000), 413),
    ] {
        let answer = post(&emulator, media_type, body);
        assert_eq!(answer.status, status, "{media_type}");
        assert!(answer.json()["message"].is_string());
    }
    let answer = post(
        &emulator,
        "application/x-www-form-urlencoded; charset=utf-8",
        "grant_type=client_credentials&client_id=client&client_secret=hush+hush",
    );
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn without_credentials_anyone_is_let_in_who_has_some() {
    let emulator = Emulator::builder().start().await.unwrap();
    assert_eq!(grant(&emulator, "anyone", "anything").status, 200);
    assert_eq!(grant(&emulator, "anyone", "").status, 400);
    assert_eq!(
        get(&emulator, &format!("Basic {}", base64("anyone:anything"))).status,
        200
    );
    assert_eq!(
        get(&emulator, &format!("Basic {}", base64("anyone:"))).status,
        401
    );
}

#[tokio::test]
async fn requests_without_valid_credentials_are_refused() {
    let emulator = closed().await;
    let answer = send(&emulator, "GET", "/v1/UsageRecords", "", "");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["code"], 33201);
    assert!(answer.header("www-authenticate").is_some());
    for authorization in ["Digest x", "Basic !", "Basic", ""] {
        let answer = get(&emulator, authorization);
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.json()["code"], 33201);
    }
    let twice = "Authorization: Bearer x\r\nAuthorization: Basic eDp5\r\n";
    assert_eq!(
        send(&emulator, "GET", "/v1/UsageRecords", twice, "").status,
        401
    );
}

#[tokio::test]
async fn basic_takes_the_client_or_the_account_and_the_secret() {
    let emulator = closed().await;
    let account = emulator.account_sid();
    for (pair, status) in [
        ("client:hush hush".to_owned(), 200),
        (format!("{account}:hush hush"), 200),
        ("client:hush".to_owned(), 401),
        (format!("{account}:"), 401),
        ("another:hush hush".to_owned(), 401),
        ("client".to_owned(), 401),
    ] {
        assert_eq!(
            get(&emulator, &format!("Basic {}", base64(&pair))).status,
            status,
            "{pair}"
        );
    }
}

#[tokio::test]
async fn a_dead_token_is_forbidden_in_the_words_of_the_gateway() {
    let builder = Emulator::builder().token_lifetime(Duration::ZERO);
    let emulator = builder.start().await.unwrap();
    let body = grant(&emulator, "id", "secret").json();
    assert_eq!(body["expires_in"], 0);
    let expired = body["access_token"].as_str().unwrap();
    for token in [expired, "unknown", "%"] {
        let answer = get(&emulator, &format!("Bearer {token}"));
        assert_eq!(answer.status, 403);
        assert_eq!(
            String::from_utf8(answer.body).unwrap(),
            "{\"message\":\"User is not authorized to access this resource with an explicit deny\",\
             \"error\":\"Invalid or expired token\"}",
        );
    }
}
