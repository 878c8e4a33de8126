//! `sims`: the SIMs of the account.

use std::{
    io::{self, Write},
    path::Path,
    pin::pin,
};

use futures_util::{Stream, StreamExt};
use usage_client::SimQuery;
use usage_model::{MalformedSim, SimRecord};
use usage_report::terminal::{Layout, sims_table};
use usage_table::{SimCsv, SimRow};

use crate::{
    args::{SimsArgs, SimsFormat},
    exit::{Exit, received},
    failure::Failure,
    messages::{number, tell, warn, were},
    output::{self, Output, terminal_width},
    settings::Settings,
};

use super::Context;

/// Lists the SIMs, page by page.
pub(super) async fn run(args: &SimsArgs, context: Context) -> Result<Exit, Failure> {
    let mut clients = Vec::new();
    for (profile, settings) in Settings::of_all(&args.connection, context)? {
        clients.push((profile, settings.client(&args.connection, context)?));
    }
    let mut output = output::open_or_stdout(args.output.as_deref()).await?;
    let mut query = SimQuery::new();
    if let Some(status) = args.status {
        query = query.status(status);
    }
    let mut writer = Writer::new(format(args), args.connection.all_profiles);
    let mut listed = Listed::default();
    let mut failure = None;
    for (profile, client) in clients {
        let sims = client.sims(query.clone());
        let Err(failed) = list(sims, &mut listed, &mut writer, &mut output).await? else {
            continue;
        };
        let failed = match profile {
            Some(profile) => failed.note(format!("with the profile {profile:?}")),
            None => failed,
        };
        let is_end = matches!(failed.exit(), Exit::Ended(_));
        if let Some(earlier) = failure.replace(failed) {
            earlier.print();
        }
        if is_end {
            break;
        }
    }
    let finished = writer.finish(&mut output).and_then(|()| output.flush());
    finished.map_err(|error| Failure::write(output.name(), &error))?;
    if let Some(failure) = failure {
        let listed = format!(
            "{} {} complete",
            number(listed.sims, "SIM"),
            were(listed.sims)
        );
        let place = output.incomplete()?;
        return Err(match place {
            Some(place) => failure.note(listed).note(place),
            None => failure.note(listed),
        });
    }
    output.complete()?;
    if !context.quiet {
        tell(&number(listed.sims, "SIM"));
    }
    Ok(if listed.malformed > 0 {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// How many SIMs came.
#[derive(Default)]
struct Listed {
    sims: u64,
    malformed: u64,
}

/// Writes the SIMs of one account. The outer error ends the run, the inner one this list.
async fn list(
    sims: impl Stream<Item = Result<Result<SimRecord, MalformedSim>, usage_client::Error>>,
    listed: &mut Listed,
    writer: &mut Writer,
    output: &mut Output,
) -> Result<Result<(), Failure>, Failure> {
    let mut sims = pin!(sims);
    while !output.is_closed() {
        let item = tokio::select! {
            biased;
            signal = received() => return Ok(Err(Failure::ended(signal, "all SIMs were listed"))),
            item = sims.next() => item,
        };
        match item {
            None => break,
            Some(Err(error)) => return Ok(Err(error.into())),
            Some(Ok(Err(bad))) => {
                listed.malformed += 1;
                warn(&bad.to_string());
            }
            Some(Ok(Ok(sim))) => {
                listed.sims += 1;
                let written = writer.write(output, &sim);
                written.map_err(|error| Failure::write(output.name(), &error))?;
            }
        }
    }
    Ok(Ok(()))
}

/// Writes SIMs one after another; a table when all are there.
enum Writer {
    Table {
        rows: Vec<SimRow>,
        with_account: bool,
    },
    Csv(SimCsv),
    Json {
        begun: bool,
    },
    Ndjson,
}

impl Writer {
    fn new(format: SimsFormat, with_account: bool) -> Self {
        match format {
            SimsFormat::Table => Self::Table {
                rows: Vec::new(),
                with_account,
            },
            SimsFormat::Csv if with_account => Self::Csv(SimCsv::of_accounts()),
            SimsFormat::Csv => Self::Csv(SimCsv::default()),
            SimsFormat::Json => Self::Json { begun: false },
            SimsFormat::Ndjson => Self::Ndjson,
        }
    }

    fn write(&mut self, out: &mut dyn Write, sim: &SimRecord) -> io::Result<()> {
        match self {
            Self::Table { rows, .. } => {
                rows.push(SimRow::of(sim));
                Ok(())
            }
            Self::Csv(csv) => csv.write(out, sim),
            Self::Json { begun } => {
                out.write_all(if *begun { b",\n" } else { b"[\n" })?;
                *begun = true;
                Ok(serde_json::to_writer(out, &SimRow::of(sim))?)
            }
            Self::Ndjson => {
                serde_json::to_writer(&mut *out, sim)?;
                out.write_all(b"\n")
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table { rows, with_account } => {
                let layout = Layout::new(terminal_width(), false);
                out.write_all(sims_table(rows, *with_account, layout).as_bytes())
            }
            Self::Csv(csv) => csv.finish(out),
            Self::Json { begun } => out.write_all(if *begun { b"\n]\n" } else { b"[]\n" }),
            Self::Ndjson => Ok(()),
        }
    }
}

/// The format that the user asked for, or the one that fits where the SIMs go.
fn format(args: &SimsArgs) -> SimsFormat {
    let ending = args.output.as_deref().and_then(Path::extension);
    args.format
        .unwrap_or(match ending.and_then(|end| end.to_str()) {
            Some("csv") => SimsFormat::Csv,
            Some("json") => SimsFormat::Json,
            Some("txt") => SimsFormat::Table,
            _ if output::is_shown(args.output.as_deref()) => SimsFormat::Table,
            _ => SimsFormat::Ndjson,
        })
}
