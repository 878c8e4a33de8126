//! A command line that cannot be read, and what a person is told of it.

use crate::{
    exit::Exit,
    messages::{tell, visible},
};

/// Says what is wrong with a command line, or prints the help or the version that it asks for.
///
/// What was typed is shown so that it cannot steer a terminal.
pub(crate) fn refuse(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        error.exit();
    }
    let text = error.render().to_string();
    let text = text.split("\n\nFor more information").next();
    let text = text.unwrap_or_default().trim_end();
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let text = match text.strip_prefix("error:") {
        Some(rest) => format!("{style}error{style:#}:{}", shown(rest)),
        // Without a command there is the help.
        None => shown(text),
    };
    tell(&text);
    let style = anstyle::AnsiColor::Cyan.on_default();
    tell(&format!(
        "{style}help{style:#}: --help after a command shows its options, with examples"
    ));
    Exit::Usage
}

/// A text of several lines, each made harmless.
fn shown(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(visible).collect();
    lines.join("\n")
}
