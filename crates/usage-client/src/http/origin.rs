//! Origins of addresses: which ones credentials may be sent to, and how a message names them.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::ConfigError;

/// Refuses an address that would send credentials in the clear or carries something of its own.
pub(crate) fn check(
    url: &Url,
    name: &'static str,
    allow_http: bool,
    allow_query: bool,
) -> Result<(), ConfigError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigError::UserInfo(name));
    }
    if url.fragment().is_some() || (url.query().is_some() && !allow_query) {
        return Err(ConfigError::Query(name));
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if allow_http || is_loopback(url) => Ok(()),
        "http" => Err(ConfigError::PlainHttp {
            url: name,
            host: url.host_str().unwrap_or_default().to_owned(),
        }),
        scheme => Err(ConfigError::Scheme {
            url: name,
            scheme: scheme.to_owned(),
        }),
    }
}

/// Whether the address is on this machine. `localhost` counts: resolvers keep it there (RFC 6761).
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

/// The origin as a message names it: scheme, host and port; for schemes without one, the scheme.
pub(crate) fn origin(url: &Url) -> String {
    if url.origin().is_tuple() {
        url.origin().ascii_serialization()
    } else {
        format!("{}:", url.scheme())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str, allow_http: bool) -> Result<(), String> {
        let url = Url::parse(url).unwrap();
        check(&url, "base URL", allow_http, false).map_err(|error| error.to_string())
    }

    #[test]
    fn https_and_loopback_are_accepted() {
        for url in [
            "https://programmable-wireless.api.korewireless.com",
            "https://proxy.example:8443/kore/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost:1",
        ] {
            assert_eq!(checked(url, false), Ok(()), "{url}");
        }
        assert_eq!(checked("http://emulator.test", true), Ok(()));
    }

    #[test]
    fn addresses_that_endanger_the_credentials_are_refused() {
        let http = "the base URL is plain http to";
        for (url, message) in [
            (
                "http://example.com",
                format!("{http} example.com, which is not this machine"),
            ),
            (
                "http://10.0.0.1",
                format!("{http} 10.0.0.1, which is not this machine"),
            ),
            (
                "http://localhost.evil",
                format!("{http} localhost.evil, which is not this machine"),
            ),
            (
                "https://user@example.com",
                "the base URL contains a user name or password".to_owned(),
            ),
            (
                "https://:secret@example.com",
                "the base URL contains a user name or password".to_owned(),
            ),
            (
                "https://h/?key=secret",
                "the base URL contains a query or fragment".to_owned(),
            ),
            (
                "https://h/#x",
                "the base URL contains a query or fragment".to_owned(),
            ),
            (
                "ftp://h/",
                "the base URL has the scheme \"ftp\", not https".to_owned(),
            ),
            (
                "file:///etc",
                "the base URL has the scheme \"file\", not https".to_owned(),
            ),
        ] {
            assert_eq!(checked(url, false), Err(message), "{url}");
        }
        assert!(checked("ftp://h/", true).is_err());
    }
}
