//! A record's figures as the flat columns of a reading.

use chrono::{DateTime, SubsecRound as _, Utc};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rust_decimal::Decimal;
use usage_model::{Counter, Counts, DataUnit, Field, Lenient, Usage, UsageNode, UsageRecord};

use crate::{State, key::Bounds};

/// The figures of one node; a counter that is null or absent, or has no place in the column, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Total, to the SIM, from the SIM; data in bytes.
    pub(crate) counters: [Option<i64>; 3],
    pub(crate) billed: Option<Amount>,
    pub(crate) currency: Option<String>,
}

impl Figures {
    fn total_is_sum(&self) -> bool {
        let [total, to_sim, from_sim] = self.counters;
        let sum = to_sim.zip(from_sim);
        total == sum.and_then(|(to_sim, from_sim)| to_sim.checked_add(from_sim))
    }
}

/// An amount of money, exactly, without zeros at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// In millionths of the currency; not negative.
    Millionths(i64),
    /// An amount with more digits, or a negative one.
    Text(String),
}

impl Amount {
    fn of(amount: Decimal) -> Self {
        let amount = amount.normalize();
        let millionths = amount.checked_mul(Decimal::from(1_000_000));
        match millionths.filter(Decimal::is_integer).map(i64::try_from) {
            Some(Ok(millionths @ 0..)) => Self::Millionths(millionths),
            _ => Self::Text(amount.to_string()),
        }
    }
}

impl ToSql for Amount {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Millionths(millionths) => millionths.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl FromSql for Amount {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Integer(millionths) => Ok(Self::Millionths(millionths)),
            value => Ok(Self::Text(value.as_str()?.to_owned())),
        }
    }
}

/// A node that has no columns of its own: an international share, or one in another currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// 0 to 5 as in [`Flat::nodes`], 6 for an international share of data, 7 for one of Commands.
    pub(crate) node: u8,
    pub(crate) country: Option<String>,
    pub(crate) figures: Figures,
}

/// How many of the lowest bits of a `part_id` number the parts of a reading: no record of the largest size has more.
pub(crate) const PART_BITS: u32 = 20;

impl Part {
    /// The currency as the table has it: `None` where it is the reading's, empty where there is none.
    pub(crate) fn stored_currency(&self, of_reading: Option<&String>) -> Option<&str> {
        let own = self.figures.currency.as_ref();
        (own != of_reading).then(|| own.map_or("", String::as_str))
    }
}

/// The bit of a reading's `nodes` that says that totals are left out.
pub(crate) const TOTALS_ARE_SUMS: i64 = 64;

/// The bits of a reading's `nodes` that say which nodes it has, and that totals are left out.
pub(crate) const NODES_MASK: i64 = 127;

/// The bits of a reading's `nodes` for the state of its period by its age at the fetch.
pub(crate) fn state_bits(period: Bounds, fetched_at: DateTime<Utc>) -> i64 {
    // The tables have whole seconds.
    let period = Bounds::new(period.start, period.end.trunc_subsecs(0));
    match State::by_age(period, fetched_at) {
        State::Settling => 128,
        State::Final => 256,
        _ => 0,
    }
}

/// The figures of a whole record, as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flat {
    /// Data: top, home, national; Commands: the same. `None` where the record has no such node.
    pub(crate) nodes: [Option<Figures>; 6],
    /// The currency of all nodes in `nodes`.
    pub(crate) currency: Option<String>,
    pub(crate) parts: Vec<Part>,
    /// Whether every total is the sum of the two directions; totals are then left out.
    pub(crate) totals_are_sums: bool,
}

impl Flat {
    /// The figures of a record.
    pub(crate) fn of(record: &UsageRecord) -> Self {
        let mut flat = Self::default();
        if let Some(usage) = record.data.value() {
            flat.add(usage, 0, 6);
        }
        if let Some(usage) = record.commands.value() {
            flat.add(usage, 3, 7);
        }
        flat.leave_out_totals();
        flat
    }

    /// One bit for each node that is there, the first the lowest, and [`TOTALS_ARE_SUMS`].
    pub(crate) fn mask(&self) -> i64 {
        let bits = self.nodes.iter().zip(0..);
        let nodes: i64 = bits
            .map(|(node, bit): (_, u32)| i64::from(node.is_some()) << bit)
            .sum();
        if self.totals_are_sums {
            nodes | TOTALS_ARE_SUMS
        } else {
            nodes
        }
    }

    /// Leaves the totals out where each is the sum of the two directions.
    fn leave_out_totals(&mut self) {
        let nodes = self.nodes.iter_mut().flatten();
        let parts = self.parts.iter_mut().map(|part| &mut part.figures);
        let mut all: Vec<&mut Figures> = nodes.chain(parts).collect();
        self.totals_are_sums = all.iter().all(|figures| figures.total_is_sum());
        if self.totals_are_sums {
            for figures in &mut all {
                let [total, ..] = &mut figures.counters;
                *total = None;
            }
        }
    }

