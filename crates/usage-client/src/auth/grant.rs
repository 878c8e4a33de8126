//! Fetches access tokens: the OAuth 2 client credentials grant (RFC 6749, section 4.4).

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{Instrument as _, Span, field::Empty};
use url::Url;

use super::token::{Granted, bearer};
use crate::{
    ProtocolError,
    auth::credentials::is_token,
    error::failure::{Endpoint, Failure, FailureKind},
    http::{
        error_body::without_bom,
        exchange::{Limits, exchange},
        redaction::Secrets,
        refusal::refusal,
        transport::{Request, Transport},
    },
};

/// Bytes that the answer of a token endpoint may have; a token is a few thousand at most.
const ANSWER_LIMIT: u64 = 1024 * 1024;

/// The statuses of an answer with a token: some servers say that they have made one.
const OK: u16 = 200;
const CREATED: u16 = 201;

/// The request for a token. It sends the secret to the token URL and nowhere else.
pub(crate) struct Grant {
    transport: Arc<dyn Transport>,
    url: Url,
    id: String,
    secret: SecretString,
    limits: Limits,
}

impl Grant {
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        url: Url,
        id: String,
        secret: SecretString,
        limits: Limits,
    ) -> Self {
        let body = limits.body.min(ANSWER_LIMIT);
        Self {
            transport,
            url,
            id,
            secret,
            limits: Limits { body, ..limits },
        }
    }

    pub(super) const fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Asks for a token, once.
    pub(super) async fn fetch(&self) -> Result<Granted, Failure> {
        let span = self.span();
        let granted = self.ask(&span).instrument(span.clone()).await;
        if let Err(failure) = &granted {
            span.record("error.type", failure.kind.type_name());
        }
        granted
    }

    /// The span of the request, by the semantic conventions for HTTP clients. The query of the token URL is
    /// not in it: nobody knows what a configuration puts there.
    fn span(&self) -> Span {
        tracing::debug_span!(
            "POST",
            otel.kind = "client",
            http.request.method = "POST",
            http.response.status_code = Empty,
            server.address = self.url.host_str(),
            server.port = self.url.port_or_known_default(),
            url.scheme = self.url.scheme(),
            url.template = self.url.path(),
            error.type = Empty,
        )
    }

    async fn ask(&self, span: &Span) -> Result<Granted, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.id)
            .append_pair("client_secret", self.secret.expose_secret())
            .finish();
        let request = Request {
            address: self.url.clone(),
            authorization: None,
            form: Some(form.into()),
        };
        tracing::debug!("asking for an access token");
        let asked = Instant::now();
        let reply = exchange(&*self.transport, request, Endpoint::Token, self.limits).await?;
        span.record("http.response.status_code", reply.status);
        if !matches!(reply.status, OK | CREATED) {
            let secrets = Secrets::new([self.secret.expose_secret()]);
            return Err(refusal(
                &reply,
                reply.status,
                Endpoint::Token,
                &self.url,
                &secrets,
            ));
        }
        read(&reply.body, asked).map_err(|reason| {
            let kind = FailureKind::Protocol(ProtocolError::NoToken { reason });
            Failure::new(Endpoint::Token, kind)
        })
    }
}

/// The members of the answer that matter.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

/// Reads the answer to a request of that time. The reason of a refusal never quotes it: the token may be in there.
fn read(body: &[u8], asked: Instant) -> Result<Granted, &'static str> {
    let answer: Answer = serde_json::from_slice(without_bom(body))
        .map_err(|_| "it is not the JSON object expected")?;
    let bearer_type = answer
        .token_type
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !bearer_type {
        return Err("its token_type is not Bearer");
    }
    let token = answer
        .access_token
        .map(SecretString::from)
        .ok_or("it has no access_token")?;
    if !is_token(token.expose_secret()) {
        return Err("its access_token is empty or has characters that no token has");
    }
    Ok(Granted {
        asked,
        header: bearer(&token),
        life: answer
            .expires_in
            .as_ref()
            .and_then(seconds)
            .filter(|&seconds| seconds > 0)
            .map(Duration::from_secs),
    })
}

/// How long a token lives by `expires_in`, a number or text. `None` where that cannot be read: it is used then
/// until the server refuses it.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        for (body, life) in [
            (
                r#"{"access_token":"a.b","expires_in":3600,"token_type":"Bearer"}"#,
                Some(3600),
            ),
            (
                r#"{"access_token":"a.b","expires_in":"86400","scope":""}"#,
                Some(86400),
            ),
            (r#"{"access_token":"a.b","token_type":"bearer"}"#, None),
            ("\u{feff}{\"access_token\":\"a.b\"}", None),
            (r#"{"access_token":"a.b","expires_in":null}"#, None),
            (r#"{"access_token":"a.b","expires_in":-1}"#, None),
            (r#"{"access_token":"a.b","expires_in":0}"#, None),
            (r#"{"access_token":"a.b","expires_in":"0"}"#, None),
            (r#"{"access_token":"a.b","expires_in":"soon"}"#, None),
        ] {
            let granted = read(body.as_bytes(), Instant::now())
                .unwrap_or_else(|reason| panic!("{body}: {reason}"));
            assert_eq!(granted.header.expose_secret(), "Bearer a.b");
            assert_eq!(granted.life, life.map(Duration::from_secs), "{body}");
        }
    }

    #[test]
    fn answers_without_a_token_are_refused() {
        for (body, reason) in [
            ("<html>", "it is not the JSON object expected"),
            (
                r#"{"access_token":7}"#,
                "it is not the JSON object expected",
            ),
            ("{}", "it has no access_token"),
            (r#"{"access_token":null}"#, "it has no access_token"),
            (
                r#"{"access_token":"a\nb"}"#,
                "its access_token is empty or has characters that no token has",
            ),
            (
                r#"{"access_token":""}"#,
                "its access_token is empty or has characters that no token has",
            ),
            (
                r#"{"access_token":"a","token_type":"mac"}"#,
                "its token_type is not Bearer",
            ),
        ] {
            assert_eq!(
                read(body.as_bytes(), Instant::now()).err(),
                Some(reason),
                "{body}"
            );
        }
    }
}
