//! Records as aligned columns for reading.

mod layout;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use usage_model::{Counter, Lenient, UsageRecord};
use usage_table::{Figure, Network};

use crate::messages::{number, visible};

pub(crate) use layout::TableOptions;
use layout::{Layout, Line, Period, Row, Series};

/// How long usage may come late, by the documentation of the API.
const LATE: TimeDelta = TimeDelta::hours(48);

/// How many records are held back, so that they have one unit; later ones are written in that unit.
const MOST_HELD: usize = 20_000;

/// Marks a period whose figures may still grow.
const GROWING: &str = "*";

/// A table of records. Of two records of one period it shows the later one.
#[derive(Debug)]
pub(crate) struct Table {
    options: TableOptions,
    held: Held,
    layout: Option<Layout>,
    /// Whose rows were written last.
    series: Option<Series>,
    records: u64,
    growing: bool,
    unknown: u64,
}

/// The rows that are not written yet, in the order in which they will be: by series and period.
type Held = BTreeMap<(Series, Period, u64), Row>;

impl Table {
    pub(super) fn new(options: TableOptions) -> Self {
        Self {
            options,
            held: Held::new(),
            layout: None,
            series: None,
            records: 0,
            growing: false,
            unknown: 0,
        }
    }

    /// Tells the present by the server's clock.
    pub(super) const fn as_of(&mut self, now: DateTime<Utc>) {
        self.options.now = now;
    }

    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        self.records += 1;
        let series = (
            record.account_sid.value().map(Lenient::to_string),
            record.sim_sid.value().map(Lenient::to_string),
        );
        let series = (series.0.unwrap_or_default(), series.1.unwrap_or_default());
        let period = record.period.value().and_then(usage_model::Period::bounds);
        let row = [
            Network::ALL.map(|network| Figure::of(record.data.value(), network, Counter::Total)),
            Network::ALL
                .map(|network| Figure::of(record.commands.value(), network, Counter::Total)),
        ];
        let unknown = row.iter().flatten().filter(|one| **one == Figure::Unknown);
        self.unknown += u64::try_from(unknown.count()).unwrap_or(0);
        // A record without a period is none of another's readings.
        let number = if period.is_some() { 0 } else { self.records };
        self.held.insert((series, period, number), row);
        if self.held.len() >= MOST_HELD {
            self.release(out)?;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.release(out)?;
        if self.growing {
            writeln!(
                out,
                "{GROWING} may still grow: usage arrives up to {} hours late",
                LATE.num_hours()
            )?;
        }
        if self.records == 0 {
            writeln!(out, "no usage records")
        } else {
            writeln!(out, "{}", number(self.records, "usage record"))
        }
    }

    /// How many figures are left out because their unit is not known.
    pub(super) const fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Writes the rows that are held.
    fn release(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(());
        }
        let several = held
            .keys()
            .any(|(series, ..)| Some(series) != held.keys().next().map(|(first, ..)| first));
        let lines = self.lines(&held);
        let layout = if let Some(layout) = &self.layout {
            layout.clone()
        } else {
            let layout = Layout::of(&lines, &self.options);
            layout.header(out)?;
            layout
        };
        for line in &lines {
            if (several || self.series.is_some()) && self.series.as_ref() != Some(&line.series) {
                let (account, sim) = &line.series;
                let name = if sim.is_empty() { account } else { sim };
                writeln!(out, "{}", visible(name))?;
            }
            self.series = Some(line.series.clone());
            layout.line(out, line)?;
            self.growing |= line.label.ends_with(GROWING);
        }
        if !several {
            self.series = None;
        }
        self.layout = Some(layout);
        Ok(())
    }

    /// The rows as lines, with one for each run of periods that are missing.
    fn lines(&self, held: &Held) -> Vec<Line> {
        let mut lines = Vec::with_capacity(held.len());
        let mut at: Option<(&Series, DateTime<Utc>)> = None;
        let (start, end) = self.expected();
        for ((series, period, _), row) in held {
            if at.is_none_or(|(last, _)| last != series) {
                if let Some((last, at)) = at {
                    lines.extend(self.gap(last, at, end));
                }
                at = Some((series, start));
            }
            if let (Some((_, expected)), Some((start, end))) = (at, *period) {
                lines.extend(self.gap(series, expected, start));
                at = Some((series, expected.max(end)));
            }
            lines.push(Line {
                series: series.clone(),
                label: self.label(*period),
                row: Some(*row),
            });
        }
        if let Some((last, at)) = at {
            lines.extend(self.gap(last, at, end));
        }
        lines
    }

    /// The bounds between which there should be a record for every period: whole days, up to the present.
    fn expected(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight =
            |instant: DateTime<Utc>| instant.date_naive().and_time(NaiveTime::MIN).and_utc();
        let window = self.options.window;
        let start = midnight(window.start());
        let end = if midnight(window.end()) == window.end() {
            window.end()
        } else {
            midnight(window.end())
                .checked_add_signed(TimeDelta::days(1))
                .unwrap_or(window.end())
        };
        (start, end.min(midnight(self.options.now)))
    }

    /// The line for periods that are missing, if there are any.
    fn gap(&self, series: &Series, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Line> {
        let bucket = self.options.granularity.bucket()?;
        if to - from < bucket {
            return None;
        }
        let label = format!("{} missing", span(from, to));
        Some(Line {
            series: series.clone(),
            label,
            row: None,
        })
    }

    fn label(&self, period: Period) -> String {
        let Some((start, end)) = period else {
            return "no period".to_owned();
        };
        let growing = end > self.options.now - LATE;
        format!("{}{}", span(start, end), if growing { GROWING } else { "" })
    }
}

