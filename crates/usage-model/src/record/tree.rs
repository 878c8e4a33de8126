//! The tree of counters: a top, and its shares by network.

use crate::{
    Amount, Count, Counter, CountryCode, Counts, CurrencyCode, DataUnit, Field, Lenient, NodePath,
    UnknownMembers,
};

/// Usage of one kind: the top figures and their shares on home, national and international networks.
///
/// Every counter of the top is the sum of that counter over `home`, `national_roaming` and all entries
/// of `international_roaming`; a counter that is null or absent reads as 0 there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "{C}Usage", transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct Usage<C: Counts> {
    /// The figures over all networks.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub top: UsageNode<C>,
    /// The share on the home network; null in older responses where there was none.
    pub home: Field<UsageNode<C>>,
    /// The share on partner networks in the home country; null in older responses where there was none.
    pub national_roaming: Field<UsageNode<C>>,
    /// The shares on networks abroad, one entry a country.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "crate::record::schema::International<CountryUsage<C>>")
    )]
    pub international_roaming: International<C>,
}

/// One node of a usage tree: three counters and what was billed for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "{C}Node", transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct UsageNode<C: Counts> {
    /// The counters.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub counts: C,
    /// What the usage cost, in `billing_units`. Not the sum of the shares below it.
    pub billed: Field<Amount>,
    /// The currency of `billed`.
    pub billing_units: Field<Lenient<CurrencyCode>>,
    /// Members of this object that are not known.
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub unknown: UnknownMembers,
}

/// The share of one country in international roaming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "{C}Country", transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct CountryUsage<C: Counts> {
    /// The country whose networks were used.
    pub country_code: Field<Lenient<CountryCode>>,
    /// The figures in that country.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub node: UsageNode<C>,
}

/// The international share, in whichever shape the server sent it.
///
/// Responses have a list with one entry a country, empty where there was no traffic; the vendor's page
/// speaks of one object, and of null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "these are the shapes that are read; any other is a malformed record"
)]
pub enum International<C: Counts> {
    /// No such member.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A list, one entry a country.
    List(Vec<CountryUsage<C>>),
    /// One object in place of a list.
    Single(Box<CountryUsage<C>>),
}

impl<C: Counts> International<C> {
    /// Returns the entries, whatever the shape; none where it is absent or null.
    pub fn entries(&self) -> &[CountryUsage<C>] {
        match self {
            Self::Absent | Self::Null => &[],
            Self::List(entries) => entries,
            Self::Single(entry) => std::slice::from_ref(&**entry),
        }
    }

    /// Returns the entries for changing, whatever the shape.
    pub fn entries_mut(&mut self) -> &mut [CountryUsage<C>] {
        match self {
            Self::Absent | Self::Null => &mut [],
            Self::List(entries) => entries,
            Self::Single(entry) => std::slice::from_mut(&mut **entry),
        }
    }
}

impl<C: Counts> Usage<C> {
    /// Returns a tree with the given top and nothing below it.
    pub fn new(counts: C) -> Self {
        Self {
            top: UsageNode::new(counts),
            ..Self::default()
        }
    }

    /// Returns whether the tree is `{}`: no member at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether any known member of the tree, at whatever depth, has a value.
    pub(crate) fn has_values(&self) -> bool {
        let is_in = |entry: &CountryUsage<C>| entry.country_code.is_value();
        self.nodes().any(|(_, node)| node.has_values())
            || self.international_roaming.entries().iter().any(is_in)
    }

    /// Returns the nodes below the top that are there, in the order home, national, international entries.
    pub fn children(&self) -> impl Iterator<Item = (NodePath, &UsageNode<C>)> {
        let single = matches!(self.international_roaming, International::Single(_));
        let home = self.home.value().map(|node| (NodePath::Home, node));
        let national = self
            .national_roaming
            .value()
            .map(|node| (NodePath::National, node));
        let international = self.international_roaming.entries().iter().enumerate();
        home.into_iter()
            .chain(national)
            .chain(international.map(move |(index, entry)| {
                let path = if single {
                    NodePath::InternationalSingle
                } else {
                    NodePath::International(index)
                };
                (path, &entry.node)
            }))
    }

    /// Returns the top and all nodes below it that are there, top first.
    pub fn nodes(&self) -> impl Iterator<Item = (NodePath, &UsageNode<C>)> {
        std::iter::once((NodePath::Top, &self.top)).chain(self.children())
    }

    /// Returns the node at a place, if it is there.
    pub fn node(&self, path: NodePath) -> Option<&UsageNode<C>> {
        match path {
            NodePath::Top => Some(&self.top),
            NodePath::Home => self.home.value(),
            NodePath::National => self.national_roaming.value(),
            NodePath::International(index) => self
                .international_roaming
                .entries()
                .get(index)
                .map(|entry| &entry.node),
            NodePath::InternationalSingle => self
                .international_roaming
                .entries()
                .first()
                .map(|entry| &entry.node),
        }
    }

    /// Returns the node at a place for changing it, if it is there.
    pub fn node_mut(&mut self, path: NodePath) -> Option<&mut UsageNode<C>> {
        match path {
            NodePath::Top => Some(&mut self.top),
            NodePath::Home => self.home.value_mut(),
            NodePath::National => self.national_roaming.value_mut(),
            NodePath::International(index) => self
                .international_roaming
                .entries_mut()
                .get_mut(index)
                .map(|entry| &mut entry.node),
            NodePath::InternationalSingle => self
                .international_roaming
                .entries_mut()
                .first_mut()
                .map(|entry| &mut entry.node),
        }
    }

    /// Returns the sum of one counter over all nodes below the top; null and absent read as 0.
    ///
    /// The sum is of the figures as they stand: nodes with different units are not converted.
    pub fn children_sum(&self, counter: Counter) -> u128 {
        self.children_sums().get(counter)
    }
}

impl<C: Counts> UsageNode<C> {
    /// Returns a node with the given counters and no amount billed.
    pub fn new(counts: C) -> Self {
        Self {
            counts,
            ..Self::default()
        }
    }

    /// Returns whether any known member has a value.
    fn has_values(&self) -> bool {
        self.counts.counters().iter().any(Field::is_value)
            || self.counts.units().is_some_and(Field::is_value)
            || self.billed.is_value()
            || self.billing_units.is_value()
    }

    /// Returns the unit that the node states; `None` for Commands, which have no unit, and for data without one.
    ///
    /// # Errors
    ///
    /// Fails with the unit as it stands there, if it is none of [`DataUnit::ALL`].
    pub fn unit(&self) -> Result<Option<DataUnit>, &str> {
        match self.counts.units() {
            Some(Field::Value(Lenient::Known(unit))) => Ok(Some(*unit)),
            Some(Field::Value(Lenient::Other(unit))) => Err(unit),
            Some(Field::Absent | Field::Null) | None => Ok(None),
        }
    }

    /// Returns one counter as sums read it: null and absent are 0.
    pub fn count(&self, counter: Counter) -> Count {
        self.counts.counter(counter).or_zero()
    }
}

impl<C: Counts> CountryUsage<C> {
    /// Returns the share of one country.
    pub fn new(country: CountryCode, counts: C) -> Self {
        Self {
            country_code: Field::Value(Lenient::Known(country)),
            node: UsageNode::new(counts),
        }
    }
}
