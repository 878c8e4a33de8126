//! `explain` and `rules`: what the validator checks.

use std::io::Write;

use usage_validate::{catalogue, rule};

use crate::{args::ListFormat, exit::Exit, failure::Failure, output::Output, report::unknown_rule};

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

/// Writes a text to standard output.
pub(super) fn print(text: &str) -> Result<Exit, Failure> {
    let mut out = Output::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::write(out.name(), &error))?;
    Ok(Exit::Done)
}
