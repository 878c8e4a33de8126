//! Keeps the client's credentials out of what it reports.

mod occurrence;

use std::ops::Range;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use memchr::memmem;

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

/// Texts shorter than this, in bytes, are not looked for: they are in half of all words, so that taking
/// them out would spoil every message, and they protect nothing.
const SHORTEST: usize = 6;

/// Bytes of a credential that is looked for between separators: of a shorter one, ordinary words may be parts.
const SHORTEST_APART: usize = 8;

/// Bytes that one byte of a credential takes in its longest spelling, `&#x41;` or `\u0041` in percent.
const LONGEST_SPELLING: usize = 18;

/// Bytes of a text from a server that are looked through for what a message shows of it.
const LOOKED_THROUGH: usize = 16 * 1024;

/// Characters that a message shows of a link, a header or a body.
const SHOWN: usize = 80;

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

    /// The first characters of a text from a server on one line, with every credential replaced.
    pub(crate) fn shown(&self, text: impl AsRef<[u8]>) -> String {
        self.line(text, SHOWN)
    }

    /// The text on one line of at most `limit` characters, with every credential replaced.
    ///
    /// Of a long text the start is looked through. Of a credential that is cut in two there, the first part
    /// stands at the end, where no search finds it: as much as that may be is left out.
    pub(crate) fn line(&self, text: impl AsRef<[u8]>, limit: usize) -> String {
        let text = text.as_ref().trim_ascii_start();
        let start = text.get(..LOOKED_THROUGH).unwrap_or(text);
        let mut redacted = self.redact(&String::from_utf8_lossy(start));
        if start.len() < text.len() {
            let longest = self.0.iter().map(|secret| secret.len()).max();
            let part = longest.unwrap_or(0).saturating_mul(LONGEST_SPELLING);
            let end = redacted.len().saturating_sub(part);
            redacted.truncate(redacted.floor_char_boundary(end));
        }
        shorten(&redacted, limit)
    }

    /// The text with every credential replaced, in whatever spelling: in capitals or not, with percent
    /// signs, escapes of JSON or HTML, in Base64 or hexadecimal, on one line or several, and with separators between.
    /// Takes time in proportion to the text and the credentials.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut found = Vec::new();
        if !self.0.is_empty() {
            let plain = View::of(text);
            let unescaped = plain.decoded(escape);
            let decoded = unescaped.decoded(percent);
            let twice = decoded.decoded(percent);
            let percent_first = plain.decoded(percent);
            let then_unescaped = percent_first.decoded(escape);
            let views = [
                plain,
                unescaped,
                decoded,
                twice,
                percent_first,
                then_unescaped,
            ];
            let bare = views.each_ref().map(View::bare);
            for secret in &self.0 {
                let needles = Needles::of(secret);
                for view in &views {
                    view.find(&needles, &mut found);
                }
                for view in &bare {
                    view.find_bare(&needles, text.as_bytes(), &mut found);
                }
            }
        }
        replace(text, found)
    }
}

/// Replaces the ranges, which may overlap.
fn replace(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut redacted = String::with_capacity(text.len());
    let mut end = 0;
    for range in ranges {
        if range.start >= end {
            redacted.push_str(text.get(end..range.start).unwrap_or_default());
            redacted.push_str(REDACTED);
        }
        end = end.max(range.end);
    }
    redacted.push_str(text.get(end..).unwrap_or_default());
    redacted
}

/// What is searched for where a credential may be.
struct Needles {
    /// The credential itself, and what it decodes to where it looks encoded.
    encoded: Vec<Vec<u8>>,
    /// The parts of its Base64 that do not depend on what stands around it.
    base64: Vec<Vec<u8>>,
    /// What is left of these, and of the credential in hexadecimal, without separators.
    bare: Vec<Vec<u8>>,
    /// The parts of its Base64 without separators.
    bare_base64: Vec<Vec<u8>>,
}

