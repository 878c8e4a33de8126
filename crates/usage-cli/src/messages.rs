//! Messages on standard error, and their words.

use std::{
    env,
    error::Error,
    io::{self, IsTerminal, Write},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use indicatif::ProgressBar;
use serde::Serialize;
use usage_client::AskedWait;
pub(crate) use usage_model::rfc3339;

/// The line that says how far a fetch is, while there is one.
static STATUS: OnceLock<ProgressBar> = OnceLock::new();

/// Lets messages know the line that they must not break.
pub(crate) fn status_line(bar: &ProgressBar) {
    // There is one fetch a run; a second line would be drawn by itself.
    let _: Result<(), _> = STATUS.set(bar.clone());
}

/// Lets `CLICOLOR_FORCE=0` be off, which otherwise counts as set: then only a terminal has colour, on which both
/// outputs are.
pub(crate) fn colour() {
    let variable = |name, value: &str| env::var_os(name).is_some_and(|set| set == value);
    let are_terminals = io::stdout().is_terminal() && io::stderr().is_terminal();
    let without = !are_terminals || variable("TERM", "dumb") || variable("CLICOLOR", "0");
    if variable("CLICOLOR_FORCE", "0") && without {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Whether messages are objects for programs.
static JSON: AtomicBool = AtomicBool::new(false);

/// Lets all messages that follow be JSON objects, one a line.
pub(crate) fn write_json() {
    JSON.store(true, Ordering::Relaxed);
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

/// A message as a JSON object.
#[derive(Serialize)]
struct Logged<'a> {
    time: String,
    level: Level,
    message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// Writes a message as a JSON object, if that is how messages are written; says whether it did.
pub(crate) fn log(level: Level, message: &str, notes: &[String], help: Option<&str>) -> bool {
    if !JSON.load(Ordering::Relaxed) {
        return false;
    }
    let now = humantime::format_rfc3339_seconds(SystemTime::now());
    let message = anstream::adapter::strip_str(message).to_string();
    let logged = Logged {
        time: now.to_string(),
        level,
        message: &message,
        notes,
        help,
    };
    if let Ok(line) = serde_json::to_string(&logged) {
        write_line(&line);
    }
    true
}

/// Writes a line to standard error. One that is full or closed changes nothing else.
pub(crate) fn tell(line: &str) {
    if !log(Level::Info, line, &[], None) {
        write_line(line);
    }
}

fn write_line(line: &str) {
    let write = || {
        let mut out = anstream::stderr().lock();
        let _: io::Result<()> = writeln!(out, "{line}");
    };
    match STATUS.get() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Tells what went wrong, what else is known of it, and what to do about it.
pub(crate) fn error(message: &str, notes: &[String], help: Option<&str>) {
    if log(Level::Error, message, notes, help) {
        return;
    }
    let error = anstyle::AnsiColor::Red.on_default().bold();
    tell(&format!("{error}error{error:#}: {}", visible(message)));
    for note in notes {
        tell(&format!("  {}", visible(note)));
    }
    if let Some(text) = help {
        tell_help(text);
    }
}

/// Tells what to do about what went wrong.
pub(crate) fn tell_help(text: &str) {
    let style = anstyle::AnsiColor::Cyan.on_default();
    tell(&format!("{style}help{style:#}: {}", visible(text)));
}

/// Tells what the user should know though nothing failed.
pub(crate) fn note(text: &str) {
    if !log(Level::Info, text, &[], None) {
        write_line(&format!("note: {}", visible(text)));
    }
}

/// Tells what the user should change though nothing failed.
pub(crate) fn warn(text: &str) {
    if !log(Level::Warning, text, &[], None) {
        let style = anstyle::AnsiColor::Yellow.on_default().bold();
        write_line(&format!("{style}warning{style:#}: {}", visible(text)));
    }
}

/// A text of others, so that it cannot steer a terminal.
pub(crate) fn visible(text: &str) -> String {
    usage_model::visible(text).to_string()
}

/// A number and its noun, which takes an `s` where the number is not 1.
pub(crate) fn number(number: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        grouped(number),
        if number == 1 { "" } else { "s" }
    )
}

/// `was` or `were`, after a number and its noun.
pub(crate) const fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// A number whose digits stand in groups of three where there are five or more.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// What the system says of an error, without its number, or what our own code says of it.
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    if let Some((words, _)) = text.rsplit_once(" (os error ") {
        return words.to_lowercase();
    }
    if error.get_ref().is_some() {
        return text;
    }
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder",
        io::ErrorKind::AlreadyExists => "it exists already",
        io::ErrorKind::IsADirectory => "is a directory",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::UnexpectedEof => "it ends too early",
        io::ErrorKind::InvalidInput => "no file can have that name",
        io::ErrorKind::InvalidData => "it holds something else",
        io::ErrorKind::TimedOut => "it took too long",
        io::ErrorKind::WriteZero => "it takes no more",
        _ => "the system gives no reason",
    }
    .to_owned()
}

/// What an error says of a cause, in the words of [`words`] where it is the system's.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    error
        .downcast_ref()
        .map_or_else(|| error.to_string(), words)
}

/// Requests at a time are told to wait within this time of each other, and mean the same wait.
const SAME_WAIT: Duration = Duration::from_millis(500);

/// Says that the server asks to wait, as the wait begins.
pub(crate) fn tell_of_waits() -> impl Fn(&AskedWait) + Send + Sync + 'static {
    let reported = Mutex::new(None::<Instant>);
    move |asked| {
        let now = Instant::now();
        let until = now.checked_add(asked.wait);
        let mut reported = reported.lock().unwrap_or_else(PoisonError::into_inner);
        // Until a wait is over only those requests are told to wait that were under way before it.
        let is_new = reported
            .is_none_or(|reported| now >= reported || until > reported.checked_add(SAME_WAIT));
        if is_new {
            *reported = until;
            let status = asked
                .status
                .map_or_else(String::new, |status| format!(" (HTTP {status})"));
            tell(&format!(
                "the server asks to wait {}{status}",
                seconds(asked.wait)
            ));
        }
    }
}

/// Seconds with one digit after the point, if it is not 0, rounded up.
fn seconds(time: Duration) -> String {
    let tenths = time.as_millis().div_ceil(100);
    match tenths % 10 {
        0 => format!("{} s", tenths / 10),
        tenth => format!("{}.{tenth} s", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural_and_long_numbers_are_grouped() {
        assert_eq!([were(1), were(2)], ["was", "were"]);
        let pages = [0, 1, 2, 9_999, 13_179, 1_234_567].map(|pages| number(pages, "page"));
        assert_eq!(
            pages,
            [
                "0 pages",
                "1 page",
                "2 pages",
                "9999 pages",
                "13 179 pages",
                "1 234 567 pages"
            ]
        );
    }

    #[test]
    fn errors_of_the_system_have_no_numbers() {
        let error = io::Error::from_raw_os_error(28);
        assert_eq!(words(&error), "no space left on device");
        assert_eq!(words(&io::Error::other("as it is")), "as it is");
    }
}
