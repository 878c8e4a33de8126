//! `sims`: the SIMs of the account.

use std::{
    io::{self, Write},
    path::Path,
    pin::pin,
};

use futures_util::StreamExt;
use usage_client::SimQuery;
use usage_model::SimRecord;
use usage_report::terminal::sims_table;
use usage_table::{SimCsv, SimRow};

use crate::{
    args::{SimsArgs, SimsFormat},
    exit::{Exit, received},
    failure::Failure,
    messages::{number, tell, warn, were},
    output::{self, Output, stdout_is_terminal},
    settings::Settings,
};

use super::Context;

/// Lists the SIMs, page by page.
pub(super) async fn run(args: &SimsArgs, context: Context) -> Result<Exit, Failure> {
    let client =
        Settings::for_requests(&args.connection, context)?.client(&args.connection, context)?;
    let mut output = match &args.output {
        Some(path) => output::open(path).await?,
        None => Output::stdout(),
    };
    let mut query = SimQuery::new();
    if let Some(status) = args.status {
        query = query.status(status);
    }
    let mut writer = Writer::new(format(args));
    let mut sims = pin!(client.sims(query));
    let (mut listed, mut malformed) = (0_u64, 0_u64);
    let failure = loop {
        let item = tokio::select! {
            biased;
            signal = received() => break Some(Failure::ended(signal, "all SIMs were listed")),
            item = sims.next() => item,
        };
        match item {
            None => break None,
            Some(Err(error)) => break Some(error.into()),
            Some(Ok(Err(bad))) => {
                malformed += 1;
                warn(&bad.to_string());
            }
            Some(Ok(Ok(sim))) => {
                listed += 1;
                let written = writer.write(&mut output, &sim);
                written.map_err(|error| Failure::write(output.name(), &error))?;
            }
        }
        if output.is_closed() {
            break None;
        }
    };
    let finished = writer.finish(&mut output).and_then(|()| output.flush());
    finished.map_err(|error| Failure::write(output.name(), &error))?;
    if let Some(failure) = failure {
        let listed = format!("{} {} complete", number(listed, "SIM"), were(listed));
        let place = output.incomplete()?;
        return Err(match place {
            Some(place) => failure.note(listed).note(place),
            None => failure.note(listed),
        });
    }
    output.complete()?;
    if !context.quiet {
        tell(&number(listed, "SIM"));
    }
    Ok(if malformed > 0 {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// Writes SIMs one after another; a table when all are there.
enum Writer {
    Table(Vec<SimRow>),
    Csv(SimCsv),
    Json { begun: bool },
    Ndjson,
}

impl Writer {
    fn new(format: SimsFormat) -> Self {
        match format {
            SimsFormat::Table => Self::Table(Vec::new()),
            SimsFormat::Csv => Self::Csv(SimCsv::default()),
            SimsFormat::Json => Self::Json { begun: false },
            SimsFormat::Ndjson => Self::Ndjson,
        }
    }

    fn write(&mut self, out: &mut dyn Write, sim: &SimRecord) -> io::Result<()> {
        match self {
            Self::Table(rows) => {
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
            Self::Table(rows) => out.write_all(sims_table(rows).as_bytes()),
            Self::Csv(csv) => csv.finish(out),
            Self::Json { begun } => out.write_all(if *begun { b"\n]\n" } else { b"[]\n" }),
            Self::Ndjson => Ok(()),
        }
    }
}

/// The format that the user asked for, or the one that fits where the SIMs go.
fn format(args: &SimsArgs) -> SimsFormat {
    let to_stdout = args
        .output
        .as_deref()
        .is_none_or(|path| path == Path::new("-"));
    let ending = args.output.as_deref().and_then(Path::extension);
    args.format
        .unwrap_or(match ending.and_then(|end| end.to_str()) {
            Some("csv") => SimsFormat::Csv,
            Some("json") => SimsFormat::Json,
            Some("txt") => SimsFormat::Table,
            _ if to_stdout && stdout_is_terminal() => SimsFormat::Table,
            _ => SimsFormat::Ndjson,
        })
}
