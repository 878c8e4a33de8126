//! Reading straight from the bytes, without keeping track of places.
#![expect(
    clippy::inline_always,
    reason = "a call for each token would cost more than most tokens do"
)]

use crate::{CountryUsage, Counts, Field, International, UnknownMembers, UsageRecord};

use super::{
    layout::{END, Layout, NO_MEMBER, NOWHERE, Names, UNKNOWN, bit},
    leaf::{Leaf, read_leaf},
    members::{Absent, KINDS, MOST_PARTS, Object, Source},
    tokens::{after_space, next_member},
    values::{Day, to_separator},
};
use crate::read::frame::{Frame, is_space};

/// Says that something is wrong, too rare to be read here, or cut off.
#[derive(Debug)]
pub(super) struct Halt;

type Result<T> = std::result::Result<T, Halt>;

/// What is remembered from one record to the next. It never changes what is read, only how fast.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    layouts: [Layout; KINDS],
    day: Day,
    /// Country entries and unknown members of the record so far.
    parts: usize,
    /// Whether any record had a line feed between its tokens.
    has_lines: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            layouts: [const { Layout::NEW }; KINDS],
            day: Day::FIRST,
            parts: 0,
            has_lines: false,
        }
    }
}

impl Memory {
    /// Counts a country entry or an unknown member of the record.
    fn count_part(&mut self) -> Result<()> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Halt);
        }
        Ok(())
    }

    /// Whether what was read may have had line feeds in it.
    pub(crate) fn has_lines(&self) -> bool {
        self.has_lines
    }
}

/// Reads the record that a text starts with in place of another, and says how many bytes it takes.
///
/// `None` where something is wrong, rare, or missing at the end; what is in `record` then is not to be used.
pub(crate) fn decode_fast(
    text: &[u8],
    memory: &mut Memory,
    record: &mut UsageRecord,
) -> Option<usize> {
    memory.parts = 0;
    let rest = fill(text, memory, record).ok()?;
    record.has_values().then(|| text.len() - rest.len())
}

/// Reads an object in place of another; gives the text after it.
///
/// Members that come in the order of the API, and as expected, are read without asking which each of them is.
#[inline(never)]
fn fill<'a, O: Object>(text: &'a [u8], memory: &mut Memory, object: &mut O) -> Result<&'a [u8]> {
    let mut place = memory.layouts[O::KIND].start_place();
    let mut source = Fast { rest: text, memory };
    macro_rules! read_usual {
        ($($index:literal)*) => {
            'usual: {
                $(if $index < O::NAMES.len() {
                    place = $index;
                    let layout = &source.memory.layouts[O::KIND];
                    let Some(rest) = layout.usual($index).after(source.rest) else {
                        break 'usual;
                    };
                    source.rest = rest;
                    object.member($index, &mut source)?;
                })*
                place = O::NAMES.len();
                let layout = &source.memory.layouts[O::KIND];
                if let Some(rest) = layout.usual(END).after(source.rest) {
                    keep_unknown(object, 0);
                    return Ok(rest);
                }
            }
        };
    }
    const { assert!(O::NAMES.len() <= 9, "all of them are to be tried") };
    if place == 0 && source.memory.layouts[O::KIND].starts_as_usual() {
        read_usual!(0 1 2 3 4 5 6 7 8);
    }
    let Fast { rest, memory } = source;
    fill_from(rest, memory, place, object)
}

/// Reads the rest of an object, of which the members before a place came in the order of the API.
#[inline(never)]
fn fill_from<'a, O: Object>(
    rest: &'a [u8],
    memory: &mut Memory,
    mut place: usize,
    object: &mut O,
) -> Result<&'a [u8]> {
    if O::IS_FLAT
        && place == NOWHERE
        && let Some(rest) = any_order(rest, memory, object)
    {
        return Ok(rest);
    }
    let mut source = Fast { rest, memory };
    let mut seen = NO_MEMBER;
    if place != NOWHERE {
        seen |= (1 << place) - 1;
    }
    let mut separator = if seen == NO_MEMBER { b'{' } else { b',' };
    let mut unknown = 0;
    loop {
        let expected = (place != NOWHERE)
            .then(|| source.memory.layouts[O::KIND].expected(place))
            .and_then(|expected| Some((expected, expected.after(source.rest)?)));
        let (member, bit) = if let Some((expected, rest)) = expected {
            source.rest = rest;
            place = place.wrapping_add(1);
            (expected.member(), expected.bit())
        } else {
            let names = const { &Names::of(O::NAMES) };
            let compact = names.compact(separator, source.rest);
            let (member, bit, rest) = if let Some((met, rest)) = compact {
                (met.member(), met.bit(), rest)
            } else {
                let lines = &mut source.memory.has_lines;
                let next = next_member(source.rest, names, separator, lines);
                let (member, rest) = next.ok_or(Halt)?;
                (member, bit(member), rest)
            };
            if place != NOWHERE {
                let length = source.rest.len() - rest.len();
                place = source.memory.layouts[O::KIND].learn(place, source.rest, length, member);
            }
            source.rest = rest;
            (member, bit)
        };
        separator = b',';
        if seen & bit == 0 {
            seen |= bit;
            object.member(usize::from(member), &mut source)?;
            continue;
        }
        if member == END {
            break;
        }
        // By its first member that tells, this is a page: the framer says the same.
        let is_page = O::KIND == UsageRecord::KIND && seen == NO_MEMBER && names_page(source.rest);
        if member != UNKNOWN || is_page {
            return Err(Halt);
        }
        source.rest = unknown_member(source.rest, source.memory, object.unknown(), unknown)?;
        unknown += 1;
    }
    let Fast { rest, memory } = source;
    memory.layouts[O::KIND].end(seen);
    keep_unknown(object, unknown);
    clear_unseen(object, seen);
    Ok(rest)
}

