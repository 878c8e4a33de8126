//! Profiles in the configuration file.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use usage_client::Credentials;
use usage_model::nearest;

use crate::{failure::Failure, messages::words};

use super::{
    secret,
    setting::{Origin, environment},
};

/// The profile that is used where none is named.
const DEFAULT: &str = "default";

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// One profile: where the API is and which credentials to use. Secrets are named here, never written here.
///
/// Addresses are texts here: an error of the parser would repeat a password that stands in one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) base_url: Option<String>,
    pub(super) token_url: Option<String>,
    #[serde(default)]
    pub(super) allow_http: bool,
    client_id: Option<String>,
    /// A file that holds the client secret, relative to the configuration file.
    client_secret_file: Option<PathBuf>,
    /// A command, run by the shell, that prints the client secret.
    client_secret_command: Option<String>,
    /// The name, where the user named it.
    #[serde(skip)]
    name: Option<String>,
    /// The configuration file.
    #[serde(skip)]
    file: PathBuf,
}

impl File {
    fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map(|before| format!(", line {}", before.matches('\n').count() + 1));
            let place = format!("{}{}", path.display(), line.unwrap_or_default());
            Failure::usage(format!("{place}: {}", why(error.message()))).help(format!(
                "a profile stands under [profiles.NAME], with {}",
                SETTINGS.join(", ")
            ))
        })
    }
}

impl Profile {
    /// Loads a profile: the one named, or `default` where there is one.
    pub(super) fn load(name: Option<&str>) -> Result<Self, Failure> {
        let Some(path) = path()? else {
            return match name {
                None => Ok(Self::default()),
                Some(_) => Err(Failure::usage(
                    "there is no configuration folder: neither XDG_CONFIG_HOME nor HOME is set",
                )
                .help("set HOME or XDG_CONFIG_HOME, or leave the profile out")),
            };
        };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path, name),
            Err(error) if error.kind() == io::ErrorKind::NotFound && name.is_none() => {
                Ok(Self::default())
            }
            Err(error) => {
                Err(
                    Failure::usage(format!("cannot read {}: {}", path.display(), words(&error)))
                        .help("a profile stands in this file, under [profiles.NAME]"),
                )
            }
        }
    }

    /// The names of all profiles, in ascending order.
    pub(super) fn names() -> Result<Vec<String>, Failure> {
        let missing = || {
            Failure::usage("there is no configuration file, and so there are no profiles")
                .help("`kore-usage config path` says where it is looked for")
        };
        let path = path()?.ok_or_else(missing)?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
            Err(error) => {
                let why = format!("cannot read {}: {}", path.display(), words(&error));
                return Err(Failure::usage(why).help("give yourself the permission to read it"));
            }
        };
        let names: Vec<String> = File::parse(&text, &path)?.profiles.into_keys().collect();
        if names.is_empty() {
            return Err(
                Failure::usage(format!("{} has no profiles", path.display()))
                    .help("add [profiles.NAME] to it"),
            );
        }
        Ok(names)
    }

    /// What the profile says of its credentials: the ID, and where the secret is, in words.
    pub(super) fn credentials_shown(&self) -> Option<(&str, String)> {
        let id = self.client_id.as_deref()?;
        let secret = match (&self.client_secret_file, &self.client_secret_command) {
            (Some(file), None) => format!("hidden, in the file {}", file.display()),
            (None, Some(_)) => "hidden, printed by a command".to_owned(),
            _ => "not exactly one of a file and a command".to_owned(),
        };
        Some((id, secret))
    }

    fn parse(text: &str, path: &Path, name: Option<&str>) -> Result<Self, Failure> {
        let mut file = File::parse(text, path)?;
        let mut profile = match (file.profiles.remove(name.unwrap_or(DEFAULT)), name) {
            (Some(profile), _) => profile,
            (None, None) => Self::default(),
            (None, Some(name)) => {
                let known: Vec<_> = file.profiles.keys().map(String::as_str).collect();
                return Err(
                    Failure::usage(format!("{} has no profile {name:?}", path.display())).help(
                        if known.is_empty() {
                            format!("add [profiles.{name}] to it")
                        } else {
                            format!("it has these: {}", known.join(", "))
                        },
                    ),
                );
            }
        };
        profile.name = name.map(str::to_owned);
        path.clone_into(&mut profile.file);
        Ok(profile)
    }

    /// The name, where the user named it.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The origin of settings that come from here.
    pub(super) fn origin(&self) -> Origin {
        Origin::Profile(self.name().unwrap_or(DEFAULT).to_owned())
    }

    /// Returns the credentials that the profile names, and warnings about where they are kept.
    pub(super) fn credentials(
        &self,
        timeout: Option<Duration>,
    ) -> Result<Option<(Credentials, Vec<String>)>, Failure> {
        let Some(id) = &self.client_id else {
            return Ok(None);
        };
        let mut warnings = Vec::new();
        let secret = match (&self.client_secret_file, &self.client_secret_command) {
            (Some(file), None) => {
                let path = self.file.parent().unwrap_or(Path::new("")).join(file);
                warnings.extend(readable_by_others(&path));
                secret::from_file(&path)?
            }
            (None, Some(command)) => {
                refuse_if_others_may_write(&self.file)?;
                secret::from_command(command, timeout)?
            }
            _ => {
                return Err(Failure::usage(
                    "the profile has a client_id, but not exactly one of client_secret_file and \
                     client_secret_command",
                )
                .help("name one of the two: the file that holds the secret, or the command that prints it"));
            }
        };
        Ok(Some((Credentials::client(id, secret), warnings)))
    }
}

