//! Records as CSV: one line a record.

use std::io::{self, Write};

use usage_model::{Counter, Counts, Field, Kind, Lenient, Usage, UsageRecord};

use super::columns::{Share, figure};

/// Writes records as CSV (RFC 4180), with a header line.
///
/// Figures that a record does not have are empty, not 0. International figures are summed over countries,
/// and the countries listed in a column of their own; the other formats keep each country's figures.
#[derive(Debug, Default)]
pub(crate) struct Csv {
    begun: bool,
}

impl Csv {
    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        self.header(out)?;
        let mut cells = vec![
            text(record.account_sid.value()),
            text(record.sim_sid.value()),
        ];
        let period = record.period.value();
        cells.push(text(period.and_then(|period| period.start.value())));
        cells.push(text(period.and_then(|period| period.end.value())));
        figures(&mut cells, record.commands.value());
        figures(&mut cells, record.data.value());
        let units = record
            .data
            .value()
            .and_then(|data| data.top.counts.units.value());
        cells.push(text(units));
        write_line(out, &cells)
    }

    /// Writes the header where there was no record to write it before.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.header(out)
    }

    fn header(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let mut names: Vec<String> = ["account_sid", "sim_sid", "period_start", "period_end"]
            .map(str::to_owned)
            .into();
        for kind in [Kind::Commands, Kind::Data] {
            for share in Share::EVERY {
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
}

fn figures<C: Counts>(cells: &mut Vec<String>, usage: Option<&Usage<C>>) {
    for share in Share::EVERY {
        for counter in Counter::ALL {
            cells.push(text(figure(usage, share, counter).as_ref()));
        }
    }
    let countries: Vec<&str> = usage
        .map(|usage| usage.international_roaming.entries())
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| entry.country_code.value())
        .map(Lenient::as_str)
        .collect();
    cells.push(countries.join(" "));
    cells.push(text(usage.and_then(|usage| usage.top.billed.value())));
    let currency = usage
        .map(|usage| &usage.top.billing_units)
        .and_then(Field::value);
    cells.push(text(currency));
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

fn write_line(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}
