//! Makes text of outside origin fit to be shown.

/// One line of at most `limit` characters: control characters become spaces, runs of white space one
/// space, and what is left out is marked with an ellipsis.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let shown = text.split(|character: char| character.is_whitespace() || character.is_control());
    for word in shown.filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        if gap == 1 {
            line.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length >= limit {
                line.truncate(line.trim_end().len());
                line.push('…');
                return line;
            }
            line.push(character);
            length += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn one_clean_line_remains() {
        for (text, limit, expected) in [
            ("", 5, ""),
            (" a\r\n\tb\u{7f}c\u{9b}d ", 20, "a b c d"),
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abcdef…"),
            ("abc def", 4, "abc…"),
            ("äöüß", 3, "äöü…"),
            ("a", 0, "…"),
        ] {
            assert_eq!(shorten(text, limit), expected, "{text:?}");
        }
    }
}
