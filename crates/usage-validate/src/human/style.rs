//! Colours, and text that cannot steer a terminal.

use std::fmt::{self, Display, Write};

use crate::Severity;

/// Whether to colour what is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "text is coloured or not")]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With ANSI escape sequences, for a terminal.
    Ansi,
}

/// What a piece of text is, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Severity(Severity),
    /// Rulers, arrows and labels.
    Frame,
    /// What is to be read first.
    Strong,
    Good,
}

impl Paint {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Severity(Severity::Error) => "\x1b[1;31m",
            Self::Severity(Severity::Warning) => "\x1b[1;33m",
            Self::Severity(Severity::Info) => "\x1b[1;36m",
            Self::Frame => "\x1b[1;34m",
            Self::Strong => "\x1b[1m",
            Self::Good => "\x1b[1;32m",
        }
    }
}

impl Style {
    /// The text in its colour.
    pub(super) fn paint(self, paint: Paint, text: impl Display) -> impl Display {
        fmt::from_fn(move |f| match self {
            Self::Plain => write!(f, "{text}"),
            Self::Ansi => write!(f, "{}{text}\x1b[0m", paint.sequence()),
        })
    }
}

/// A text from outside with its control characters escaped.
pub(super) fn plain(text: &str) -> impl Display {
    fmt::from_fn(move |f| {
        for letter in text.chars() {
            if is_unsafe(letter) {
                write!(f, "{}", letter.escape_unicode())?;
            } else {
                f.write_char(letter)?;
            }
        }
        Ok(())
    })
}

/// Whether a character steers a terminal or hides what stands there.
pub(crate) fn is_unsafe(letter: char) -> bool {
    letter.is_control() || is_invisible(letter)
}

/// Marks that change the direction of text or take no room, with which a text can look like another one, and
/// the ends of lines that are no control characters.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
