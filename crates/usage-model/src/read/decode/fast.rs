//! Reading straight from the bytes, without keeping track of places.
#![expect(
    clippy::inline_always,
    reason = "a call for each token would cost more than most tokens do"
)]

use crate::{CountryUsage, Counts, Field, International, RawJson, UnknownMembers, UsageRecord};

use super::{
    layout::{END, Layout, Names, UNKNOWN},
    leaf::{Leaf, read_leaf},
    members::{Absent, KINDS, MOST_PARTS, Object, Source},
    values::Day,
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
            day: Day::NONE,
            parts: 0,
            has_lines: false,
        }
    }
}

impl Memory {
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
    record.has_known_members().then(|| text.len() - rest.len())
}

/// Reads an object in place of another; gives the text after it.
fn fill<'a, O: Object>(text: &'a [u8], memory: &mut Memory, object: &mut O) -> Result<&'a [u8]> {
    let unknown = object.unknown();
    if !unknown.is_empty() {
        *unknown = UnknownMembers::NONE;
    }
    let is_expected = memory.layouts[O::KIND].is_worth_it();
    let mut source = Fast { rest: text, memory };
    let (mut seen, mut place, mut missed) = (0_u32, 0_usize, 0_u32);
    let mut is_first = true;
    loop {
        let next = if is_expected {
            source.memory.layouts[O::KIND].next(place, source.rest)
        } else {
            None
        };
        let member = if let Some((member, length)) = next {
            place += 1;
            source.pass(length)?;
            // What is expected may be less than what comes, in white space alone.
            if member != END {
                source.skip_space();
            }
            member
        } else {
            let names = const { &Names::of(O::NAMES) };
            let (length, member) = source.name(names, is_first)?;
            if member == UNKNOWN {
                // What is expected first starts with a brace, and is not to be met after this.
                place = place.max(1);
            } else if is_expected {
                let layout = &mut source.memory.layouts[O::KIND];
                place = layout.learn(place, source.rest, length, member);
            }
            missed += 1;
            source.pass(length)?;
            member
        };
        is_first = false;
        if member >= UNKNOWN {
            if member == END {
                break;
            }
            source.unknown(object.unknown())?;
            continue;
        }
        let bit = 1 << member;
        if seen & bit != 0 {
            return Err(Halt);
        }
        seen |= bit;
        object.member(usize::from(member), &mut source)?;
    }
    let Fast { rest, memory } = source;
    if missed > 0 && is_expected {
        memory.layouts[O::KIND].settle(seen.count_ones(), missed);
    }
    let absent = !seen & ((1 << O::NAMES.len()) - 1);
    if absent != 0 {
        clear(object, absent);
    }
    Ok(rest)
}

