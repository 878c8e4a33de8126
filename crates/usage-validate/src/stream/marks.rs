//! The figures of a record, each reduced to a mark that tells whether two records agree in it.

use usage_model::{
    Counter, CountryUsage, Counts, DataUnit, Field, Kind, Lenient, NodePath, Usage, UsageNode,
    UsageRecord,
};

use crate::rules::figures;

/// A mark for every figure of a record: different figures have different marks, but for one case in 2³².
///
/// Null, absent and 0 have one mark, and so has one amount in different known units. International
/// roaming has a mark for its sum and one for its split by country, whatever the order of the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    commands: TreeMarks,
    data: TreeMarks,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TreeMarks {
    /// The top, home, national roaming, and the sum of international roaming.
    nodes: [[u32; 3]; 4],
    by_country: u64,
}

/// The names of the nodes of [`TreeMarks`], as they stand after that of the tree.
const NODES: [&str; 4] = ["", ".home", ".national_roaming", ".international_roaming"];

impl Marks {
    pub(crate) fn of(record: &UsageRecord) -> Self {
        Self {
            commands: TreeMarks::of(&record.commands),
            data: TreeMarks::of(&record.data),
        }
    }

    /// The names of the counters in which two records differ.
    pub(crate) fn differing(&self, other: &Self) -> Vec<String> {
        let mut names = Vec::new();
        for (kind, one, other) in [
            (Kind::Commands, &self.commands, &other.commands),
            (Kind::Data, &self.data, &other.data),
        ] {
            let before = names.len();
            for (node, (one, other)) in NODES.into_iter().zip(one.nodes.iter().zip(&other.nodes)) {
                for (counter, (one, other)) in Counter::ALL.into_iter().zip(one.iter().zip(other)) {
                    if one != other {
                        names.push(format!("{kind}{node}.{}", counter.name(kind)));
                    }
                }
            }
            if one.by_country != other.by_country && names.len() == before {
                names.push(format!("{kind}.international_roaming, by country"));
            }
        }
        names
    }
}

impl TreeMarks {
    fn of<C: Counts>(tree: &Field<Usage<C>>) -> Self {
        let Field::Value(tree) = tree else {
            return Self::default();
        };
        let reference = unit(&tree.top).unwrap_or_default();
        let scaled = |node: &UsageNode<C>| {
            let scale = unit(node).unwrap_or(reference).bytes();
            figures(node).map(|figure| u128::from(figure) * u128::from(scale))
        };
        let mut marks = Self::default();
        let near = [NodePath::Top, NodePath::Home, NodePath::National];
        for (slot, path) in marks.nodes.iter_mut().zip(near) {
            if let Some(node) = tree.node(path) {
                *slot = scaled(node).map(mark);
            }
        }
        let mut abroad = [0_u128; 3];
        for entry in tree.international_roaming.entries() {
            let figures = scaled(&entry.node);
            for (sum, figure) in abroad.iter_mut().zip(figures) {
                *sum = sum.saturating_add(figure);
            }
            marks.by_country = marks.by_country.wrapping_add(weighed(entry, figures));
        }
        let [.., slot] = &mut marks.nodes;
        *slot = abroad.map(mark);
        marks
    }
}

fn unit<C: Counts>(node: &UsageNode<C>) -> Option<DataUnit> {
    match node.counts.units()? {
        Field::Value(Lenient::Known(unit)) => Some(*unit),
        _ => None,
    }
}

/// The fractional part of the golden ratio, which spreads neighbouring numbers over the whole range.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

fn mark(figure: u128) -> u32 {
    let [low, high] = halves(figure);
    let spread = (low ^ high.rotate_left(29)).wrapping_mul(SPREAD);
    u32::try_from(spread >> 32).unwrap_or_default()
}

fn halves(figure: u128) -> [u64; 2] {
    let half = |figure: u128| u64::try_from(figure & u128::from(u64::MAX)).unwrap_or_default();
    [half(figure), half(figure >> 64)]
}

