//! Which members each object of the API has.
#![expect(
    clippy::inline_always,
    reason = "a call for each member would cost more than most members do"
)]

use crate::{
    Counter, CountryUsage, Counts, Field, International, Kind, PageMeta, Period, UnknownMembers,
    Usage, UsageNode, UsageRecord,
};

use super::leaf::Leaf;

/// Reads the value of the member whose name was just met.
pub(crate) trait Source {
    type Error;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Self::Error>;

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), Self::Error>;

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Self::Error>;
}

/// An object that is read member by member.
pub(crate) trait Object: Default {
    /// What stands here in a well-formed document, in words.
    const EXPECTED: &'static str = "an object, or null";

    /// A number for each kind of object that records are made of, below [`KINDS`].
    const KIND: usize;

    /// The names of its members, in the order of the API, in which they are read fastest.
    const NAMES: &'static [&'static str];

    /// Whether none of its members is an object or a list.
    const IS_FLAT: bool = false;

    /// Reads the value of a member, by the index of its name.
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error>;

    /// Where members that are not known are kept.
    fn unknown(&mut self) -> &mut UnknownMembers;
}

/// How many kinds of objects records are made of.
pub(super) const KINDS: usize = 8;

/// Sets members to absent.
pub(super) struct Absent;

impl Source for Absent {
    type Error = std::convert::Infallible;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Self::Error> {
        *slot = Field::Absent;
        Ok(())
    }

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), Self::Error> {
        *slot = Field::Absent;
        Ok(())
    }

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Self::Error> {
        *slot = International::Absent;
        Ok(())
    }
}

/// Most country entries and unknown members that a record may have together: two trees with every country that ISO
/// 3166-1 knows have 498 entries. It bounds the memory that a record takes beside its text.
pub(super) const MOST_PARTS: usize = 700;

const fn tree(kind: Kind) -> usize {
    match kind {
        Kind::Commands => 0,
        Kind::Data => 1,
    }
}

/// How many members a [`UsageNode`] has. In the objects that have them as well, they come first.
const fn node(kind: Kind) -> usize {
    match kind {
        Kind::Commands => 5,
        Kind::Data => 6,
    }
}

/// The names of an object that has the members of a node, and its own.
macro_rules! names {
    ($kind:expr $(, $own:literal)*) => {
        match $kind {
            Kind::Commands => names!(@list Kind::Commands, [], $($own),*),
            Kind::Data => names!(@list Kind::Data, ["units",], $($own),*),
        }
    };
    (@list $kind:path, [$($units:literal,)?], $($own:literal),*) => {
        const {
            &[
                Counter::Total.name($kind),
                Counter::TowardSim.name($kind),
                Counter::FromSim.name($kind),
                $($units,)?
                "billed",
                "billing_units",
                $($own),*
            ]
        }
    };
}

impl Object for UsageRecord {
    const KIND: usize = 0;
    const EXPECTED: &'static str = "a usage record, which is an object";
    const NAMES: &'static [&'static str] = &[
        "account_sid",
        "sim_sid",
        "period",
        Kind::Commands.as_str(),
        Kind::Data.as_str(),
    ];

    #[inline(always)]
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        match index {
            0 => source.leaf(&mut self.account_sid),
            1 => source.leaf(&mut self.sim_sid),
            2 => source.object(&mut self.period),
            3 => source.object(&mut self.commands),
            _ => source.object(&mut self.data),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl Object for Period {
    const KIND: usize = 1;
    const NAMES: &'static [&'static str] = &["start", "end"];

    #[inline(always)]
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        match index {
            0 => source.leaf(&mut self.start),
            _ => source.leaf(&mut self.end),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl<C: Counts> Object for Usage<C> {
    const KIND: usize = 2 + tree(C::KIND);
    const NAMES: &'static [&'static str] =
        names!(C::KIND, "home", "national_roaming", "international_roaming");

    #[inline(always)]
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        match index.checked_sub(node(C::KIND)) {
            None => self.top.member(index, source),
            Some(0) => source.object(&mut self.home),
            Some(1) => source.object(&mut self.national_roaming),
            Some(_) => source.international(&mut self.international_roaming),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.top.unknown
    }
}

impl<C: Counts> Object for UsageNode<C> {
    const KIND: usize = 4 + tree(C::KIND);
    const NAMES: &'static [&'static str] = names!(C::KIND);
    const IS_FLAT: bool = true;

    #[inline(always)]
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        match (index, self.counts.units_mut()) {
            (0, _) => source.leaf(self.counts.counter_mut(Counter::Total)),
            (1, _) => source.leaf(self.counts.counter_mut(Counter::TowardSim)),
            (2, _) => source.leaf(self.counts.counter_mut(Counter::FromSim)),
            (3, Some(units)) => source.leaf(units),
            (3, None) | (4, Some(_)) => source.leaf(&mut self.billed),
            _ => source.leaf(&mut self.billing_units),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl<C: Counts> Object for CountryUsage<C> {
    const KIND: usize = 6 + tree(C::KIND);
    const EXPECTED: &'static str = "an object with a country_code and counters";
    const NAMES: &'static [&'static str] = names!(C::KIND, "country_code");
    const IS_FLAT: bool = true;

    #[inline(always)]
    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        if index < node(C::KIND) {
            self.node.member(index, source)
        } else {
            source.leaf(&mut self.country_code)
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.node.unknown
    }
}

impl Object for PageMeta {
    /// Not part of a record.
    const KIND: usize = KINDS;
    const NAMES: &'static [&'static str] = &[
        "page",
        "page_size",
        "first_page_url",
        "previous_page_url",
        "url",
        "next_page_url",
        "key",
    ];

    fn member<S: Source>(&mut self, index: usize, source: &mut S) -> Result<(), S::Error> {
        match index {
            0 => source.leaf(&mut self.page),
            1 => source.leaf(&mut self.page_size),
            2 => source.leaf(&mut self.first_page_url),
            3 => source.leaf(&mut self.previous_page_url),
            4 => source.leaf(&mut self.url),
            5 => source.leaf(&mut self.next_page_url),
            _ => source.leaf(&mut self.key),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}
