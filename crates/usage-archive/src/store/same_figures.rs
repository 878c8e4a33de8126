//! Whether two records say the same figures, in whatever words.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use usage_model::{Counts, DataUnit, Field, Sums, Usage, UsageNode, UsageRecord};

/// Whether two records of a period say the same figures: in one unit, whatever their unknown members and the order of
/// their countries; what is null or absent is 0.
pub(crate) fn have_same_figures(one: &UsageRecord, other: &UsageRecord) -> bool {
    one == other
        || (Comparable::of(&one.data) == Comparable::of(&other.data)
            && Comparable::of(&one.commands) == Comparable::of(&other.commands))
}

/// The top, home, national roaming, or an international share with its country.
type Network = (u8, Option<String>);

/// The figures of a tree; what is 0 is left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Comparable {
    /// By network and, where it is none that is known, unit; otherwise in bytes.
    sums: BTreeMap<(Network, Option<String>), Sums>,
    /// The amounts of a network in a currency, in ascending order.
    amounts: BTreeMap<(Network, Option<String>), Vec<Billed>>,
}

/// An amount, and its text where it is too long for a decimal.
type Billed = (Option<Decimal>, String);

impl Comparable {
    fn of<C: Counts>(tree: &Field<Usage<C>>) -> Self {
        let mut comparable = Self::default();
        let Field::Value(tree) = tree else {
            return comparable;
        };
        // A unit that is not known is compared as its text at the nodes that do not state another.
        let otherwise = tree.default_unit();
        let shares = [
            Some(&tree.top),
            tree.home.value(),
            tree.national_roaming.value(),
        ];
        for (number, node) in (0..).zip(shares) {
            if let Some(node) = node {
                comparable.add((number, None), node, otherwise);
            }
        }
        for entry in tree.international_roaming.entries() {
            let country = entry.country_code.value();
            let country = country.map(|country| country.as_str().to_owned());
            comparable.add((3, country), &entry.node, otherwise);
        }
        for amounts in comparable.amounts.values_mut() {
            amounts.sort_unstable();
        }
        comparable
    }

    fn add<C: Counts>(
        &mut self,
        network: Network,
        node: &UsageNode<C>,
        otherwise: Result<DataUnit, &str>,
    ) {
        let sums = otherwise.and_then(|unit| node.sums_in_bytes(unit));
        let (sums, unit) = match sums {
            Ok(sums) => (sums, None),
            Err(unit) => (node.sums(), Some(unit.to_owned())),
        };
        if !sums.is_zero() {
            let before = self.sums.entry((network.clone(), unit)).or_default();
            // Entries of one country; the largest figures do not reach the end.
            *before = before.checked_add(sums).unwrap_or(sums);
        }
        let Field::Value(billed) = &node.billed else {
            return;
        };
        let billed = match billed.decimal() {
            Some(decimal) if decimal.is_zero() => return,
            Some(decimal) => (Some(decimal.normalize()), String::new()),
            None => (None, billed.to_string()),
        };
        let currency = node.billing_units.value();
        let currency = currency.map(|currency| currency.as_str().to_owned());
        self.amounts
            .entry((network, currency))
            .or_default()
            .push(billed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let record = |text: &str| serde_json::from_str::<UsageRecord>(text).unwrap();
        have_same_figures(&record(one), &record(other))
    }

    /// A day with data at home, and what else the tree has.
    fn data(total: u64, unit: &str, more: &str) -> String {
        format!(
            r#"{{"data":{{"total":{total},"download":{total},"upload":0,"units":"{unit}"{more}}}}}"#
        )
    }

    #[test]
    fn the_same_usage_in_another_unit_is_the_same() {
        assert!(same(&data(15, "KB", ""), &data(15_000, "bytes", "")));
        assert!(!same(&data(15, "KB", ""), &data(15, "bytes", "")));
        assert!(!same(&data(15, "pages", ""), &data(15, "bytes", "")));
        assert!(!same(&data(15, "pages", ""), &data(16, "pages", "")));
    }

    #[test]
    fn null_absent_and_zero_are_the_same() {
        let plain = data(15, "bytes", "");
        for more in [
            r#","home":null"#,
            r#","national_roaming":{"total":0,"download":0,"upload":0,"billed":0,"billing_units":"USD"}"#,
            r#","international_roaming":[]"#,
            r#","international_roaming":[{"country_code":"DEU","total":0}]"#,
        ] {
            assert!(same(&plain, &data(15, "bytes", more)), "{more}");
        }
    }

    #[test]
    fn unknown_members_and_the_order_of_countries_are_no_figures() {
        let countries = |one: &str, other: &str| {
            let entry = |code: &str| format!(r#"{{"country_code":"{code}","total":1}}"#);
            let list = format!("{},{}", entry(one), entry(other));
            data(2, "bytes", &format!(r#","international_roaming":[{list}]"#))
        };
        assert!(same(&countries("CHE", "DEU"), &countries("DEU", "CHE")));
        assert!(!same(&countries("CHE", "DEU"), &countries("CHE", "FRA")));
        assert!(same(
            &data(1, "bytes", ""),
            &data(1, "bytes", r#","foo":1"#)
        ));
    }

    #[test]
    fn money_is_a_figure_in_its_currency() {
        let billed = |amount: &str, currency: &str| {
            let more = format!(r#","billed":{amount},"billing_units":"{currency}""#);
            data(1, "bytes", &more)
        };
        assert!(same(&billed("1.50", "USD"), &billed("1.5", "USD")));
        assert!(!same(&billed("1.50", "USD"), &billed("1.51", "USD")));
        assert!(!same(&billed("1.50", "USD"), &billed("1.50", "EUR")));
        assert!(same(&billed("0", "USD"), &billed("0.0", "EUR")));
    }
}
