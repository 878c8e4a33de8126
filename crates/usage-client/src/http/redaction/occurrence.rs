//! Finds the client's credentials in a page, whose records are passed on exactly as they came.

use memchr::{memchr, memchr2, memmem};

use super::{
    Decode, LONGEST_SPELLING, Needles, SHORTEST_APART, Secrets, bare, decode_each, escape, fold,
    percent,
};

/// Bytes of a body that are looked through at a time.
const WINDOW: usize = 256 * 1024;

/// Bytes that separators within a credential may take where one part of a body ends and the next begins.
const SEPARATORS: usize = 16 * 1024;

/// Encodings that may stand over each other.
const DEEPEST: u8 = 3;

/// A credential of digits alone is looked for anywhere if it has at least so many: figures and dates of records have
/// fewer. A shorter one is found where it is all of a text.
const FEWEST_DIGITS: usize = 16;

impl Secrets<'_> {
    /// Whether the body holds one of the credentials, in any of the spellings that [`redact`](Self::redact) finds.
    /// Takes time in proportion to the body, and memory that does not depend on it.
    pub(crate) fn occur_in(&self, body: &[u8]) -> bool {
        let Some(longest) = self.0.iter().map(|secret| secret.len()).max() else {
            return false;
        };
        let sought = Sought::of(&self.0);
        let overlap = longest
            .saturating_mul(LONGEST_SPELLING)
            .saturating_add(SEPARATORS);
        let mut start: usize = 0;
        loop {
            let end = start.saturating_add(WINDOW).saturating_add(overlap);
            let part = body.get(start..end.min(body.len())).unwrap_or_default();
            if sought.are_in(part, DEEPEST) {
                return true;
            }
            if end >= body.len() {
                return false;
            }
            start = start.saturating_add(WINDOW);
        }
    }
}

/// What is searched for in a body.
struct Sought {
    /// What is left of credentials without separators: whoever finds it finds the credential as well.
    bare: Vec<memmem::Finder<'static>>,
    /// What of credentials is too short without separators, or in digits alone.
    whole: Vec<memmem::Finder<'static>>,
}

impl Sought {
    fn of(secrets: &[&str]) -> Self {
        let mut sought = Self {
            bare: Vec::new(),
            whole: Vec::new(),
        };
        for secret in secrets {
            let needles = Needles::of(secret);
            let all = needles.bare.iter().chain(&needles.bare_base64);
            for needle in all.filter(|needle| !is_figure(needle)) {
                sought.bare.push(finder(needle));
            }
            for needle in needles.encoded.iter().chain(&needles.base64) {
                let rest = bare(needle);
                if is_figure(&rest) {
                    sought
                        .whole
                        .push(finder(&[b"\"", needle.as_slice(), b"\""].concat()));
                } else if rest.len() < SHORTEST_APART {
                    sought.whole.push(finder(needle));
                }
            }
        }
        sought
    }

    /// Whether a part of a body holds what is sought, with as many encodings taken off it as are given.
    fn are_in(&self, part: &[u8], encodings: u8) -> bool {
        let is_in = |finders: &[memmem::Finder<'_>], text: &dyn Fn() -> Vec<u8>| {
            !finders.is_empty() && {
                let text = text();
                finders.iter().any(|finder| finder.find(&text).is_some())
            }
        };
        if is_in(&self.bare, &|| bare(part).to_ascii_lowercase())
            || is_in(&self.whole, &|| fold(part))
        {
            return true;
        }
        let Some(fewer) = encodings.checked_sub(1) else {
            return false;
        };
        let may_be_escaped =
            memchr2(b'\\', b';', part).is_some() || memmem::find(part, b"0x").is_some();
        let may_be_percent = memchr(b'%', part).is_some();
        let decodes: [(bool, Decode); 2] = [(may_be_escaped, escape), (may_be_percent, percent)];
        decodes
            .into_iter()
            .filter(|(may_be, _)| *may_be)
            .any(|(_, decode)| {
                let mut decoded = Vec::with_capacity(part.len());
                decode_each(part, decode, |bytes, _| decoded.extend_from_slice(bytes));
                decoded != part && self.are_in(&decoded, fewer)
            })
    }
}

fn finder(needle: &[u8]) -> memmem::Finder<'static> {
    memmem::Finder::new(needle).into_owned()
}

/// Whether it may be a figure or a date.
fn is_figure(needle: &[u8]) -> bool {
    needle.len() < FEWEST_DIGITS && needle.iter().all(u8::is_ascii_digit)
}