impl Needles {
    fn of(secret: &str) -> Self {
        let plain = View::of(secret);
        let encoded = [
            plain.decoded(escape).folded(),
            plain.decoded(percent).folded(),
            plain.decoded(escape).decoded(percent).folded(),
            plain.folded(),
        ];
        let mut base64 = Vec::new();
        for before in 0..3 {
            let shifted = [&[0_u8; 3][..before], secret.as_bytes()].concat();
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let text = engine.encode(&shifted);
                // The first characters hold bits of what stands before, the last one of what follows.
                let first = (before * 8).div_ceil(6);
                let whole = shifted.len() * 8 / 6;
                base64.push(fold(text.get(first..whole).unwrap_or_default().as_bytes()));
            }
        }
        let hexadecimal = secret
            .bytes()
            .flat_map(|byte| format!("{byte:02x}").into_bytes());
        let bare_of = |needles: &[Vec<u8>]| needles.iter().map(|needle| bare(needle)).collect();
        let mut apart: Vec<Vec<u8>> = bare_of(&encoded);
        apart.push(hexadecimal.collect());
        Self {
            bare: searched(apart, SHORTEST_APART),
            bare_base64: searched(bare_of(&base64), SHORTEST_APART),
            encoded: searched(encoded.to_vec(), SHORTEST),
            base64: searched(base64, SHORTEST),
        }
    }
}

/// The needles that are long enough to be looked for, each once.
fn searched(mut needles: Vec<Vec<u8>>, shortest: usize) -> Vec<Vec<u8>> {
    needles.retain(|needle| needle.len() >= shortest);
    needles.sort_unstable();
    needles.dedup();
    needles
}

/// A text as it reads when an encoding is taken off it, with the place in the text that each byte comes from.
struct View {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

/// Takes an encoding off the start of some bytes: gives the character, and how many bytes it took.
type Decode = fn(&[u8]) -> Option<(Character, usize)>;

/// A character of a text, or a byte of one.
enum Character {
    Byte(u8),
    Char(char),
}

impl View {
    fn of(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            places: (0..text.len()).map(|at| at..at.saturating_add(1)).collect(),
        }
    }

    fn decoded(&self, decode: Decode) -> Self {
        let mut view = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            places: Vec::with_capacity(self.bytes.len()),
        };
        decode_each(&self.bytes, decode, |bytes, range| {
            let place = self.place(range);
            for byte in bytes {
                view.bytes.push(*byte);
                view.places.push(place.clone());
            }
        });
        view
    }

    /// Where some bytes come from.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.places.get(range.start).map_or(0, |place| place.start);
        let last = self.places.get(range.end.saturating_sub(1));
        start..last.map_or(start, |place| place.end)
    }

    fn folded(&self) -> Vec<u8> {
        fold(&self.bytes)
    }

    /// The text without separators: white space, colons, and all else that is not a letter or digit.
    fn bare(&self) -> Self {
        let all = self.bytes.iter().zip(&self.places);
        let (bytes, places) = all
            .map(|(byte, place)| (KEPT[usize::from(*byte)], place.clone()))
            .filter(|(kept, _)| *kept != 0)
            .unzip();
        Self { bytes, places }
    }

    /// Finds what stands apart in `whole`, the text before anything was taken off it.
    fn find_bare(&self, needles: &Needles, whole: &[u8], found: &mut Vec<Range<usize>>) {
        for needle in &needles.bare {
            for start in memmem::find_iter(&self.bytes, needle) {
                found.push(self.place(start..start.saturating_add(needle.len())));
            }
        }
        for needle in &needles.bare_base64 {
            let mut end = 0;
            for start in memmem::find_iter(&self.bytes, needle) {
                let place = self.place(start..start.saturating_add(needle.len()));
                if place.start >= end {
                    let place = with_base64_around(whole, place);
                    end = place.end;
                    found.push(place);
                }
            }
        }
    }

    fn find(&self, needles: &Needles, found: &mut Vec<Range<usize>>) {
        let text = self.folded();
        for needle in &needles.encoded {
            for start in memmem::find_iter(&text, needle) {
                found.push(self.place(start..start.saturating_add(needle.len())));
            }
        }
        for needle in &needles.base64 {
            let mut end = 0;
            for start in memmem::find_iter(&text, needle) {
                if start < end {
                    continue;
                }
                let needle = start..start.saturating_add(needle.len());
                let range = with_base64_around(&self.bytes, needle);
                end = range.end;
                found.push(self.place(range));
            }
        }
    }
}

