//! Foreign text on a terminal.

use std::{
    ffi::OsStr,
    fmt::{self, Display, Write},
};

/// Displays a text from outside so that it cannot steer a terminal or look like another text: control
/// characters, line ends, characters that change the direction of text and invisible characters become escapes.
///
/// Use it wherever a record, a server or a file name ends up before a person: tables, errors, reports, logs.
///
/// ```
/// assert_eq!(usage_model::visible("a\u{1b}[2J\u{202e}b\nü").to_string(), r"a\u{1b}[2J\u{202e}b\u{a}ü");
/// ```
pub const fn visible(text: &str) -> Visible<'_> {
    Visible(text.as_bytes())
}

/// Displays the name of a file as [`visible`] does, and the bytes of it that are not UTF-8 as `\xff`.
///
/// ```
/// # #[cfg(unix)] {
/// use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
/// let name = OsStr::from_bytes(b"june\xff.json");
/// assert_eq!(usage_model::visible_name(name).to_string(), r"june\xff.json");
/// # }
/// ```
pub fn visible_name<N: AsRef<OsStr> + ?Sized>(name: &N) -> Visible<'_> {
    Visible(name.as_ref().as_encoded_bytes())
}

/// A foreign text on its way to a person; made by [`visible`] and [`visible_name`].
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a>(&'a [u8]);

impl Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for letter in chunk.valid().chars() {
                if is_visible(letter) {
                    f.write_char(letter)?;
                } else {
                    write!(f, "{}", letter.escape_unicode())?;
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Returns whether a character neither steers a terminal nor hides itself or its neighbours.
///
/// ```
/// assert!(usage_model::is_visible('ü'));
/// assert!(!usage_model::is_visible('\u{202e}'));
/// ```
pub const fn is_visible(letter: char) -> bool {
    !matches!(
        letter,
        // Control characters: C0, DEL and C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Marks of direction, joiners, separators of lines, invisible operators, the byte order mark.
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        // Fillers of Hangul, which take no room or look like a space.
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        // Tags.
        | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_character_is_escaped() {
        for letter in ('\0'..=char::MAX).filter(|letter| letter.is_control()) {
            assert!(!is_visible(letter), "{letter:?}");
        }
    }

    #[test]
    fn text_of_any_script_stays_as_it_is() {
        for text in [
            "kWh 5 %",
            "Zürich",
            "東京",
            "\u{1f4e1}",
            "naïve",
            "\u{e9}\u{a0}\\",
        ] {
            assert_eq!(visible(text).to_string(), text);
        }
    }

    #[test]
    fn directions_and_invisible_characters_are_escaped() {
        assert_eq!(
            visible("\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}").to_string(),
            r"\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}"
        );
    }
}
