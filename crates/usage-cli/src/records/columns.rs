//! Figures of a tree as flat columns.

use usage_model::{Counter, Counts, Field, International, Usage, UsageNode};

/// The networks that the figures of a tree are split into, and the top over them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    All,
    Home,
    National,
    International,
}

impl Share {
    pub(super) const EVERY: [Self; 4] =
        [Self::All, Self::Home, Self::National, Self::International];

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

/// One counter of one share; `None` where the record has no such figure. International figures are summed
/// over countries.
pub(super) fn figure<C: Counts>(
    usage: Option<&Usage<C>>,
    share: Share,
    counter: Counter,
) -> Option<u128> {
    let usage = usage?;
    let of = |node: &UsageNode<C>| match node.counts.counter(counter) {
        Field::Value(count) => Some(count.wide()),
        Field::Null | Field::Absent => None,
    };
    match share {
        Share::All => of(&usage.top),
        Share::Home => usage.home.value().and_then(of),
        Share::National => usage.national_roaming.value().and_then(of),
        Share::International => {
            // An empty list says that there was none; a missing one says nothing.
            let none = matches!(&usage.international_roaming, International::List(list) if list.is_empty());
            usage
                .international_roaming
                .entries()
                .iter()
                .filter_map(|entry| of(&entry.node))
                .reduce(|sum, next| sum + next)
                .or(none.then_some(0))
        }
    }
}
