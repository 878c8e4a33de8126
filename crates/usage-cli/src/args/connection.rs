//! Options of commands that talk to the API.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::exit;

use super::name::at_least;

/// The heading of options that bound how the API is asked.
pub(super) const REQUESTS: &str = "Requests";

/// Where the API is and which credentials to use.
///
/// The environment is read by the settings, not here: help and errors of the command line would show its values.
#[derive(Debug, Default, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the texts are help, in which names of variables stand as they are"
)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The address of the API [env: KORE_BASE_URL] [default: KORE's]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// Where client credentials are exchanged for a token [env: KORE_TOKEN_URL] [default: KORE's, or
    /// that of a base URL on this machine]
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,

    /// A profile of the configuration file; its addresses and credentials replace all of the
    /// environment's [env: KORE_PROFILE]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Use every profile of the configuration file, one after the other
    #[arg(long, conflicts_with = "profile")]
    pub(crate) all_profiles: bool,

    /// Allow plain http to other machines
    #[arg(long)]
    pub(crate) allow_http: bool,

    /// Trust the certificate authorities in this PEM file too, for servers with a private one and proxies
    /// that open TLS
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// End the whole command after this long, for instance 90s or 10m
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = REQUESTS)]
    pub(crate) timeout: Option<Duration>,

    /// Try each request at most this many times
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = at_least(1_u32), help_heading = REQUESTS)]
    pub(crate) attempts: u32,

    /// Make at most this many requests at a time
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = at_least(1_u32), help_heading = REQUESTS)]
    pub(crate) concurrency: u32,

    /// Make at most this many requests a second
    #[arg(long, value_name = "N", value_parser = at_least(1_u32), help_heading = REQUESTS)]
    pub(crate) requests_per_second: Option<u32>,
}

impl ConnectionArgs {
    /// Whether an option says which server to ask.
    pub(crate) const fn asks(&self) -> bool {
        self.profile.is_some()
            || self.all_profiles
            || self.base_url.is_some()
            || self.token_url.is_some()
    }

    /// Ends a command after its time that does not use the connection.
    pub(crate) fn end_after_timeout(&self) {
        if let Some(timeout) = self.timeout {
            exit::end_after(timeout);
        }
    }
}

/// Reads a duration; a plain number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text)
        .map_err(|_| "expected a number and a unit, for instance 90s, 10m or 1h30m".to_owned())
}
