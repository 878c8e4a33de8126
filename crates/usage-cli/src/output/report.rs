//! From records to a report on standard output.

use std::{
    io::{self, Write},
    path::Path,
};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{
    Item, MalformedDocument, MalformedRecord, PageMeta, Place, Position, UsageRecord, Window,
    nearest,
};
use usage_validate::{
    CodePrefix, Config, FailOn, Finding, Findings, Outcome, Part, Scope, Severity, Summary,
    Validator, Verdict, catalogue,
    report_formats::{
        ReportWriter,
        human::{self, ReportOptions, Style},
    },
};

use crate::{
    args::{ReportFormat, RuleArgs},
    commands::Context,
    exit::Exit,
    failure::Failure,
    messages::tell,
    output::Output,
};

/// What to do where the records themselves say that the input was not seen as a whole.
const INCOMPLETE_HELP: &str = "give every page once, and records that the rules can be applied to; `--allow-empty` lets a list without records pass";

/// The settings of a validation as the user typed them.
pub(crate) fn config(args: &RuleArgs, as_of: DateTime<Utc>) -> Config {
    let mut config = Config::new(as_of);
    config.policy = args.policy;
    config.select.clone_from(&args.select);
    config.ignore.clone_from(&args.ignore);
    config.max_findings = args.max_findings;
    config.allow_empty = args.allow_empty;
    args.apply(&mut config);
    config.expiry_horizon = TimeDelta::days(args.expiry_horizon.into());
    config
}

/// A code or a name that no rule has, with the one that was most likely meant.
pub(crate) fn unknown_rule(word: &str, message: String) -> Failure {
    let by_number = || {
        let number = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number = number.trim_start_matches('0');
        let mut codes = catalogue().iter().map(|rule| rule.code);
        codes.find(|code| {
            code.strip_prefix("UR")
                .map(|code| code.trim_start_matches('0'))
                == Some(number)
        })
    };
    let start = match word.parse::<CodePrefix>() {
        Ok(start) => Some(start.to_string()),
        Err(error) => error.suggestion().map(str::to_owned),
    };
    let by_code = || {
        let mut codes = catalogue().iter().map(|rule| rule.code);
        let start = start?;
        codes.find(|code| code.starts_with(&start))
    };
    let suggested = nearest(word, catalogue().iter().map(|rule| rule.name))
        .or_else(by_number)
        .or_else(by_code);
    Failure::usage(message).help(match suggested {
        Some(suggested) => format!("did you mean {suggested}? `kore-usage rules` lists them all"),
        None => "`kore-usage rules` lists them all".to_owned(),
    })
}

/// Validates records and writes the report in the form that was asked for.
pub(crate) struct Reporter {
    validator: Validator,
    report: Report,
}

/// A report on standard output, in the form that was asked for.
pub(crate) struct Report {
    writer: ReportWriter<Output>,
    fail_on: FailOn,
    /// Why the input was not seen as a whole.
    incomplete: Vec<String>,
    /// Whether notices are only counted, in a report for people.
    hides_infos: bool,
    is_human: bool,
    /// Whether a run that passes says nothing to people.
    quiet: bool,
}

impl Report {
    /// Starts a report. For people it lists infos only where they fail the run or are asked for, and in quiet
    /// only what fails the run.
    pub(crate) fn new(args: &RuleArgs, context: Context) -> Self {
        let is_human = args.format == ReportFormat::Human;
        let hides_infos = is_human && !context.verbose && args.fail_on != FailOn::Info;
        let mut options = ReportOptions::default();
        options.style = stdout_style();
        options.verbose = context.verbose;
        if hides_infos {
            options.least_listed = match args.fail_on {
                FailOn::Error | FailOn::Never if context.quiet => Severity::Error,
                _ => Severity::Warning,
            };
        }
        Self {
            writer: ReportWriter::new(Output::stdout(), args.format.into(), &options),
            fail_on: args.fail_on,
            incomplete: Vec::new(),
            hides_infos,
            is_human,
            quiet: context.quiet,
        }
    }

    /// Names the input that follows, and the file that holds it, if one does.
    pub(crate) fn source(&mut self, name: &str, file: Option<&Path>) {
        self.writer.source(name, file);
    }

    /// Says that the input was not seen as a whole, and why.
    pub(crate) fn incomplete(&mut self, why: impl Into<String>) {
        self.incomplete.push(why.into());
    }

