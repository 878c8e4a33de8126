//! Keeps the client's credentials out of what it reports.

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

/// Texts shorter than this, in bytes, are not looked for: they are in half of all words, so that taking
/// them out would spoil every message, and they protect nothing.
const SHORTEST: usize = 6;

/// Bytes that one byte of a credential takes in its longest spelling, `\u0041`.
const LONGEST_SPELLING: usize = 6;

/// The credentials in use, for taking them out of texts that a server sends back.
#[derive(Default)]
pub(crate) struct Secrets<'a>(Vec<&'a str>);

impl<'a> Secrets<'a> {
    /// The given credentials; those too short to be one are left out.
    pub(crate) fn new(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            secrets
                .into_iter()
                .filter(|secret| secret.len() >= SHORTEST)
                .collect(),
        )
    }

    /// The text with every credential replaced: plain, as part of an address, or as a text of JSON, in capital
    /// letters or not.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            // The plain spelling may read like the encoding of something else.
            redact_spellings(&text.replace(secret, REDACTED), secret)
        })
    }

    /// The start of a text that may be too long to look through, with every credential replaced.
    ///
    /// Of a credential that is cut in two, the first part stands at the end, where no search finds it: as much
    /// as that may be is left out.
    pub(crate) fn redact_start(&self, text: &[u8], limit: usize) -> String {
        let start = text.get(..limit).unwrap_or(text);
        let mut redacted = self.redact(&String::from_utf8_lossy(start));
        if start.len() < text.len() {
            let longest = self.0.iter().map(|secret| secret.len()).max();
            let part = longest.unwrap_or(0).saturating_mul(LONGEST_SPELLING);
            let end = redacted.len().saturating_sub(part);
            redacted.truncate(redacted.floor_char_boundary(end));
        }
        redacted
    }
}

fn redact_spellings(text: &str, secret: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let tail = after(rest.as_bytes(), secret.as_bytes())
            .and_then(|tail| rest.get(rest.len().saturating_sub(tail.len())..));
        if let Some(tail) = tail {
            redacted.push_str(REDACTED);
            rest = tail;
        } else {
            redacted.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    redacted
}

/// What follows the secret in a text that starts with it, each of its bytes in whatever spelling.
fn after<'a>(text: &'a [u8], secret: &[u8]) -> Option<&'a [u8]> {
    secret.iter().try_fold(text, |text, byte| match text {
        [b'%', high, low, rest @ ..] if is_hex([high, low], *byte) => Some(rest),
        [b'\\', b'u', b'0', b'0', high, low, rest @ ..] if is_hex([high, low], *byte) => Some(rest),
        [b'\\', escaped, rest @ ..] if escaped == byte => Some(rest),
        [b'+', rest @ ..] if *byte == b' ' => Some(rest),
        [plain, rest @ ..] if plain.eq_ignore_ascii_case(byte) => Some(rest),
        _ => None,
    })
}

/// Whether two hexadecimal digits stand for a byte.
fn is_hex(digits: [&u8; 2], byte: u8) -> bool {
    let [high, low] = digits.map(|digit| char::from(*digit).to_digit(16));
    let value = high.zip(low).map(|(high, low)| high * 16 + low);
    value == Some(byte.into())
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn credentials_are_replaced_in_both_spellings() {
        let secrets = Secrets::new(["a+b/c=", "", "tokens"]);
        assert_eq!(
            secrets.redact("plain a+b/c=, form a%2Bb%2Fc%3D, Bearer tokens."),
            "plain [redacted], form [redacted], Bearer [redacted]."
        );
    }

    #[test]
    fn no_spelling_of_a_credential_is_left() {
        let secrets = Secrets::new(["a+B/c\\d \"é", "%25x%25"]);
        for spelling in [
            "a+B/c\\d \"é",
            "A+b/C\\D \"é",
            "a%2BB%2Fc%5Cd+%22%C3%A9",
            "a%2bB%2fc%5cd%20%22%c3%a9",
            "a+B/c%5Cd%20%22é",
            r#"a+B\/c\\d \"é"#,
            r"a\u002bB\u002Fc\u005Cd\u0020\u0022é",
            "%25x%25",
            "%2525x%2525",
        ] {
            let text = format!("é{spelling}%{spelling}\\u{spelling}");
            assert_eq!(
                secrets.redact(&text),
                "é[redacted]%[redacted]\\u[redacted]",
                "{spelling}"
            );
        }
        for other in [
            "a+B/c\\d \"",
            "a+B/c\\d \"e",
            "a%2B",
            "%",
            "%C3",
            "\\",
            "\\u00",
            "",
        ] {
            assert_eq!(secrets.redact(other), other);
        }
    }

    #[test]
    fn what_only_looks_like_a_spelling_stays() {
        let secrets = Secrets::new(["tokens"]);
        for text in ["%41okens", "%7okens", r"\u0041okens", "+okens", r"\xokens"] {
            assert_eq!(secrets.redact(text), text);
        }
        for text in ["%74okens", r"\u0074okens", r"to\kens"] {
            assert_eq!(secrets.redact(text), "[redacted]");
        }
    }

    #[test]
    fn a_text_too_short_for_a_credential_spoils_no_message() {
        let secrets = Secrets::new(["a", "avail"]);
        assert_eq!(secrets.redact("not available"), "not available");
    }
}
