//! Figures of a tree as flat columns.

use usage_model::{Counter, Counts, DataUnit, Field, International, Lenient, Usage, UsageNode};

/// The networks that the figures of a tree are split into, and the top over them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    All,
    Home,
    National,
    International,
}

impl Share {
    pub(super) const ALL: [Self; 4] = [Self::All, Self::Home, Self::National, Self::International];

    /// The member of the tree, empty for the top.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Home => "home",
            Self::National => "national_roaming",
            Self::International => "international_roaming",
        }
    }
}

/// One figure of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    /// The record does not have it.
    Absent,
    /// It is in a unit that is not known.
    Unknown,
    /// Bytes, or a number of Commands.
    Known(u128),
}

impl Figure {
    /// The number, where there is one.
    pub(super) const fn known(self) -> Option<u128> {
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

/// One counter of one share, in bytes where it is of data. International figures are summed over countries.
pub(super) fn figure<C: Counts>(
    usage: Option<&Usage<C>>,
    share: Share,
    counter: Counter,
) -> Figure {
    let Some(usage) = usage else {
        return Figure::Absent;
    };
    // A node without a unit is in that of the top, and in bytes where the top has none either.
    let otherwise = unit(&usage.top, Some(DataUnit::Bytes));
    let of = |node: &UsageNode<C>| match node.counts.counter(counter) {
        Field::Null | Field::Absent => Figure::Absent,
        Field::Value(count) => unit(node, otherwise)
            .and_then(|unit| unit.checked_bytes(count.wide()))
            .map_or(Figure::Unknown, Figure::Known),
    };
    match share {
        Share::All => of(&usage.top),
        Share::Home => usage.home.value().map_or(Figure::Absent, of),
        Share::National => usage.national_roaming.value().map_or(Figure::Absent, of),
        Share::International => {
            // An empty list says that there was none; a missing one says nothing.
            let none = match &usage.international_roaming {
                International::List(list) if list.is_empty() => Figure::Known(0),
                _ => Figure::Absent,
            };
            usage
                .international_roaming
                .entries()
                .iter()
                .map(|entry| of(&entry.node))
                .fold(none, Figure::plus)
        }
    }
}

/// The unit of a node; `None` where it is not known.
fn unit<C: Counts>(node: &UsageNode<C>, otherwise: Option<DataUnit>) -> Option<DataUnit> {
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

    fn data(tree: &str) -> [Figure; 4] {
        let record = format!(r#"{{"data":{tree}}}"#);
        let record: UsageRecord = serde_json::from_str(&record).unwrap();
        Share::ALL.map(|share| figure(record.data.value(), share, Counter::Total))
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
