//! Records as aligned columns for reading.

use std::io::{self, Write};

use usage_model::{Counter, Counts, Usage, UsageRecord};

use super::columns::{Share, figure};

/// Writes records as a table. Columns have fixed widths, so that a line can be written as soon as its
/// record is there.
#[derive(Debug, Default)]
pub(crate) struct Table {
    records: u64,
}

const PERIOD: usize = 33;
const DATA: usize = 12;
const COMMANDS: usize = 11;

impl Table {
    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        if self.records == 0 {
            header(out)?;
        }
        self.records += 1;
        write!(out, "{:<PERIOD$}", period(record))?;
        cells(out, record.data.value(), DATA, bytes)?;
        cells(out, record.commands.value(), COMMANDS, |count| {
            count.to_string()
        })?;
        writeln!(out)
    }

    pub(super) fn finish(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.records {
            0 => writeln!(out, "no usage records"),
            1 => writeln!(out, "1 usage record"),
            records => writeln!(out, "{records} usage records"),
        }
    }
}

fn header(out: &mut dyn Write) -> io::Result<()> {
    let names = ["total", "home", "national", "internat."];
    write!(out, "{:<PERIOD$}", "")?;
    write!(out, "{:>width$}", "data", width = 4 * DATA)?;
    writeln!(out, "{:>width$}", "Commands", width = 4 * COMMANDS)?;
    write!(out, "{:<PERIOD$}", "period, UTC")?;
    for name in names {
        write!(out, "{name:>DATA$}")?;
    }
    for name in names {
        write!(out, "{name:>COMMANDS$}")?;
    }
    writeln!(out)
}

fn cells<C: Counts>(
    out: &mut dyn Write,
    usage: Option<&Usage<C>>,
    width: usize,
    show: fn(u128) -> String,
) -> io::Result<()> {
    for share in Share::EVERY {
        let cell = figure(usage, share, Counter::Total).map_or_else(|| "-".to_owned(), show);
        write!(out, "{cell:>width$}")?;
    }
    Ok(())
}

/// The period as short as its bounds allow: a day, or start and end.
fn period(record: &UsageRecord) -> String {
    let Some((start, end)) = record.period.value().and_then(usage_model::Period::bounds) else {
        return "-".to_owned();
    };
    let midnight =
        |instant: chrono::DateTime<chrono::Utc>| instant.time() == chrono::NaiveTime::MIN;
    let length = end - start;
    if midnight(start) && length == chrono::TimeDelta::days(1) {
        start.format("%Y-%m-%d").to_string()
    } else if midnight(start) && midnight(end) {
        format!("{} to {}", start.format("%Y-%m-%d"), end.format("%Y-%m-%d"))
    } else {
        format!(
            "{} to {}",
            start.format("%Y-%m-%d %H:%M"),
            end.format("%m-%d %H:%M")
        )
    }
}

/// A number of bytes in the largest decimal unit that leaves at most four digits before the point.
pub(crate) fn bytes(count: u128) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut unit = 0;
    let mut whole = count;
    let mut rest = 0;
    while whole >= 10_000 && unit + 1 < units.len() {
        rest = whole % 1000;
        whole /= 1000;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    if unit == 0 {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{} {name}", rest / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_in_decimal_units() {
        for (count, text) in [
            (0, "0 B"),
            (9_999, "9999 B"),
            (10_000, "10.0 kB"),
            (9_999_999, "9999.9 kB"),
            (5_446_765_119, "5446.7 MB"),
            (10_000_000_000, "10.0 GB"),
            (u128::from(u64::MAX), "18.4 EB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
