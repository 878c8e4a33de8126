//! From records to a report on standard output.

use std::io::{self, BufWriter, Stdout, Write};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{MalformedDocument, MalformedRecord, PageMeta, Place, UsageRecord};
use usage_validate::{
    Config, FailOn, Finding, Part, Report, Severity, Validator, Verdict,
    human::{self, Style},
};

use crate::{
    args::{ReportFormat, RuleArgs},
    exit::Exit,
    failure::Failure,
};

/// The settings of a validation as the user typed them.
pub(crate) fn config(args: &RuleArgs, now: DateTime<Utc>) -> Result<Config, Failure> {
    let as_of = match args.as_of {
        None => now,
        Some(moment) => moment
            .at(now)
            .ok_or_else(|| Failure::usage("--as-of lies beyond the calendar"))?,
    };
    let mut config = Config::new(as_of);
    config.policy = args.policy;
    config.select.clone_from(&args.select);
    config.ignore.clone_from(&args.ignore);
    config.max_findings = args.max_findings;
    args.apply(&mut config);
    config.expiry_horizon = TimeDelta::days(args.expiry_horizon.into());
    if let Some(prefix) = config.unmatched_prefixes().next() {
        return Err(
            Failure::usage(format!("no rule's code starts with {prefix:?}"))
                .help("`kore-usage rules` lists them all"),
        );
    }
    Ok(config)
}

/// Validates records and writes the report: findings as they come, or one document at the end.
pub(crate) struct Reporter {
    validator: Validator,
    fail_on: FailOn,
    out: BufWriter<Stdout>,
    listed: Listed,
}

/// Where findings go until the end.
enum Listed {
    /// Findings below this severity are only counted: an old record alone gives a notice.
    Written(Style, Severity),
    Kept(Vec<Finding>),
}

impl Reporter {
    /// Starts a report. For people it lists notices only where they fail the run or are asked for.
    pub(crate) fn new(config: &Config, args: &RuleArgs, verbose: bool) -> Self {
        let least = if verbose || args.fail_on == FailOn::Info {
            Severity::Info
        } else {
            Severity::Warning
        };
        Self {
            validator: Validator::new(config),
            fail_on: args.fail_on,
            out: BufWriter::new(io::stdout()),
            listed: match args.format {
                ReportFormat::Human => Listed::Written(stdout_style(), least),
                ReportFormat::Json => Listed::Kept(Vec::new()),
            },
        }
    }

    /// Names the input that follows.
    pub(crate) fn source(&mut self, name: &str) {
        self.validator.source(name);
    }

    pub(crate) fn record(&mut self, place: &Place, record: &UsageRecord) -> Result<(), Failure> {
        self.with(|validator, sink| validator.record(place, record, sink))
    }

    pub(crate) fn malformed_record(&mut self, record: &MalformedRecord) -> Result<(), Failure> {
        self.with(|validator, sink| validator.malformed_record(record, sink))
    }

    pub(crate) fn page(&mut self, meta: &PageMeta) -> Result<(), Failure> {
        self.with(|validator, sink| validator.page(meta, sink))
    }

    /// Starts a piece of the present input that is checked by itself.
    pub(crate) fn part(&self) -> Part {
        self.validator.part()
    }

    /// Takes the records after all that were seen so far, numbered from `first` on.
    pub(crate) fn join(&mut self, part: Part, first: u64) -> Result<(), Failure> {
        self.with(|validator, sink| validator.join(part, first, sink))
    }

    pub(crate) fn malformed_document(
        &mut self,
        document: &MalformedDocument,
    ) -> Result<(), Failure> {
        self.with(|validator, sink| validator.malformed_document(document, sink))
    }

    fn with(
        &mut self,
        step: impl FnOnce(&mut Validator, &mut dyn FnMut(Finding)),
    ) -> Result<(), Failure> {
        let mut written = Ok(());
        let (out, listed) = (&mut self.out, &mut self.listed);
        step(&mut self.validator, &mut |finding| {
            if written.is_ok() {
                written = list(out, listed, finding);
            }
        });
        written.map_err(|error| Failure::write("to standard output", &error))
    }

    /// Writes what is left, and says how it went.
    pub(crate) fn finish(mut self) -> Result<Exit, Failure> {
        let mut written = Ok(());
        let (out, listed) = (&mut self.out, &mut self.listed);
        let summary = self.validator.finish(&mut |finding| {
            if written.is_ok() {
                written = list(out, listed, finding);
            }
        });
        let verdict = summary.verdict(self.fail_on);
        written
            .and_then(|()| match self.listed {
                Listed::Written(style, _) => {
                    human::write_summary(&mut self.out, &summary, self.fail_on, style)
                }
                Listed::Kept(findings) => {
                    let report = Report::new(summary, findings, self.fail_on);
                    serde_json::to_writer_pretty(&mut self.out, &report)?;
                    self.out.write_all(b"\n")
                }
            })
            .and_then(|()| self.out.flush())
            .map_err(|error| Failure::write("to standard output", &error))?;
        Ok(match verdict {
            Verdict::Pass => Exit::Done,
            Verdict::Fail => Exit::Findings,
        })
    }
}

fn list(out: &mut BufWriter<Stdout>, listed: &mut Listed, finding: Finding) -> io::Result<()> {
    match listed {
        Listed::Written(_, least) if finding.severity < *least => Ok(()),
        Listed::Written(style, _) => human::write_finding(out, &finding, *style),
        Listed::Kept(findings) => {
            findings.push(finding);
            Ok(())
        }
    }
}

/// Colours where standard output is a terminal that wants them.
pub(crate) fn stdout_style() -> Style {
    style(anstream::AutoStream::choice(&io::stdout()))
}

fn style(choice: anstream::ColorChoice) -> Style {
    match choice {
        anstream::ColorChoice::Never => Style::Plain,
        _ => Style::Ansi,
    }
}

/// Reports a record that cannot be delivered, as `validate` would.
pub(crate) fn malformed_to_stderr(record: &MalformedRecord, source: &str) {
    let mut validator = Validator::new(&Config::new(DateTime::UNIX_EPOCH));
    validator.source(source);
    let style = style(anstream::AutoStream::choice(&io::stderr()));
    validator.malformed_record(record, &mut |finding| {
        // Nothing is left to tell the user where standard error itself is closed.
        let _: io::Result<()> = human::write_finding(&mut io::stderr().lock(), &finding, style);
    });
}
