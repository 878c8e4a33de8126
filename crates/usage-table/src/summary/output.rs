//! Summaries as JSON, and the cells of their tables.

use std::collections::BTreeSet;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};
use usage_model::{Counter, Timestamp, visible};

use crate::Money;

use super::{
    answer::{Excluded, Summary, SummaryRow},
    totals::Totals,
};

/// What the JSON of a summary names itself.
pub const SUMMARY_FORMAT: &str = "usage-summary/1";

/// The columns after those that are grouped by, before the amounts.
const FIGURES: [&str; 7] = [
    "records",
    "data_total",
    "data_download",
    "data_upload",
    "commands_total",
    "commands_to_sim",
    "commands_from_sim",
];

impl Summary {
    /// Returns the currencies of all amounts, in ascending order; the empty one is of records that name none.
    pub fn currencies(&self) -> Vec<&str> {
        let rows = self.rows.iter();
        let currencies: BTreeSet<&str> = rows
            .flat_map(|row| row.totals.billed.keys().map(String::as_str))
            .collect();
        currencies.into_iter().collect()
    }

    /// Returns the names of the columns of its tables: those that are grouped by, `records`, the figures, and
    /// `billed_USD` for each currency.
    pub fn columns(&self) -> Vec<String> {
        let by = self.options.by.iter().map(ToString::to_string);
        by.chain(Totals::columns(&self.currencies())).collect()
    }
}

/// The column of a currency.
fn column(currency: &str) -> String {
    if currency.is_empty() {
        "billed".to_owned()
    } else {
        format!("billed_{}", visible(currency))
    }
}

impl Totals {
    /// The figures in the order of [`FIGURES`], without the first.
    fn figures(&self) -> [u128; 6] {
        let [data, commands] =
            [self.data, self.commands].map(|sums| Counter::ALL.map(|counter| sums.get(counter)));
        let [total, download, upload] = data;
        let [all, to_sim, from_sim] = commands;
        [total, download, upload, all, to_sim, from_sim]
    }

    /// Returns the names of the columns from `records` on, for these currencies.
    pub(crate) fn columns(currencies: &[&str]) -> Vec<String> {
        let figures = FIGURES.map(str::to_owned).into_iter();
        let billed = currencies.iter().map(|currency| column(currency));
        figures.chain(billed).collect()
    }

    /// Returns the cells of the columns from `records` on, for these currencies; one without an amount is 0.
    pub fn cells(&self, currencies: &[&str]) -> Vec<String> {
        let figures = self.figures().map(|figure| figure.to_string());
        let billed = currencies
            .iter()
            .map(|currency| self.amount(currency).to_string());
        let records = std::iter::once(self.records.to_string());
        records.chain(figures).chain(billed).collect()
    }

    /// Returns what was billed in a currency.
    pub fn amount(&self, currency: &str) -> Money {
        self.billed.get(currency).copied().unwrap_or_default()
    }
}

/// Written as `{"schema":"usage-summary/1","as_of":…,"by":[…],"rows":[{…}],"excluded":{…},"remarks":[…]}`; the members
/// of a row are the columns of [`Summary::columns`], numbers of records as numbers and all other figures as decimal
/// strings, so that no JSON reader rounds them.
impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let currencies = self.currencies();
        let row = |group| Row {
            summary: self,
            currencies: &currencies,
            group,
        };
        let by: Vec<String> = self.options.by.iter().map(ToString::to_string).collect();
        let rows: Vec<Row<'_>> = self.rows.iter().map(row).collect();
        let mut object = serializer.serialize_struct("Summary", 6)?;
        object.serialize_field("schema", SUMMARY_FORMAT)?;
        object.serialize_field("as_of", &Timestamp::from(self.as_of))?;
        object.serialize_field("by", &by)?;
        object.serialize_field("rows", &rows)?;
        object.serialize_field("excluded", &self.excluded)?;
        object.serialize_field("remarks", &self.remarks)?;
        object.end()
    }
}

struct Row<'a> {
    summary: &'a Summary,
    currencies: &'a [&'a str],
    group: &'a SummaryRow,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (by, cell) in self.summary.options.by.iter().zip(&self.group.cells) {
            map.serialize_entry(by.as_str(), cell)?;
        }
        self.group
            .totals
            .serialize_into(&mut map, self.currencies)?;
        map.end()
    }
}

impl Totals {
    /// Writes the members of a row from `records` on.
    pub(crate) fn serialize_into<M: SerializeMap>(
        &self,
        map: &mut M,
        currencies: &[&str],
    ) -> Result<(), M::Error> {
        map.serialize_entry("records", &self.records)?;
        for (name, figure) in FIGURES.iter().skip(1).zip(self.figures()) {
            map.serialize_entry(name, &figure.to_string())?;
        }
        for currency in currencies {
            map.serialize_entry(&column(currency), &self.amount(currency).to_string())?;
        }
        Ok(())
    }
}

impl Serialize for Excluded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Excluded", 2)?;
        object.serialize_field("malformed", &self.malformed)?;
        object.serialize_field("duplicates", &self.duplicates)?;
        object.end()
    }
}
