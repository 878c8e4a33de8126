//! Which proxies connections go through.

use url::Url;

use crate::error::ConfigError;

/// Proxies by the scheme of the address, and the hosts that they are not for.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    https: Option<Url>,
    http: Option<Url>,
    except: String,
}

/// Hosts of this machine: what is said there is not for a proxy to hear, and a proxy would mean itself by
/// these names.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

impl Proxies {
    /// Reads `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not, in capitals first. `ALL_PROXY` is
    /// for plain http too, for which nothing else is read: a server program may have `HTTP_PROXY` set by those
    /// who ask it (`httpoxy`).
    pub(crate) fn of_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let value = |name: &str| {
            [name.to_owned(), name.to_ascii_lowercase()]
                .iter()
                .find_map(|name| variable(name).filter(|value| !value.trim().is_empty()))
        };
        let proxy = |name: &'static str| value(name).map(|text| address(&text, name)).transpose();
        let all = proxy("ALL_PROXY")?;
        let except = value("NO_PROXY").unwrap_or_default();
        let everything = except.split(',').any(|host| host.trim() == "*");
        if everything {
            return Ok(Self::default());
        }
        Ok(Self {
            https: proxy("HTTPS_PROXY")?.or_else(|| all.clone()),
            http: all,
            except: format!("{except},{LOOPBACK}"),
        })
    }

    /// The proxies, each with the scheme that it is for.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Url, &'static str)> {
        let https = self.https.as_ref().map(|url| (url, "https"));
        https
            .into_iter()
            .chain(self.http.as_ref().map(|url| (url, "http")))
    }

    /// The hosts that no proxy is for, separated by commas.
    pub(crate) fn except(&self) -> &str {
        &self.except
    }
}

/// Reads the address of a proxy; one without a scheme is meant for http. The error does not repeat it, because
/// it may carry a password.
fn address(text: &str, name: &'static str) -> Result<Url, ConfigError> {
    let text = text.trim();
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = Url::parse(&text).map_err(|_| ConfigError::Proxy(name))?;
    let known = matches!(url.scheme(), "http" | "https");
    if known && url.has_host() {
        Ok(url)
    } else {
        Err(ConfigError::Proxy(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxies for https and for http, by host and port, and the hosts that they are not for.
    fn read(environment: &[(&str, &str)]) -> Result<[String; 3], String> {
        let variable = |name: &str| {
            let pair = environment.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        };
        let proxies = Proxies::of_environment(variable).map_err(|error| error.to_string())?;
        let shown = |url: &Option<Url>| url.as_ref().map(Url::to_string).unwrap_or_default();
        Ok([
            shown(&proxies.https),
            shown(&proxies.http),
            proxies.except().to_owned(),
        ])
    }

    #[test]
    fn the_proxy_of_https_comes_before_that_of_all() {
        for (environment, https, http) in [
            (&[][..], "", ""),
            (&[("HTTPS_PROXY", "http://p:3128")], "http://p:3128/", ""),
            (&[("https_proxy", "p:3128")], "http://p:3128/", ""),
            (&[("HTTPS_PROXY", " ")], "", ""),
            (&[("HTTP_PROXY", "http://p")], "", ""),
            (&[("ALL_PROXY", "http://a")], "http://a/", "http://a/"),
            (
                &[("ALL_PROXY", "https://a:1"), ("HTTPS_PROXY", "http://p")],
                "http://p/",
                "https://a:1/",
            ),
            (
                &[("https_proxy", "http://small"), ("HTTPS_PROXY", "http://p")],
                "http://p/",
                "",
            ),
            (&[("HTTPS_PROXY", "http://p"), ("NO_PROXY", "*")], "", ""),
        ] {
            let [found_https, found_http, _] = read(environment).unwrap();
            assert_eq!(
                (&*found_https, &*found_http),
                (https, http),
                "{environment:?}"
            );
        }
    }

    #[test]
    fn no_proxy_is_for_this_machine() {
        let [.., except] = read(&[("ALL_PROXY", "http://a"), ("no_proxy", ".corp")]).unwrap();
        assert_eq!(except, ".corp,localhost,127.0.0.0/8,::1");
    }

    #[test]
    fn an_address_that_cannot_be_a_proxy_is_refused_without_its_password() {
        for text in [
            "http://",
            "ftp://user:hunter2@p",
            "http://user:hunter2@p:x",
            "socks5://p:1080",
        ] {
            let message = read(&[("HTTPS_PROXY", text)]).unwrap_err();
            assert_eq!(message, "HTTPS_PROXY is not the address of a proxy");
        }
    }
}
