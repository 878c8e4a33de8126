//! Options of commands that talk to the API.

use std::time::Duration;

use clap::Args;
use url::Url;

/// Where the API is and how to be let in.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The origin of the API [default: KORE's]
    #[arg(long, env = "KORE_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<Url>,

    /// Where client credentials are exchanged for a token [default: KORE's, or that of a loopback base URL]
    #[arg(long, env = "KORE_TOKEN_URL", value_name = "URL")]
    pub(crate) token_url: Option<Url>,

    /// A profile of the configuration file
    #[arg(long, env = "KORE_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Allow plain http to other hosts than this one
    #[arg(long)]
    pub(crate) allow_http: bool,

    /// Give up after this long, for instance 90s or 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// Try each request this many times at most
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempts: u32,

    /// Make this many requests at a time at most
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: u32,

    /// Make this many requests a second at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) requests_per_second: Option<u32>,

    /// Ask for this many days at a time at most; a limit of the server is found out without it
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_window_days: Option<u32>,
}

/// Reads a duration; a plain number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text).map_err(|error| error.to_string())
}
