//! Text that XML 1.0 allows.

use std::fmt::{self, Display, Write};

/// A text between two tags.
pub(super) fn text(text: &str) -> impl Display {
    fmt::from_fn(move |f| text.chars().try_for_each(|letter| escape(f, letter)))
}

/// A text between quotes, where line ends and tabs would be read as spaces.
pub(super) fn attribute(text: &str) -> impl Display {
    fmt::from_fn(move |f| {
        text.chars().try_for_each(|letter| match letter {
            '"' => f.write_str("&quot;"),
            '\t' | '\n' => write!(f, "&#{};", u32::from(letter)),
            _ => escape(f, letter),
        })
    })
}

fn escape(f: &mut fmt::Formatter<'_>, letter: char) -> fmt::Result {
    match letter {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        // Unescaped it could end a CDATA section, which text must not.
        '>' => f.write_str("&gt;"),
        // A reader of XML turns a bare one into a line feed.
        '\r' => f.write_str("&#13;"),
        _ if is_allowed(letter) => f.write_char(letter),
        // Not even a character reference may name it.
        _ => write!(f, "{}", letter.escape_unicode()),
    }
}

/// Whether XML 1.0 knows the character: production 2 of its grammar.
const fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            text("<a b=\"c\">&]]>\n\tü").to_string(),
            "&lt;a b=\"c\"&gt;&amp;]]&gt;\n\tü"
        );
        assert_eq!(
            attribute("<\"&\n\t").to_string(),
            "&lt;&quot;&amp;&#10;&#9;"
        );
    }

    #[test]
    fn characters_that_xml_forbids_are_named() {
        assert_eq!(
            text("\0\u{1b}[2J\u{7f}\u{fffe}\u{ffff}\u{fffd}\u{10ffff}\r").to_string(),
            "\\u{0}\\u{1b}[2J\u{7f}\\u{fffe}\\u{ffff}\u{fffd}\u{10ffff}&#13;"
        );
    }
}
