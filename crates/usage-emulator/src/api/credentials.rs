//! The credentials of the one client that is let in, if only one is.

use std::fmt;

/// An identifier and its secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Which credentials are accepted.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clients {
    /// Any identifier and any secret, so long as there are both.
    #[default]
    Any,
    /// These credentials and no others.
    Only(Credentials),
}

impl Clients {
    /// Whether the credentials are accepted; `alias` is another identifier that the client may use.
    pub(crate) fn accept(&self, given: &Credentials, alias: Option<&str>) -> bool {
        match self {
            Self::Any => !given.id.is_empty() && !given.secret.is_empty(),
            Self::Only(known) => {
                let named = given.id == known.id || alias == Some(given.id.as_str());
                named && given.secret == known.secret
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_shown() {
        let clients = Clients::Only(Credentials {
            id: "client".to_owned(),
            secret: "hush-hush".to_owned(),
        });
        assert!(!format!("{clients:?}").contains("hush"));
    }
}
