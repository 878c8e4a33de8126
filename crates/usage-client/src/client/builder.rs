//! Sets up a client.

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use url::Url;

use crate::{
    Client, Credentials, Error,
    auth::Authorizer,
    error::ConfigError,
    http::{
        exchange::Limits,
        jitter::Jitter,
        origin,
        proxy::Proxies,
        rate_limit::RateLimiter,
        retry::RetryPolicy,
        retry_after::{AskedWait, OnWait},
        transport::{Connections, Network, Transport},
    },
    paging::fetch::Shared,
};

/// The host of the API, from the vendor's page for the resource.
pub const KORE_BASE_URL: &str = "https://programmable-wireless.api.korewireless.com";

/// The token endpoint of the API, from the vendor's page on authentication. It is on another host than
/// the API itself.
pub const KORE_TOKEN_URL: &str = "https://api.korewireless.com/api-services/v1/auth/token";

/// The largest body that is read unless told otherwise: 64 MiB decompressed. A full page of a thousand
/// records is well under 2 MiB.
pub const DEFAULT_MAX_BODY_BYTES: u64 = 64 * 1024 * 1024;

/// Retries that a whole fetch may make unless told otherwise: enough to ride out 25 pages that come with the
/// last of their attempts, or 20 that do not come.
const DEFAULT_RETRY_BUDGET: u32 = 100;

/// The most pages of a list unless told otherwise: eighteen months of hours are 13 176 pages of one record.
pub const DEFAULT_MAX_PAGES: u64 = 20_000;

/// The settings of a [`Client`]; [`ClientBuilder::build`] checks them.
///
/// ```
/// use std::time::Duration;
///
/// use usage_client::{Client, Credentials, ErrorKind};
///
/// let builder = Client::builder()
///     .credentials(Credentials::bearer("an-access-token"))
///     .attempts(2)
///     .total_timeout(Some(Duration::from_secs(600)));
/// assert!(builder.clone().build().is_ok());
///
/// // A token is not sent in the clear to another machine.
/// let refused = builder.base_url("http://example.com".parse()?).build().unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::Config);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    base_url: Option<Url>,
    token_url: Option<Url>,
    credentials: Option<Credentials>,
    allow_http: bool,
    attempt_timeout: Duration,
    idle_timeout: Duration,
    total_timeout: Option<Duration>,
    retry: RetryPolicy,
    retry_budget: Option<u32>,
    requests_per_second: Option<NonZeroU32>,
    max_body_bytes: u64,
    max_pages: u64,
    user_agent: String,
    certificates: Vec<Vec<u8>>,
    proxies_from_environment: bool,
    keep_bodies: bool,
    jitter_seed: Option<u64>,
    on_wait: Option<OnWait>,
}