    /// Writes what is left, and says how it went.
    pub(crate) fn finish(
        mut self,
        findings: impl IntoIterator<Item = Finding>,
        summary: Summary,
        show: impl FnOnce(&Outcome),
    ) -> Result<Exit, Failure> {
        // Whoever knows what is missing says so on standard error too.
        let is_told = !self.incomplete.is_empty();
        let outcome = Outcome::new(summary, self.fail_on, self.incomplete);
        show(&outcome);
        let hint = (self.is_human && !self.quiet).then(|| hint(&outcome, self.hides_infos));
        let unseen = (!is_told && outcome.verdict == Verdict::Incomplete)
            .then(|| Failure::incomplete(outcome.incomplete.join("; ")).help(INCOMPLETE_HELP));
        let written = findings
            .into_iter()
            .try_for_each(|finding| self.writer.finding(finding));
        if self.quiet && self.is_human && outcome.verdict == Verdict::Pass {
            return written
                .map(|()| Exit::Done)
                .map_err(|error| Failure::write("standard output", &error));
        }
        written
            .and_then(|()| self.writer.finish(&outcome))
            .and_then(|mut out| {
                out.write_all(hint.unwrap_or_default().as_bytes())?;
                out.flush()
            })
            .map_err(|error| Failure::write("standard output", &error))?;
        if let Some(unseen) = unseen {
            unseen.print();
        }
        Ok(match outcome.verdict {
            Verdict::Pass => Exit::Done,
            Verdict::Fail => Exit::Findings,
            Verdict::Incomplete => Exit::Incomplete,
        })
    }
}

impl Reporter {
    /// Starts a report on what is validated.
    pub(crate) fn new(config: &Config, args: &RuleArgs, context: Context) -> Self {
        Self {
            validator: Validator::new(config),
            report: Report::new(args, context),
        }
    }

    /// Names the input that follows, and the file that holds it, if one does.
    pub(crate) fn source(&mut self, name: &str, file: Option<&Path>) {
        self.report.source(name, file);
        self.validator.source(name);
    }

    /// Checks what a reader gives.
    pub(crate) fn item(&mut self, item: &Item) -> Result<(), Failure> {
        self.with(|validator| validator.item(item))
    }

    pub(crate) fn record(&mut self, place: &Place, record: &UsageRecord) -> Result<(), Failure> {
        self.with(|validator| validator.record(place, record))
    }

    pub(crate) fn malformed_record(&mut self, record: &MalformedRecord) -> Result<(), Failure> {
        self.with(|validator| validator.malformed_record(record))
    }

    /// Says that the next page is the first of another list.
    pub(crate) fn next_list(&mut self) {
        self.validator.next_list();
    }

    pub(crate) fn page(&mut self, meta: &PageMeta) -> Result<(), Failure> {
        self.with(|validator| validator.page(meta))
    }

    /// Reports that records of a window are missing, and why.
    pub(crate) fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        self.with(|validator| validator.missing(window, why))
    }

    /// Starts a piece of the present input that is checked by itself.
    pub(crate) fn part(&self) -> Part {
        self.validator.part()
    }

    /// Takes the records of a part that starts at a position, after a number of records.
    pub(crate) fn join(
        &mut self,
        part: &mut Part,
        position: Position,
        records: u64,
    ) -> Result<(), Failure> {
        self.with(|validator| validator.join(part, position, records))
    }

    pub(crate) fn malformed_document(
        &mut self,
        document: &MalformedDocument,
    ) -> Result<(), Failure> {
        self.with(|validator| validator.malformed_document(document))
    }

    /// Says that the input was not seen as a whole, and why.
    pub(crate) fn incomplete(&mut self, why: impl Into<String>) {
        self.report.incomplete(why);
    }

    fn with(&mut self, step: impl FnOnce(&mut Validator) -> Findings<'_>) -> Result<(), Failure> {
        for finding in step(&mut self.validator) {
            self.report
                .writer
                .finding(finding)
                .map_err(|error| Failure::write("standard output", &error))?;
        }
        Ok(())
    }

    /// Writes what is left, and says how it went.
    pub(crate) fn finish(self) -> Result<Exit, Failure> {
        self.finish_and(|_| {})
    }

    /// Writes what is left, shows the outcome, and says how it went.
    pub(crate) fn finish_and(self, show: impl FnOnce(&Outcome)) -> Result<Exit, Failure> {
        let (findings, summary) = self.validator.finish();
        self.report.finish(findings, summary, show)
    }
}

/// What a person may want to type next. What to do about a run that did not see everything, standard error says.
fn hint(outcome: &Outcome, hides_infos: bool) -> String {
    let summary = &outcome.summary;
    let hidden = hides_infos && summary.infos > 0;
    let hidden =
        hidden.then(|| "note: infos are counted and not listed; -v lists them\n".to_owned());
    let explained = catalogue().iter().find(|rule| {
        let count = summary.rules.get(rule.code);
        count.is_some_and(|count| count.failed > 0)
            && !matches!(rule.scope, Scope::Run | Scope::Document)
            && !(hides_infos && rule.severity == Severity::Info)
    });
    let is_explained = outcome.verdict != Verdict::Incomplete;
    let explained = explained.filter(|_| is_explained).map(|rule| {
        format!(
            "help: `kore-usage explain {}` tells more about a rule\n",
            rule.code
        )
    });
    hidden.into_iter().chain(explained).collect()
}

/// Colours where standard output is a terminal that wants them.
pub(crate) fn stdout_style() -> Style {
    style(anstream::AutoStream::choice(&io::stdout()))
}

/// Colours where standard error is a terminal that wants them.
pub(crate) fn stderr_style() -> Style {
    style(anstream::AutoStream::choice(&io::stderr()))
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
    let style = stderr_style();
    for finding in validator.malformed_record(record) {
        tell(human::finding(&finding, style).to_string().trim_end());
    }
}
