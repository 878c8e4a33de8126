//! The figures of a record, digested: enough to tell whether two records agree, and in what they differ.

use usage_model::{
    Counter, CountryUsage, Counts, DataUnit, Field, Kind, Lenient, NodePath, Sums, Usage, UsageNode,
};

use crate::rules::counters::{figures, stated_unit};

/// The figures of a record, digested.
///
/// Null, absent and 0 are alike, and so is one amount in different known units. International roaming counts by its
/// sum, and by its split by country, whatever the order of the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FiguresDigest {
    commands: TreeFigures,
    data: TreeFigures,
}

/// The figures of a tree, digested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeFigures {
    /// A digest of all figures, which differ in it but for one case in 2⁶⁴.
    all: u64,
    /// A digest of each figure of the top, home, national roaming and the sum of international roaming, to name what
    /// differs; two figures have the same digest once in 2¹⁶.
    nodes: [[u16; 3]; NODES.len()],
}

/// The names of the nodes of [`TreeFigures`], as they stand after that of the tree.
const NODES: [&str; 4] = ["", ".home", ".national_roaming", ".international_roaming"];

impl FiguresDigest {
    pub(crate) const fn new(commands: TreeFigures, data: TreeFigures) -> Self {
        Self { commands, data }
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
            if one.all != other.all && names.len() == before {
                names.push(format!("{kind}.international_roaming, by country"));
            }
        }
        names
    }
}

/// A weight for each figure of a tree, so that no two can take each other's place.
static WEIGHTS: [[u64; 3]; NODES.len()] = {
    let mut weights = [[0; 3]; NODES.len()];
    let mut weight = 1_u64;
    let mut at = 0;
    while at < 3 * NODES.len() {
        weight = weight.wrapping_mul(SPREAD).rotate_left(23) | 1;
        weights[at / 3][at % 3] = weight;
        at += 1;
    }
    weights
};

impl TreeFigures {
    /// The figures of the top, home, national roaming and the sum of international roaming, all in bytes and
    /// [folded], and the entries of that [weighed] by their countries.
    #[inline]
    pub(crate) fn new(nodes: [[u64; 3]; NODES.len()], by_country: u64) -> Self {
        let mut digest = Self {
            all: by_country,
            ..Self::default()
        };
        for (index, figures) in nodes.into_iter().enumerate() {
            for (counter, figure) in figures.into_iter().enumerate() {
                let weighed = figure.wrapping_mul(WEIGHTS[index][counter]);
                digest.all = digest.all.wrapping_add(weighed);
                let spread = figure.wrapping_mul(SPREAD) >> 48;
                digest.nodes[index][counter] = u16::try_from(spread).unwrap_or_default();
            }
        }
        digest
    }

    pub(crate) fn of<C: Counts>(tree: &Usage<C>) -> Self {
        let otherwise = tree.default_unit().unwrap_or_default();
        let node = |path| {
            let node = tree.node(path);
            node.map_or([0; 3], |node| scaled(node, otherwise))
        };
        let mut international = [0_u128; 3];
        let mut by_country = 0_u64;
        for entry in tree.international_roaming.entries() {
            let figures = scaled(&entry.node, otherwise);
            for (sum, figure) in international.iter_mut().zip(figures) {
                *sum = sum.saturating_add(figure);
            }
            by_country =
                by_country.wrapping_add(weighed(country_weight(entry), figures.map(folded)));
        }
        let [top, home, national] = [NodePath::Top, NodePath::Home, NodePath::National].map(node);
        let nodes = [top, home, national, international];
        Self::new(nodes.map(|node| node.map(folded)), by_country)
    }
}

/// The figures of a node in bytes; one that states no unit is in that of the top.
fn scaled<C: Counts>(node: &UsageNode<C>, otherwise: DataUnit) -> [u128; 3] {
    let scale = stated_unit(node).unwrap_or(otherwise).bytes();
    figures(node).map(|figure| u128::from(figure) * u128::from(scale))
}

/// The top figures of a record, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TopFigures {
    commands: [u64; 3],
    data: [u64; 3],
    /// The unit of the data; `None` where it is not known.
    unit: Option<DataUnit>,
}