impl Client {
    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            base_url: None,
            token_url: None,
            credentials: None,
            allow_http: false,
            attempt_timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_secs(30),
            total_timeout: None,
            retry: RetryPolicy {
                attempts: 5,
                base: Duration::from_millis(500),
                cap: Duration::from_secs(30),
                longest_asked: Duration::from_mins(5),
            },
            retry_budget: Some(DEFAULT_RETRY_BUDGET),
            requests_per_second: None,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            max_pages: DEFAULT_MAX_PAGES,
            user_agent: concat!("kore-usage/", env!("CARGO_PKG_VERSION")).to_owned(),
            certificates: Vec::new(),
            proxies_from_environment: false,
            keep_bodies: false,
            jitter_seed: None,
            on_wait: None,
        }
    }

    /// Sets where the API is; [`KORE_BASE_URL`] by default. A path is kept, for proxies that need one. The
    /// access token, or the Basic credentials, go to this origin and to no other.
    pub fn base_url(self, url: Url) -> Self {
        Self {
            base_url: Some(url),
            ..self
        }
    }

    /// Sets where access tokens are fetched; [`KORE_TOKEN_URL`] by default. The client secret goes to this
    /// address and to no other.
    pub fn token_url(self, url: Url) -> Self {
        Self {
            token_url: Some(url),
            ..self
        }
    }

    /// Sets who the client is. There is no default.
    pub fn credentials(self, credentials: Credentials) -> Self {
        Self {
            credentials: Some(credentials),
            ..self
        }
    }

    /// Sets whether plain http is accepted to other machines; to this one it always is. It sends the
    /// credentials in the clear.
    pub fn allow_http(self, allow_http: bool) -> Self {
        Self { allow_http, ..self }
    }

    /// Sets how long one attempt may take, from connecting to the last byte; 60 s by default. A token
    /// request has the same time of its own. Over HTTP/2 a server that is silent for a quarter of this time
    /// (at least 1 s and at most 10 s) is sent a ping, and where it does not answer within as long again,
    /// the next attempt gets a new connection.
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self {
            attempt_timeout,
            ..self
        }
    }

    /// Sets how long the body of a response may stop coming; 30 s by default. The attempt then ends, and is
    /// followed by another as if the connection had broken.
    pub fn idle_timeout(self, idle_timeout: Duration) -> Self {
        Self {
            idle_timeout,
            ..self
        }
    }

    /// Sets how long a whole stream may take from its first poll, waits and the reader's own time included;
    /// `None`, the default, is no limit. It interrupts whatever is under way.
    pub fn total_timeout(self, total_timeout: Option<Duration>) -> Self {
        Self {
            total_timeout,
            ..self
        }
    }

    /// Sets how many attempts one page may take, the first included; 5 by default. The one repetition after
    /// renewing a dead access token comes on top.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.retry.attempts = attempts;
        self
    }

    /// Sets the longest wait before the second attempt, 0.5 s by default. It doubles with each attempt; the
    /// wait itself is random between nothing and that.
    pub fn retry_base(mut self, base: Duration) -> Self {
        self.retry.base = base;
        self
    }

    /// Sets the longest wait that doubling leads to; 30 s by default.
    pub fn retry_cap(mut self, cap: Duration) -> Self {
        self.retry.cap = cap;
        self
    }

    /// Sets the longest wait that a server may ask for with `Retry-After`; 5 minutes by default. All clones of the
    /// client keep it, even where the page that was told so has no attempt left. Where the server asks for
    /// more, or for more than is left of the total timeout, the page fails at once.
    pub fn max_retry_after(mut self, longest: Duration) -> Self {
        self.retry.longest_asked = longest;
        self
    }

    /// Sets how many retries a whole stream may make, over all its pages and windows; 100 by default, and one
    /// more for every five pages that come, up to that number again. An attempt that might have been followed
    /// by another but was the last of its page counts as well: a server in distress is not asked for every
    /// window of a long range. The first such failure after that ends the stream. `None` leaves the number of
    /// attempts of each page as the only limit.
    pub fn retry_budget(self, retry_budget: Option<u32>) -> Self {
        Self {
            retry_budget,
            ..self
        }
    }

    /// Limits the requests to the API to `n` a second, evenly spread, over all clones of the client; no limit by
    /// default. Repeated attempts count.
    pub fn requests_per_second(self, requests_per_second: Option<NonZeroU32>) -> Self {
        Self {
            requests_per_second,
            ..self
        }
    }

    /// Sets the most pages that a list may have; [`DEFAULT_MAX_PAGES`] by default. What goes on after that is
    /// taken for a list without an end.
    pub fn max_pages(self, max_pages: u64) -> Self {
        Self { max_pages, ..self }
    }

    /// Sets the largest body that is read, counted decompressed; [`DEFAULT_MAX_BODY_BYTES`] by default.
    pub fn max_body_bytes(self, max_body_bytes: u64) -> Self {
        Self {
            max_body_bytes,
            ..self
        }
    }

    /// Sets the header `User-Agent`; `kore-usage/` and the version by default.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self {
            user_agent: user_agent.to_owned(),
            ..self
        }
    }

    /// Trusts the authorities of these certificates too, for servers with a private one and proxies that open
    /// TLS. The text is in PEM, and may hold several. Those of the system stay trusted.
    pub fn trust_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Sets whether connections go through the proxies that the environment names: `HTTPS_PROXY` for https,
    /// `ALL_PROXY` for all, and `NO_PROXY` for the hosts that are left out, all in capitals or not. They are not
    /// read by default. What is on this machine is always asked directly.
    pub fn proxies_from_environment(self, proxies_from_environment: bool) -> Self {
        Self {
            proxies_from_environment,
            ..self
        }
    }

    /// Sets whether each page keeps its body, for those who store records exactly as they were received; not by
    /// default. It doubles the memory that a page takes.
    pub fn keep_bodies(self, keep_bodies: bool) -> Self {
        Self {
            keep_bodies,
            ..self
        }
    }

    /// Calls a function whenever the server asks to wait before the next request, as the wait begins: for a program
    /// that tells its user why nothing comes.
    ///
    /// It is called for each request that is told so, and requests at a time may all be. The client's own waits between
    /// attempts are not reported here.
    pub fn on_wait(self, report: impl Fn(&AskedWait) + Send + Sync + 'static) -> Self {
        Self {
            on_wait: Some(OnWait(Arc::new(report))),
            ..self
        }
    }

    /// Makes the random waits the same in every run.
    pub fn jitter_seed(self, seed: u64) -> Self {
        Self {
            jitter_seed: Some(seed),
            ..self
        }
    }

    /// Checks the settings and builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) where credentials are missing, empty or unfit
    /// for a header; where an address is not https (or http to this machine), carries a user name, or
    /// the base URL a query; where a limit is 0; where certificates are not PEM or a proxy of the environment is not an
    /// address; or where the system's certificates cannot be read.
    pub fn build(self) -> Result<Client, Error> {
        self.build_with(|connections| Ok(Arc::new(Network::new(connections)?)))
    }

    /// Builds the client over another transport than the network.
    #[cfg(any(test, feature = "in-process"))]
    pub(crate) fn build_over(self, transport: Arc<dyn Transport>) -> Result<Client, Error> {
        self.build_with(|_| Ok(transport))
    }

    fn build_with(
        self,
        transport: impl FnOnce(&Connections<'_>) -> Result<Arc<dyn Transport>, ConfigError>,
    ) -> Result<Client, Error> {
        let credentials = self.credentials.ok_or(ConfigError::NoCredentials)?;
        credentials.check()?;
        let base_url = address(self.base_url, KORE_BASE_URL, "base URL")?;
        origin::check(&base_url, "base URL", self.allow_http, false)?;
        let token_url = address(self.token_url, KORE_TOKEN_URL, "token URL")?;
        if credentials.need_a_token() {
            origin::check(&token_url, "token URL", self.allow_http, true)?;
        }
        if self.retry.attempts == 0 {
            return Err(ConfigError::NoAttempts.into());
        }
        for (zero, name) in [
            (self.attempt_timeout.is_zero(), "timeout of an attempt"),
            (self.idle_timeout.is_zero(), "idle timeout"),
            (
                self.total_timeout.is_some_and(|total| total.is_zero()),
                "total timeout",
            ),
            (self.max_body_bytes == 0, "limit of the body"),
            (self.max_pages == 0, "limit of pages"),
        ] {
            if zero {
                return Err(ConfigError::Zero(name).into());
            }
        }
        let tls = base_url.scheme() == "https"
            || (credentials.need_a_token() && token_url.scheme() == "https");
        let proxies = if self.proxies_from_environment {
            Proxies::of_environment(|name| std::env::var(name).ok())?
        } else {
            Proxies::default()
        };
        let transport = transport(&Connections {
            user_agent: &self.user_agent,
            tls,
            attempt_timeout: self.attempt_timeout,
            proxies: &proxies,
            certificates: &self.certificates,
        })?;
        let limits = Limits {
            timeout: self.attempt_timeout,
            idle: self.idle_timeout,
            body: self.max_body_bytes,
        };
        Ok(Client::new(Shared {
            authorizer: Authorizer::new(credentials.into_kind(), &transport, token_url, limits),
            transport,
            base_url,
            retry: self.retry,
            retry_budget: self.retry_budget,
            limits,
            total_timeout: self.total_timeout,
            max_pages: self.max_pages,
            keep_bodies: self.keep_bodies,
            rate_limiter: RateLimiter::new(self.requests_per_second),
            jitter: Jitter::new(self.jitter_seed),
            on_wait: self.on_wait,
        }))
    }
}

