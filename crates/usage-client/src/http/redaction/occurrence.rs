//! Finds the client's credentials in a page, whose records are passed on exactly as they came.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem, memrchr, memrchr2};

use super::{
    Decode, LONGEST_SPELLING, Needles, SHORTEST_APART, Secrets, bare, decode_each, escape, fold,
    percent,
};

/// Bytes of a body that are looked through at a time.
const WINDOW: usize = 256 * 1024;

/// Bytes that separators within a credential may take, where not all of a body is looked through or decoded at once.
const SEPARATORS: usize = 16 * 1024;

/// Encodings that may stand over each other.
const DEEPEST: u8 = 3;

/// A credential of digits alone is looked for anywhere if it has at least so many: figures and dates of records have
/// fewer. A shorter one is found where it is all of a text.
const FEWEST_DIGITS: usize = 16;

impl Secrets<'_> {
    /// Whether the body holds one of the credentials, in any of the spellings that [`redact`](Self::redact) finds, with
    /// at most 16 KiB of separators in it. Takes time in proportion to the body, and memory that does not depend on it.
    pub(crate) fn occur_in(&self, body: &[u8]) -> bool {
        let Some(longest) = self.0.iter().map(|secret| secret.len()).max() else {
            return false;
        };
        let sought = Sought::of(&self.0, longest);
        let mut start: usize = 0;
        loop {
            let end = start.saturating_add(WINDOW).saturating_add(sought.longest);
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
    /// Bytes that a credential may take, with its spelling and the separators in it.
    longest: usize,
    /// What is left of credentials without separators: whoever finds it finds the credential as well.
    bare: Vec<memmem::Finder<'static>>,
    /// What of credentials is too short without separators, or in digits alone.
    whole: Vec<memmem::Finder<'static>>,
}

impl Sought {
    /// What is sought of credentials, the longest of which has so many bytes.
    fn of(secrets: &[&str], longest: usize) -> Self {
        let mut sought = Self {
            longest: longest
                .saturating_mul(LONGEST_SPELLING)
                .saturating_add(SEPARATORS),
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
        if is_in(&self.bare, &|| bare(part)) || is_in(&self.whole, &|| fold(part)) {
            return true;
        }
        let Some(fewer) = encodings.checked_sub(1) else {
            return false;
        };
        let encodings: [(Marks, Decode); 2] = [(escape_marks, escape), (percent_marks, percent)];
        encodings.into_iter().any(|(marks, decode)| {
            let Some(marks) = marks(part) else {
                return false;
            };
            // Only what is near a mark reads otherwise once it is decoded.
            let start = marks.start.saturating_sub(self.longest);
            let end = marks.end.saturating_add(self.longest).min(part.len());
            let part = part.get(start..end).unwrap_or_default();
            let mut decoded = Vec::with_capacity(part.len());
            decode_each(part, decode, |bytes, _| decoded.extend_from_slice(bytes));
            decoded != part && self.are_in(&decoded, fewer)
        })
    }
}

/// The part of a text from the first to the last byte that may begin an encoding.
type Marks = fn(&[u8]) -> Option<Range<usize>>;

fn escape_marks(text: &[u8]) -> Option<Range<usize>> {
    // `&` begins one only where `;` ends it.
    let has_entities = memchr(b';', text).is_some();
    let other = if has_entities { b'&' } else { b'\\' };
    let marks = memchr2(b'\\', other, text).zip(memrchr2(b'\\', other, text));
    let numbers =
        memmem::find(text, b"0x").and_then(|first| Some((first, memmem::rfind(text, b"0x")?)));
    let (first, last) = match (marks, numbers) {
        (Some((first, last)), Some((start, end))) => (first.min(start), last.max(end)),
        (marks, numbers) => marks.or(numbers)?,
    };
    Some(first..last)
}

fn percent_marks(text: &[u8]) -> Option<Range<usize>> {
    Some(memchr(b'%', text)?..memrchr(b'%', text)?)
}

fn finder(needle: &[u8]) -> memmem::Finder<'static> {
    memmem::Finder::new(needle).into_owned()
}

/// Whether it may be a figure or a date.
fn is_figure(needle: &[u8]) -> bool {
    needle.len() < FEWEST_DIGITS && needle.iter().all(u8::is_ascii_digit)
}
