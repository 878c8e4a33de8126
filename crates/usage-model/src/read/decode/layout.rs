//! In which order and spelling the members of an object come.
#![expect(
    clippy::inline_always,
    reason = "a call for each member would cost more than comparing it"
)]

use crate::read::frame::is_space;

/// The end of an object, in place of the index of a member.
pub(super) const END: u8 = 15;

/// A member that is not known, in place of its index.
pub(super) const UNKNOWN: u8 = 14;

/// The bit of the end and of what is not known. It is always among those that were seen.
pub(super) const NO_MEMBER: u16 = 1 << 15;

/// Separators, names and colons that are remembered have fewer bytes together; so has a name with its quote.
pub(super) const LONGEST: usize = 32;

/// As many places as are remembered for an object, and one more.
const PLACES: usize = 16;

/// The place at which nothing is ever expected.
pub(super) const NOWHERE: usize = PLACES - 1;

/// What stood before a value: the separator, the name and its colon, all white space with them; or the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    halves: [Half; 2],
    length: u8,
    member: u8,
    /// The bit of the member among those that were seen.
    bit: u16,
}

/// Half of the bytes that are expected, and which of them count.
#[derive(Clone, Copy, Debug)]
struct Half {
    bytes: u128,
    mask: u128,
}

impl Expected {
    /// Matches no text: a byte is expected that the mask leaves out.
    const NOTHING: Self = Self {
        halves: [Half { bytes: 1, mask: 0 }; 2],
        length: 0,
        member: UNKNOWN,
        bit: NO_MEMBER,
    };

    /// The text after it, if the text starts with it.
    #[inline(always)]
    pub(super) fn after<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        self.after_start(text.first_chunk()?, text)
    }

    /// The text after it, if the text starts with it, given the bytes that the text [starts with](start_of).
    #[inline(always)]
    pub(super) fn after_start<'a>(
        &self,
        start: &[u8; LONGEST],
        text: &'a [u8],
    ) -> Option<&'a [u8]> {
        let [first, second] = halves(start);
        let length = usize::from(self.length) % LONGEST;
        let is_at = self.halves[0].is(first) && (length <= 16 || self.halves[1].is(second));
        if is_at { text.get(length..) } else { None }
    }

    #[inline(always)]
    pub(super) const fn member(&self) -> u8 {
        self.member
    }

    #[inline(always)]
    pub(super) const fn bit(&self) -> u16 {
        self.bit
    }

    /// A name and the quote after it.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "widening, a length below 32 and an index below 14, in a const function"
    )]
    const fn name(name: &str, index: usize) -> Self {
        assert!(index < UNKNOWN as usize && name.len() + 1 < LONGEST);
        let name = name.as_bytes();
        let mut named = Self::NOTHING;
        named.length = name.len() as u8 + 1;
        named.member = index as u8;
        named.bit = 1 << index;
        let mut half = 0;
        while half < 2 {
            let mask = MASKS[name.len() + 1][half];
            let mut bytes = 0;
            let mut at = 0;
            while at < 16 {
                let index = 16 * half + at;
                let byte = if index < name.len() {
                    name[index]
                } else {
                    b'"'
                };
                bytes |= (byte as u128) << (8 * at);
                at += 1;
            }
            named.halves[half] = Half {
                bytes: bytes & mask,
                mask,
            };
            half += 1;
        }
        named
    }

    fn new(start: &[u8; LONGEST], length: usize, member: u8) -> Option<Self> {
        let all = halves(start);
        let masks = MASKS.get(length)?;
        let half = |index: usize| Half {
            bytes: all[index] & masks[index],
            mask: masks[index],
        };
        Some(Self {
            halves: [half(0), half(1)],
            length: u8::try_from(length).ok()?,
            member,
            bit: bit(member),
        })
    }
}

impl Half {
    #[inline(always)]
    const fn is(&self, bytes: u128) -> bool {
        bytes & self.mask == self.bytes
    }
}

