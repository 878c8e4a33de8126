//! The figures of a tree by network and country, for comparing trees with each other.

use std::collections::{BTreeMap, BTreeSet};

use usage_model::{Counter, CountryCode, Counts, DataUnit, Field, Kind, Lenient, NodePath, Usage};

use super::{
    counters::{figures, present},
    unit::Units,
};
use crate::findings::draft::Figures;

/// Which figures of a tree belong together whatever their place: the entries of a country do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Network {
    Top,
    Home,
    National,
    /// `None` where the entry names no country.
    International(Option<Lenient<CountryCode>>),
}

/// The figures of a tree by network and country, exactly: data in bytes. What is 0 is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shares(BTreeMap<Network, Share>);

/// The figures of a network or country, in the order of [`Counter::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Share {
    /// Where they stand; the first place, where a country has several.
    path: NodePath,
    figures: [u128; 3],
}

/// One counter in which two trees differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) kind: Kind,
    pub(crate) network: Network,
    pub(crate) counter: Counter,
    /// Where it stands; `None` for a country that the tree does not have.
    path: Option<NodePath>,
    /// What it should be, or was before.
    pub(crate) expected: u128,
    /// What it is.
    pub(crate) actual: u128,
}

impl Shares {
    /// The figures of a tree; `None` if a unit is not known.
    pub(crate) fn of<C: Counts>(tree: &Field<Usage<C>>) -> Option<Self> {
        let mut shares = Self::default();
        let Field::Value(tree) = tree else {
            return Some(shares);
        };
        let units = Units::of(tree);
        for (index, (path, node)) in present(tree).enumerate() {
            let scale = units.read(index).ok().map(DataUnit::bytes)?;
            let figures = figures(node).map(|figure| u128::from(figure) * u128::from(scale));
            let country = || {
                let entries = tree.international_roaming.entries();
                let entry = match path {
                    NodePath::International(index) => entries.get(index),
                    _ => entries.first(),
                };
                entry.and_then(|entry| entry.country_code.value().cloned())
            };
            let network = match path {
                NodePath::Top => Network::Top,
                NodePath::Home => Network::Home,
                NodePath::National => Network::National,
                NodePath::International(_) | NodePath::InternationalSingle => {
                    Network::International(country())
                }
            };
            shares.add_one(network, Share { path, figures });
        }
        Some(shares)
    }

    fn add_one(&mut self, network: Network, share: Share) {
        if share.figures == [0; 3] {
            return;
        }
        match self.0.get_mut(&network) {
            None => drop(self.0.insert(network, share)),
            // 2²⁵ of the largest figures in the largest unit would have to come together to reach the end.
            Some(sum) => {
                for (sum, figure) in sum.figures.iter_mut().zip(share.figures) {
                    *sum = sum.saturating_add(figure);
                }
            }
        }
    }

    /// Adds the figures of another tree.
    pub(crate) fn add(&mut self, other: &Self) {
        for (network, share) in &other.0 {
            self.add_one(network.clone(), *share);
        }
    }

    /// Whether every figure is 0.
    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn figures(&self, network: &Network) -> [u128; 3] {
        self.0.get(network).map_or([0; 3], |share| share.figures)
    }

    /// What two figures of a tree say twice: the total and the sum of the directions, of the top and of the networks
    /// together. Traffic that is counted elsewhere, or in the other direction, changes none of them.
    pub(crate) fn volumes(&self) -> [u128; 4] {
        let mut volumes = [0_u128; 4];
        for (network, share) in &self.0 {
            let first = if *network == Network::Top { 0 } else { 2 };
            let [total, toward, from] = share.figures;
            for (volume, figure) in volumes
                .iter_mut()
                .skip(first)
                .zip([total, toward.saturating_add(from)])
            {
                *volume = volume.saturating_add(figure);
            }
        }
        volumes
    }

    /// How many counters there are to compare with another tree: those of the top, and of each network and country that
    /// either has.
    pub(crate) fn counters(&self, other: &Self) -> u64 {
        let top = Network::Top;
        let networks: BTreeSet<_> = self.0.keys().chain(other.0.keys()).chain([&top]).collect();
        let counters = networks.len() * Counter::ALL.len();
        u64::try_from(counters).unwrap_or(u64::MAX)
    }

    /// The counters in which this tree is not what is expected, by more than a tolerance: top first, then by network
    /// and country.
    pub(crate) fn differences(
        &self,
        expected: &Self,
        kind: Kind,
        tolerance: u64,
    ) -> Vec<Difference> {
        let others = expected
            .0
            .keys()
            .filter(|network| !self.0.contains_key(network));
        let mut networks: Vec<_> = self.0.keys().chain(others).collect();
        networks.sort();
        let difference = |network: &Network, at: usize, counter| {
            let (expected, actual) = (expected.figures(network)[at], self.figures(network)[at]);
            (expected.abs_diff(actual) > u128::from(tolerance)).then(|| Difference {
                kind,
                network: network.clone(),
                counter,
                path: self.0.get(network).map(|share| share.path),
                expected,
                actual,
            })
        };
        networks
            .into_iter()
            .flat_map(|network| {
                let counters = Counter::ALL.into_iter().enumerate();
                counters.filter_map(move |(at, counter)| difference(network, at, counter))
            })
            .collect()
    }
}

