//! How the client proves who it is.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::error::ConfigError;

/// How the client proves who it is.
///
/// `Debug` shows the kind only.
///
/// ```
/// use usage_client::Credentials;
///
/// let credentials = Credentials::client("an-id", "a-secret");
/// assert!(!format!("{credentials:?}").contains("a-secret"));
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Client {
        id: String,
        secret: SecretString,
    },
    Bearer(SecretString),
    Basic {
        user: String,
        password: SecretString,
    },
}

impl Credentials {
    /// Returns OAuth 2 client credentials, the way of the KORE API: an access token is fetched from the token
    /// URL with them, and renewed when it gets old or the server refuses it.
    pub fn client(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(Kind::Client {
            id: id.into(),
            secret: secret.into().into(),
        })
    }

    /// Returns an access token that is used as it is; it cannot be renewed.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self(Kind::Bearer(token.into().into()))
    }

    /// Returns HTTP Basic, the way of the API's former host: an account SID or API key, and its secret.
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Kind::Basic {
            user: user.into(),
            password: password.into().into(),
        })
    }

    pub(crate) fn into_kind(self) -> Kind {
        self.0
    }

    /// Whether an access token has to be fetched.
    pub(crate) const fn need_a_token(&self) -> bool {
        matches!(self.0, Kind::Client { .. })
    }

    /// Refuses what no server can accept and what would break the header.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let parts: &[(&'static str, &str)] = match &self.0 {
            Kind::Client { id, secret } => {
                &[("client id", id), ("client secret", secret.expose_secret())]
            }
            Kind::Bearer(token) => &[("access token", token.expose_secret())],
            Kind::Basic { user, password } => {
                &[("user name", user), ("password", password.expose_secret())]
            }
        };
        for &(name, text) in parts {
            if text.is_empty() {
                return Err(ConfigError::EmptyCredential(name));
            }
            if text.chars().any(char::is_control) {
                return Err(ConfigError::ControlCharacter(name));
            }
        }
        match &self.0 {
            Kind::Basic { user, .. } if user.contains(':') => Err(ConfigError::ColonInUser),
            Kind::Bearer(token) if !is_token(token.expose_secret()) => {
                Err(ConfigError::TokenCharacters)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the text can stand in a header as an access token: visible ASCII characters only.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Client { .. } => "Credentials::client([redacted])",
            Kind::Bearer(_) => "Credentials::bearer([redacted])",
            Kind::Basic { .. } => "Credentials::basic([redacted])",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_secret_is_exchanged_for_a_token_and_none_is_shown() {
        for (credentials, needs, shown) in [
            (Credentials::client("the-id", "the-secret"), true, "client"),
            (Credentials::bearer("the-token"), false, "bearer"),
            (Credentials::basic("the-user", "the-word"), false, "basic"),
        ] {
            assert_eq!(credentials.need_a_token(), needs, "{shown}");
            let expected = format!("Credentials::{shown}([redacted])");
            assert_eq!(format!("{credentials:?}"), expected);
        }
    }

    #[test]
    fn what_no_server_can_accept_is_refused() {
        let refused = |credentials: Credentials| credentials.check().unwrap_err().to_string();
        for (credentials, message) in [
            (Credentials::client("", "s"), "the client id is empty"),
            (Credentials::client("i", ""), "the client secret is empty"),
            (
                Credentials::client("i", "s\n"),
                "the client secret contains a line break or another control character",
            ),
            (Credentials::bearer(""), "the access token is empty"),
            (
                Credentials::bearer("a b"),
                "the access token contains characters that no access token has",
            ),
            (
                Credentials::basic("a:b", "p"),
                "the user name contains a colon",
            ),
            (Credentials::basic("a", ""), "the password is empty"),
        ] {
            assert_eq!(refused(credentials), message);
        }
        Credentials::client("id", "sécret").check().unwrap();
        Credentials::bearer("a.b-c_d~e+f/g=").check().unwrap();
        Credentials::basic("AC1", "p:w").check().unwrap();
    }
}