impl TopFigures {
    pub(crate) const fn new(commands: [u64; 3], data: [u64; 3], unit: Option<DataUnit>) -> Self {
        Self {
            commands,
            data,
            unit,
        }
    }

    pub(crate) fn commands(&self) -> Sums {
        Sums::new(self.commands.map(u128::from))
    }

    /// The data in bytes; `None` where its unit is not known.
    pub(crate) fn data(&self) -> Option<Sums> {
        let unit = u128::from(self.unit?.bytes());
        Some(Sums::new(self.data.map(|figure| u128::from(figure) * unit)))
    }
}

/// The fractional part of the golden ratio, which spreads neighbouring numbers over the whole range.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A figure in 64 bits, which it nearly always has.
fn folded(figure: u128) -> u64 {
    let half = |figure: u128| u64::try_from(figure & u128::from(u64::MAX)).unwrap_or_default();
    half(figure).wrapping_add(half(figure >> 64).wrapping_mul(SPREAD))
}

/// What the figures of an entry weigh.
#[inline]
pub(crate) fn country_weight<C: Counts>(entry: &CountryUsage<C>) -> u64 {
    let add = |weight: u64, letter: &u8| weight.wrapping_mul(257).wrapping_add(u64::from(*letter));
    match &entry.country_code {
        Field::Value(Lenient::Known(code)) => code.as_bytes().iter().fold(1, add),
        Field::Value(Lenient::Other(text)) => text.as_bytes().iter().fold(1, add),
        Field::Absent | Field::Null => 1,
    }
}

/// The figures of an entry, weighed by its country so that the sum over entries tells how traffic is split.
#[inline]
pub(crate) fn weighed(mut weight: u64, figures: [u64; 3]) -> u64 {
    figures.into_iter().fold(0, |sum: u64, figure| {
        weight = weight.wrapping_mul(SPREAD) | 1;
        sum.wrapping_add(figure.wrapping_mul(weight))
    })
}

#[cfg(test)]
mod tests {
    use usage_model::UsageRecord;

    use super::*;

    fn digest(data: &str) -> FiguresDigest {
        let record: UsageRecord = serde_json::from_str(&format!(r#"{{"data":{data}}}"#)).unwrap();
        let commands = record.commands.value().map(TreeFigures::of);
        let data = record.data.value().map(TreeFigures::of);
        FiguresDigest::new(commands.unwrap_or_default(), data.unwrap_or_default())
    }

    fn differing(one: &str, other: &str) -> Vec<String> {
        digest(one).differing(&digest(other))
    }

    #[test]
    fn the_same_figures_have_the_same_digest_however_they_are_written() {
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
            assert_eq!(digest(one), digest(other), "{one} {other}");
        }
    }

    #[test]
    fn every_figure_is_distinguished_by_its_name() {
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
        let international = |code: &str| {
            format!(r#"{{"international_roaming":[{{"total":5,"country_code":"{code}"}}]}}"#)
        };
        assert_eq!(
            differing(&international("DEU"), &international("CHE")),
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
        let international = |code: &str| {
            digest(&format!(
                r#"{{"international_roaming":[{{"total":5,"country_code":"{code}"}}]}}"#
            ))
        };
        for [one, other] in [["ABC", "CBA"], ["ABC", "ACB"], ["ABC", "BAC"]] {
            assert_ne!(international(one), international(other), "{one} {other}");
        }
    }

    #[test]
    fn no_text_in_place_of_a_country_ends_the_run() {
        // Before its last letter this one weighs as much as 64 bits can say, but for less than a letter.
        digest(r#"{"international_roaming":[{"total":5,"country_code":"URZZ[M]XWe[VPb~"}]}"#);
    }

    #[test]
    fn large_figures_differ_from_others() {
        let large = [
            0,
            1,
            1 << 64,
            1 << 100,
            u128::from(u64::MAX),
            u128::MAX,
            u128::MAX - (1 << 64),
        ];
        for (index, one) in large.into_iter().enumerate() {
            for other in &large[..index] {
                assert_ne!(folded(one), folded(*other), "{one} {other}");
            }
        }
    }
}
