//! The units of a data tree.

use usage_model::{Counts, DataUnit, Field, Lenient, NodePath, Usage, UsageNode};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text},
    rules::{
        catalogue::{
            example::{Example, data},
            rule::{Rule, Scope},
        },
        counters::{figures, present},
    },
};

pub(crate) static UNIT: Rule = Rule {
    code: "UR105",
    name: "unit",
    severity: Severity::Warning,
    scope: Scope::Tree,
    since: "0.1.0",
    sentence: "All nodes of the data tree must have the same, known unit.",
    formula: "∀ nodes n, m of data: units(n) = units(m) ∈ { bytes, KB, MB, GB, TB, KiB, MiB, GiB, TiB }",
    origin: "KORE's page: \"Most often 'bytes'\"; every real response says bytes.",
    false_positives: "Known units are converted exactly before summing (1 KB = 1000 bytes, 1 KiB = 1024 bytes), but \
                      figures that the server rounded to a coarser unit no longer add up. An unknown unit suspends UR201 for its tree. A node without a unit is read in the unit of the top, or in bytes if the top has none.",
    example: Example::new(data!(
        r#"{"total": 15000, "download": 10000, "upload": 5000, "units": "bytes",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "KB"}}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 15, "download": 10, "upload": 5, "units": "KB",
           "home": {"total": 15, "download": 10, "upload": 5, "units": "KB"}}"#
    )),
};

/// The units of the nodes of a tree, in the order of [`present`].
#[derive(Debug)]
pub(crate) struct Units<'a> {
    nodes: Vec<Unit<'a>>,
    /// The unit of nodes that state none; `Err` has the unknown one of the top.
    default: Result<DataUnit, &'a str>,
}

/// The unit of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit<'a> {
    /// Stated and known.
    Known(DataUnit),
    /// Stated, and no unit that is known.
    Unknown(&'a str),
    /// Not stated.
    Unstated,
}

impl<'a> Units<'a> {
    pub(crate) fn of<C: Counts>(tree: &'a Usage<C>) -> Self {
        Self {
            nodes: present(tree).map(|(_, node)| Unit::of(node)).collect(),
            default: tree.default_unit(),
        }
    }

    /// The first known unit that a node states, which the others are compared with.
    fn first(&self) -> Option<DataUnit> {
        self.nodes.iter().find_map(|unit| match unit {
            Unit::Known(unit) => Some(*unit),
            Unit::Unknown(_) | Unit::Unstated => None,
        })
    }

    /// The unit of the node at an index of [`present`], a missing one replaced; `Err` has an unknown one.
    pub(crate) fn read(&self, index: usize) -> Result<DataUnit, &'a str> {
        match self.nodes.get(index) {
            Some(Unit::Known(unit)) => Ok(*unit),
            Some(Unit::Unknown(text)) => Err(text),
            Some(Unit::Unstated) | None => self.default,
        }
    }
}

impl<'a> Unit<'a> {
    fn of<C: Counts>(node: &'a UsageNode<C>) -> Self {
        match node.counts.units() {
            Some(Field::Value(Lenient::Known(unit))) => Self::Known(*unit),
            Some(Field::Value(Lenient::Other(text))) => Self::Unknown(text),
            Some(Field::Absent | Field::Null) | None => Self::Unstated,
        }
    }
}

/// Reports the first node whose unit is not as it should be (UR105).
///
/// An unknown unit goes first, since it suspends sums; then a missing one beside figures; then one that
/// differs. A node of zeros needs no unit.
pub(crate) fn report<C: Counts>(
    tree: &Usage<C>,
    units: &Units<'_>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let find = |odd: &dyn Fn(Unit<'_>, &UsageNode<C>) -> bool| {
        present(tree)
            .zip(&units.nodes)
            .find(|((_, node), unit)| odd(**unit, node))
            .map(|((path, _), unit)| (path, *unit))
    };
    let first = units.first();
    let offender = find(&|unit, _| matches!(unit, Unit::Unknown(_)))
        .or_else(|| find(&|unit, node| unit == Unit::Unstated && figures(node) != [0; 3]))
        .or_else(|| find(&|unit, _| matches!(unit, Unit::Known(unit) if Some(unit) != first)));
    if let Some((path, unit)) = offender {
        reporter.report(&UNIT, subject, || draft(tree, path, unit, units));
    }
}

fn draft<C: Counts>(tree: &Usage<C>, path: NodePath, unit: Unit<'_>, units: &Units<'_>) -> Draft {
    let node = text::node(tree, path);
    let (message, help) = match unit {
        Unit::Unknown(text) => (
            format!(
                "the unit of `{node}` is {:?}, which is not a known unit",
                text::shortened(text)
            ),
            "network sums (UR201) were not evaluated for this tree".to_owned(),
        ),
        Unit::Unstated => (
            format!("`{node}` has figures, but no unit"),
            // With an unknown unit that is what is reported.
            format!(
                "its figures were read as {}",
                units.default.unwrap_or_default()
            ),
        ),
        Unit::Known(unit) => (
            format!(
                "`{node}` is in {unit}, other nodes of the tree in {}",
                units.first().unwrap_or_default()
            ),
            "the sums of this tree were checked in bytes".to_owned(),
        ),
    };
    Draft::new(format!("{}/units", path.pointer(C::KIND)), message).help(help)
}
