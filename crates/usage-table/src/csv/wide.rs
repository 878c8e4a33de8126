//! One row a record.

use std::io::{self, Write};

use usage_model::{Counter, Counts, Field, Kind, Lenient, Timestamp, Usage, UsageRecord};

use crate::{Figure, LeftOut, Network};

use super::{cell, harmless, write_lines};

/// Writes records as CSV, one row each.
///
/// Figures of data are bytes, whatever unit the record has. Figures that a record does not have are empty, not
/// 0. International figures are summed over countries, and the countries listed in a column of their own; for each
/// country's figures there is [`LongCsv`](super::LongCsv).
///
/// ```
/// use usage_model::UsageRecord;
/// use usage_table::WideCsv;
///
/// let record: UsageRecord = serde_json::from_str(r#"{"account_sid":"AC1","data":{"total":3,"units":"KB"}}"#)?;
/// let mut csv = WideCsv::default();
/// let mut out = Vec::new();
/// csv.write(&mut out, &record)?;
/// csv.finish(&mut out)?;
/// let text = String::from_utf8(out)?;
/// assert!(text.starts_with("account_sid,sim_sid,period_start,period_end,commands_total,"));
/// assert!(text.contains(",3000,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct WideCsv {
    begun: bool,
    left_out: LeftOut,
}

impl WideCsv {
    /// Writes the row of a record.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        self.finish(out)?;
        let period = record.period.value();
        let time = |time: Option<&Field<Timestamp>>| text(time.and_then(Field::value));
        let mut cells = vec![
            text(record.account_sid.value()),
            text(record.sim_sid.value()),
            time(period.map(|period| &period.start)),
            time(period.map(|period| &period.end)),
        ];
        self.figures(&mut cells, record.commands.value());
        self.figures(&mut cells, record.data.value());
        cells.push("bytes".to_owned());
        write_lines(out, [cells])
    }

    /// Writes the header where no record came before.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let mut names: Vec<String> = ["account_sid", "sim_sid", "period_start", "period_end"]
            .map(str::to_owned)
            .into();
        for kind in [Kind::Commands, Kind::Data] {
            for network in Network::ALL {
                for counter in Counter::ALL {
                    let parts = [kind.as_str(), network.member(), counter.name(kind)];
                    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                    names.push(parts.join("_"));
                }
            }
            for name in ["countries", "billed", "billing_units"] {
                names.push(format!("{kind}_{name}"));
            }
        }
        names.push("data_units".to_owned());
        write_lines(out, [names])
    }

    /// Returns how much is left out of the rows so far. Amounts of any length are written as they are.
    pub const fn left_out(&self) -> LeftOut {
        self.left_out
    }

    fn figures<C: Counts>(&mut self, cells: &mut Vec<String>, usage: Option<&Usage<C>>) {
        for network in Network::ALL {
            for counter in Counter::ALL {
                let figure = Figure::of(usage, network, counter);
                self.left_out.figures += u64::from(figure == Figure::Unknown);
                cells.push(cell(figure.known()));
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
        cells.push(cell(usage.and_then(|usage| usage.top.billed.value())));
        cells.push(text(
            usage.and_then(|usage| usage.top.billing_units.value()),
        ));
    }
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value
        .map(|value| harmless(&value.to_string()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::csv::tests::{first_row, of};

    use super::*;

    fn row(record: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut csv = WideCsv::default();
        csv.write(&mut out, &serde_json::from_str(record).unwrap())
            .unwrap();
        first_row(&out)
    }

    #[test]
    fn figures_are_bytes_and_the_header_names_the_unit() {
        let row = row(
            r#"{"data":{"total":18,"units":"KB","international_roaming":[{"country_code":"DEU","total":1},
                {"country_code":"CHE","total":2,"units":"bytes"}],"billed":-1.50}}"#,
        );
        assert_eq!(of(&row, "data_total"), "18000");
        assert_eq!(of(&row, "data_international_roaming_total"), "1002");
        assert_eq!(of(&row, "data_countries"), "DEU CHE");
        assert_eq!(of(&row, "data_units"), "bytes");
        assert_eq!(of(&row, "data_billed"), "-1.50");
        assert_eq!(of(&row, "data_home_total"), "");
    }

    #[test]
    fn a_text_of_the_server_runs_nowhere() {
        let row = row(
            r#"{"account_sid":"=1+1","sim_sid":"\t@SUM(1)","data":{"billing_units":"＝1",
                "international_roaming":[{"country_code":"+1"},{"country_code":"\u001b[2J"}]}}"#,
        );
        assert_eq!(of(&row, "account_sid"), "'=1+1");
        assert_eq!(of(&row, "sim_sid"), "\\u{9}@SUM(1)");
        assert_eq!(of(&row, "data_billing_units"), "'＝1");
        assert_eq!(of(&row, "data_countries"), "'+1 \\u{1b}[2J");
    }
}