/// Sets members to absent.
fn clear<O: Object>(object: &mut O, members: u32) {
    for index in 0..O::NAMES.len() {
        if members >> index & 1 != 0 {
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
        let length = match T::fast(slot, self.rest, &mut self.memory.day) {
            Some(length) => length,
            None => rare(slot, self.rest)?,
        };
        self.pass(length)
    }

    #[inline(always)]
    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<()> {
        if self.rest.first() != Some(&b'{') {
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
        match self.rest.first() {
            Some(b'[') => {
                self.pass(1)?;
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

/// From so many entries on, a list gives back the room that it does not need: a page of such lists is hostile.
const LONG_LIST: usize = 64;

/// Reads the entries of a list, after its bracket, in place of others; gives the text after it.
fn list<'a, C: Counts>(
    text: &'a [u8],
    memory: &mut Memory,
    entries: &mut Vec<CountryUsage<C>>,
) -> Result<&'a [u8]> {
    let mut source = Fast { rest: text, memory };
    source.skip_space();
    let mut count = 0;
    while source.rest.first() != Some(&b']') {
        if count > 0 {
            source.expect(b',')?;
            source.skip_space();
        }
        source.memory.parts += 1;
        if source.memory.parts > MOST_PARTS {
            return Err(Halt);
        }
        if count == entries.len() {
            entries.push(CountryUsage::default());
        }
        let entry = entries.get_mut(count).ok_or(Halt)?;
        if source.rest.first() != Some(&b'{') {
            return Err(Halt);
        }
        source.rest = fill(source.rest, source.memory, entry)?;
        count += 1;
        source.skip_space();
    }
    entries.truncate(count);
    if count > LONG_LIST {
        entries.shrink_to_fit();
    }
    source.pass(1)?;
    Ok(source.rest)
}

/// Reads a value without members that is not in its usual form.
#[cold]
#[inline(never)]
fn rare<T: Leaf>(slot: &mut Field<T>, text: &[u8]) -> Result<usize> {
    if text.starts_with(b"null") {
        *slot = Field::Null;
        return Ok(4);
    }
    let length = Frame::length_of(text).ok_or(Halt)?;
    let value = text.get(..length).ok_or(Halt)?;
    read_leaf(slot, std::str::from_utf8(value).map_err(|_| Halt)?).map_err(|_| Halt)?;
    Ok(length)
}

impl Fast<'_, '_> {
    #[inline(always)]
    fn pass(&mut self, length: usize) -> Result<()> {
        self.rest = self.rest.get(length..).ok_or(Halt)?;
        Ok(())
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.rest.first() == Some(&byte) {
            self.pass(1)
        } else {
            Err(Halt)
        }
    }

    fn null(&mut self) -> Result<()> {
        if self.rest.starts_with(b"null") {
            self.pass(4)
        } else {
            Err(Halt)
        }
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        let length = self.space(0);
        if length > 0 {
            self.rest = self.rest.get(length..).unwrap_or_default();
        }
    }

    /// How far white space goes that starts here.
    #[inline(always)]
    fn space(&mut self, at: usize) -> usize {
        match self.rest.get(at) {
            Some(&byte) if is_space(byte) => self.long_space(at),
            _ => at,
        }
    }

    #[inline(never)]
    fn long_space(&mut self, mut at: usize) -> usize {
        while let Some(&byte) = self.rest.get(at)
            && is_space(byte)
        {
            self.memory.has_lines |= byte == b'\n';
            at += 1;
        }
        at
    }

    /// Looks up the member that comes next: how much stands before its value, and which one it is. A member that is not
    /// known is not passed.
    #[inline(never)]
    fn name(&mut self, names: &Names, is_first: bool) -> Result<(usize, u8)> {
        let mut at = if is_first { 0 } else { self.space(0) };
        let separator = *self.rest.get(at).ok_or(Halt)?;
        if separator == b'}' && !is_first {
            return Ok((at + 1, END));
        }
        if separator != if is_first { b'{' } else { b',' } {
            return Err(Halt);
        }
        at = self.space(at + 1);
        if self.rest.get(at) == Some(&b'}') && is_first {
            return Ok((at + 1, END));
        }
        if self.rest.get(at) != Some(&b'"') {
            return Err(Halt);
        }
        let name = self.rest.get(at + 1..).and_then(|rest| rest.first_chunk());
        let Some((member, length)) = names.find(name.ok_or(Halt)?) else {
            return Ok((at, UNKNOWN));
        };
        at = self.space(at + 1 + length);
        if self.rest.get(at) != Some(&b':') {
            return Err(Halt);
        }
        Ok((self.space(at + 1), member))
    }

    /// Reads a member that is not known.
    #[cold]
    #[inline(never)]
    fn unknown(&mut self, members: &mut UnknownMembers) -> Result<()> {
        self.memory.parts += 1;
        if self.memory.parts > MOST_PARTS {
            return Err(Halt);
        }
        self.expect(b'"')?;
        let end = memchr::memchr2(b'"', b'\\', self.rest).ok_or(Halt)?;
        let name = text(self.rest.get(..end).ok_or(Halt)?)?;
        if name.bytes().any(|byte| byte < b' ') {
            return Err(Halt);
        }
        self.pass(end)?;
        self.expect(b'"')?;
        self.skip_space();
        self.expect(b':')?;
        self.skip_space();
        let length = Frame::length_of(self.rest).ok_or(Halt)?;
        let value = text(self.rest.get(..length).ok_or(Halt)?)?;
        self.memory.has_lines |= value.contains('\n');
        self.pass(length)?;
        if members.insert(name, RawJson::trusted(value)) {
            Ok(())
        } else {
            Err(Halt)
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| Halt)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;
    use crate::read::decode::decode_tracked;

    /// Every shape a member can have, most of them as usual.
    const RECORDS: [&str; 5] = [
        concat!(
            r#"{"account_sid":"ACabababababababababababababababab","sim_sid":null,"#,
            r#""period":{"start":"2026-03-05T00:00:00.5+01:00","end":"2026-03-05T23:59:59Z","x":{}},"#,
            "\n\t",
            r#""commands":{"total":3,"to_sim":0,"from_sim":null,"billed":-0.05,"billing_units":"USD","#,
            r#""home":{},"national_roaming":null,"international_roaming":{"country_code":"DEU","total":1}},"#,
            r#""data":{"total":9223372036854775807,"units":"bytes","billed":1.5e1,"note":["é",[1.5,-2],true],"#,
            r#""international_roaming": [ {"country_code":"CHE","billed":0.10} , {"country_code":"é","other":""} ] } }"#,
        ),
        concat!(
            r#"{"account_sid":"ACabababababababababababababababab","sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","#,
            r#""period":{"start":"2026-03-05T00:00:00Z","end":"2026-03-06T00:00:00Z"},"#,
            r#""commands":{"total":12345678,"to_sim":1234567,"from_sim":123456789012345,"billed":12.34,"billing_units":"USD","#,
            r#""home":{"total":0,"to_sim":0,"from_sim":0},"national_roaming":{"total":1},"international_roaming":[]},"#,
            r#""data":{"total":1,"download":1,"upload":0,"units":"bytes","billed":0,"billing_units":"EUR","#,
            r#""home":{"total":1,"download":1,"upload":0,"units":"KB"},"international_roaming":[{"country_code":"CHE","total":1}]}}"#,
        ),
        concat!(
            r#"{"account_sid": "ACabababababababababababababababab", "#,
            r#""period": {"start": "2026-03-31T00:00:00Z", "end": "2026-04-01T00:00:00Z"}, "#,
            r#""commands": {"total": 3, "to_sim": 2, "from_sim": 1, "home": null, "international_roaming": []}, "#,
            r#""data": {"units": "bytes", "upload": 0, "total": 1, "download": 1, "#,
            r#""international_roaming": [{"total": 1, "country_code": "CHE"}, {"country_code": "DEU"}]}}"#,
        ),
        "{\n  \"data\": {\n    \"total\": 7,\n    \"download\": 7\n  },\n  \"period\": {}\n}",
        r#"{"zz":1,"data":{"zz":[{"a":"\\"}],"total":5}}"#,
    ];

    fn fast(text: &[u8], memory: &mut Memory, record: &mut UsageRecord) -> Option<usize> {
        decode_fast(text, memory, record)
    }

    /// A text with the room behind it that reading several bytes at a time asks for.
    fn padded(text: &str) -> Vec<u8> {
        let mut text = text.as_bytes().to_vec();
        text.extend([b' '; 64]);
        text
    }

    /// What the plain reading makes of the value that a text starts with.
    fn plain(text: &[u8]) -> Option<(UsageRecord, usize)> {
        let length = Frame::length_of(text)?;
        let record = decode_tracked::<UsageRecord>(text.get(..length)?).ok()?;
        record.has_known_members().then_some((record, length))
    }

    #[test]
    fn every_shape_is_read_whatever_came_before() {
        for before in RECORDS {
            let mut memory = Memory::default();
            let mut record = UsageRecord::default();
            for _ in 0..3 {
                fast(&padded(before), &mut memory, &mut record);
            }
            for text in RECORDS {
                let length = fast(&padded(text), &mut memory, &mut record);
                assert_eq!(length, Some(text.len()), "{text}");
                assert_eq!(
                    plain(text.as_bytes()),
                    Some((record.clone(), text.len())),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_leap_second_does_not_change_the_day_of_what_follows() {
        let text = |time: &str| {
            format!(r#"{{"period":{{"start":"2016-12-31T{time}Z","end":"2017-01-01T00:00:00Z"}}}}"#)
        };
        let mut memory = Memory::default();
        let mut record = UsageRecord::default();
        for time in ["23:59:60", "00:00:00"] {
            let text = text(time);
            if fast(&padded(&text), &mut memory, &mut record).is_some() {
                assert_eq!(plain(text.as_bytes()), Some((record.clone(), text.len())));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_left_to_the_plain_reading() {
        for text in [
            r#"{"data":{"total":1.0}}"#,
            r#"{"data":{"total":01}}"#,
            r#"{"data":{"total":"1"}}"#,
            r#"{"data":{"total":1,"total":1}}"#,
            r#"{"data":{"x":1,"x":1}}"#,
            r#"{"x":1{"data":{}}"#,
            r#"{"data":[]}"#,
            r#"{"data":{"billed":1 2}}"#,
            r#"{"data":{"billed":1.}}"#,
            r#"{"data" {}}"#,
            r#"{"data":{},}"#,
            r#"{,"data":{}}"#,
            r#"{"data":{"home":{}]}"#,
            r#"{"data":{"international_roaming":[{}}}"#,
            r#"{"data":{"international_roaming":[{},]}}"#,
            r#"{"data":{"international_roaming":[,{}]}}"#,
            r#"{"data":nullx}"#,
            r#"{"x":1}"#,
            "{}",
            "[]",
            "null",
        ] {
            let mut memory = Memory::default();
            for _ in 0..2 {
                assert_eq!(
                    fast(&padded(text), &mut memory, &mut UsageRecord::default()),
                    None,
                    "{text}"
                );
            }
        }
    }

    proptest! {
        /// Whatever was read before: where the fast path takes a text that was edited at random, it reads what the
        /// plain reading reads; a text that was not edited it always takes.
        #[test]
        fn the_fast_reading_takes_only_what_the_plain_one_does(
            before in prop::collection::vec(0..RECORDS.len(), 0..8),
            base in 0..RECORDS.len(),
            edits in prop::collection::vec((any::<Index>(), 0..3_usize, "[{}\\[\\],:\"\\\\ \n\u{0}\u{e9}0-9.eE+a-z-]{0,2}"), 0..4),
            cut in prop::option::weighted(0.2, any::<Index>()),
        ) {
            let mut memory = Memory::default();
            let mut record = UsageRecord::default();
            for before in before {
                fast(&padded(RECORDS[before]), &mut memory, &mut record);
            }
            let mut text: Vec<char> = RECORDS[base].chars().collect();
            for (at, removed, added) in edits {
                let at = at.index(text.len());
                let end = (at + removed).min(text.len());
                text.splice(at..end, added.chars());
            }
            let text: String = text.into_iter().collect();
            let mut bytes = padded(&text);
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let plain = plain(&bytes);
            match fast(&bytes, &mut memory, &mut record) {
                Some(length) => prop_assert_eq!(plain, Some((record, length))),
                None if cut.is_none() => prop_assert!(plain.is_none() || text.contains('\\'), "{}", text),
                None => {}
            }
        }
    }
}
