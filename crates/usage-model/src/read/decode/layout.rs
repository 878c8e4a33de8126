//! In which order and spelling the members of an object come.
#![expect(
    clippy::inline_always,
    reason = "a call for each member would cost more than comparing it"
)]

/// The end of an object, in place of the index of a member.
pub(super) const END: u8 = 15;

/// A member that is not known, in place of its index.
pub(super) const UNKNOWN: u8 = 14;

/// Longest separator, name and colon that is remembered, in bytes.
const LONGEST: usize = 32;

/// As many places as are remembered for an object, and one more.
const PLACES: usize = 16;

/// The place at which nothing is ever expected.
pub(super) const NOWHERE: usize = PLACES - 1;

/// What stood before a value: the separator, the name and its colon, all white space with them; or the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    words: [u64; 4],
    mask: [u64; 4],
    length: u8,
    member: u8,
}

impl Expected {
    /// Bytes that no text has. Where they are met all the same, a name is expected there, which they are not either.
    const NOTHING: Self = Self {
        words: [u64::MAX; 4],
        mask: [u64::MAX; 4],
        length: 0,
        member: UNKNOWN,
    };

    /// Whether a text starts with it.
    #[inline(always)]
    pub(super) fn is_at(&self, text: &[u8]) -> bool {
        let Some(start) = text.first_chunk() else {
            return false;
        };
        let words = words(start);
        let mut difference = 0;
        for (index, word) in words.into_iter().enumerate() {
            difference |= (word ^ self.words[index]) & self.mask[index];
        }
        difference == 0
    }

    #[inline(always)]
    pub(super) fn length(&self) -> usize {
        usize::from(self.length)
    }

    #[inline(always)]
    pub(super) const fn member(&self) -> u8 {
        self.member
    }

    fn new(start: &[u8; LONGEST], length: usize, member: u8) -> Option<Self> {
        let mask = MASKS.get(length)?;
        let mut words = words(start);
        for (word, mask) in words.iter_mut().zip(mask) {
            *word &= mask;
        }
        Some(Self {
            words,
            mask: *mask,
            length: u8::try_from(length).ok()?,
            member,
        })
    }
}

#[inline(always)]
fn words(start: &[u8; LONGEST]) -> [u64; 4] {
    let (words, _) = start.as_chunks::<8>();
    let [first, second, third, fourth] = words else {
        return [0; 4];
    };
    [
        u64::from_le_bytes(*first),
        u64::from_le_bytes(*second),
        u64::from_le_bytes(*third),
        u64::from_le_bytes(*fourth),
    ]
}

/// For each length, the bytes that count.
static MASKS: [[u64; 4]; LONGEST + 1] = {
    let mut masks = [[0; 4]; LONGEST + 1];
    let mut length = 0;
    while length <= LONGEST {
        let mut at = 0;
        while at < length {
            masks[length][at / 8] |= 0xff << (8 * (at % 8));
            at += 1;
        }
        length += 1;
    }
    masks
};

/// How the members of one kind of object came last time.
///
/// It only ever speeds reading up: what is expected is compared with the text in full, and what is not met as expected
/// is looked up by its name.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    expected: [Expected; PLACES],
    /// How often members came as expected lately.
    trust: u8,
    /// Objects that were met while there was little trust.
    distrusted: u8,
}

/// From this much trust on, members are expected to come as before.
const TRUSTED: u8 = 16;

/// The most trust there is: this many objects in a row have to come otherwise before nothing is expected any more.
const MOST_TRUST: u8 = 48;

impl Layout {
    pub(super) const NEW: Self = Self {
        expected: [Expected::NOTHING; PLACES],
        trust: MOST_TRUST,
        distrusted: 0,
    };

    /// Whether the members of the next object are worth comparing with what is expected. Where they come in any order,
    /// that is tried now and then only.
    #[inline]
    pub(super) fn is_worth_it(&mut self) -> bool {
        if self.trust >= TRUSTED {
            return true;
        }
        self.distrusted = self.distrusted.wrapping_add(1) % 32;
        self.distrusted == 0
    }

    /// What is expected at a place.
    #[inline(always)]
    pub(super) fn expected(&self, place: usize) -> &Expected {
        &self.expected[place % PLACES]
    }

    /// Takes note of what came in place of what was expected; gives the place of what to expect next.
    pub(super) fn learn(&mut self, place: usize, text: &[u8], length: usize, member: u8) -> usize {
        let is_at = |place: usize| {
            let expected = self.expected.get(place);
            expected.is_some_and(|expected| expected.member == member && expected.length != 0)
        };
        if place >= NOWHERE {
            return NOWHERE;
        }
        // A member is missing this time, and will be back.
        if place > 0 && !is_at(place) && is_at(place + 1) {
            return place + 2;
        }
        let start = text.first_chunk::<LONGEST>();
        let expected = start.and_then(|start| Expected::new(start, length, member));
        if let (Some(expected), Some(here)) = (expected, self.expected.get_mut(place)) {
            *here = expected;
        }
        place + 1
    }

