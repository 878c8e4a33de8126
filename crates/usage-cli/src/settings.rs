//! From flags, environment and profile to a client.

mod credentials;
mod profile;

use std::{net::IpAddr, num::NonZeroU32};

use url::{Host, Url};
use usage_client::{Client, KORE_BASE_URL};

use crate::{args::ConnectionArgs, failure::Failure};

use profile::Profile;

/// The path of the token endpoint, the same on KORE's host and on the emulator.
const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// A client as the user configured it: flags before environment before profile.
pub(crate) fn client(args: &ConnectionArgs) -> Result<Client, Failure> {
    let profile = Profile::load(args.profile.as_deref())?;
    let default_base =
        || Url::parse(KORE_BASE_URL).map_err(|error| Failure::usage(error.to_string()));
    let base_url = match args.base_url.clone().or_else(|| profile.base_url.clone()) {
        Some(url) => url,
        None => default_base()?,
    };
    let credentials = credentials::find(&profile, &credentials::environment)?;
    let mut builder = Client::builder()
        .credentials(credentials)
        .allow_http(args.allow_http || profile.allow_http)
        .attempts(args.attempts)
        .total_timeout(args.timeout)
        .requests_per_second(args.requests_per_second.and_then(NonZeroU32::new))
        .user_agent(concat!("kore-usage/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = args.token_url.clone().or_else(|| profile.token_url.clone()) {
        builder = builder.token_url(url);
    } else if is_loopback(&base_url) {
        // A secret meant for an emulator on this machine must not go to KORE's token host.
        let mut url = base_url.clone();
        url.set_path(TOKEN_PATH);
        url.set_query(None);
        builder = builder.token_url(url);
    }
    Ok(builder.base_url(base_url).build()?)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, loopback) in [
            ("http://127.0.0.1:8080/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:1/", true),
            ("http://[::ffff:127.0.0.1]:1/", true),
            ("http://localhost:80", true),
            ("http://localhost.example/", false),
            ("https://programmable-wireless.api.korewireless.com", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
