//! Which credentials to use. They come from the environment or a profile, never from the command line.

use std::time::Duration;

use usage_client::Credentials;

use crate::failure::Failure;

use super::{
    profile::Profile,
    setting::{Lookup, Origin, Setting, Shown},
};

const HELP: &str = "set KORE_CLIENT_ID and KORE_CLIENT_SECRET (or KORE_ACCESS_TOKEN, or TWILIO_ACCOUNT_SID and \
    TWILIO_AUTH_TOKEN); `kore-usage demo` needs none";

/// Returns the first credentials that are complete (client credentials, an access token, Basic, the profile),
/// and warnings about where they are kept.
pub(super) fn find(
    profile: &Profile,
    variable: Lookup<'_>,
    timeout: Option<Duration>,
) -> Result<(Setting<Credentials>, Vec<String>), Failure> {
    let found = |credentials, origin| Ok((Setting::new(credentials, origin), Vec::new()));
    if let Some((id, secret)) = pair(variable, "KORE_CLIENT_ID", "KORE_CLIENT_SECRET")? {
        let origin = Origin::Environment("KORE_CLIENT_ID and KORE_CLIENT_SECRET");
        return found(Credentials::client(id, secret), origin);
    }
    if let Some(token) = variable("KORE_ACCESS_TOKEN")? {
        let origin = Origin::Environment("KORE_ACCESS_TOKEN");
        return found(Credentials::bearer(token), origin);
    }
    if let Some((account, token)) = pair(variable, "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")? {
        let origin = Origin::Environment("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN");
        return found(Credentials::basic(account, token), origin);
    }
    if let Some((credentials, warnings)) = profile.credentials(timeout)? {
        return Ok((Setting::new(credentials, profile.origin()), warnings));
    }
    Err(match profile.name() {
        None => Failure::usage("no credentials are configured").help(HELP),
        Some(name) => Failure::usage(format!("the profile {name:?} has no credentials")).help(
            "give it a client_id, and a client_secret_file or a client_secret_command; a named profile uses \
             none of the environment's credentials",
        ),
    })
}

/// Returns which credentials would be used, without secrets.
pub(super) fn show(profile: &Profile, variable: Lookup<'_>) -> Result<Vec<Shown>, Failure> {
    let rows = |kind, id: &str, secret: &str, origin: &Origin| {
        vec![
            Shown::new("credentials", kind, origin),
            Shown::new("id", masked(id), origin),
            Shown::new("secret", secret, origin),
        ]
    };
    if let Some((id, _)) = pair(variable, "KORE_CLIENT_ID", "KORE_CLIENT_SECRET")? {
        let origin = Origin::Environment("KORE_CLIENT_ID and KORE_CLIENT_SECRET");
        return Ok(rows("OAuth client", &id, "hidden", &origin));
    }
    if variable("KORE_ACCESS_TOKEN")?.is_some() {
        let origin = Origin::Environment("KORE_ACCESS_TOKEN");
        return Ok(vec![Shown::new(
            "credentials",
            "access token, hidden",
            &origin,
        )]);
    }
    if let Some((id, _)) = pair(variable, "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")? {
        let origin = Origin::Environment("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN");
        return Ok(rows("Basic", &id, "hidden", &origin));
    }
    Ok(match profile.credentials_shown() {
        Some((id, secret)) => rows("OAuth client", id, &secret, &profile.origin()),
        None => vec![Shown::new("credentials", "none", &Origin::Default)],
    })
}

/// An identifier of which nobody can read more than what it begins with.
fn masked(id: &str) -> String {
    let start: String = id.chars().take(4).collect();
    if id.chars().count() > 8 {
        format!("{start}…")
    } else {
        "…".to_owned()
    }
}

fn pair(
    variable: Lookup<'_>,
    first: &str,
    second: &str,
) -> Result<Option<(String, String)>, Failure> {
    let missing = |there: &str, missing: &str| {
        Err(Failure::usage(format!("{there} is set, but {missing} is not")).help(HELP))
    };
    match (variable(first)?, variable(second)?) {
        (Some(a), Some(b)) => Ok(Some((a, b))),
        (None, None) => Ok(None),
        (Some(_), None) => missing(first, second),
        (None, Some(_)) => missing(second, first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<String, Failure> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        };
        find(&Profile::default(), &lookup, None)
            .map(|(credentials, _)| format!("{:?} {}", credentials.value, credentials.origin))
    }

    #[test]
    fn client_credentials_come_first_and_basic_last() {
        let client = [("KORE_CLIENT_ID", "i"), ("KORE_CLIENT_SECRET", "s")];
        let token = [("KORE_ACCESS_TOKEN", "t")];
        let basic = [("TWILIO_ACCOUNT_SID", "a"), ("TWILIO_AUTH_TOKEN", "b")];
        let all = [&client[..], &token, &basic].concat();
        assert_eq!(found(&all).unwrap(), found(&client).unwrap());
        assert_eq!(
            found(&[&token[..], &basic].concat()).unwrap(),
            found(&token).unwrap()
        );
        assert_ne!(found(&token).unwrap(), found(&basic).unwrap());
        assert_ne!(found(&token).unwrap(), found(&client).unwrap());
    }

    #[test]
    fn half_a_pair_is_an_error_that_names_the_other_half() {
        let failure = found(&[("KORE_CLIENT_ID", "i")]).unwrap_err();
        assert!(
            format!("{failure:?}").contains("KORE_CLIENT_ID is set, but KORE_CLIENT_SECRET is not")
        );
        assert!(found(&[("TWILIO_AUTH_TOKEN", "i")]).is_err());
    }

    #[test]
    fn no_credentials_are_an_error() {
        assert!(found(&[]).is_err());
    }
}
