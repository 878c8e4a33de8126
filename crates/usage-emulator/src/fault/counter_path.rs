//! The name of one counter of a record.

use usage_model::{Counter, CountryCode, Counts, International, Kind, NodePath, Usage};

/// One counter of a record, written for instance `data.home.download`, `commands.total` or
/// `data.international_roaming.DEU.upload`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]

pub(crate) struct CounterPath {
    /// The tree.
    pub(crate) kind: Kind,
    /// The node of the tree.
    pub(crate) node: NodeName,
    /// The counter of the node.
    pub(crate) counter: Counter,
}

/// A node of a usage tree, by the name of its network and not by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]

pub(crate) enum NodeName {
    /// The top of the tree.
    Top,
    /// `home`.
    Home,
    /// `national_roaming`.
    National,
    /// The entry of a country in `international_roaming`.
    International(CountryCode),
}

impl CounterPath {
    /// A counter of a node of a tree.
    pub(crate) const fn new(kind: Kind, node: NodeName, counter: Counter) -> Self {
        Self {
            kind,
            node,
            counter,
        }
    }

    /// Reads the text form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (tree, rest) = text.split_once('.')?;
        let kind = parse_kind(tree)?;
        let (node, counter) = match rest.rsplit_once('.') {
            None => (NodeName::Top, rest),
            Some(("home", counter)) => (NodeName::Home, counter),
            Some(("national_roaming", counter)) => (NodeName::National, counter),
            Some((entry, counter)) => {
                let country = entry.strip_prefix("international_roaming.")?;
                (NodeName::International(country.parse().ok()?), counter)
            }
        };
        let counter = Counter::ALL
            .into_iter()
            .find(|known| known.name(kind) == counter)?;
        Some(Self::new(kind, node, counter))
    }
}

/// Reads the name of a tree.
pub(crate) fn parse_kind(text: &str) -> Option<Kind> {
    [Kind::Commands, Kind::Data]
        .into_iter()
        .find(|kind| kind.as_str() == text)
}

impl NodeName {
    /// Where the node stands in a tree, or `None` where the tree has no such node.
    pub(crate) fn place<C: Counts>(self, usage: &Usage<C>) -> Option<NodePath> {
        let place = match self {
            Self::Top => NodePath::Top,
            Self::Home => NodePath::Home,
            Self::National => NodePath::National,
            Self::International(country) => {
                let single = matches!(usage.international_roaming, International::Single(_));
                let entries = usage.international_roaming.entries();
                let position = entries.iter().position(|entry| {
                    let code = entry.country_code.as_ref().into_value();
                    code.is_some_and(|code| code.as_str() == country.as_str())
                })?;
                if single {
                    NodePath::InternationalSingle
                } else {
                    NodePath::International(position)
                }
            }
        };
        usage.node(place).map(|_| place)
    }
}