/// The bit of a member among those that were seen.
#[inline(always)]
pub(super) const fn bit(member: u8) -> u16 {
    if member < UNKNOWN {
        1 << member
    } else {
        NO_MEMBER
    }
}

/// The bytes that a text starts with. Where it is shorter, zeros follow, which no name has.
pub(super) fn start_of(text: &[u8]) -> [u8; LONGEST] {
    let mut start = [0; LONGEST];
    for (to, from) in start.iter_mut().zip(text) {
        *to = *from;
    }
    start
}

#[inline(always)]
fn halves(start: &[u8; LONGEST]) -> [u128; 2] {
    let (halves, _) = start.as_chunks();
    let [first, second] = halves else {
        return [0; 2];
    };
    [u128::from_le_bytes(*first), u128::from_le_bytes(*second)]
}

/// For each length, the bytes that count.
const MASKS: [[u128; 2]; LONGEST] = {
    let mut masks = [[0; 2]; LONGEST];
    let mut length = 0;
    while length < LONGEST {
        let mut at = 0;
        while at < length {
            masks[length][at / 16] |= 0xff << (8 * (at % 16));
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
    /// What came first, with its brace.
    first: Expected,
    /// What stood before each other member, by its index, and the end.
    others: [Expected; PLACES],
    /// Which of those came at each place after the first.
    order: [u8; PLACES],
    /// How often members came as expected lately.
    trust: u8,
    /// Objects that were met while there was little trust.
    distrusted: u8,
    /// Members of the present object that came otherwise than expected.
    missed: u8,
}

/// From this much trust on, members are expected to come as before.
const TRUSTED: u8 = 16;

/// The most trust there is: this many objects in a row have to come otherwise before nothing is expected any more.
const MOST_TRUST: u8 = 48;

impl Layout {
    pub(super) const NEW: Self = Self {
        first: Expected::NOTHING,
        others: [Expected::NOTHING; PLACES],
        order: [UNKNOWN; PLACES],
        trust: MOST_TRUST,
        distrusted: 0,
        missed: 0,
    };

    /// One of objects whose members came in any order.
    #[cfg(test)]
    pub(super) const DISTRUSTED: Self = Self {
        trust: 0,
        ..Self::NEW
    };

    /// The place of what to expect first of the next object. Where members come in any order, comparing them with what
    /// is expected is tried now and then only.
    #[inline]
    pub(super) fn start_place(&mut self) -> usize {
        if self.trust >= TRUSTED {
            return 0;
        }
        self.distrusted = self.distrusted.wrapping_add(1) % 32;
        if self.distrusted == 0 { 0 } else { NOWHERE }
    }

    /// What is expected at a place.
    #[inline(always)]
    pub(super) fn expected(&self, place: usize) -> &Expected {
        if place == 0 {
            &self.first
        } else {
            self.other(self.order[place % PLACES])
        }
    }

    /// Whether the first member of the API is expected first.
    #[inline(always)]
    pub(super) fn starts_as_usual(&self) -> bool {
        self.first.member == 0
    }

    /// What is expected before a member or the end, where members come in the order of the API.
    #[inline(always)]
    pub(super) fn usual(&self, member: u8) -> &Expected {
        if member == 0 {
            &self.first
        } else {
            self.other(member)
        }
    }

    #[inline(always)]
    fn other(&self, member: u8) -> &Expected {
        &self.others[usize::from(member) % PLACES]
    }

    /// Whether a member is expected at a place that is not the first.
    fn is_at(&self, place: usize, member: u8) -> bool {
        self.order.get(place) == Some(&member) && self.other(member).length != 0
    }

    /// Takes note of what came in place of what was expected; gives the place of what to expect next.
    #[inline(never)]
    pub(super) fn learn(&mut self, place: usize, text: &[u8], length: usize, member: u8) -> usize {
        self.missed = self.missed.saturating_add(1);
        if member == UNKNOWN {
            // What is expected first starts with a brace, and is not to be met after this.
            return place.max(1);
        }
        // A member is missing this time, and will be back.
        if place > 0 && !self.is_at(place, member) && self.is_at(place + 1, member) {
            return place + 2;
        }
        let start = text.first_chunk::<LONGEST>();
        let expected = start.and_then(|start| Expected::new(start, length, member));
        let kept = match place {
            0 => Some(&mut self.first),
            _ => self.others.get_mut(usize::from(member)),
        };
        if let (Some(expected), Some(kept), Some(here)) =
            (expected, kept, self.order.get_mut(place))
        {
            *kept = expected;
            *here = member;
        }
        place + 1
    }

    /// Takes note that an object ended, of whose members these were seen.
    #[inline(always)]
    pub(super) fn end(&mut self, seen: u16) {
        if self.missed > 0 {
            self.settle((seen & !NO_MEMBER).count_ones());
        }
    }

    #[cold]
    fn settle(&mut self, members: u32) {
        self.trust = if 2 * u32::from(self.missed) > members {
            self.trust.saturating_sub(1)
        } else {
            self.trust.saturating_add(1).min(MOST_TRUST)
        };
        self.missed = 0;
    }
}

/// The names of an object, each found by one multiplication and one comparison.
#[derive(Debug)]
pub(super) struct Names {
    /// How far the first bytes of a name are shifted, so that only those count that every name has.
    shift: u32,
    factor: u64,
    /// The names, each with the quote after it.
    table: [Expected; PLACES],
}

impl Names {
    /// Builds the table. Fails to compile where names are too long, or no factor tells them apart.
    #[expect(clippy::panic, reason = "it is evaluated when the crate is compiled")]
    pub(super) const fn of(names: &[&str]) -> Self {
        let mut shift = 0;
        let mut index = 0;
        while index < names.len() {
            let mut bytes = names[index].len() + 1;
            let mut unused = 64;
            while bytes > 0 && unused > 0 {
                bytes -= 1;
                unused -= 8;
            }
            if unused > shift {
                shift = unused;
            }
            index += 1;
        }
        let mut names_of = Self {
            shift,
            factor: 0x9e37_79b9_7f4a_7c15,
            table: [Expected::NOTHING; PLACES],
        };
        let mut tries = 0;
        while tries < 10_000 {
            if names_of.fill(names) {
                return names_of;
            }
            names_of.factor = names_of
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
        self.table = [Expected::NOTHING; PLACES];
        let mut index = 0;
        while index < names.len() {
            let name = Expected::name(names[index], index);
            let slot = self.slot(name.halves[0].bytes);
            if self.table[slot].length != 0 {
                return false;
            }
            self.table[slot] = name;
            index += 1;
        }
        true
    }

    /// The place of a name that starts with these bytes.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "the lower half, and four bits, in a const function"
    )]
    #[inline(always)]
    const fn slot(&self, start: u128) -> usize {
        ((start as u64)
            .wrapping_shl(self.shift)
            .wrapping_mul(self.factor)
            >> 60) as usize
    }

    /// The member that a text after an opening quote may name.
    #[inline(always)]
    pub(super) fn candidate(&self, text: &[u8; LONGEST]) -> &Expected {
        &self.table[self.slot(halves(text)[0]) % PLACES]
    }

    /// The member after a separator, and the text after its colon, where they are spelled without white space.
    #[inline(always)]
    pub(super) fn compact<'n, 'a>(
        &'n self,
        separator: u8,
        text: &'a [u8],
    ) -> Option<(&'n Expected, &'a [u8])> {
        let (start, name) = text.split_first_chunk()?;
        if *start != [separator, b'"'] {
            return None;
        }
        let member = self.candidate(name.first_chunk()?);
        match member.after(name)? {
            [b':', value @ ..] if !value.first().copied().is_none_or(is_space) => {
                Some((member, value))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
