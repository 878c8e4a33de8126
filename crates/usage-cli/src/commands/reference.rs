//! The commands that describe the program: `explain`, `rules`, `schema`, `completions` and `man`.

use clap::CommandFactory;
use usage_model::nearest;
use usage_validate::{catalogue, rule};

use crate::{
    args::{Cli, ListFormat, SchemaName},
    exit::Exit,
    failure::Failure,
    output::{print, report::unknown_rule},
};

/// Explains one rule, by its code or its name.
pub(super) fn explain(code: &str) -> Result<Exit, Failure> {
    let named = || catalogue().iter().copied().find(|rule| rule.name == code);
    let Some(rule) = rule(&code.to_ascii_uppercase()).or_else(named) else {
        return Err(unknown_rule(code, format!("there is no rule {code:?}")));
    };
    print(&rule.explain())
}

/// Lists all rules.
pub(super) fn rules(format: ListFormat) -> Result<Exit, Failure> {
    let text = match format {
        ListFormat::Human => {
            let lines: Vec<String> = catalogue()
                .iter()
                .map(|rule| {
                    let severity = rule.severity.as_str();
                    format!(
                        "{:<6} {:<27} {severity:<8} {}\n",
                        rule.code, rule.name, rule.sentence
                    )
                })
                .collect();
            lines.concat() + "\n`kore-usage explain CODE` tells more about each.\n"
        }
        ListFormat::Json => {
            let text = serde_json::to_string_pretty(catalogue())
                .map_err(|error| Failure::incomplete(error.to_string()))?;
            text + "\n"
        }
    };
    print(&text)
}

/// Prints one schema.
pub(super) fn schema(name: SchemaName) -> Result<Exit, Failure> {
    print(match name {
        SchemaName::Record => usage_model::schemas::RECORD,
        SchemaName::Page => usage_model::schemas::PAGE,
        SchemaName::Report => usage_validate::schemas::REPORT,
        SchemaName::ReportLine => usage_validate::schemas::REPORT_LINE,
    })
}

/// Prints the completion script of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kore-usage", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of the program, or of one of its commands.
pub(super) fn man(command: &[String]) -> Result<Exit, Failure> {
    let mut program = Cli::command().disable_help_subcommand(true);
    // Passes on to the commands what they have from the program, their names on the page among it.
    program.build();
    let mut described = &program;
    for name in command {
        described = described.find_subcommand(name).ok_or_else(|| {
            let commands = described.get_subcommands().map(clap::Command::get_name);
            let failure = Failure::usage(format!("there is no command {name:?}"));
            failure.help(match nearest(name, commands) {
                Some(suggested) => {
                    format!("did you mean {suggested}? `kore-usage --help` lists them all")
                }
                None => "`kore-usage --help` lists them all".to_owned(),
            })
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(described.clone())
        .source(concat!("kore-usage ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|error| Failure::incomplete(format!("cannot render the manual: {error}")))?;
    print(&String::from_utf8_lossy(&page))
}
