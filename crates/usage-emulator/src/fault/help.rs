//! The help on all faults, made from their entries: for a terminal and as a page.

use std::{fmt::Write as _, sync::LazyLock};

use super::{
    catalogue::ENTRIES,
    entry::{Effect, Entry},
};

/// The width of the help, and of its left column.
const WIDTH: usize = 80;
const LEFT: usize = 36;

/// How a fault is written.
pub(super) fn form(entry: &Entry) -> String {
    let Entry {
        name,
        arguments,
        options,
        ..
    } = entry;
    match entry.effect {
        Effect::Record(_) => format!("{name}:TIME{arguments}{options}"),
        Effect::Request(_) => format!("{name}{arguments}[@WHEN]{options}"),
    }
}

/// Returns the text form of all faults, as lines for a terminal.
pub(super) fn grammar() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(written);
    &TEXT
}

fn written() -> String {
    const RECORD: &str = "\
A record is sent with wrong contents: NAME:TIME[:ARGUMENT...][;sim=SID]
TIME is a UTC day (2026-03-05, its daily record) or hour (2026-03-05T07, its
hourly record); ;sim= takes the record of that SIM, not that of the account.
";
    const ARGUMENTS: &str = "\
TREE is data (the default) or commands. COUNTER is TREE[.NETWORK].NAME, such as
data.home.download, commands.total or data.international_roaming.DEU.upload.
";
    const REQUEST: &str = "
A request is answered wrongly: NAME[:ARGUMENT...][@WHEN][;OPTION...]
Its options, and ;on=ENDPOINT, come last.
WHEN is the number of the request, counted from 1 (3), that many in a row (3x2),
or a share of all requests, drawn from the seed (10%); without it, all requests.
ENDPOINT is records (the default), sims or token; each counts its own requests.
";
    let mut text = RECORD.to_owned();
    let of_records = |entry: &Entry| matches!(entry.effect, Effect::Record(_));
    for entry in ENTRIES.iter().filter(|entry| of_records(entry)) {
        describe(&mut text, entry);
    }
    text.push_str(ARGUMENTS);
    text.push_str(REQUEST);
    for entry in ENTRIES.iter().filter(|entry| !of_records(entry)) {
        describe(&mut text, entry);
    }
    text
}

/// Returns the page on all faults, in Markdown: what [`Fault::grammar`](super::Fault::grammar) says, as tables.
pub fn faults_page() -> String {
    let mut page = "\
<!-- Made by `cargo xtask docs` from the entries of the faults. -->

A fault in a record is written `NAME:TIME[:ARGUMENT…][;sim=SID]`. `TIME` is a UTC day (`2026-03-05`, its daily record)
or hour (`2026-03-05T07`, its hourly record). `TREE` is `data` (the default) or `commands`. `COUNTER` is
`TREE[.NETWORK].NAME`, such as `data.home.download`, `commands.total` or `data.international_roaming.DEU.upload`.

| Fault in a record | The record |
|---|---|
"
    .to_owned();
    let of_records = |entry: &Entry| matches!(entry.effect, Effect::Record(_));
    let rows = |page: &mut String, records: bool| {
        for entry in ENTRIES.iter().filter(|entry| of_records(entry) == records) {
            let help = entry.help.replace('|', "\\|");
            // Writing to a string cannot fail.
            let _written = writeln!(page, "| `{}` | {help} |", form(entry));
        }
    };
    rows(&mut page, true);
    page.push_str(
        "
A fault in answers is written `NAME[:ARGUMENT…][@WHEN][;OPTION…][;on=ENDPOINT]`. `WHEN` is the number of the request,
counted from 1 (`3`), that many in a row (`3x2`), or a share of all requests, drawn from the seed (`10%`); without it
all requests are concerned. `ENDPOINT` is `records` (the default), `sims` or `token`; each counts its own requests.

| Fault in answers | The answer |
|---|---|
",
    );
    rows(&mut page, false);
    page
}

/// Writes the lines of one fault: its form, and what it does beside it or below.
fn describe(text: &mut String, entry: &Entry) {
    let time = match entry.effect {
        Effect::Record(_) => ":TIME",
        Effect::Request(_) => "",
    };
    let mut line = format!("  {}{time}{}{}", entry.name, entry.arguments, entry.options);
    if line.len() > LEFT {
        text.push_str(&line);
        text.push('\n');
        line.clear();
    }
    let help = entry.help.replace('`', "");
    let mut words = help.split(' ').peekable();
    while words.peek().is_some() {
        // Writing to a string cannot fail.
        let _written = write!(text, "{line:LEFT$}");
        let mut room = WIDTH - LEFT;
        while let Some(word) = words.next_if(|word| word.len() < room) {
            room -= word.len() + 1;
            text.push(' ');
            text.push_str(word);
        }
        text.push('\n');
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_is_in_the_help() {
        let mut names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        for name in &names {
            assert!(grammar().contains(&format!("\n  {name}")), "{name}");
        }
        // A form is on one line, however long it is; all else is wrapped.
        let words = grammar()
            .lines()
            .filter(|line| !line.starts_with("  status:"));
        let longest = words.map(str::len).max();
        assert!(longest <= Some(WIDTH), "{longest:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ENTRIES.len(), "two faults with one name");
    }
}