    /// Adds a tree whose top has the number `first`, and its international shares `international`.
    fn add<C: Counts>(&mut self, usage: &Usage<C>, first: u8, international: u8) {
        let otherwise = usage.default_unit().unwrap_or_default();
        let shares = [
            Some(&usage.top),
            usage.home.value(),
            usage.national_roaming.value(),
        ];
        for (node, number) in shares.into_iter().zip(first..) {
            let Some(figures) = node.and_then(|node| figures(node, otherwise)) else {
                continue;
            };
            let is_first = self.nodes.iter().all(Option::is_none);
            if is_first {
                self.currency.clone_from(&figures.currency);
            }
            match self.nodes.get_mut(usize::from(number)) {
                Some(column) if is_first || self.currency == figures.currency => {
                    *column = Some(figures);
                }
                _ => self.parts.push(Part {
                    node: number,
                    country: None,
                    figures,
                }),
            }
        }
        for entry in usage.international_roaming.entries() {
            let country = entry.country_code.value();
            let country = country.map(|country| country.as_str().to_owned());
            let figures = figures(&entry.node, otherwise);
            if country.is_some() || figures.is_some() {
                self.parts.push(Part {
                    node: international,
                    country,
                    figures: figures.unwrap_or_default(),
                });
            }
        }
    }
}

/// The figures of a node; `None` for one that is `{}`.
fn figures<C: Counts>(node: &UsageNode<C>, otherwise: DataUnit) -> Option<Figures> {
    if *node == UsageNode::default() {
        return None;
    }
    let unit = match node.counts.units() {
        None => Some(DataUnit::Bytes),
        Some(Field::Value(Lenient::Known(unit))) => Some(*unit),
        Some(Field::Value(Lenient::Other(_))) => None,
        Some(Field::Absent | Field::Null) => Some(otherwise),
    };
    let counter = |counter| {
        let figure = node.counts.counter(counter).into_value()?;
        i64::try_from(unit?.checked_bytes(figure.wide())?).ok()
    };
    Some(Figures {
        counters: Counter::ALL.map(counter),
        billed: node
            .billed
            .value()
            .and_then(usage_model::Amount::decimal)
            .map(Amount::of),
        currency: node
            .billing_units
            .value()
            .map(|currency| currency.as_str().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(record: &str) -> Flat {
        Flat::of(&serde_json::from_str(record).unwrap())
    }

    #[test]
    fn nodes_that_are_null_absent_or_empty_have_no_figures() {
        let flat = flat(r#"{"data":{"total":1,"home":null,"national_roaming":{}},"commands":{}}"#);
        assert_eq!(flat.mask(), 0b00_0001);
        assert!(!flat.totals_are_sums);
        assert!(flat.parts.is_empty());
    }

    #[test]
    fn null_and_absent_counters_stay_empty_and_zero_stays_zero() {
        let flat = flat(r#"{"commands":{"total":0,"to_sim":null}}"#);
        let top = flat.nodes[3].as_ref().unwrap();
        assert_eq!(top.counters, [Some(0), None, None]);
    }

    #[test]
    fn units_are_converted_to_bytes_and_unknown_ones_leave_the_figure_empty() {
        let flat = flat(
            r#"{"data":{"total":3,"units":"KB","home":{"total":2},"national_roaming":{"total":1,"units":"pages"}}}"#,
        );
        let totals = flat
            .nodes
            .each_ref()
            .map(|node| node.as_ref().map(|node| node.counters[0]));
        assert_eq!(
            totals[..3],
            [Some(Some(3000)), Some(Some(2000)), Some(None)]
        );
    }

    #[test]
    fn a_figure_beyond_the_column_is_empty() {
        let flat = flat(r#"{"data":{"total":9223372036854775807,"units":"KB"}}"#);
        assert_eq!(flat.nodes[0].as_ref().unwrap().counters[0], None);
    }

    #[test]
    fn each_country_is_a_part_and_so_is_a_node_in_another_currency() {
        let flat = flat(
            r#"{"data":{"total":3,"billing_units":"USD","home":{"total":1,"billing_units":"EUR"},
                "international_roaming":[{"country_code":"DEU","total":1},{"country_code":"CHE","total":1}]}}"#,
        );
        let parts: Vec<_> = flat
            .parts
            .iter()
            .map(|part| (part.node, part.country.as_deref()))
            .collect();
        assert_eq!(parts, [(1, None), (6, Some("DEU")), (6, Some("CHE"))]);
        assert_eq!((flat.mask(), flat.currency.as_deref()), (1, Some("USD")));
    }

    #[test]
    fn totals_are_left_out_only_where_every_one_is_the_sum() {
        let sums = |record: &str| flat(record).totals_are_sums;
        assert!(sums(r#"{"data":{"total":3,"download":2,"upload":1}}"#));
        assert!(sums(r#"{"data":{"units":"bytes"}}"#));
        assert!(!sums(r#"{"data":{"total":4,"download":2,"upload":1}}"#));
        assert!(!sums(r#"{"data":{"total":3,"download":3}}"#));
        assert!(!sums(r#"{"data":{"download":2,"upload":1}}"#));
    }

    #[test]
    fn amounts_are_exact() {
        let amount = |text: &str| Amount::of(text.parse().unwrap());
        assert_eq!(amount("0"), Amount::Millionths(0));
        assert_eq!(amount("1.50"), Amount::Millionths(1_500_000));
        assert_eq!(amount("0.000001"), Amount::Millionths(1));
        for text in ["0.0000001", "-1", "79228162514264337593543950335"] {
            assert_eq!(amount(text), Amount::Text(text.to_owned()));
        }
    }
}
