//! What goes into the header `Authorization`.

mod cache;
pub(crate) mod credentials;
mod grant;
mod token;

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use tokio::{runtime::Handle, task::JoinSet};
use tracing::{Instrument as _, Span};
use url::Url;

use crate::{
    auth::credentials::Kind,
    error::failure::Failure,
    http::{exchange::Limits, jitter::Jitter, redaction::Secrets, transport::Transport},
};

use cache::TokenCache;
use grant::Grant;
pub(crate) use token::Generation;

/// Proves to the API who the client is.
pub(crate) enum Authorizer {
    /// The same header every time.
    Fixed(SecretString, SecretString),
    /// Access tokens from the token endpoint.
    Tokens(Box<Tokens>),
}

/// Access tokens: the one in use, and how to get the next.
pub(crate) struct Tokens {
    cache: Arc<TokenCache>,
    grant: Arc<Grant>,
    /// The request for the next token, beside those that the present one is for. It ends with the client.
    renewals: Mutex<JoinSet<()>>,
}

/// The header of one request, and which token is in it.
pub(crate) struct Authorization {
    pub(crate) header: SecretString,
    /// `None` where there is no token to renew.
    pub(crate) generation: Option<Generation>,
}

impl Authorizer {
    /// Prepares credentials that have been checked.
    pub(crate) fn new(
        kind: Kind,
        transport: &Arc<dyn Transport>,
        token_url: Url,
        limits: Limits,
    ) -> Self {
        match kind {
            Kind::Bearer(token) => Self::Fixed(token::bearer(&token), token),
            Kind::Basic { user, password } => {
                let pair = SecretString::from(format!("{user}:{}", password.expose_secret()));
                let encoded = SecretString::from(STANDARD.encode(pair.expose_secret()));
                let header = format!("Basic {}", encoded.expose_secret());
                Self::Fixed(header.into(), password)
            }
            Kind::Client { id, secret } => Self::Tokens(Box::new(Tokens {
                cache: Arc::default(),
                grant: Arc::new(Grant::new(
                    Arc::clone(transport),
                    token_url,
                    id,
                    secret,
                    limits,
                )),
                renewals: Mutex::default(),
            })),
        }
    }

    /// The header for the next request; fetches an access token where none is at hand. Where the one at hand
    /// is about to expire, the next one is fetched within the span, and no request waits for it.
    pub(crate) async fn authorization(
        &self,
        jitter: &Jitter,
        span: &Span,
    ) -> Result<Authorization, Failure> {
        match self {
            Self::Fixed(header, _) => Ok(Authorization {
                header: header.clone(),
                generation: None,
            }),
            Self::Tokens(tokens) => {
                let Tokens { cache, grant, .. } = &**tokens;
                let token = cache.get(|| grant.fetch(), || jitter.draw()).await?;
                tokens.renew_early(jitter, span);
                Ok(Authorization {
                    header: token.header.clone(),
                    generation: Some(token.generation),
                })
            }
        }
    }

    /// Makes sure that a token which the server refused is not used again.
    pub(crate) fn invalidate(&self, generation: Generation) {
        if let Self::Tokens(tokens) = self {
            tokens.cache.invalidate(generation);
        }
    }

    /// Everything that must not show up in a report on an exchange with this header.
    pub(crate) fn secrets<'a>(&'a self, header: &'a SecretString) -> Secrets<'a> {
        let from_header = header.expose_secret().split_once(' ');
        let own = match self {
            Self::Fixed(_, secret) => secret,
            Self::Tokens(tokens) => tokens.grant.secret(),
        };
        let own = Some(own.expose_secret());
        Secrets::new(
            from_header
                .map(|(_, credentials)| credentials)
                .into_iter()
                .chain(own),
        )
    }
}

impl Tokens {
    /// Begins to fetch the next token where it is time to.
    fn renew_early(&self, jitter: &Jitter, span: &Span) {
        // Without a runtime no request can be made with the present one either.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let Some(present) = self.cache.take_renewal() else {
            return;
        };
        let (cache, grant) = (Arc::clone(&self.cache), Arc::clone(&self.grant));
        let random = jitter.draw();
        let renewal = async move { cache.renew(present, grant.fetch(), random).await };
        let mut renewals = self.renewals.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that are over are not kept.
        while renewals.try_join_next().is_some() {}
        renewals.spawn_on(renewal.instrument(span.clone()), &runtime);
    }
}

#[cfg(test)]
mod tests;
