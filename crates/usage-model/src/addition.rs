//! Adding counters up, exactly: over nodes, trees, records and units.

use crate::{Counter, Counts, DataUnit, Kind, NodePath, Usage, UsageNode};

/// The three counters of one node, or what those of many nodes add up to.
///
/// Null and absent counters are 0 here. 128 bits hold the sum of 2⁶⁴ of the largest counters there are,
/// in single units; adding is checked all the same, because totals may be in bytes and be added up without end.
///
/// ```
/// use usage_model::{Counter, DataCounts, Usage, UsageRecord};
///
/// let record: UsageRecord = serde_json::from_str(
///     r#"{"data":{"total":5,"download":2,"upload":3,
///         "home":{"total":4,"download":2,"upload":2},
///         "international_roaming":[{"country_code":"DEU","total":1,"upload":1}]}}"#,
/// )?;
/// let data: &Usage<DataCounts> = record.data.value().unwrap();
/// assert_eq!(data.children_sums(), data.top.sums());
/// assert_eq!(data.top.sums().get(Counter::FromSim), 3);
/// assert!(data.top.sums().directions_hold());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sums {
    total: u128,
    toward_sim: u128,
    from_sim: u128,
}

impl Sums {
    /// No usage.
    pub const ZERO: Self = Self {
        total: 0,
        toward_sim: 0,
        from_sim: 0,
    };

    /// Sums with the given figures, in the order of [`Counter::ALL`].
    pub const fn new([total, toward_sim, from_sim]: [u128; 3]) -> Self {
        Self {
            total,
            toward_sim,
            from_sim,
        }
    }

    /// Returns one of the three figures.
    pub const fn get(self, counter: Counter) -> u128 {
        match counter {
            Counter::Total => self.total,
            Counter::TowardSim => self.toward_sim,
            Counter::FromSim => self.from_sim,
        }
    }

    /// Returns all three figures, in the order of [`Counter::ALL`].
    pub const fn figures(self) -> [u128; 3] {
        [self.total, self.toward_sim, self.from_sim]
    }

    /// Returns both added up, counter by counter; `None` beyond 2¹²⁸−1.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match (
            self.total.checked_add(other.total),
            self.toward_sim.checked_add(other.toward_sim),
            self.from_sim.checked_add(other.from_sim),
        ) {
            (Some(total), Some(toward_sim), Some(from_sim)) => Some(Self {
                total,
                toward_sim,
                from_sim,
            }),
            _ => None,
        }
    }

    /// Returns the same usage in bytes, where these figures are in `unit`; `None` beyond 2¹²⁸−1.
    pub const fn to_bytes(self, unit: DataUnit) -> Option<Self> {
        match (
            unit.checked_bytes(self.total),
            unit.checked_bytes(self.toward_sim),
            unit.checked_bytes(self.from_sim),
        ) {
            (Some(total), Some(toward_sim), Some(from_sim)) => Some(Self {
                total,
                toward_sim,
                from_sim,
            }),
            _ => None,
        }
    }

    /// Returns whether the total is the sum of the two directions, as it has to be in every node.
    pub const fn directions_hold(self) -> bool {
        match self.toward_sim.checked_add(self.from_sim) {
            Some(sum) => sum == self.total,
            None => false,
        }
    }

    /// Returns whether there is no usage at all.
    pub const fn is_zero(self) -> bool {
        self.total == 0 && self.toward_sim == 0 && self.from_sim == 0
    }

    /// Adds within one tree: 2²⁵ of the largest counters in the largest unit would have to come together
    /// to reach the end of the range.
    const fn within_tree(self, other: Self) -> Self {
        Self {
            total: self.total.saturating_add(other.total),
            toward_sim: self.toward_sim.saturating_add(other.toward_sim),
            from_sim: self.from_sim.saturating_add(other.from_sim),
        }
    }
}

