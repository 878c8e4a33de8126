//! Options of the commands that keep an archive or look into one.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use usage_archive::{Archive, Selection, Sims, Subset};
use usage_model::{Granularity, PageSize, SimSid, nearest};

use crate::failure::Failure;

use super::{
    connection::{ConnectionArgs, duration},
    fetch::OutputArgs,
    input::ArchiveArgs,
    moment::Moment,
    name::at_least,
    query::{granularity, has_begun, instant, window},
};

/// The commands that keep an archive or look into one.
#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Keep a local archive current: every reading of every period, for good
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage sync --archive usage.db                        the account's days and hours\n",
        "  kore-usage sync --archive usage.db --sims all             and those of every SIM\n",
        "\n",
        "Run it once a day or more often, for instance by cron: figures are final after two readings,\n",
        "and the server deletes after 18 months.\n",
        "Credentials come from KORE_CLIENT_ID and KORE_CLIENT_SECRET, from KORE_ACCESS_TOKEN, or from a\n",
        "profile.\n",
    ))]
    Sync(SyncArgs),
    /// Take records out of an archive, as they are known now or were at a time
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage export --archive usage.db --start 2026-06 --end 2026-07 -o june.csv\n",
        "  kore-usage export --archive usage.db --as-known-on 2026-07-01 | kore-usage validate -\n",
    ))]
    Export(ExportArgs),
    /// Say what changed in an archive between two times
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage diff --archive usage.db --from 7d              what the last week changed\n",
        "  kore-usage diff --archive usage.db --from 2026-07-01 --to 2026-08-01 --start 2026-06 --end 2026-07\n",
    ))]
    Diff(DiffArgs),
    /// Look into an archive, verify it, or copy it
    Archive(LookArgs),
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Query")]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) archive: ArchiveArgs,

    /// Keep nothing from before: 2026-03-05, 2026-03, or 30d, 18mo, 1y ago [default: the 18 months that the
    /// server keeps]
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<Moment>,

    /// Keep nothing from this time on, in the same forms [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<Moment>,

    /// One record an hour, a day, or a month; may be given several times [default: daily and hourly]
    #[arg(long, value_parser = granularity())]
    pub(crate) granularity: Vec<Granularity>,

    /// Whose records besides the account's: none, all, or SIDs separated by commas
    #[arg(long, value_name = "none|all|SID,…", default_value = "none")]
    pub(crate) sims: WhichSims,

    /// Read again at each sync what ended less than this long ago, because usage may be that late
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "7d")]
    pub(crate) look_back: Duration,

    /// Read all that the server keeps, and not only once in 30 days
    #[arg(long)]
    pub(crate) all: bool,

    /// Records a page, 1 to 1000
    #[arg(long, default_value_t = PageSize::MAX, value_name = "N")]
    pub(crate) page_size: PageSize,

    /// Ask for at most this many days at a time; without it, a limit of the server is found out
    #[arg(long, value_name = "DAYS", value_parser = at_least(1_u32))]
    pub(crate) max_window_days: Option<u32>,

    /// Write how the run went for a monitor, in OpenMetrics; the file is renamed into its place
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) metrics: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Which SIMs are kept besides the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WhichSims {
    None,
    All,
    Only(Vec<SimSid>),
}

impl std::str::FromStr for WhichSims {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            _ if let Some(word) = nearest(text, ["none", "all"]) => Err(format!(
                "expected none, all, or SIDs separated by commas; did you mean {word}?"
            )),
            sids => {
                let sids = sids.split(',').map(|sid| {
                    sid.trim().parse().map_err(|error| {
                        format!("expected none, all, or SIDs separated by commas: {error}")
                    })
                });
                sids.collect::<Result<_, _>>().map(Self::Only)
            }
        }
    }
}

