//! The table of months by network.

use std::{collections::BTreeMap, fmt::Write};

use chrono::Datelike;
use usage_model::{Counter, Counts, MalformedRecord, Period, PlacedRecord, Usage};

use usage_table::bytes;

/// Usage of each month: home, national roaming, international roaming, for data and Commands.
#[derive(Debug, Default)]
pub(super) struct Months {
    months: BTreeMap<(i32, u32), Month>,
    malformed: u64,
}

#[derive(Debug, Default)]
struct Month {
    data: [u128; 3],
    commands: [u128; 3],
}

impl Months {
    /// Adds one daily record to its month.
    pub(super) fn add(&mut self, record: &Result<PlacedRecord, MalformedRecord>) {
        let Ok(PlacedRecord { record, .. }) = record else {
            self.malformed += 1;
            return;
        };
        let Some((start, _)) = record.period.value().and_then(Period::bounds) else {
            return;
        };
        let month = self
            .months
            .entry((start.year(), start.month()))
            .or_default();
        add(&mut month.data, record.data.value());
        add(&mut month.commands, record.commands.value());
    }

    /// The months as aligned columns, oldest first.
    pub(super) fn table(&self) -> String {
        let mut text = String::from(
            "             data                                      Commands\n   \
             month          home    national    internat.        home    national    internat.\n",
        );
        for ((year, month), usage) in &self.months {
            // Writing to a string cannot fail.
            let _: std::fmt::Result = write!(text, "   {year}-{month:02}");
            for count in usage.data {
                let _: std::fmt::Result = write!(text, "{:>12}", bytes(count));
            }
            for count in usage.commands {
                let _: std::fmt::Result = write!(text, "{count:>12}");
            }
            text.push('\n');
        }
        if self.malformed > 0 {
            let _: std::fmt::Result = writeln!(
                text,
                "\n   Without {} that did not decode.",
                if self.malformed == 1 {
                    "the one record".to_owned()
                } else {
                    format!("{} records", self.malformed)
                }
            );
        }
        text
    }
}

fn add<C: Counts>(sums: &mut [u128; 3], usage: Option<&Usage<C>>) {
    for (path, node) in usage.iter().flat_map(|usage| usage.children()) {
        let share = match path {
            usage_model::NodePath::Home => 0,
            usage_model::NodePath::National => 1,
            _ => 2,
        };
        if let Some(sum) = sums.get_mut(share) {
            *sum += node.count(Counter::Total).wide();
        }
    }
}
