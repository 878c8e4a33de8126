//! Options of `emulate` and `demo`.

use std::time::Duration;

use clap::Args;
use url::Url;
use usage_emulator::{
    DEFAULT_SEED, DEFAULT_SIMS, DepartedSims, Dialect, EmptyPeriods, EndOfWindow, Fault, Order,
};

use super::{
    connection::duration,
    moment::Moment,
    name::{at_least, within},
};

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Which emulated account: the same seed gives the same run
    #[arg(long, default_value_t = 1, value_parser = at_least(0_u64))]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0, value_parser = within(0..=u16::MAX))]
    pub(crate) port: u16,

    /// Which account: the same seed and time give the same answers
    #[arg(long, default_value_t = DEFAULT_SEED, value_parser = at_least(0_u64))]
    pub(crate) seed: u64,

    /// The time that the emulated server believes it is; it stands still there [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Moment>,

    /// Let the emulated time run from there
    #[arg(long)]
    pub(crate) running: bool,

    /// How many times as fast as real time it runs
    #[arg(
        long,
        default_value_t = 1,
        value_name = "TIMES",
        requires = "running",
        value_parser = at_least(1_u32)
    )]
    pub(crate) speed: u32,

    /// How many SIMs the account has
    #[arg(long, default_value_t = DEFAULT_SIMS, value_parser = at_least(0_u32))]
    pub(crate) sims: u32,

    /// How many SIMs in a hundred join the account or leave it over the months
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = within(0..=100_u8))]
    pub(crate) turnover: u8,

    /// What becomes of SIMs that have left: they stay listed, are unlisted, or gone altogether
    #[arg(long, default_value_t, value_name = "listed|unlisted|gone")]
    pub(crate) departed: DepartedSims,

    /// How many SIMs there are of each anomaly: active but unused, fallen silent, far above their own past
    #[arg(long, default_value_t = 0, value_name = "OF-EACH", value_parser = at_least(0_u32))]
    pub(crate) anomalies: u32,

    /// How long each answer takes at least, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "MS", value_parser = at_least(0_u64))]
    pub(crate) latency: u64,

    /// List records oldest-first or newest-first
    #[arg(long, default_value_t, value_name = "ORDER")]
    pub(crate) order: Order,

    /// Include hours and days without usage, or omit them
    #[arg(long, default_value_t, value_name = "include|omit")]
    pub(crate) empty: EmptyPeriods,

    /// Whether a window that ends at midnight has the day that starts there
    #[arg(long, default_value_t, value_name = "exclusive|inclusive")]
    pub(crate) end_of_window: EndOfWindow,

    /// Answer in another shape; several may be given, separated by commas
    #[arg(long, value_name = "DIALECT", value_delimiter = ',', long_help = dialect_help())]
    pub(crate) dialect: Vec<Dialect>,

    /// What links on pages start with, for an emulator behind a proxy [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub(crate) public_origin: Option<Url>,

    /// How long tokens live, in real time
    #[arg(long, default_value = "1h", value_name = "DURATION", value_parser = duration)]
    pub(crate) token_lifetime: Duration,

    /// Inject a fault; may be given several times
    #[arg(long, value_name = "FAULT", long_help = fault_help())]
    pub(crate) fault: Vec<Fault>,

    /// Accept only this client ID [default: any]
    #[arg(long, requires = "client_secret", value_name = "ID")]
    pub(crate) client_id: Option<String>,

    /// Accept only this client secret; made up for the emulator, never a real one
    #[arg(long, requires = "client_id", value_name = "SECRET")]
    pub(crate) client_secret: Option<String>,
}

fn fault_help() -> String {
    format!(
        "Inject a fault; may be given several times\n\n{}",
        Fault::grammar()
    )
}

fn dialect_help() -> String {
    use std::fmt::Write as _;

    let mut help =
        "Answer in another shape; several may be given, separated by commas\n".to_owned();
    for dialect in Dialect::ALL {
        // Writing to a text does not fail.
        let _infallible = write!(help, "\n  {:<17} {}", dialect.as_str(), dialect.summary());
    }
    help
}