/// Reads a flat object in place of another, in whatever order its members come; gives the text after it. `None` where
/// it has white space, a member that is not known or comes twice, or a value of more than 16 bytes.
///
/// First it finds where each value stands, and then it reads them in the order of the API. To read each where it is met
/// would take longer: a processor cannot foresee then what is read next.
fn any_order<'a, O: Object>(
    text: &'a [u8],
    memory: &mut Memory,
    object: &mut O,
) -> Option<&'a [u8]> {
    let names = const { &Names::of(O::NAMES) };
    let mut values = [(text, 0); 16];
    let (mut seen, mut rest, mut separator) = (0, text, b'{');
    while let Some((met, value)) = names.compact(separator, rest) {
        rest = value.get(to_separator(value)?..)?;
        if seen & met.bit() != 0 {
            return None;
        }
        seen |= met.bit();
        values[usize::from(met.member()) % 16] = (value, rest.len());
        separator = b',';
    }
    let rest = rest.strip_prefix(b"}")?;
    let mut source = Fast { rest, memory };
    macro_rules! read {
        ($($index:literal)*) => {
            $(if $index < O::NAMES.len() && seen >> $index & 1 != 0 {
                let (value, after) = values[$index];
                source.rest = value;
                object.member($index, &mut source).ok()?;
                // The value has to end exactly where the separator was found, which may be part of a text.
                if source.rest.len() != after {
                    return None;
                }
            })*
        };
    }
    const { assert!(O::NAMES.len() <= 9, "all of them are to be read") };
    read!(0 1 2 3 4 5 6 7 8);
    keep_unknown(object, 0);
    clear_unseen(object, seen);
    Some(rest)
}

/// Removes the members that are not known of the object that was read over, after the first ones, which are new.
#[inline(always)]
fn keep_unknown<O: Object>(object: &mut O, count: usize) {
    let members = object.unknown();
    if !members.is_empty() {
        members.truncate(count);
    }
}

/// Sets the members that were not seen to absent.
fn clear_unseen<O: Object>(object: &mut O, seen: u16) {
    let absent = !seen & ((1 << O::NAMES.len()) - 1);
    if absent == 0 {
        return;
    }
    for index in 0..O::NAMES.len() {
        if absent >> index & 1 != 0 {
            let Ok(()) = object.member(index, &mut Absent);
        }
    }
}

/// The text that is still to be read.
struct Fast<'a, 'm> {
    rest: &'a [u8],
    memory: &'m mut Memory,
}

impl Source for Fast<'_, '_> {
    type Error = Halt;

    #[inline(always)]
    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<()> {
        self.rest = match T::fast(slot, self.rest, &mut self.memory.day) {
            Some(rest) => rest,
            None => rare(slot, self.rest, self.memory)?,
        };
        Ok(())
    }

    #[inline(always)]
    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<()> {
        if self.first() != Some(b'{') {
            *slot = Field::Null;
            return self.null();
        }
        if !slot.is_value() {
            *slot = Field::Value(O::default());
        }
        let object = slot.value_mut().ok_or(Halt)?;
        self.rest = fill(self.rest, self.memory, object)?;
        Ok(())
    }

    #[inline(always)]
    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<()> {
        match self.first() {
            Some(b'[') => {
                if !matches!(slot, International::List(_)) {
                    *slot = International::List(Vec::new());
                }
                if let International::List(entries) = slot {
                    self.rest = list(self.rest, self.memory, entries)?;
                }
                Ok(())
            }
            Some(b'{') => {
                let mut entry = Box::<CountryUsage<C>>::default();
                self.rest = fill(self.rest, self.memory, &mut *entry)?;
                *slot = International::Single(entry);
                Ok(())
            }
            _ => {
                *slot = International::Null;
                self.null()
            }
        }
    }
}

