//! Profiles in the configuration file.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;
use url::Url;
use usage_client::Credentials;

use crate::failure::Failure;

use super::credentials::environment;

/// The profile that is used where none is named.
const DEFAULT: &str = "default";

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// One profile: where the API is and how to be let in. Secrets are named here, never written here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) base_url: Option<Url>,
    pub(super) token_url: Option<Url>,
    #[serde(default)]
    pub(super) allow_http: bool,
    client_id: Option<String>,
    /// A file that holds the client secret, relative to the configuration file.
    client_secret_file: Option<PathBuf>,
    /// A command, run by the shell, that prints the client secret.
    client_secret_command: Option<String>,
    /// Where the configuration file is.
    #[serde(skip)]
    folder: PathBuf,
}

impl Profile {
    /// Loads a profile: the one named, or `default` where there is one.
    pub(super) fn load(name: Option<&str>) -> Result<Self, Failure> {
        let Some(path) = path() else {
            return match name {
                None => Ok(Self::default()),
                Some(_) => Err(Failure::usage(
                    "there is no configuration folder: neither XDG_CONFIG_HOME nor HOME is set",
                )),
            };
        };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path, name),
            Err(error) if error.kind() == io::ErrorKind::NotFound && name.is_none() => {
                Ok(Self::default())
            }
            Err(error) => Err(Failure::usage(format!(
                "cannot read {}: {error}",
                path.display()
            ))),
        }
    }

    fn parse(text: &str, path: &Path, name: Option<&str>) -> Result<Self, Failure> {
        let mut file: File = toml::from_str(text).map_err(|error| {
            Failure::usage(format!(
                "{} is not a configuration: {}",
                path.display(),
                error.message()
            ))
        })?;
        let mut profile = match (file.profiles.remove(name.unwrap_or(DEFAULT)), name) {
            (Some(profile), _) => profile,
            (None, None) => Self::default(),
            (None, Some(name)) => {
                let known: Vec<_> = file.profiles.keys().map(String::as_str).collect();
                return Err(
                    Failure::usage(format!("{} has no profile {name:?}", path.display()))
                        .help(format!("it has these: {}", known.join(", "))),
                );
            }
        };
        path.parent()
            .unwrap_or(Path::new(""))
            .clone_into(&mut profile.folder);
        Ok(profile)
    }

    /// The credentials that the profile names.
    pub(super) fn credentials(&self) -> Result<Option<Credentials>, Failure> {
        let Some(id) = &self.client_id else {
            return Ok(None);
        };
        let secret = match (&self.client_secret_file, &self.client_secret_command) {
            (Some(file), None) => {
                let path = self.folder.join(file);
                fs::read_to_string(&path).map_err(|error| {
                    Failure::usage(format!(
                        "cannot read the client secret in {}: {error}",
                        path.display()
                    ))
                })?
            }
            (None, Some(command)) => output_of(command)?,
            _ => {
                return Err(Failure::usage(
                    "the profile has a client_id, and not exactly one of client_secret_file and client_secret_command",
                ));
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(Failure::usage("the client secret of the profile is empty"));
        }
        Ok(Some(Credentials::client(id, secret)))
    }
}

/// Where the configuration file is.
fn path() -> Option<PathBuf> {
    let folder = match environment("XDG_CONFIG_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&environment("HOME")?).join(".config"),
    };
    Some(folder.join("kore-usage").join("config.toml"))
}

/// What a command prints. What it says on standard error is its own, and goes to the user.
fn output_of(command: &str) -> Result<String, Failure> {
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| {
            Failure::usage(format!("cannot run the client_secret_command: {error}"))
        })?;
    if !output.status.success() {
        return Err(Failure::usage(format!(
            "the client_secret_command ended with {}",
            output.status
        )));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::usage("the client_secret_command printed what is not text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[profiles.default]\nclient_id = \"id\"\nclient_secret_command = \"echo hush\"\n\
        [profiles.test]\nbase_url = \"http://127.0.0.1:8080\"\n";

    fn parse(text: &str, name: Option<&str>) -> Result<Profile, Failure> {
        Profile::parse(text, Path::new("/etc/kore-usage/config.toml"), name)
    }

    #[test]
    fn a_profile_is_found_by_name() {
        assert_eq!(parse(FILE, None).unwrap().client_id.as_deref(), Some("id"));
        assert!(parse(FILE, Some("test")).unwrap().base_url.is_some());
        let failure = format!("{:?}", parse(FILE, Some("tset")).unwrap_err());
        assert!(failure.contains("default, test"), "{failure}");
    }

    #[test]
    fn a_secret_comes_from_a_command_or_a_file() {
        let secret = parse(FILE, None).unwrap().credentials().unwrap().unwrap();
        assert!(!format!("{secret:?}").contains("hush"));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "hush\n").unwrap();
        let text = "[profiles.default]\nclient_id = \"id\"\nclient_secret_file = \"secret\"\n";
        let profile = Profile::parse(text, &folder.path().join("config.toml"), None).unwrap();
        assert!(profile.credentials().unwrap().is_some());
    }

    #[test]
    fn a_profile_that_cannot_be_used_says_why() {
        for (text, reason) in [
            (
                "[profiles.default]\nclient_secret = \"hush\"\n",
                "unknown field `client_secret`",
            ),
            ("profiles = 7\n", "invalid type"),
        ] {
            let failure = format!("{:?}", parse(text, None).unwrap_err());
            assert!(failure.contains(reason), "{failure}");
            assert!(!failure.contains("hush"), "{failure}");
        }
        for text in [
            "[profiles.default]\nclient_id = \"id\"\n",
            "[profiles.default]\nclient_id = \"id\"\nclient_secret_command = \"exit 3\"\n",
            "[profiles.default]\nclient_id = \"id\"\nclient_secret_command = \"true\"\n",
            "[profiles.default]\nclient_id = \"id\"\nclient_secret_file = \"/nonexistent/secret\"\n",
        ] {
            assert!(parse(text, None).unwrap().credentials().is_err(), "{text}");
        }
        assert!(parse("", None).unwrap().credentials().unwrap().is_none());
    }
}
