//! Flags, environment and profile, read into one value each, with where it comes from.

mod credentials;
mod profile;
mod secret;
mod setting;

use std::{fs, net::IpAddr, num::NonZeroU32, path::PathBuf};

use url::{Host, Url};
use usage_client::{Client, ClientBuilder, Credentials, KORE_BASE_URL, KORE_TOKEN_URL};

use crate::{
    args::ConnectionArgs,
    commands::Context,
    exit::{beforehand, end_after},
    failure::Failure,
    messages::{tell, tell_of_waits, warn, words},
};

use profile::Profile;
use setting::{Lookup, Setting, environment};
pub(crate) use setting::{Origin, Shown};

/// The path of the token endpoint, the same on KORE's host and on the emulator.
const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// How the API is reached.
#[derive(Debug)]
pub(crate) struct Settings {
    base_url: Setting<Url>,
    token_url: Option<Setting<Url>>,
    credentials: Setting<Credentials>,
    allow_http: bool,
    warnings: Vec<String>,
}

impl Settings {
    /// Reads what the user set: flags come before the environment, which comes before the default profile.
    /// A profile that is named is a whole: of the environment's addresses and credentials none is used.
    pub(crate) fn read(args: &ConnectionArgs) -> Result<Self, Failure> {
        let named = match &args.profile {
            Some(name) => Some(name.clone()),
            None => environment("KORE_PROFILE")?,
        };
        let profile = Profile::load(named.as_deref())?;
        if named.is_some() {
            Self::from_sources(args, &|_| Ok(None), &profile, args.timeout)
        } else {
            Self::from_sources(args, &environment, &profile, args.timeout)
        }
    }

    /// Reads the settings of every profile that is to be used, with its name where there are several, and says what the
    /// user should know of them.
    pub(crate) fn of_all(
        args: &ConnectionArgs,
        context: Context,
    ) -> Result<Vec<(Option<String>, Self)>, Failure> {
        if let Some(timeout) = args.timeout {
            end_after(timeout);
        }
        let all = beforehand(|| -> Result<Vec<_>, Failure> {
            if !args.all_profiles {
                return Ok(vec![(None, Self::read(args)?)]);
            }
            let mut all = Vec::new();
            for name in Profile::names()? {
                let profile = Profile::load(Some(&name))?;
                let settings = Self::from_sources(args, &|_| Ok(None), &profile, args.timeout)?;
                all.push((Some(name), settings));
            }
            Ok(all)
        })?;
        for (_, settings) in &all {
            if !context.quiet {
                settings.warnings.iter().for_each(|text| warn(text));
            }
            if context.verbose {
                settings.described().iter().for_each(|line| tell(line));
            }
        }
        Ok(all)
    }

    /// Returns every setting of every profile that is to be used, with where it comes from: without secrets, and
    /// without running a command for one.
    pub(crate) fn show_all(args: &ConnectionArgs) -> Result<Vec<Vec<Shown>>, Failure> {
        if args.all_profiles {
            let names = Profile::names()?.into_iter();
            let origin = Origin::Flag("--all-profiles");
            return names
                .map(|name| Self::show(args, Some(&name), &origin))
                .collect();
        }
        let (named, origin) = match &args.profile {
            Some(name) => (Some(name.clone()), Origin::Flag("--profile")),
            None => match environment("KORE_PROFILE")? {
                Some(name) => (Some(name), Origin::Environment("KORE_PROFILE")),
                None => (None, Origin::Default),
            },
        };
        Ok(vec![Self::show(args, named.as_deref(), &origin)?])
    }