    /// Takes note of how many members of an object came, and how many of them otherwise than expected.
    pub(super) fn settle(&mut self, members: u32, missed: u32) {
        self.trust = if 2 * missed > members {
            self.trust.saturating_sub(1)
        } else {
            self.trust.saturating_add(1).min(MOST_TRUST)
        };
    }
}

/// The names of an object, each found by one multiplication and one comparison.
#[derive(Debug)]
pub(super) struct Names {
    /// How far the first bytes of a name are shifted, so that only those count that every name has.
    shift: u32,
    factor: u64,
    table: [Name; 16],
}

#[derive(Clone, Copy, Debug)]
struct Name {
    /// The name and the quote after it.
    words: [u64; 3],
    mask: [u64; 3],
    length: usize,
    member: u8,
}

/// Longest name with its quote, in bytes.
pub(super) const LONGEST_NAME: usize = 24;

impl Names {
    /// Builds the table. Fails to compile where names are too long, or no factor tells them apart.
    #[expect(clippy::panic, reason = "it is evaluated when the crate is compiled")]
    pub(super) const fn of(names: &[&str]) -> Self {
        let mut shortest = 8;
        let mut index = 0;
        while index < names.len() {
            if names[index].len() + 1 < shortest {
                shortest = names[index].len() + 1;
            }
            index += 1;
        }
        let mut table = Self {
            shift: 0,
            factor: 0x9e37_79b9_7f4a_7c15,
            table: [Name::NONE; 16],
        };
        while table.shift < 64 - 8 * bits(shortest) {
            table.shift += 8;
        }
        let mut tries = 0;
        while tries < 10_000 {
            if table.fill(names) {
                return table;
            }
            table.factor = table
                .factor
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(2)
                | 1;
            tries += 1;
        }
        panic!("no factor tells the names apart");
    }

    /// Puts each name in its place, or says `false` where two have the same.
    const fn fill(&mut self, names: &[&str]) -> bool {
        self.table = [Name::NONE; 16];
        let mut index = 0;
        while index < names.len() {
            let name = Name::new(names[index], index);
            let slot = self.slot(name.words[0]);
            if self.table[slot].length != 0 {
                return false;
            }
            self.table[slot] = name;
            index += 1;
        }
        true
    }

    #[expect(clippy::as_conversions, reason = "four bits, in a const function")]
    #[inline]
    const fn slot(&self, first: u64) -> usize {
        ((first << self.shift).wrapping_mul(self.factor) >> 60) as usize
    }

    /// The member that a text after an opening quote names, and the length of the name with the closing quote.
    #[inline(always)]
    pub(super) fn find(&self, text: &[u8; LONGEST_NAME]) -> Option<(u8, usize)> {
        let (words, _) = text.as_chunks::<8>();
        let [first, second, third] = words else {
            return None;
        };
        let words = [
            u64::from_le_bytes(*first),
            u64::from_le_bytes(*second),
            u64::from_le_bytes(*third),
        ];
        let name = &self.table[self.slot(words[0]) % 16];
        let mut difference = 0;
        for (index, word) in words.into_iter().enumerate() {
            difference |= (word ^ name.words[index]) & name.mask[index];
        }
        (difference == 0).then_some((name.member, name.length))
    }
}

impl Name {
    /// A name that no text has.
    const NONE: Self = Self {
        words: [u64::MAX; 3],
        mask: [u64::MAX; 3],
        length: 0,
        member: UNKNOWN,
    };

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "widening, and an index below 14, in a const function"
    )]
    const fn new(name: &str, index: usize) -> Self {
        assert!(index < UNKNOWN as usize && name.len() < LONGEST_NAME);
        let name = name.as_bytes();
        let (mut words, mut mask) = ([0; 3], [0; 3]);
        let mut at = 0;
        while at <= name.len() {
            let byte = if at < name.len() { name[at] } else { b'"' };
            words[at / 8] |= (byte as u64) << (8 * (at % 8));
            mask[at / 8] |= 0xff << (8 * (at % 8));
            at += 1;
        }
        Self {
            words,
            mask,
            length: name.len() + 1,
            member: index as u8,
        }
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "at most 8, in a const function"
)]
const fn bits(bytes: usize) -> u32 {
    bytes as u32
}
