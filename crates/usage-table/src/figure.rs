//! One figure of a tree, in bytes or Commands.

use usage_model::{Counter, Counts, DataUnit, Field, International, Lenient, Usage, UsageNode};

use crate::Network;

/// One figure of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a figure is there, is not there, or cannot be told"
)]
pub enum Figure {
    /// The record does not have it: the counter, its node or its tree is null or absent.
    Absent,
    /// It is in a unit that is not known.
    Unknown,
    /// Bytes, or a number of Commands.
    Known(u128),
}

impl Figure {
    /// Returns one counter of one network, in bytes where it is of data.
    ///
    /// International figures are added up over countries; an empty list of countries is 0. A node without a unit is in
    /// that of the top, and in bytes where the top has none either.
    ///
    /// ```
    /// use usage_model::{Counter, UsageRecord};
    /// use usage_table::{Figure, Network};
    ///
    /// let record: UsageRecord = serde_json::from_str(
    ///     r#"{"data":{"total":7,"units":"KB","home":null,"international_roaming":[{"total":7}]}}"#,
    /// )?;
    /// let figure = |network| Figure::of(record.data.value(), network, Counter::Total);
    /// assert_eq!(figure(Network::Total), Figure::Known(7000));
    /// assert_eq!(figure(Network::International), Figure::Known(7000));
    /// assert_eq!(figure(Network::Home), Figure::Absent);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn of<C: Counts>(usage: Option<&Usage<C>>, network: Network, counter: Counter) -> Self {
        let Some(usage) = usage else {
            return Self::Absent;
        };
        let otherwise = default_unit(usage);
        let of = |node: &UsageNode<C>| Self::of_node(node, otherwise, counter);
        match network {
            Network::Total => of(&usage.top),
            Network::Home => usage.home.value().map_or(Self::Absent, of),
            Network::National => usage.national_roaming.value().map_or(Self::Absent, of),
            Network::International => {
                // An empty list says that there was none; a missing one says nothing.
                let none = match &usage.international_roaming {
                    International::List(list) if list.is_empty() => Self::Known(0),
                    _ => Self::Absent,
                };
                let entries = usage.international_roaming.entries();
                entries
                    .iter()
                    .map(|entry| of(&entry.node))
                    .fold(none, Self::plus)
            }
        }
    }

    /// Returns one counter of a node whose unit, where it states none, is `otherwise`.
    pub(crate) fn of_node<C: Counts>(
        node: &UsageNode<C>,
        otherwise: Option<DataUnit>,
        counter: Counter,
    ) -> Self {
        match node.counts.counter(counter) {
            Field::Null | Field::Absent => Self::Absent,
            Field::Value(count) => unit(node, otherwise)
                .and_then(|unit| unit.checked_bytes(count.wide()))
                .map_or(Self::Unknown, Self::Known),
        }
    }

    /// Returns the number, where there is one.
    pub const fn known(self) -> Option<u128> {
        match self {
            Self::Known(figure) => Some(figure),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The sum of both; what is absent adds nothing, and what is not known makes the sum unknown.
    const fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => match a.checked_add(b) {
                Some(sum) => Self::Known(sum),
                None => Self::Unknown,
            },
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (figure, Self::Absent) | (Self::Absent, figure) => figure,
        }
    }
}

/// The unit of nodes that state none: that of the top, bytes where it has none; `None` where it is not known.
pub(crate) fn default_unit<C: Counts>(usage: &Usage<C>) -> Option<DataUnit> {
    unit(&usage.top, Some(DataUnit::Bytes))
}

/// The unit of a node; `None` where it is not known. Commands are counted one by one.
pub(crate) fn unit<C: Counts>(
    node: &UsageNode<C>,
    otherwise: Option<DataUnit>,
) -> Option<DataUnit> {
    match node.counts.units() {
        None => Some(DataUnit::Bytes),
        Some(Field::Value(Lenient::Known(unit))) => Some(*unit),
        Some(Field::Value(Lenient::Other(_))) => None,
        Some(Field::Absent | Field::Null) => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use usage_model::UsageRecord;

    use super::*;

    fn data(tree: &str) -> Vec<Figure> {
        let record = format!(r#"{{"data":{tree}}}"#);
        let record: UsageRecord = serde_json::from_str(&record).unwrap();
        let of = |network: &Network| Figure::of(record.data.value(), *network, Counter::Total);
        Network::ALL.iter().map(of).collect()
    }

    #[test]
    fn units_are_converted_also_where_they_differ_within_a_record() {
        let figures = data(
            r#"{"total":18,"units":"MB","home":{"total":15,"units":"KB"},"national_roaming":{"total":1},
                "international_roaming":[{"total":1,"units":"KiB"},{"total":2,"units":"bytes"}]}"#,
        );
        assert_eq!(
            figures,
            [18_000_000, 15_000, 1_000_000, 1_026].map(Figure::Known)
        );
    }

    #[test]
    fn what_is_absent_is_no_zero_and_an_unknown_unit_is_no_figure() {
        use Figure::{Absent, Known, Unknown};

        assert_eq!(data("{}"), [Absent; 4]);
        assert_eq!(
            data(r#"{"total":null,"home":{"total":0},"international_roaming":[]}"#),
            [Absent, Known(0), Absent, Known(0)]
        );
        assert_eq!(
            data(
                r#"{"total":1,"units":"parsecs","home":{"total":2,"units":"KB"},
                    "national_roaming":{"total":3},
                    "international_roaming":[{"total":4,"units":"KB"},{"total":5,"units":"x"}]}"#
            ),
            [Unknown, Known(2_000), Unknown, Unknown]
        );
    }
}