/// Which readings of an archive.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct SelectionArgs {
    /// Start of the window, inclusive: 2026-03-05, 2026-03, 2026-03-05T07:00:00Z, or 30d, 18mo, 1y ago
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<Moment>,

    /// End of the window, exclusive, in the same forms
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<Moment>,

    /// Records of this granularity
    #[arg(long, default_value = "daily", value_parser = granularity())]
    pub(crate) granularity: Granularity,

    /// The records of this SIM instead of the account's; may be given several times
    #[arg(long, value_name = "SID", conflicts_with = "all_sims")]
    pub(crate) sim: Vec<SimSid>,

    /// The records of every SIM instead of the account's
    #[arg(long)]
    pub(crate) all_sims: bool,

    /// The records of one account, where the archive holds several
    #[arg(long, value_name = "SID")]
    pub(crate) account: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) archive: ArchiveArgs,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// The records as they were known at this time
    #[arg(long, value_name = "TIME", help_heading = "Selection")]
    pub(crate) as_known_on: Option<Moment>,

    /// Only readings after the one with this number, as a former export told it
    #[arg(long, value_name = "N", value_parser = at_least(0_u32), help_heading = "Selection")]
    pub(crate) since_reading: Option<u32>,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) archive: ArchiveArgs,

    /// The earlier of the two times, for instance 7d: what was known then is compared with --to
    #[arg(long, value_name = "TIME", help_heading = "Selection")]
    pub(crate) from: Moment,

    /// The later of the two times
    #[arg(
        long,
        value_name = "TIME",
        default_value = "now",
        help_heading = "Selection"
    )]
    pub(crate) to: Moment,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// How to write what changed
    #[arg(
        long,
        value_enum,
        default_value_t = ChangeFormat::Human,
        help_heading = "Output"
    )]
    pub(crate) format: ChangeFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangeFormat {
    /// For reading
    Human,
    /// One object a period, one a line
    Ndjson,
}

/// Looks into an archive.
#[derive(Debug, Args)]
pub(crate) struct LookArgs {
    #[command(subcommand)]
    pub(crate) look: Look,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Look {
    /// Say what the archive holds, what is final, and how long that protects from the server's deletion
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage archive status --archive usage.db\n",
        "  kore-usage archive status --archive usage.db --fail-under 30d   exit 1 where a sync is overdue\n",
    ))]
    Status {
        #[command(flatten)]
        archive: ArchiveArgs,

        /// Exit 1 if the server deletes figures that are not final here sooner than this
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        fail_under: Option<Duration>,

        /// The present [default: now]
        #[arg(long, value_name = "TIME")]
        as_of: Option<Moment>,

        /// How to write it
        #[arg(long, value_enum, default_value_t = StatusFormat::Human)]
        format: StatusFormat,
    },
    /// List the last runs, or every reading of the periods of a day
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage archive history --archive usage.db                  the last syncs\n",
        "  kore-usage archive history --archive usage.db 2026-06-03       every reading of a day\n",
    ))]
    History {
        /// The UTC day, or the start of an hour
        #[arg(value_name = "TIME")]
        period: Option<Moment>,

        #[command(flatten)]
        archive: ArchiveArgs,

        /// Readings of this granularity
        #[arg(long, default_value = "daily", value_parser = granularity())]
        granularity: Granularity,

        /// Readings of this SIM instead of the account's
        #[arg(long, value_name = "SID")]
        sim: Option<SimSid>,
    },
    /// Prove that the archive holds what was stored: the chain of hashes, every text and every figure
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage archive verify --archive usage.db\n",
        "  kore-usage archive verify --archive usage.db --subset 3/7       the third of seven parts\n",
    ))]
    Verify {
        #[command(flatten)]
        archive: ArchiveArgs,

        /// Only one of equal parts, such as 3/7
        #[arg(long, value_name = "PART/PARTS")]
        subset: Option<Subset>,
    },
    /// Write a compact copy; syncs may run meanwhile
    #[command(
        after_help = "Examples:\n  kore-usage archive backup --archive usage.db backup/usage.db"
    )]
    Backup {
        /// The copy, which must not exist yet
        #[arg(value_name = "FILE")]
        to: PathBuf,

        #[command(flatten)]
        archive: ArchiveArgs,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    Human,
    Json,
}

impl ArchiveArgs {
    /// Opens the archive for reading.
    pub(crate) fn open(&self) -> Result<Archive, Failure> {
        Ok(Archive::open_read_only(self.path()?)?)
    }
}

impl SelectionArgs {
    /// The selection, seen from `now`.
    pub(crate) fn selection(&self, now: DateTime<Utc>) -> Result<Selection, Failure> {
        let mut selection = Selection::default();
        selection.account.clone_from(&self.account);
        selection.granularity = Some(self.granularity);
        selection.sims = match self.sim.as_slice() {
            _ if self.all_sims => Sims::All,
            [] => Sims::None,
            sims => Sims::Only(sims.to_vec()),
        };
        if self.start.is_some() || self.end.is_some() {
            let start = match self.start {
                Some(start) => instant(start, "--start", now)?,
                None => DateTime::UNIX_EPOCH,
            };
            let end = match self.end {
                Some(end) => instant(end, "--end", now)?,
                None => DateTime::<Utc>::MAX_UTC,
            };
            let window = window(start, end)?;
            has_begun(start, now)?;
            selection.window = Some(window);
        }
        Ok(selection)
    }
}
