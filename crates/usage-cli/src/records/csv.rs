//! Records as CSV: one row a record.

use std::io::{self, Write};

use usage_model::{Counter, Counts, Field, Kind, Lenient, Usage, UsageRecord};

use crate::messages::visible;

use super::columns::{Figure, Share, figure};

/// Writes records as CSV (RFC 4180), with a header line.
///
/// Figures of data are bytes, whatever unit the record has. Figures that a record does not have are empty, not
/// 0. International figures are summed over countries, and the countries listed in a column of their own; the
/// other formats keep each country's figures.
#[derive(Debug, Default)]
pub(crate) struct Csv {
    begun: bool,
    unknown: u64,
}

impl Csv {
    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        self.header(out)?;
        let period = record.period.value();
        let mut cells = vec![
            text(record.account_sid.value()),
            text(record.sim_sid.value()),
            text(period.and_then(|period| period.start.value())),
            text(period.and_then(|period| period.end.value())),
        ];
        self.figures(&mut cells, record.commands.value());
        self.figures(&mut cells, record.data.value());
        cells.push("bytes".to_owned());
        write_line(out, &cells)
    }

    /// Writes the header where there was no record to write it before.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.header(out)
    }

    /// How many figures are left out because their unit is not known.
    pub(super) const fn unknown(&self) -> u64 {
        self.unknown
    }

    fn header(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let mut names: Vec<String> = ["account_sid", "sim_sid", "period_start", "period_end"]
            .map(str::to_owned)
            .into();
        for kind in [Kind::Commands, Kind::Data] {
            for share in Share::ALL {
                for counter in Counter::ALL {
                    let parts = [kind.as_str(), share.name(), counter.name(kind)];
                    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                    names.push(parts.join("_"));
                }
            }
            for name in ["countries", "billed", "billing_units"] {
                names.push(format!("{kind}_{name}"));
            }
        }
        names.push("data_units".to_owned());
        write_line(out, &names)
    }

    fn figures<C: Counts>(&mut self, cells: &mut Vec<String>, usage: Option<&Usage<C>>) {
        for share in Share::ALL {
            for counter in Counter::ALL {
                let figure = figure(usage, share, counter);
                self.unknown += u64::from(figure == Figure::Unknown);
                cells.push(
                    figure
                        .known()
                        .map(|figure| figure.to_string())
                        .unwrap_or_default(),
                );
            }
        }
        let countries: Vec<&str> = usage
            .map(|usage| usage.international_roaming.entries())
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| entry.country_code.value())
            .map(Lenient::as_str)
            .collect();
        cells.push(harmless(&countries.join(" ")));
        // A number: its sign begins no formula.
        let billed = usage.and_then(|usage| usage.top.billed.value());
        cells.push(billed.map(ToString::to_string).unwrap_or_default());
        cells.push(text(
            usage
                .map(|usage| &usage.top.billing_units)
                .and_then(Field::value),
        ));
    }
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value
        .map(|value| harmless(&value.to_string()))
        .unwrap_or_default()
}

/// A text that no spreadsheet runs as a formula and that cannot steer a terminal.
fn harmless(text: &str) -> String {
    // The full-width forms begin formulas in some languages; tabs and line breaks are written out.
    const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

    let text = visible(text);
    if text.trim_start().starts_with(FORMULAS) {
        format!("'{text}")
    } else {
        text
    }
}

fn write_line(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(record: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut csv = Csv::default();
        csv.write(&mut out, &serde_json::from_str(record).unwrap())
            .unwrap();
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let names: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let cells = reader.records().next().unwrap().unwrap();
        let cells: Vec<String> = cells.iter().map(str::to_owned).collect();
        names.into_iter().zip(cells).collect()
    }

    fn cell(row: &[(String, String)], name: &str) -> String {
        let found = row.iter().find(|(column, _)| column == name).unwrap();
        found.1.clone()
    }

    #[test]
    fn figures_are_bytes_and_say_so() {
        let row = row(
            r#"{"data":{"total":18,"units":"KB","international_roaming":[{"country_code":"DEU","total":1},
                {"country_code":"CHE","total":2,"units":"bytes"}],"billed":-1.50}}"#,
        );
        assert_eq!(cell(&row, "data_total"), "18000");
        assert_eq!(cell(&row, "data_international_roaming_total"), "1002");
        assert_eq!(cell(&row, "data_countries"), "DEU CHE");
        assert_eq!(cell(&row, "data_units"), "bytes");
        assert_eq!(cell(&row, "data_billed"), "-1.50");
        assert_eq!(cell(&row, "data_home_total"), "");
    }

    #[test]
    fn a_text_of_the_server_runs_nowhere() {
        let row = row(
            r#"{"account_sid":"=1+1","sim_sid":"\t@SUM(1)","data":{"billing_units":"＝1",
                "international_roaming":[{"country_code":"+1"},{"country_code":"\u001b[2J"}]}}"#,
        );
        assert_eq!(cell(&row, "account_sid"), "'=1+1");
        assert_eq!(cell(&row, "sim_sid"), "\\u{9}@SUM(1)");
        assert_eq!(cell(&row, "data_billing_units"), "'＝1");
        assert_eq!(cell(&row, "data_countries"), "'+1 \\u{1b}[2J");
    }
}
