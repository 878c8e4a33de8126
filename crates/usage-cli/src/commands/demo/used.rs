//! The tables of what the account used.

use chrono::{DateTime, Utc};
use usage_model::{MalformedRecord, PlacedRecord};
use usage_report::terminal::{Layout, summary_table};
use usage_table::{By, Summarizer, SummaryOptions};

/// What records add up to by month and by network.
#[derive(Debug)]
pub(super) struct Used {
    by_month: Summarizer,
    by_network: Summarizer,
}

impl Used {
    pub(super) fn new() -> Self {
        Self {
            by_month: Summarizer::new(SummaryOptions::one(By::Month)),
            by_network: Summarizer::new(SummaryOptions::one(By::Network)),
        }
    }

    /// Adds one record to both.
    pub(super) fn add(&mut self, record: &Result<PlacedRecord, MalformedRecord>) {
        for summarizer in [&mut self.by_month, &mut self.by_network] {
            match record {
                Ok(placed) => summarizer.record(&placed.record),
                Err(_) => summarizer.malformed(),
            }
        }
    }

    /// Both tables, and what is not in them.
    pub(super) fn tables(self, as_of: DateTime<Utc>) -> String {
        let by_month = self.by_month.finish(as_of);
        let layout = Layout::default();
        let mut text = summary_table(&by_month, layout);
        text.push('\n');
        let by_network = self.by_network.finish(as_of);
        text.push_str(&summary_table(&by_network, layout));
        if by_month.total.data != by_network.total.data {
            text.push_str(
                "\nThe totals of data differ by the planted faults: by month it is what each record states as its own total,\n\
                 by network what its networks add up to, and two records contradict themselves there (UR201, UR205).\n\
                 Amounts do not add up over networks.\n",
            );
        }
        let without = match by_month.excluded.malformed {
            0 => String::new(),
            1 => "\nWithout the one record that did not decode.\n".to_owned(),
            malformed => format!("\nWithout {malformed} records that did not decode.\n"),
        };
        text.push_str(&without);
        text.push_str(
            "\n`kore-usage summary --by month` shows such a table of your own account.\n",
        );
        let indented = text
            .lines()
            .map(|line| format!("   {line}").trim_end().to_owned() + "\n");
        indented.collect()
    }
}
