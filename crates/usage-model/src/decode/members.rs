//! Which members each object of the API has.

use crate::{
    Counter, CountryUsage, Counts, Field, International, PageMeta, Period, RawJson, UnknownMembers,
    Usage, UsageNode, UsageRecord,
};

use super::leaf::Leaf;

/// Reads the value of the member whose name was just met.
pub(crate) trait Source {
    type Error;

    fn leaf<T: Leaf>(&mut self, slot: &mut Field<T>) -> Result<(), Self::Error>;

    fn object<O: Object>(&mut self, slot: &mut Field<O>) -> Result<(), Self::Error>;

    fn international<C: Counts>(&mut self, slot: &mut International<C>) -> Result<(), Self::Error>;

    fn unknown(&mut self) -> Result<RawJson, Self::Error>;

    /// The error for a member that was there before.
    fn duplicate(&mut self) -> Self::Error;
}

/// An object that is read member by member.
pub(crate) trait Object: Default {
    /// What stands here in a well-formed document, in words.
    const EXPECTED: &'static str = "an object, or null";

    /// Reads the value of a member; `false` where this object has none of that name.
    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error>;

    /// Where members that are not known are kept.
    fn unknown(&mut self) -> &mut UnknownMembers;

    /// Reads the value of any member, known or not.
    fn any_member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<(), S::Error> {
        if self.member(name, source)? {
            return Ok(());
        }
        let value = source.unknown()?;
        if self.unknown().insert(name, value) {
            Ok(())
        } else {
            Err(source.duplicate())
        }
    }
}

fn leaf<S: Source, T: Leaf>(slot: &mut Field<T>, source: &mut S) -> Result<bool, S::Error> {
    if slot.is_absent() {
        source.leaf(slot).map(|()| true)
    } else {
        Err(source.duplicate())
    }
}

fn object<S: Source, O: Object>(slot: &mut Field<O>, source: &mut S) -> Result<bool, S::Error> {
    if slot.is_absent() {
        source.object(slot).map(|()| true)
    } else {
        Err(source.duplicate())
    }
}

impl Object for UsageRecord {
    const EXPECTED: &'static str = "a usage record, which is an object";

    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        match name {
            "account_sid" => leaf(&mut self.account_sid, source),
            "sim_sid" => leaf(&mut self.sim_sid, source),
            "period" => object(&mut self.period, source),
            "commands" => object(&mut self.commands, source),
            "data" => object(&mut self.data, source),
            _ => Ok(false),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl Object for Period {
    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        match name {
            "start" => leaf(&mut self.start, source),
            "end" => leaf(&mut self.end, source),
            _ => Ok(false),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl<C: Counts> Object for Usage<C> {
    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        match name {
            "home" => object(&mut self.home, source),
            "national_roaming" => object(&mut self.national_roaming, source),
            "international_roaming" => {
                if matches!(self.international_roaming, International::Absent) {
                    source
                        .international(&mut self.international_roaming)
                        .map(|()| true)
                } else {
                    Err(source.duplicate())
                }
            }
            _ => self.top.member(name, source),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.top.unknown
    }
}

impl<C: Counts> Object for UsageNode<C> {
    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        for counter in Counter::ALL {
            if name == counter.name(C::KIND) {
                return leaf(self.counts.counter_mut(counter), source);
            }
        }
        match (name, self.counts.units_mut()) {
            ("units", Some(units)) => leaf(units, source),
            ("billed", _) => leaf(&mut self.billed, source),
            ("billing_units", _) => leaf(&mut self.billing_units, source),
            _ => Ok(false),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}

impl<C: Counts> Object for CountryUsage<C> {
    const EXPECTED: &'static str = "an object with a country_code and counters";

    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        match name {
            "country_code" => leaf(&mut self.country_code, source),
            _ => self.node.member(name, source),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.node.unknown
    }
}

impl Object for PageMeta {
    fn member<S: Source>(&mut self, name: &str, source: &mut S) -> Result<bool, S::Error> {
        match name {
            "page" => leaf(&mut self.page, source),
            "page_size" => leaf(&mut self.page_size, source),
            "first_page_url" => leaf(&mut self.first_page_url, source),
            "previous_page_url" => leaf(&mut self.previous_page_url, source),
            "url" => leaf(&mut self.url, source),
            "next_page_url" => leaf(&mut self.next_page_url, source),
            "key" => leaf(&mut self.key, source),
            _ => Ok(false),
        }
    }

    fn unknown(&mut self) -> &mut UnknownMembers {
        &mut self.unknown
    }
}
