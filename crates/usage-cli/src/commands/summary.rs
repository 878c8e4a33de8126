//! `summary`: records added up, from files, standard input or the API.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;
use usage_client::WindowPage;
use usage_model::{Item, MalformedRecord, Window};
use usage_report::terminal::{Layout, summary_table};
use usage_table::{By, Excluded, Summarizer, Summary, SummaryOptions};

use crate::{
    args::{FigureFormat, FigureOutputArgs, GroupArgs, SummaryArgs, instant},
    drive::{Consumer, Pages},
    exit::Exit,
    failure::Failure,
    inputs,
    messages::{note, number, tell, warn, were},
    output::{self, Output, report, terminal_width},
};

use super::{Context, source::Source};

/// Malformed records that are told one by one; the others are counted.
pub(super) const MOST_REPORTED: u64 = 20;

/// Adds up what the files hold, or where none is given what the API sends.
pub(super) async fn run(args: &SummaryArgs, context: Context) -> Result<Exit, Failure> {
    let mut summing = Summing::new(&args.groups, args.connection.all_profiles, context)?;
    let source = Source::of(&args.input, &args.query, &args.connection, context)?;
    if let Some(exit) = source.plan_only(&args.query)? {
        return Ok(exit);
    }
    let of_files = matches!(source, Source::Files(_));
    let mut mixed = false;
    let output = source
        .open_output(args.output.output.as_deref(), &args.input)
        .await?;
    let failures = match source {
        Source::Api(fetch) => {
            let missing = fetch.drive(&mut summing, context).await?;
            mixed = missing.warn_of_accounts();
            missing.failure().into_iter().collect()
        }
        Source::Files(inputs) => {
            if let Some(as_of) = args.input.as_of {
                summing.as_of = instant(as_of, "--as-of", context.now)?;
            }
            tokio::task::block_in_place(|| {
                inputs::each(inputs, |name, item| {
                    summing.item(name, &item);
                    Ok(())
                })
            })?
        }
    };
    let records = summing.records;
    let summary = summing.finish();
    if records == 0 {
        return fail(without_records(failures, of_files), Exit::Incomplete);
    }
    summary.write(&args.output, output, failures.is_empty())?;
    if !context.quiet {
        remarks(&summary);
        if summary.rows.is_empty() {
            note("no record has figures for these groups: all of them are 0 or absent");
        }
    }
    fail(failures, verdict(summary.excluded).or_findings(mixed))
}

/// Says that there is no record, where nothing else says why.
pub(super) fn without_records(mut failures: Vec<Failure>, of_files: bool) -> Vec<Failure> {
    if failures.is_empty() {
        failures.push(if of_files {
            Failure::incomplete("there is no usage record in the input").help(
                "`kore-usage fetch` writes records; a page or list without one adds up to nothing",
            )
        } else {
            Failure::incomplete("the server has no records in this window")
                .help("give an earlier --start, or --all-sims for the records of the SIMs")
        });
    }
    failures
}

/// How a run over all records ends, which is said also where nothing else is.
pub(super) fn verdict(excluded: Excluded) -> Exit {
    let conflicting = excluded.conflicting;
    if conflicting > 0 {
        warn(&format!(
            "{} {} a period with other figures than before, and the later reading counts; `kore-usage validate` says which",
            number(conflicting, "record"),
            if conflicting == 1 {
                "repeats"
            } else {
                "repeat"
            },
        ));
    }
    if conflicting > 0 || excluded.malformed > 0 {
        Exit::Findings
    } else {
        Exit::Done
    }
}

/// Ends a run with the last of its failures, after the others are told; without any with `otherwise`.
pub(super) fn fail(mut failures: Vec<Failure>, otherwise: Exit) -> Result<Exit, Failure> {
    let Some(last) = failures.pop() else {
        return Ok(otherwise);
    };
    failures.iter().for_each(Failure::print);
    Err(last)
}

/// Records on their way into a summary.
pub(super) struct Summing {
    summarizer: Summarizer,
    /// When the records were fetched.
    as_of: DateTime<Utc>,
    records: u64,
    malformed: MalformedRecords,
    pages: Pages,
}

/// Records that do not decode, of which the first are told one by one, and the others counted.
#[derive(Debug, Default)]
pub(super) struct MalformedRecords(u64);

impl MalformedRecords {
    /// Tells one.
    pub(super) fn tell(&mut self, record: &MalformedRecord, source: &str) {
        self.0 += 1;
        if self.0 <= MOST_REPORTED {
            report::malformed_to_stderr(record, source);
        }
    }

