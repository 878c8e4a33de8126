//! The token endpoint: OAuth 2 client credentials, RFC 6749 §4.4.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Serialize;
use url::form_urlencoded;

use super::{Api, body::json, credentials::Credentials, refusal::Refusal};
use crate::Dialect;

/// The largest body that the endpoint reads.
pub(super) const MAX_BODY: usize = 64 * 1024;

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
pub(super) async fn token(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let granted = body
        .map_err(|_| Refusal::too_large())
        .and_then(|body| grant(&api, &headers, &body));
    match granted {
        Ok(answer) => {
            let mut response = json(StatusCode::OK, &answer);
            let no_store = header::HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn grant(api: &Api, headers: &HeaderMap, body: &[u8]) -> Result<TokenAnswer, Refusal> {
    let media_type = headers
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
    if !api.clients.accept(&given, None) {
        return Err(Refusal::unknown_client());
    }
    let seconds = api.tokens.lifetime().as_secs();
    let as_text = api.account.dialects.has(Dialect::TextLifetime);
    Ok(TokenAnswer {
        access_token: api.tokens.issue(),
        expires_in: if as_text {
            Lifetime::Text(seconds.to_string())
        } else {
            Lifetime::Number(seconds)
        },
        token_type: "Bearer",
        scope: "usage_records",
    })
}
