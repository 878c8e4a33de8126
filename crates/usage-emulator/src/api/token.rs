//! The token endpoint: OAuth 2 client credentials, RFC 6749 §4.4.

use std::sync::Arc;

use axum::{
    body::{self, Body},
    extract::State,
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use url::form_urlencoded;

use super::{
    credentials::Credentials,
    exchange::{Exchange, Incoming},
    state::Api,
};
use crate::{
    Dialect,
    answer::{Answer, Refusal},
    fault::Endpoint,
};

/// The path of the endpoint.
pub(crate) const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// The largest body that the endpoint reads.
const MAX_BODY: usize = 64 * 1024;

#[derive(Serialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Lifetime,
    token_type: &'static str,
    scope: &'static str,
}

/// The seconds that a token lives: a number, and a text in one of the documented samples.
#[derive(Serialize)]
#[serde(untagged)]
enum Lifetime {
    Number(u64),
    Text(String),
}

/// Answers a request for a token.
pub(super) async fn token(State(api): State<Arc<Api>>, incoming: Incoming, body: Body) -> Response {
    let exchange = Exchange::new(Arc::clone(&api), Endpoint::Token, incoming);
    // A body that is too large or comes too slowly is refused the same way.
    let read = tokio::time::timeout(api.deadline, body::to_bytes(body, MAX_BODY)).await;
    let body = read.ok().and_then(Result::ok);
    exchange
        .answer(move |exchange| {
            let body = body.ok_or_else(Refusal::too_large)?;
            grant(exchange, &body)
        })
        .await
}

fn grant(exchange: &Exchange, body: &Bytes) -> Result<Answer, Refusal> {
    let media_type = exchange
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return Err(Refusal::unsupported_media_type());
    }
    let field = |name: &str| {
        form_urlencoded::parse(body)
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    let required = |name| {
        let value = field(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::invalid_value(name, "a value"))
    };
    if required("grant_type")? != "client_credentials" {
        return Err(Refusal::invalid_value("grant_type", "client_credentials"));
    }
    let given = Credentials {
        id: required("client_id")?,
        secret: required("client_secret")?,
    };
    let api = exchange.api();
    if !api.clients.accept(&given, None) {
        return Err(Refusal::unknown_client());
    }
    let seconds = api.tokens.lifetime().as_secs();
    let lifetime = if api.dialects.has(Dialect::TextLifetime) {
        Lifetime::Text(seconds.to_string())
    } else {
        Lifetime::Number(seconds)
    };
    let granted = TokenAnswer {
        access_token: api.tokens.issue(),
        expires_in: lifetime,
        token_type: "Bearer",
        scope: "usage_records",
    };
    let mut answer = Answer::json(StatusCode::OK, &granted);
    let no_store = HeaderValue::from_static("no-store");
    answer.set(header::CACHE_CONTROL, no_store);
    api.dialects.apply_to_token(&mut answer);
    Ok(answer)
}