    fn show(
        args: &ConnectionArgs,
        named: Option<&str>,
        origin: &Origin,
    ) -> Result<Vec<Shown>, Failure> {
        let profile = Profile::load(named)?;
        let nothing = |_: &str| Ok(None);
        let variable: Lookup<'_> = if named.is_some() {
            &nothing
        } else {
            &environment
        };
        let addresses = Addresses::find(args, variable, &profile)?;
        let mut all = vec![
            Shown::new("profile", named.unwrap_or("default"), origin),
            Shown::new(
                "base_url",
                shown(&addresses.base.value),
                &addresses.base.origin,
            ),
        ];
        all.push(match &addresses.token {
            Some(token) => Shown::new("token_url", shown(&token.value), &token.origin),
            None => Shown::new("token_url", KORE_TOKEN_URL, &Origin::Default),
        });
        all.extend(credentials::show(&profile, variable)?);
        let flags = [
            (
                "allow_http",
                "--allow-http",
                args.allow_http.to_string(),
                !args.allow_http,
            ),
            (
                "attempts",
                "--attempts",
                args.attempts.to_string(),
                args.attempts == 5,
            ),
            (
                "concurrency",
                "--concurrency",
                args.concurrency.to_string(),
                args.concurrency == 4,
            ),
            (
                "timeout",
                "--timeout",
                args.timeout.map_or("none".to_owned(), |timeout| {
                    format!("{} s", timeout.as_secs())
                }),
                args.timeout.is_none(),
            ),
            (
                "ca_file",
                "--ca-file",
                args.ca_file
                    .as_ref()
                    .map_or("none".to_owned(), |path| path.display().to_string()),
                args.ca_file.is_none(),
            ),
        ];
        for (name, flag, value, is_default) in flags {
            let origin = if is_default {
                Origin::Default
            } else {
                Origin::Flag(flag)
            };
            all.push(Shown::new(name, value, &origin));
        }
        for name in ["HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            if let Some(value) = environment(name)? {
                // A user name and a password may stand in it.
                let value = value
                    .rsplit_once('@')
                    .map_or(value.as_str(), |(_, host)| host);
                all.push(Shown::new("proxy", value, &Origin::Environment(name)));
            }
        }
        Ok(all)
    }

    /// Returns where the configuration file is, if there is a folder for it.
    pub(crate) fn path() -> Result<Option<PathBuf>, Failure> {
        profile::path()
    }

    fn from_sources(
        args: &ConnectionArgs,
        variable: Lookup<'_>,
        profile: &Profile,
        timeout: Option<std::time::Duration>,
    ) -> Result<Self, Failure> {
        let addresses = Addresses::find(args, variable, profile)?;
        let (credentials, warnings) = credentials::find(profile, variable, timeout)?;
        Ok(Self {
            allow_http: args.allow_http
                || (profile.allow_http && addresses.base.origin == profile.origin()),
            base_url: addresses.base,
            token_url: addresses.token,
            credentials,
            warnings,
        })
    }

    /// Every setting in words, with where it comes from and without secrets.
    fn described(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "base URL {} ({})",
            shown(&self.base_url.value),
            self.base_url.origin
        )];
        if let Some(url) = &self.token_url {
            lines.push(format!("token URL {} ({})", shown(&url.value), url.origin));
        }
        lines.push(format!("credentials from {}", self.credentials.origin));
        lines
    }

    /// The client of these settings. Nothing is sent.
    pub(crate) fn client(self, args: &ConnectionArgs, context: Context) -> Result<Client, Failure> {
        let builder = self.builder(args, context)?;
        Ok(beforehand(|| builder.build())?)
    }

    /// What the client of these settings is built from.
    pub(crate) fn builder(
        self,
        args: &ConnectionArgs,
        context: Context,
    ) -> Result<ClientBuilder, Failure> {
        let mut builder = Client::builder()
            .base_url(self.base_url.value)
            .credentials(self.credentials.value)
            .allow_http(self.allow_http)
            .proxies_from_environment(true)
            .attempts(args.attempts)
            .total_timeout(args.timeout)
            .requests_per_second(args.requests_per_second.and_then(NonZeroU32::new))
            .user_agent(concat!("kore-usage/", env!("CARGO_PKG_VERSION")));
        if let Some(url) = self.token_url {
            builder = builder.token_url(url.value);
        }
        if let Some(path) = &args.ca_file {
            let pem = beforehand(|| fs::read(path)).map_err(|error| {
                Failure::usage(format!(
                    "cannot read the certificates in {}: {}",
                    path.display(),
                    words(&error)
                ))
                .help("--ca-file names a file of certificates in PEM")
            })?;
            builder = builder.trust_certificates(pem);
        }
        if !context.quiet {
            builder = builder.on_wait(tell_of_waits());
        }
        Ok(builder)
    }
}

/// What an archive keeps of them.
#[cfg(feature = "archive")]
impl Settings {
    /// What names the API and the credentials, without a secret.
    pub(crate) fn source(&self) -> String {
        format!(
            "{} with the credentials of {}",
            shown(&self.base_url.value),
            self.credentials.origin
        )
    }

    /// Whether the API is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.base_url.value)
    }
}

/// Where the API is, and where tokens are.
struct Addresses {
    base: Setting<Url>,
    token: Option<Setting<Url>>,
}