    /// Tells how many there are more.
    pub(super) fn finish(&self) {
        if self.0 > MOST_REPORTED {
            let more = self.0 - MOST_REPORTED;
            tell(&format!("{} more do not decode", number(more, "record")));
        }
    }
}

impl Summing {
    /// Starts without records. Of several accounts the groups say whose they are.
    pub(super) fn new(
        groups: &GroupArgs,
        several_accounts: bool,
        context: Context,
    ) -> Result<Self, Failure> {
        let mut by = groups.by.clone();
        if several_accounts && !by.contains(&By::Account) {
            by.insert(0, By::Account);
        }
        let mut options = SummaryOptions::new(&by)
            .map_err(|error| Failure::usage(error.to_string()).help("name each column once"))?;
        options.month_start = groups.month_starts;
        Ok(Self {
            summarizer: Summarizer::new(options),
            as_of: context.now,
            records: 0,
            malformed: MalformedRecords::default(),
            pages: Pages::default(),
        })
    }

    /// Adds what a reader gives.
    fn item(&mut self, source: &str, item: &Item) {
        self.summarizer.item(item);
        match item {
            Item::Record(..) => self.records += 1,
            Item::Malformed(record) => self.malformed.tell(record, source),
            _ => {}
        }
    }

    /// What the records add up to.
    pub(super) fn finish(self) -> Summary {
        self.malformed.finish();
        self.summarizer.finish(self.as_of)
    }
}

impl Consumer for Summing {
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        self.as_of = now;
        self.pages.add(page);
        // Of two readings the later one counts: an earlier one goes before the record that was delivered, and a later
        // one that came too late to be delivered goes after it.
        for differing in page.differing.iter().filter(|one| one.is_latest) {
            self.summarizer.record(&differing.dropped.record);
        }
        for record in &page.records {
            match record {
                Ok(placed) => {
                    self.records += 1;
                    self.summarizer.record(&placed.record);
                }
                Err(record) => {
                    self.summarizer.malformed();
                    let (page, place) = self.pages.locate(record.place);
                    let mut located = record.clone();
                    located.place = place;
                    self.malformed.tell(&located, &page);
                }
            }
        }
        for differing in page.differing.iter().filter(|one| !one.is_latest) {
            self.summarizer.record(&differing.dropped.record);
        }
        Ok(())
    }

    fn missing(&mut self, _: Window, _: &str) -> Result<(), Failure> {
        // The end of the fetch says what is missing.
        Ok(())
    }
}

impl Figures for Summary {
    fn table(&self, layout: Layout) -> String {
        summary_table(self, layout)
    }

    fn csv(&self, output: &mut Output) -> io::Result<()> {
        self.write_csv(output)
    }
}

/// Figures that were added up, in each form that may be asked for; JSON is that of their type.
pub(super) trait Figures: Serialize {
    /// Returns them as aligned columns.
    fn table(&self, layout: Layout) -> String;

    /// Writes them in bytes, a row a group or SIM.
    fn csv(&self, output: &mut Output) -> io::Result<()>;

    /// Writes them in the form that was asked for, and ends the output.
    fn write(
        &self,
        args: &FigureOutputArgs,
        mut output: Output,
        is_complete: bool,
    ) -> Result<(), Failure> {
        let written = match args.format() {
            FigureFormat::Table => {
                let layout = Layout::new(terminal_width(), args.bytes);
                output.write_all(self.table(layout).as_bytes())
            }
            FigureFormat::Csv => self.csv(&mut output),
            FigureFormat::Json => serde_json::to_writer_pretty(&mut output, self)
                .map_err(Into::into)
                .and_then(|()| output.write_all(b"\n")),
        };
        output::close(output, written, is_complete)
    }
}

/// Tells what whoever reads the figures should know.
pub(super) fn remarks(summary: &Summary) {
    let excluded = summary.excluded;
    if excluded.malformed > 0 {
        note(&format!(
            "{} that {} not decode {} left out",
            number(excluded.malformed, "record"),
            if excluded.malformed == 1 {
                "does"
            } else {
                "do"
            },
            were(excluded.malformed)
        ));
    }
    if excluded.duplicates > 0 {
        note(&format!(
            "{} of periods that came before {} not added: the later reading of a period counts",
            number(excluded.duplicates, "record"),
            were(excluded.duplicates)
        ));
    }
    summary.remarks.iter().for_each(|remark| note(remark));
}
