//! Sums and units against slow arithmetic.

use proptest::prelude::*;
use usage_model::{
    Count, Counter, DataCounts, DataUnit, Field, Lenient, Sums, Usage, UsageNode,
    strategies::{any_count, any_data_unit, any_sums, any_usage},
};

proptest! {
    #[test]
    fn children_add_up_counter_by_counter(tree in any_usage::<DataCounts>()) {
        for counter in Counter::ALL {
            let mut slow = 0_u128;
            let nodes = [tree.home.value(), tree.national_roaming.value()];
            for node in nodes.into_iter().flatten() {
                slow += u128::from(node.count(counter).get());
            }
            for entry in tree.international_roaming.entries() {
                slow += u128::from(entry.node.count(counter).get());
            }
            prop_assert_eq!(tree.children_sums().get(counter), slow);
            prop_assert_eq!(tree.children_sum(counter), slow);
        }
    }

    #[test]
    fn rescaling_a_node_changes_nothing(count in 0_u32.., unit in any_data_unit(), other in any_data_unit()) {
        let mut node = UsageNode::new(DataCounts::new(count.into(), count.into(), Count::ZERO));
        node.counts.units = Field::Value(Lenient::Known(unit));
        let bytes = node.sums_in_bytes(other).unwrap();
        prop_assert_eq!(bytes.get(Counter::Total), u128::from(count) * u128::from(unit.bytes()));
        if let Some(figure) = unit.convert(count.into(), other) {
            prop_assert_eq!(figure * u128::from(other.bytes()), bytes.get(Counter::Total));
            prop_assert_eq!(other.convert(figure, unit), Some(count.into()));
        } else {
            prop_assert_ne!(bytes.get(Counter::Total) % u128::from(other.bytes()), 0);
        }
    }

    #[test]
    fn a_tree_in_one_unit_converts_as_a_whole(mut tree in any_usage::<DataCounts>(), unit in any_data_unit()) {
        let units = Field::Value(Lenient::Known(unit));
        tree.top.counts.units = units.clone();
        for field in [&mut tree.home, &mut tree.national_roaming] {
            if let Field::Value(node) = field {
                node.counts.units = Field::Absent;
            }
        }
        for entry in tree.international_roaming.entries_mut() {
            entry.node.counts.units = units.clone();
        }
        prop_assert_eq!(tree.children_sums_in_bytes(), Ok(tree.children_sums().to_bytes(unit).unwrap()));
    }

    #[test]
    fn adding_is_checked_and_commutes(a in any_sums(), b in any_sums()) {
        prop_assert_eq!(a.checked_add(b), b.checked_add(a));
        let fits = Counter::ALL.iter().all(|&counter| a.get(counter).checked_add(b.get(counter)).is_some());
        prop_assert_eq!(a.checked_add(b).is_some(), fits);
        prop_assert_eq!(a.checked_add(Sums::ZERO), Some(a));
    }

    #[test]
    fn counts_add_within_their_range(a in any_count(), b in any_count()) {
        let sum = a.wide() + b.wide();
        prop_assert_eq!(a.checked_add(b).map(Count::wide), (sum <= Count::MAX.wide()).then_some(sum));
    }
}

#[test]
fn counts_end_at_the_largest_int64() {
    assert_eq!(Count::MAX.get(), 9_223_372_036_854_775_807);
    assert_eq!(Count::MAX.checked_add(Count::from(1)), None);
    assert_eq!(Count::MAX.checked_add(Count::MAX), None);
    assert_eq!(Count::MAX.checked_add(Count::ZERO), Some(Count::MAX));
    assert_eq!(Count::try_from(7_u64).map(u64::from), Ok(7));
    assert_eq!(
        Count::try_from(1_u64 << 63).unwrap_err().to_string(),
        "9223372036854775808 is above 9223372036854775807, the largest counter"
    );
}

#[test]
fn an_empty_tree_has_no_usage() {
    let tree = Usage::<DataCounts>::default();
    assert!(tree.is_empty());
    assert_eq!(tree.children_sums_in_bytes(), Ok(Sums::ZERO));
    assert_eq!(tree.nodes().count(), 1);
    let zero = Usage::new(DataCounts::new(Count::ZERO, Count::ZERO, Count::ZERO));
    assert!(!zero.is_empty());
    assert_eq!(DataUnit::default(), DataUnit::Bytes);
}