impl Addresses {
    fn find(
        args: &ConnectionArgs,
        variable: Lookup<'_>,
        profile: &Profile,
    ) -> Result<Self, Failure> {
        let find = |flag: (&'static str, &Option<String>),
                    name: &'static str,
                    own: &Option<String>|
         -> Result<Option<Setting<Url>>, Failure> {
            let (text, origin) = if let Some(text) = flag.1 {
                (text.clone(), Origin::Flag(flag.0))
            } else if let Some(text) = variable(name)? {
                (text, Origin::Environment(name))
            } else if let Some(text) = own {
                (text.clone(), profile.origin())
            } else {
                return Ok(None);
            };
            address(&text, &origin).map(|url| Some(Setting::new(url, origin)))
        };
        let base_url = match find(
            ("--base-url", &args.base_url),
            "KORE_BASE_URL",
            &profile.base_url,
        )? {
            Some(url) => url,
            None => Setting::new(address(KORE_BASE_URL, &Origin::Default)?, Origin::Default),
        };
        let mut token_url = find(
            ("--token-url", &args.token_url),
            "KORE_TOKEN_URL",
            &profile.token_url,
        )?;
        if token_url.is_none() && is_loopback(&base_url.value) {
            // A secret meant for an emulator on this machine must not go to KORE's token host.
            let mut url = base_url.value.clone();
            url.set_path(TOKEN_PATH);
            url.set_query(None);
            token_url = Some(Setting::new(url, base_url.origin.clone()));
        }
        Ok(Self {
            base: base_url,
            token: token_url,
        })
    }
}

/// Reads an address. What was typed is not repeated where a password may stand in it.
fn address(text: &str, origin: &Origin) -> Result<Url, Failure> {
    let failure = |why: &str, help: String| {
        let shown = if text.contains(['@', '?']) {
            String::new()
        } else {
            format!(" {text:?}")
        };
        Failure::usage(format!(
            "the address{shown} is not usable ({origin}): {why}"
        ))
        .help(help)
    };
    let example = || format!("write it as in {KORE_BASE_URL}");
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return Err(failure("it does not start with https://", example()));
        }
        Err(url::ParseError::InvalidPort) => {
            return Err(failure("its port is not a number up to 65535", example()));
        }
        Err(_) => return Err(failure("its host is not valid", example())),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(failure("it does not start with https://", example()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(failure(
            "it holds a user name or a password",
            "credentials come from KORE_CLIENT_ID and KORE_CLIENT_SECRET, or TWILIO_ACCOUNT_SID and \
             TWILIO_AUTH_TOKEN"
                .to_owned(),
        ));
    }
    Ok(url)
}

/// An address without what may be secret in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
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

    fn args() -> ConnectionArgs {
        ConnectionArgs {
            attempts: 1,
            concurrency: 1,
            ..ConnectionArgs::default()
        }
    }

    fn variable(name: &str) -> Option<&'static str> {
        match name {
            "KORE_BASE_URL" => Some("https://environment.example"),
            "KORE_ACCESS_TOKEN" => Some("token"),
            _ => None,
        }
    }

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

    #[test]
    fn a_flag_comes_before_the_environment_and_the_origin_is_kept() {
        let variable = |name: &str| Ok(variable(name).map(str::to_owned));
        let profile = Profile::default();
        let settings = Settings::from_sources(&args(), &variable, &profile, None).unwrap();
        assert_eq!(
            settings.described(),
            [
                "base URL https://environment.example/ (KORE_BASE_URL)",
                "credentials from KORE_ACCESS_TOKEN"
            ]
        );
        let flagged = ConnectionArgs {
            base_url: Some("http://127.0.0.1:7".to_owned()),
            ..args()
        };
        let settings = Settings::from_sources(&flagged, &variable, &profile, None).unwrap();
        assert_eq!(
            settings.described(),
            [
                "base URL http://127.0.0.1:7/ (--base-url)",
                "token URL http://127.0.0.1:7/api-services/v1/auth/token (--base-url)",
                "credentials from KORE_ACCESS_TOKEN"
            ]
        );
    }

    #[test]
    fn an_address_that_is_not_usable_is_refused_without_its_password() {
        for (text, why) in [
            (
                "https://u:p4ssw0rd@host.example/",
                "user name or a password",
            ),
            ("https://u:p4ssw0rd@loc alhost", "host is not valid"),
            ("u:p4ssw0rd@host", "does not start with https://"),
            ("//u:p4ssw0rd@host", "does not start with https://"),
            ("host.example", "does not start with https://"),
            ("https://host.example:123456", "port"),
            ("ftp://host.example", "does not start with https://"),
        ] {
            let failure = format!("{:?}", address(text, &Origin::Default).unwrap_err());
            assert!(failure.contains(why), "{text}: {failure}");
            assert!(!failure.contains("p4ssw0rd"), "{failure}");
        }
    }
}
