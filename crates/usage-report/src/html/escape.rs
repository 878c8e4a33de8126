//! Texts that no browser takes for anything else.

use std::fmt::Write as _;

use usage_model::visible;

/// Returns a text with the signs of HTML escaped, and what would not be seen, or would turn the text around, written
/// out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).to_string().chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            sign => out.push(sign),
        }
    }
    out
}

/// Adds what `format_args!` gives.
pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _: std::fmt::Result = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_html_is_left() {
        assert_eq!(
            escaped("<img src=x onerror='a' \"b\" &amp; `c`>"),
            "&lt;img src=x onerror=&#39;a&#39; &quot;b&quot; &amp;amp; &#96;c&#96;&gt;"
        );
        assert_eq!(escaped("\u{202e}\u{1b}"), "\\u{202e}\\u{1b}");
    }
}