/// A period as short as its bounds allow: a day, days, an hour, or start and end.
fn span(start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    let is_midnight = |instant: DateTime<Utc>| instant.time() == NaiveTime::MIN;
    let length = end - start;
    if is_midnight(start) && length == TimeDelta::days(1) {
        start.format("%Y-%m-%d").to_string()
    } else if is_midnight(start) && is_midnight(end) {
        format!("{} to {}", start.format("%Y-%m-%d"), end.format("%Y-%m-%d"))
    } else if start.minute() == 0 && start.second() == 0 && length == TimeDelta::hours(1) {
        start.format("%Y-%m-%d %H:%M").to_string()
    } else {
        format!(
            "{} to {}",
            start.format("%Y-%m-%d %H:%M"),
            end.format("%m-%d %H:%M")
        )
    }
}

#[cfg(test)]
mod tests {
    use usage_model::{Granularity, Window};

    use super::*;

    fn options(width: Option<usize>, bytes: bool) -> TableOptions {
        TableOptions {
            bytes,
            window: Window::new(
                "2026-06-01T00:00:00Z".parse().unwrap(),
                "2026-06-06T00:00:00Z".parse().unwrap(),
            )
            .unwrap(),
            granularity: Granularity::Daily,
            now: "2026-06-07T12:00:00Z".parse().unwrap(),
            width,
        }
    }

    fn record(day: u32, data: u64) -> UsageRecord {
        let record = format!(
            r#"{{"account_sid":"ACabababababababababababababababab",
                "period":{{"start":"2026-06-{day:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}},
                "commands":{{"total":5,"home":{{"total":5}},"national_roaming":null,"international_roaming":[]}},
                "data":{{"total":{data},"units":"bytes","home":{{"total":{data},"units":"bytes"}},
                "national_roaming":{{"total":3,"units":"bytes"}},"international_roaming":[]}}}}"#,
            day + 1
        );
        serde_json::from_str(&record).unwrap()
    }

    fn table(records: &[UsageRecord], options: TableOptions) -> String {
        let mut table = Table::new(options);
        let mut out = Vec::new();
        for record in records {
            table.write(&mut out, record).unwrap();
        }
        table.finish(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_wide_terminal_has_all_columns_and_data_in_one_unit() {
        let records = [
            record(1, 5_446_765_119),
            record(2, 49_999),
            record(4, 12_345_678_901),
            record(5, 1),
        ];
        assert_eq!(
            table(&records, options(Some(120), false)),
            "                                     data, GB                          Commands\n\
             period, UTC  total  home  national  internat.  total  home  national  internat.\n\
             2026-06-01     5.4   5.4      <0.1        0.0      5     5         -          0\n\
             2026-06-02    <0.1  <0.1      <0.1        0.0      5     5         -          0\n\
             2026-06-03 missing\n\
             2026-06-04    12.3  12.3      <0.1        0.0      5     5         -          0\n\
             2026-06-05*   <0.1  <0.1      <0.1        0.0      5     5         -          0\n\
             * may still grow: usage arrives up to 48 hours late\n\
             4 usage records\n"
        );
    }

    #[test]
    fn a_narrow_terminal_has_fewer_columns() {
        let records = [record(1, 5_446_765_119)];
        for (width, columns) in [(120, 9), (80, 6), (40, 3), (22, 2)] {
            let text = table(&records, options(Some(width), false));
            let rows = text.lines().filter(|line| line.starts_with("2026-06-01"));
            let row = rows.collect::<Vec<_>>().concat();
            assert!(row.chars().count() <= width, "{width}: {row}");
            assert_eq!(row.split_whitespace().count(), columns, "{width}: {row}");
        }
    }

    #[test]
    fn exact_bytes_are_never_cut() {
        let text = table(&[record(1, 5_446_765_119)], options(Some(20), true));
        assert!(text.contains("5446765119"), "{text}");
        assert!(text.contains("data, B"), "{text}");
    }

    #[test]
    fn of_two_readings_the_later_one_is_shown() {
        let records = [record(1, 1), record(1, 2)];
        let text = table(&records, options(None, true));
        let rows: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("2026-06-01"))
            .collect();
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(rows[0].split_whitespace().nth(1), Some("2"));
    }
}
