//! Keeps the client's credentials out of what it reports.

use url::form_urlencoded;

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

/// Texts shorter than this, in bytes, are not looked for: they are in half of all words, so that taking
/// them out would spoil every message, and they protect nothing.
const SHORTEST: usize = 6;

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

    /// The text with every credential replaced, plain or form-encoded.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            text.replace(secret, REDACTED).replace(&encoded, REDACTED)
        })
    }
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
    fn a_text_too_short_for_a_credential_spoils_no_message() {
        let secrets = Secrets::new(["a", "avail"]);
        assert_eq!(secrets.redact("not available"), "not available");
    }
}
