//! What one record adds to which groups.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use usage_model::{
    Counter, Counts, DataUnit, Kind, Lenient, NodePath, Usage, UsageNode, UsageRecord,
};

use crate::{
    LeftOut, Network,
    figure::{Figure, default_unit, unit},
};

use super::names::Names;

/// The figures of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The group that they count in.
    pub(super) group: u32,
    pub(super) kind: Kind,
    counters: [u64; 3],
    unit: DataUnit,
    /// What was billed, and the number of the currency.
    pub(super) billed: Option<(Decimal, u16)>,
}

impl Part {
    /// The counters in bytes or Commands.
    pub(super) fn figures(&self) -> [u128; 3] {
        // A counter is below 2⁶³ and the largest unit below 2⁴¹.
        self.counters
            .map(|counter| u128::from(counter) * u128::from(self.unit.bytes()))
    }

    /// Whether there is anything to count.
    fn is_nothing(&self) -> bool {
        self.counters == [0; 3] && self.billed.is_none_or(|(amount, _)| amount.is_zero())
    }
}

/// The place of a node in a summary, as far as the record and the node say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodePlace<'a> {
    pub(super) network: Network,
    pub(super) country: Option<&'a str>,
}

/// What one record counts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The group that the record itself counts in, where its top does.
    pub(super) group: Option<u32>,
    pub(super) parts: Box<[Part]>,
    pub(super) left_out: LeftOut,
    /// Whether the shares count, and add up to something else than the record states as its own total.
    pub(super) differs: bool,
    /// Whether international usage that names no country counts with that of home and national.
    pub(super) nameless: bool,
}

impl Reading {
    /// Whether both count with the same figures.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        fn counted(
            reading: &Reading,
        ) -> impl Iterator<Item = (u32, Kind, [u128; 3], Option<(Decimal, u16)>)> {
            let parts = reading.parts.iter().filter(|part| !part.is_nothing());
            parts.map(|part| (part.group, part.kind, part.figures(), part.billed))
        }
        self.group == other.group && counted(self).eq(counted(other))
    }

    /// Whether the record counts in any group.
    pub(super) const fn counts(&self) -> bool {
        self.group.is_some() || !self.parts.is_empty()
    }

    /// The groups that the record counts in, each once.
    pub(super) fn groups(&self) -> Vec<u32> {
        let mut groups: Vec<u32> = self.parts.iter().map(|part| part.group).collect();
        groups.extend(self.group);
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// Which nodes of a record count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nodes {
    /// The top of each tree.
    Top,
    /// The shares below it that have any figure but 0.
    Shares,
}

/// Reads what the nodes of a record count with; `group` gives the group of a place.
pub(super) fn parts(
    record: &UsageRecord,
    nodes: Nodes,
    currencies: &mut Names,
    mut group: impl FnMut(NodePlace<'_>) -> u32,
) -> Reading {
    let mut parts = Parts {
        nodes,
        currencies,
        found: Vec::new(),
        left_out: LeftOut::default(),
        differs: false,
    };
    if let Some(data) = record.data.value() {
        parts.add(data, &mut group);
    }
    if let Some(commands) = record.commands.value() {
        parts.add(commands, &mut group);
    }
    Reading {
        group: None,
        parts: parts.found.into_boxed_slice(),
        left_out: parts.left_out,
        differs: parts.differs,
        nameless: false,
    }
}

struct Parts<'a> {
    nodes: Nodes,
    currencies: &'a mut Names,
    found: Vec<Part>,
    left_out: LeftOut,
    differs: bool,
}

impl Parts<'_> {
    fn add<C: Counts>(&mut self, usage: &Usage<C>, group: &mut impl FnMut(NodePlace<'_>) -> u32) {
        let otherwise = default_unit(usage);
        let currency = usage.top.billing_units.value().map(Lenient::as_str);
        match self.nodes {
            Nodes::Top => self.node(&usage.top, otherwise, currency, || {
                group(NodePlace {
                    network: Network::Total,
                    country: None,
                })
            }),
            Nodes::Shares => {
                self.differs |= differs(usage);
                for (path, node) in usage.children() {
                    let entry = match path {
                        NodePath::International(index) => {
                            usage.international_roaming.entries().get(index)
                        }
                        NodePath::InternationalSingle => {
                            usage.international_roaming.entries().first()
                        }
                        NodePath::Top | NodePath::Home | NodePath::National => None,
                    };
                    let country = entry.and_then(|entry| entry.country_code.value());
                    self.node(node, otherwise, currency, || {
                        group(NodePlace {
                            network: path.into(),
                            country: country.map(Lenient::as_str),
                        })
                    });
                }
            }
        }
    }

    fn node<C: Counts>(
        &mut self,
        node: &UsageNode<C>,
        otherwise: Option<DataUnit>,
        currency: Option<&str>,
        group: impl FnOnce() -> u32,
    ) {
        let counters = Counter::ALL.map(|counter| node.count(counter).get());
        let amount = node.billed.value();
        let billed = amount.and_then(usage_model::Amount::decimal).map(|amount| {
            let own = node.billing_units.value().map(Lenient::as_str);
            let currency = self.currencies.number(own.or(currency).unwrap_or_default());
            (amount, u16::try_from(currency).unwrap_or(u16::MAX))
        });
        self.left_out.amounts += u64::from(amount.is_some() && billed.is_none());
        let unit = unit(node, otherwise);
        if unit.is_none() {
            let stated = Counter::ALL.map(|counter| node.counts.counter(counter).is_value());
            self.left_out.figures += stated.into_iter().map(u64::from).sum::<u64>();
        }
        let mut part = Part {
            group: 0,
            kind: C::KIND,
            counters: if unit.is_some() { counters } else { [0; 3] },
            unit: unit.unwrap_or_default(),
            billed,
        };
        if self.nodes == Nodes::Top || !part.is_nothing() {
            part.group = group();
            self.found.push(part);
        }
    }
}

/// Whether the shares of a tree add up to another total than the tree states.
fn differs<C: Counts>(usage: &Usage<C>) -> bool {
    let figure = |network: &Network| Figure::of(Some(usage), *network, Counter::Total);
    let [top, shares @ ..] = Network::ALL;
    let sum = shares.iter().map(figure).try_fold(0_u128, |sum, share| {
        sum.checked_add(share.known().unwrap_or(0))
    });
    match figure(&top) {
        Figure::Absent => false,
        Figure::Unknown => true,
        Figure::Known(top) => sum != Some(top),
    }
}

/// A day as a number above 0.
pub(super) fn day_number(day: NaiveDate) -> u32 {
    use chrono::Datelike as _;

    u32::try_from(day.num_days_from_ce().saturating_add(FIRST_DAY)).unwrap_or_default()
}

/// The day of such a number; `None` for 0, which stands for no day.
pub(super) fn day_of(number: u32) -> Option<NaiveDate> {
    let days = i32::try_from(number).ok().filter(|days| *days > 0)?;
    NaiveDate::from_num_days_from_ce_opt(days.checked_sub(FIRST_DAY)?)
}

/// Days that the year 0 and the months before it lie before the first day of our era, and more.
const FIRST_DAY: i32 = 1000;
