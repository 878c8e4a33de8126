//! One setting: its value, and where it comes from.

use std::fmt;

use crate::failure::Failure;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option of the command line.
    Flag(&'static str),
    /// Variables of the environment.
    Environment(&'static str),
    /// A profile of the configuration file, by its name.
    Profile(String),
    /// Nothing was set.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "profile {name:?}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The value of a setting and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Setting<T> {
    pub(super) const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// The value of an environment variable; an empty one counts as not set.
pub(super) fn environment(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var_os(name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => match value.into_string() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Failure::usage(format!("{name} is not UTF-8 text"))
                .help("set it anew, or unset it")),
        },
    }
}

/// Looks up environment variables.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Result<Option<String>, Failure>;

/// One setting in words.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) origin: String,
}

impl Shown {
    pub(super) fn new(name: &'static str, value: impl Into<String>, origin: &Origin) -> Self {
        Self {
            name,
            value: value.into(),
            origin: origin.to_string(),
        }
    }
}