fn address(given: Option<Url>, default: &str, name: &'static str) -> Result<Url, ConfigError> {
    match given {
        Some(url) => Ok(url),
        None => Url::parse(default).map_err(|_| ConfigError::Query(name)),
    }
}

/// Addresses show their origin only: a user name in one is refused, but not before `build`.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_ref().map(origin::origin))
            .field("token_url", &self.token_url.as_ref().map(origin::origin))
            .field("credentials", &self.credentials)
            .field("allow_http", &self.allow_http)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("retry", &self.retry)
            .field("retry_budget", &self.retry_budget)
            .field("requests_per_second", &self.requests_per_second)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("max_pages", &self.max_pages)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_set_up_where_any_address_in_use_is_https() {
        let is_set_up = |base: &str, token: &str, credentials: Credentials| {
            let mut tls = None;
            let client = Client::builder()
                .base_url(base.parse().unwrap())
                .token_url(token.parse().unwrap())
                .credentials(credentials)
                .build_with(|connections| {
                    tls = Some(connections.tls);
                    Err(ConfigError::NoCredentials)
                });
            assert!(client.is_err());
            tls.unwrap()
        };
        let (secure, plain) = ("https://localhost/", "http://localhost/");
        let (bearer, client) = (
            Credentials::bearer("the-bearer-token"),
            Credentials::client("the-client", "the-secret"),
        );
        for (base, token, credentials, expected) in [
            (secure, plain, &bearer, true),
            (secure, plain, &client, true),
            (plain, secure, &client, true),
            (plain, secure, &bearer, false),
            (plain, plain, &client, false),
        ] {
            let is_set_up = is_set_up(base, token, credentials.clone());
            assert_eq!(is_set_up, expected, "{base} {token} {credentials:?}");
        }
    }
}