/// Adds up sums of any origin; `None` where a figure passes 2¹²⁸−1.
impl std::iter::Sum<Sums> for Option<Sums> {
    fn sum<I: Iterator<Item = Sums>>(mut sums: I) -> Self {
        sums.try_fold(Sums::ZERO, Sums::checked_add)
    }
}

impl<C: Counts> UsageNode<C> {
    /// Returns the counters of the node, null and absent ones read as 0, in the unit of the node.
    pub fn sums(&self) -> Sums {
        let counters = self.counts.counters();
        Sums::new(counters.map(|counter| counter.or_zero().wide()))
    }

    /// Returns the counters of the node in bytes.
    ///
    /// A node that states no unit is taken to be in `otherwise`; Commands have no unit and come out as they are.
    ///
    /// # Errors
    ///
    /// The unit that the node states, where that is none of [`DataUnit::ALL`].
    pub fn sums_in_bytes(&self, otherwise: DataUnit) -> Result<Sums, &str> {
        let unit = match C::KIND {
            Kind::Commands => DataUnit::Bytes,
            Kind::Data => self.unit()?.unwrap_or(otherwise),
        };
        // A counter is below 2⁶³ and the largest unit below 2⁴¹.
        Ok(self.sums().to_bytes(unit).unwrap_or_default())
    }
}

impl<C: Counts> Usage<C> {
    /// Returns what the nodes below the top add up to, each counter on its own; null and absent read as 0.
    ///
    /// The figures are added as they stand: nodes with different units are not converted. For that there is
    /// [`Usage::children_sums_in_bytes`].
    pub fn children_sums(&self) -> Sums {
        self.fold_children(|_| true)
    }

    /// Returns what those nodes below the top add up to whose place `counts` agrees to.
    ///
    /// ```
    /// use usage_model::{CommandCounts, NodePath, Usage};
    ///
    /// let tree = Usage::<CommandCounts>::default();
    /// let near = tree.fold_children(|path: NodePath| !path.is_international());
    /// assert!(near.is_zero());
    /// ```
    pub fn fold_children(&self, mut counts: impl FnMut(NodePath) -> bool) -> Sums {
        self.children()
            .filter(|(path, _)| counts(*path))
            .fold(Sums::ZERO, |sums, (_, node)| sums.within_tree(node.sums()))
    }

    /// Returns the unit of the nodes that state none: that of the top, or bytes if the top states none either.
    ///
    /// ```
    /// use usage_model::{DataUnit, UsageRecord};
    ///
    /// let record: UsageRecord = serde_json::from_str(r#"{"data":{"total":5,"home":{"total":5,"units":"KB"}}}"#)?;
    /// assert_eq!(record.data.value().unwrap().default_unit(), Ok(DataUnit::Bytes));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the unit of the top, if it is none of [`DataUnit::ALL`].
    pub fn default_unit(&self) -> Result<DataUnit, &str> {
        Ok(self.top.unit()?.unwrap_or_default())
    }