impl Difference {
    /// The figures of a finding about it.
    pub(crate) const fn figures(&self) -> Figures {
        Figures {
            expected: self.expected,
            actual: self.actual,
            operands: Vec::new(),
        }
    }

    /// Where the counter stands, or where its country would.
    pub(crate) fn pointer(&self) -> String {
        match (&self.network, self.path) {
            (_, Some(path)) => path.counter_pointer(self.kind, self.counter),
            (Network::Home, None) => NodePath::Home.counter_pointer(self.kind, self.counter),
            (Network::National, None) => {
                NodePath::National.counter_pointer(self.kind, self.counter)
            }
            (Network::Top, None) => NodePath::Top.counter_pointer(self.kind, self.counter),
            (Network::International(_), None) => format!("/{}/international_roaming", self.kind),
        }
    }

    /// The counter in a sentence: its path with dots, and its country.
    pub(crate) fn name(&self) -> String {
        let (kind, counter) = (self.kind, self.counter.name(self.kind));
        let country = |code: &Option<Lenient<CountryCode>>| match code {
            Some(code) => crate::findings::text::shortened(code.as_str()),
            None => "no country".to_owned(),
        };
        match &self.network {
            Network::Top => format!("{kind}.{counter}"),
            Network::Home => format!("{kind}.home.{counter}"),
            Network::National => format!("{kind}.national_roaming.{counter}"),
            Network::International(code) => {
                format!("{kind}.international_roaming ({}).{counter}", country(code))
            }
        }
    }

    /// Whether the figure is higher than expected.
    pub(crate) const fn is_more(&self) -> bool {
        self.actual > self.expected
    }
}

#[cfg(test)]
mod tests {
    use usage_model::UsageRecord;

    use super::*;

    fn shares(data: &str) -> Option<Shares> {
        let record: UsageRecord = serde_json::from_str(&format!(r#"{{"data":{data}}}"#)).unwrap();
        Shares::of(&record.data)
    }

    fn differing(expected: &str, actual: &str) -> Vec<String> {
        let (expected, actual) = (shares(expected).unwrap(), shares(actual).unwrap());
        let differences = actual.differences(&expected, Kind::Data, 0);
        let named = differences.iter().map(|difference| {
            format!(
                "{} {} {}",
                difference.name(),
                difference.expected,
                difference.actual
            )
        });
        named.collect()
    }

    #[test]
    fn what_counts_is_the_amount_and_not_how_it_is_written() {
        for (one, other) in [
            (
                "{}",
                r#"{"total":0,"home":null,"international_roaming":[]}"#,
            ),
            (
                r#"{"total":5,"units":"KB"}"#,
                r#"{"total":5000,"units":"bytes"}"#,
            ),
            (
                r#"{"international_roaming":[{"total":5,"country_code":"DEU"},{"total":7,"country_code":"CHE"}]}"#,
                r#"{"international_roaming":[{"total":7,"country_code":"CHE"},{"total":2,"country_code":"DEU"},{"total":3,"country_code":"DEU"}]}"#,
            ),
        ] {
            assert_eq!(differing(one, other), [""; 0], "{one} {other}");
        }
        assert_eq!(shares(r#"{"total":5,"units":"octets"}"#), None);
        assert_eq!(
            shares(r#"{"total":5,"units":"KB","home":{"total":5,"units":"octets"}}"#),
            None
        );
    }

    #[test]
    fn each_counter_that_differs_is_named_the_top_first() {
        assert_eq!(
            differing(
                r#"{"total":5,"download":5,"home":{"upload":1},"international_roaming":[{"total":5,"country_code":"DEU"}]}"#,
                r#"{"total":6,"download":5,"national_roaming":{"total":2},"international_roaming":{"total":5,"country_code":"CHE"}}"#,
            ),
            [
                "data.total 5 6",
                "data.home.upload 1 0",
                "data.national_roaming.total 0 2",
                "data.international_roaming (CHE).total 0 5",
                "data.international_roaming (DEU).total 5 0",
            ]
        );
    }

    #[test]
    fn moved_traffic_leaves_the_volumes_as_they_are() {
        let volumes = |data: &str| shares(data).unwrap().volumes();
        let before = volumes(
            r#"{"total":3,"download":2,"upload":1,"home":{"total":3,"download":2,"upload":1}}"#,
        );
        assert_eq!(before, [3, 3, 3, 3]);
        let elsewhere = r#"{"total":3,"download":1,"upload":2,"national_roaming":{"total":3,"download":1,"upload":2}}"#;
        assert_eq!(volumes(elsewhere), before);
        for one_changed in [
            r#"{"total":4,"download":2,"upload":1,"home":{"total":3,"download":2,"upload":1}}"#,
            r#"{"total":3,"download":2,"upload":1,"home":{"total":3,"download":2,"upload":2}}"#,
        ] {
            assert_ne!(volumes(one_changed), before);
        }
    }
}