/// The bits of a file's mode that let its group or everybody write it.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// The bits of a file's mode that let its group or everybody read it.
const READABLE_BY_OTHERS: u32 = 0o044;

/// Refuses a configuration file whose command somebody else may have written.
fn refuse_if_others_may_write(path: &Path) -> Result<(), Failure> {
    let Ok(metadata) = fs::metadata(path) else {
        // Without a file there is nothing that others can write.
        return Ok(());
    };
    let owner = metadata.uid();
    if owner != 0 && user().is_some_and(|user| owner != user) {
        return Err(Failure::usage(format!(
            "{} names a command, and belongs to another user",
            path.display()
        ))
        .help("use a configuration file of your own"));
    }
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(Failure::usage(format!(
            "{} names a command, and other users may write it",
            path.display()
        ))
        .help(format!("chmod go-w {}", path.display())));
    }
    Ok(())
}

/// The user that the program acts as; `None` where the system does not tell.
fn user() -> Option<u32> {
    fs::metadata("/proc/self").ok().map(|process| process.uid())
}

/// Says that a file with a secret can be read by others, where it can.
fn readable_by_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.mode();
    (mode & READABLE_BY_OTHERS != 0).then(|| {
        format!(
            "other users can read the client secret in {0}: chmod go= {0}",
            path.display()
        )
    })
}

/// The settings of a profile.
const SETTINGS: [&str; 6] = [
    "base_url",
    "token_url",
    "allow_http",
    "client_id",
    "client_secret_file",
    "client_secret_command",
];

/// What is wrong with a line of the file, without what stands there: a secret may stand in the wrong place.
fn why(message: &str) -> String {
    let unknown = message.strip_prefix("unknown field `");
    if let Some((name, _)) = unknown.and_then(|rest| rest.split_once('`')) {
        let near = nearest(name, SETTINGS.into_iter().chain(["profiles"]));
        let near = near.map(|near| format!("; did you mean {near}?"));
        return format!("there is no setting {name:?}{}", near.unwrap_or_default());
    }
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "the value is of another type: addresses, names and commands are texts in quotes, allow_http is true or false"
            .to_owned()
    } else if message.starts_with("duplicate") {
        "the same name stands twice".to_owned()
    } else {
        "this is not TOML".to_owned()
    }
}

/// Where the configuration file is.
pub(super) fn path() -> Result<Option<PathBuf>, Failure> {
    let folder = match environment("XDG_CONFIG_HOME")? {
        Some(folder) => PathBuf::from(folder),
        None => match environment("HOME")? {
            Some(home) => Path::new(&home).join(".config"),
            None => return Ok(None),
        },
    };
    Ok(Some(folder.join("kore-usage").join("config.toml")))
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
        let (secret, _) = parse(FILE, None)
            .unwrap()
            .credentials(None)
            .unwrap()
            .unwrap();
        assert!(!format!("{secret:?}").contains("hush"));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "hush\n").unwrap();
        let text = "[profiles.default]\nclient_id = \"id\"\nclient_secret_file = \"secret\"\n";
        let profile = Profile::parse(text, &folder.path().join("config.toml"), None).unwrap();
        assert!(profile.credentials(None).unwrap().is_some());
    }

    #[test]
    fn a_profile_that_cannot_be_used_says_why() {
        for (text, reason) in [
            (
                "[profiles.default]\nclient_secret = \"hush\"\n",
                "no setting \\\"client_secret\\\"; did you mean client_secret_file?",
            ),
            ("profiles = 7\n", "of another type"),
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
            assert!(
                parse(text, None).unwrap().credentials(None).is_err(),
                "{text}"
            );
        }
        assert!(
            parse("", None)
                .unwrap()
                .credentials(None)
                .unwrap()
                .is_none()
        );
    }
}
