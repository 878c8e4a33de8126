//! The networks that usage is split into.

use usage_model::{NodePath, named};

/// The network of a figure: one of the three that usage is split into, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a tree has exactly these shares, and a top over them"
)]
pub enum Network {
    /// `total`: the record's own top, over all networks. Not to be added to the others.
    Total,
    /// `home`: the network of the SIM's own operator.
    Home,
    /// `national`: other networks of the home country.
    National,
    /// `international`: networks abroad.
    International,
}

named!(pub Network, "a network", {
    Total: "total",
    Home: "home",
    National: "national",
    International: "international",
});

impl Network {
    /// Returns the member of a tree that holds the figures of the network; empty for the top.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Total => "",
            Self::Home => "home",
            Self::National => "national_roaming",
            Self::International => "international_roaming",
        }
    }
}

/// The network of a node.
impl From<NodePath> for Network {
    fn from(path: NodePath) -> Self {
        match path {
            NodePath::Top => Self::Total,
            NodePath::Home => Self::Home,
            NodePath::National => Self::National,
            NodePath::International(_) | NodePath::InternationalSingle => Self::International,
        }
    }
}