/// Takes an encoding off some bytes, and passes on what each character becomes and where it stood.
fn decode_each(text: &[u8], decode: Decode, mut pass_on: impl FnMut(&[u8], Range<usize>)) {
    let mut at = 0;
    while let Some((&first, rest)) = text.get(at..).and_then(<[u8]>::split_first) {
        let (character, length) =
            decode(text.get(at..).unwrap_or(rest)).unwrap_or((Character::Byte(first), 1));
        let end = at.saturating_add(length);
        let mut utf8 = [0; 4];
        let bytes = match character {
            Character::Byte(byte) => {
                utf8[0] = byte;
                &utf8[..1]
            }
            Character::Char(character) => character.encode_utf8(&mut utf8).as_bytes(),
        };
        pass_on(bytes, at..end);
        at = end;
    }
}

/// What belongs to the same Base64 goes with it: its ends hold bits of the credential too.
fn with_base64_around(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let before = bytes.get(..range.start).unwrap_or_default();
    let before = before.iter().rev().take_while(|byte| is_base64(**byte));
    let after = bytes.get(range.end..).unwrap_or_default();
    let after = after.iter().take_while(|byte| is_base64(**byte));
    range.start.saturating_sub(before.count())..range.end.saturating_add(after.count())
}

/// Letters, in lower case, and digits alone. No branch depends on the byte: it goes over every byte of every page.
fn bare(text: &[u8]) -> Vec<u8> {
    let mut bare = vec![0; text.len()];
    let mut length: usize = 0;
    for byte in text {
        let kept = KEPT[usize::from(*byte)];
        if let Some(next) = bare.get_mut(length) {
            *next = kept;
        }
        length = length.wrapping_add(usize::from(kept != 0));
    }
    bare.truncate(length);
    bare
}

/// What [`bare`] keeps of each byte; 0 where nothing.
static KEPT: [u8; 256] = {
    let mut kept = [0; 256];
    let (mut byte, mut at) = (0_u8, 0);
    while byte.is_ascii() {
        if byte.is_ascii_alphanumeric() {
            kept[at] = byte.to_ascii_lowercase();
        }
        (byte, at) = (byte + 1, at + 1);
    }
    kept
};

/// Letters in lower case, and the two spellings of a space in forms as one.
fn fold(text: &[u8]) -> Vec<u8> {
    let folded = text.iter().map(|byte| match byte {
        b'+' => b' ',
        byte => byte.to_ascii_lowercase(),
    });
    folded.collect()
}

/// Whether a byte may be part of Base64.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// `%41`.
fn percent(text: &[u8]) -> Option<(Character, usize)> {
    match text {
        [b'%', high, low, ..] => {
            let byte = u8::try_from(number(&[*high, *low], 16)?).ok()?;
            Some((Character::Byte(byte), 3))
        }
        _ => None,
    }
}

/// `\x41` and `0x41` of programming languages; `\u0041`, `\/`, `\n` and the like of JSON; `&#65;`, `&#x41;`, `&amp;`
/// and the like of HTML.
fn escape(text: &[u8]) -> Option<(Character, usize)> {
    match text {
        [b'\\' | b'0', b'x', high, low, ..] => {
            let byte = u8::try_from(number(&[*high, *low], 16)?).ok()?;
            Some((Character::Byte(byte), 4))
        }
        [b'\\', b'u', rest @ ..] => {
            let unit = number(rest.get(..4)?, 16)?;
            if let Some(character) = char::from_u32(unit) {
                return Some((Character::Char(character), 6));
            }
            let low = rest.get(4..)?.strip_prefix(b"\\u")?;
            let units = [unit, number(low.get(..4)?, 16)?].map(|unit| u16::try_from(unit).ok());
            let character = char::decode_utf16(units.into_iter().flatten())
                .next()?
                .ok()?;
            Some((Character::Char(character), 12))
        }
        [b'\\', escaped @ (b'\\' | b'/' | b'"'), ..] => Some((Character::Byte(*escaped), 2)),
        // White space, all of which is alike.
        [b'\\', b'n' | b't' | b'r' | b'b' | b'f', ..] => Some((Character::Byte(b' '), 2)),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(10).position(|byte| *byte == b';')?;
            let character = match rest.get(..end)? {
                [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
                [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
                b"amp" => '&',
                b"lt" => '<',
                b"gt" => '>',
                b"quot" => '"',
                b"apos" => '\'',
                _ => return None,
            };
            Some((Character::Char(character), end.saturating_add(2)))
        }
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let digits = digits.iter().all(is_digit).then_some(digits)?;
    u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()
}

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
mod tests;