/// The figures of an entry, weighed by its country so that the sum over entries tells how traffic is split.
fn weighed<C: Counts>(entry: &CountryUsage<C>, figures: [u128; 3]) -> u64 {
    if figures == [0; 3] {
        return 0;
    }
    let country = entry.country_code.value().map_or("", |code| code.as_str());
    let mut weight = country.bytes().fold(1, |weight: u64, letter| {
        weight.wrapping_mul(257).wrapping_add(u64::from(letter))
    });
    figures.into_iter().fold(0, |sum: u64, figure| {
        weight = weight.wrapping_mul(SPREAD) | 1;
        sum.wrapping_add(halves(figure)[0].wrapping_mul(weight))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(data: &str) -> Marks {
        let record: UsageRecord = serde_json::from_str(&format!(r#"{{"data":{data}}}"#)).unwrap();
        Marks::of(&record)
    }

    fn differing(one: &str, other: &str) -> Vec<String> {
        marks(one).differing(&marks(other))
    }

    #[test]
    fn the_same_figures_have_the_same_marks_however_they_are_written() {
        for (one, other) in [
            (
                "{}",
                r#"{"total":0,"home":null,"international_roaming":[]}"#,
            ),
            (r#"{"total":null,"home":{}}"#, r#"{"home":{"upload":0}}"#),
            (
                r#"{"total":5,"units":"KB","home":{"total":5,"units":"KB"}}"#,
                r#"{"total":5000,"units":"bytes","home":{"total":5,"units":"KB"}}"#,
            ),
            (
                r#"{"international_roaming":[{"total":5,"country_code":"DEU"},{"total":7,"country_code":"CHE"}]}"#,
                r#"{"international_roaming":[{"total":7,"country_code":"CHE"},{"total":2,"country_code":"DEU"},{"total":3,"country_code":"DEU"},{"total":0,"country_code":"GTM"}]}"#,
            ),
        ] {
            assert_eq!(marks(one), marks(other), "{one} {other}");
        }
    }

    #[test]
    fn every_figure_is_told_apart_by_its_name() {
        let all = |value: u64| {
            let node = format!(r#""total":{value},"download":{value},"upload":{value}"#);
            format!(
                r#"{{{node},"home":{{{node}}},"national_roaming":{{{node}}},"international_roaming":{{{node}}}}}"#
            )
        };
        let names: Vec<_> = ["", ".home", ".national_roaming", ".international_roaming"]
            .iter()
            .flat_map(|node| {
                ["total", "download", "upload"].map(|name| format!("data{node}.{name}"))
            })
            .collect();
        for (one, other) in [(0, 1), (1, 2), (1, 1 << 32), (5, i64::MAX.unsigned_abs())] {
            assert_eq!(differing(&all(one), &all(other)), names, "{one} {other}");
        }
    }

    #[test]
    fn traffic_moved_between_countries_is_seen() {
        let abroad = |code: &str| {
            format!(r#"{{"international_roaming":[{{"total":5,"country_code":"{code}"}}]}}"#)
        };
        assert_eq!(
            differing(&abroad("DEU"), &abroad("CHE")),
            ["data.international_roaming, by country"]
        );
        let moved = |toward: u64, from: u64| {
            format!(
                r#"{{"international_roaming":[{{"download":{toward},"upload":{from},"country_code":"DEU"}},{{"download":{from},"upload":{toward},"country_code":"CHE"}}]}}"#
            )
        };
        assert_eq!(differing(&moved(1, 2), &moved(2, 1)).len(), 1);
    }

    #[test]
    fn no_country_is_another_with_its_letters_in_another_order() {
        let abroad = |code: &str| {
            marks(&format!(
                r#"{{"international_roaming":[{{"total":5,"country_code":"{code}"}}]}}"#
            ))
        };
        for [one, other] in [["ABC", "CBA"], ["ABC", "ACB"], ["ABC", "BAC"]] {
            assert_ne!(abroad(one), abroad(other), "{one} {other}");
        }
    }

    #[test]
    fn no_text_in_place_of_a_country_ends_the_run() {
        // Before its last letter this one weighs as much as 64 bits can say, but for less than a letter.
        marks(r#"{"international_roaming":[{"total":5,"country_code":"URZZ[M]XWe[VPb~"}]}"#);
    }

    #[test]
    fn large_figures_are_halved_without_loss() {
        assert_eq!(halves(u128::MAX), [u64::MAX; 2]);
        assert_eq!(halves(1 << 64), [0, 1]);
        assert_ne!(mark(1 << 64), mark(0));
        assert_ne!(mark(1 << 64), mark(1));
        assert_ne!(mark(u128::MAX), mark(u128::from(u64::MAX)));
        assert_ne!(mark(u128::MAX), mark(u128::MAX - (1 << 64)));
    }
}