    /// Adds up the nodes below the top in bytes; one without a unit is in the [default unit](Self::default_unit).
    ///
    /// # Errors
    ///
    /// Returns the first unit of a node, the top included, that is not known.
    pub fn children_sums_in_bytes(&self) -> Result<Sums, &str> {
        let otherwise = self.default_unit()?;
        self.children().try_fold(Sums::ZERO, |sums, (_, node)| {
            Ok(sums.within_tree(node.sums_in_bytes(otherwise)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Count, CountryUsage, DataCounts, Field, International, Lenient};

    fn counts(total: u32, download: u32, upload: u32, unit: &str) -> DataCounts {
        let mut counts = DataCounts::new(total.into(), download.into(), upload.into());
        counts.units = match unit {
            "" => Field::Null,
            unit => Field::Value(Lenient::from_text(unit)),
        };
        counts
    }

    fn tree(top: DataCounts, home: DataCounts, international: DataCounts) -> Usage<DataCounts> {
        let mut tree = Usage::new(top);
        tree.home = Field::Value(UsageNode::new(home));
        tree.international_roaming = International::List(vec![CountryUsage {
            node: UsageNode::new(international),
            ..CountryUsage::default()
        }]);
        tree
    }

    #[test]
    fn each_counter_is_added_up_on_its_own() {
        let tree = tree(
            counts(0, 0, 0, "bytes"),
            counts(7, 4, 3, "bytes"),
            counts(90, 50, 40, "bytes"),
        );
        let sums = tree.children_sums();
        assert_eq!(sums.figures(), [97, 54, 43]);
        assert_eq!(Counter::ALL.map(|counter| sums.get(counter)), [97, 54, 43]);
        assert_eq!(
            tree.fold_children(|path| path == NodePath::Home),
            Sums::new([7, 4, 3])
        );
    }

    #[test]
    fn null_and_absent_are_nothing() {
        let mut node = UsageNode::new(counts(5, 3, 2, "bytes"));
        node.counts.total = Field::Null;
        node.counts.upload = Field::Absent;
        assert_eq!(node.sums(), Sums::new([0, 3, 0]));
        assert!(!node.sums().is_zero());
        assert!(Sums::ZERO.is_zero());
    }

    #[test]
    fn a_figure_in_any_place_is_usage() {
        for figures in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            assert!(!Sums::new(figures).is_zero());
        }
    }

    #[test]
    fn units_are_converted_exactly() {
        let tree = tree(
            counts(0, 0, 0, "KB"),
            counts(3, 2, 1, "MiB"),
            counts(5, 3, 2, ""),
        );
        assert_eq!(
            tree.children_sums_in_bytes(),
            Ok(Sums::new([
                3 * 1_048_576 + 5_000,
                2 * 1_048_576 + 3_000,
                1_048_576 + 2_000
            ]))
        );
        let largest = UsageNode::new(DataCounts::new(Count::MAX, Count::MAX, Count::ZERO));
        let mut in_tib = largest.clone();
        in_tib.counts.units = Field::Value(Lenient::Known(DataUnit::TiB));
        let bytes = Count::MAX.wide() << 40;
        assert_eq!(
            in_tib.sums_in_bytes(DataUnit::Bytes),
            Ok(Sums::new([bytes, bytes, 0]))
        );
    }

    #[test]
    fn an_unknown_unit_is_named() {
        let known = || counts(1, 1, 0, "bytes");
        let odd = |unit| counts(1, 1, 0, unit);
        assert_eq!(
            tree(odd("furlongs"), known(), known()).children_sums_in_bytes(),
            Err("furlongs")
        );
        assert_eq!(
            tree(known(), odd("KBs"), odd("x")).children_sums_in_bytes(),
            Err("KBs")
        );
    }

    #[test]
    fn sums_that_do_not_fit_are_no_sums() {
        let most = u128::MAX;
        for figures in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            let full = Sums::new(figures.map(|figure| figure * most));
            assert_eq!(full.checked_add(Sums::new(figures)), None);
            assert_eq!(full.to_bytes(DataUnit::Kb), None);
            assert_eq!(full.checked_add(Sums::ZERO), Some(full));
            assert_eq!(
                [full, Sums::new(figures)].into_iter().sum::<Option<Sums>>(),
                None
            );
        }
        let some = [Sums::new([1, 2, 3]), Sums::new([10, 20, 30])];
        assert_eq!(
            some.into_iter().sum::<Option<Sums>>(),
            Some(Sums::new([11, 22, 33]))
        );
    }

    #[test]
    fn a_total_is_the_sum_of_its_directions() {
        assert!(Sums::new([5, 2, 3]).directions_hold());
        assert!(!Sums::new([5, 2, 2]).directions_hold());
        assert!(!Sums::new([0, u128::MAX, 1]).directions_hold());
    }
}
