//! Who may read: the header `Authorization`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

use super::{
    credentials::{Clients, Credentials},
    tokens::Tokens,
};
use crate::answer::Refusal;

/// Checks the credentials of a request for records: a bearer token, or the Basic credentials of the
/// API's ancestor (the account SID or an API key, and its secret).
pub(super) fn authorize(
    headers: &HeaderMap,
    tokens: &Tokens,
    clients: &Clients,
    account_sid: &str,
) -> Result<(), Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Refusal::unauthorized("Credentials were not provided"));
    };
    if values.next().is_some() {
        return Err(Refusal::unauthorized("More than one Authorization header"));
    }
    let value = value.to_str().unwrap_or_default();
    let (scheme, credentials) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return if tokens.is_alive(credentials.trim()) {
            Ok(())
        } else {
            Err(Refusal::dead_token())
        };
    }
    if scheme.eq_ignore_ascii_case("basic") {
        return match basic(credentials.trim()) {
            Some(given) if clients.accept(&given, Some(account_sid)) => Ok(()),
            _ => Err(Refusal::unauthorized("Invalid username or password")),
        };
    }
    Err(Refusal::unauthorized("Unknown authorization scheme"))
}

fn basic(encoded: &str) -> Option<Credentials> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials {
        id: id.to_owned(),
        secret: secret.to_owned(),
    })
}