impl Fast<'_, '_> {
    #[inline(always)]
    fn pass(&mut self, length: usize) -> Result<()> {
        self.rest = self.rest.get(length..).ok_or(Halt)?;
        Ok(())
    }

    /// The next byte that is no white space, which is passed: there may be more of it than was expected.
    #[inline(always)]
    fn first(&mut self) -> Option<u8> {
        match self.rest.first() {
            Some(byte) if is_space(*byte) => {
                self.rest = after_space(self.rest, &mut self.memory.has_lines);
                self.rest.first().copied()
            }
            first => first.copied(),
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.first() == Some(byte) {
            self.pass(1)
        } else {
            Err(Halt)
        }
    }

    #[inline(always)]
    fn null(&mut self) -> Result<()> {
        if self.rest.starts_with(b"null") {
            self.pass(4)
        } else {
            Err(Halt)
        }
    }
}

/// From this number of entries on, a list gives back the room that it does not need: a page of such lists is hostile.
const LONG_LIST: usize = 64;

/// Reads a list in place of another; gives the text after it.
fn list<'a, C: Counts>(
    text: &'a [u8],
    memory: &mut Memory,
    entries: &mut Vec<CountryUsage<C>>,
) -> Result<&'a [u8]> {
    let mut source = Fast { rest: text, memory };
    source.expect(b'[')?;
    let mut count = 0;
    while source.first() != Some(b']') {
        if count > 0 {
            source.expect(b',')?;
        }
        source.memory.count_part()?;
        if count == entries.len() {
            entries.push(CountryUsage::default());
        }
        let entry = entries.get_mut(count).ok_or(Halt)?;
        if source.first() != Some(b'{') {
            return Err(Halt);
        }
        source.rest = fill(source.rest, source.memory, entry)?;
        count += 1;
    }
    entries.truncate(count);
    if count > LONG_LIST {
        entries.shrink_to_fit();
    }
    source.pass(1)?;
    Ok(source.rest)
}

/// Reads a value without members that is not in its usual form, or comes after white space; gives the text after it.
#[cold]
#[inline(never)]
fn rare<'a, T: Leaf>(slot: &mut Field<T>, text: &'a [u8], memory: &mut Memory) -> Result<&'a [u8]> {
    let value = after_space(text, &mut memory.has_lines);
    if let Some(rest) = value.strip_prefix(b"null") {
        *slot = Field::Null;
        return Ok(rest);
    }
    if let Some(rest) = T::fast(slot, value, &mut memory.day) {
        return Ok(rest);
    }
    let length = Frame::length_of(value).ok_or(Halt)?;
    read_leaf(slot, utf8(value, length)?).map_err(|_| Halt)?;
    value.get(length..).ok_or(Halt)
}

/// Whether a text starts with the name of a member that pages have.
fn names_page(text: &[u8]) -> bool {
    text.starts_with(b"\"usage_records\"") || text.starts_with(b"\"meta\"")
}

/// Reads a member that is not known, in place of the one at an index; gives the text after it.
#[cold]
#[inline(never)]
fn unknown_member<'a>(
    text: &'a [u8],
    memory: &mut Memory,
    members: &mut UnknownMembers,
    index: usize,
) -> Result<&'a [u8]> {
    memory.count_part()?;
    if let Some(rest) = members.after_same(index, text) {
        return Ok(rest);
    }
    let mut source = Fast { rest: text, memory };
    let name = plain_text(text).ok_or(Halt)?;
    source.pass(name.len() + 2)?;
    source.expect(b':')?;
    source.first();
    let length = match plain_text(source.rest) {
        Some(value) => value.len() + 2,
        None => Frame::length_of(source.rest).ok_or(Halt)?,
    };
    let value = utf8(source.rest, length)?;
    let name = utf8(name, name.len())?;
    source.memory.has_lines |= memchr::memchr(b'\n', value.as_bytes()).is_some();
    source.pass(length)?;
    if members.put(index, name, value) {
        Ok(source.rest)
    } else {
        Err(Halt)
    }
}

/// What stands between the quotes of the string that a text starts with, if nothing in it is escaped.
fn plain_text(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\"")?;
    let length = memchr::memchr2(b'"', b'\\', text)?;
    let (plain, rest) = text.split_at_checked(length)?;
    let is_plain = rest.starts_with(b"\"") && plain.iter().all(|byte| *byte >= b' ');
    is_plain.then_some(plain)
}

/// The first bytes of a text, if they are UTF-8.
fn utf8(text: &[u8], length: usize) -> Result<&str> {
    std::str::from_utf8(text.get(..length).ok_or(Halt)?).map_err(|_| Halt)
}

#[cfg(test)]
mod tests;
