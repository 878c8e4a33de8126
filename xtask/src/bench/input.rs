//! Generated usage records: the same for the same seed, in the spellings that files have.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use usage_model::{Granularity, UsageRecord};
use usage_table::{ReadingRow, ReadingsParquet};

/// How the members of a record are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Without white space, as the API writes them.
    Compact,
    /// With a space after each comma and colon, as `json.dumps` writes them.
    Spaced,
    /// In another order in each object.
    Shuffled,
    /// With one member in every record that is not known.
    Unknown,
}

/// What holds the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a line.
    Ndjson,
    /// One list.
    List,
    /// Pages of a thousand records, one a line.
    Pages,
}

impl Spelling {
    pub(crate) const ALL: [Self; 4] = [Self::Compact, Self::Spaced, Self::Shuffled, Self::Unknown];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Spaced => "spaced",
            Self::Shuffled => "shuffled",
            Self::Unknown => "unknown member",
        }
    }
}

impl Shape {
    pub(crate) const ALL: [Self; 3] = [Self::Ndjson, Self::List, Self::Pages];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "NDJSON",
            Self::List => "list",
            Self::Pages => "pages",
        }
    }
}

/// After this many records one counter is wrong by one, in turn at the top and in a share.
pub(crate) const WRONG_EVERY: u64 = 10_000;

/// Records in a page.
const PAGE: u64 = 1_000;

/// Records of a SIM, an hour each: within what the API keeps.
const SERIES: u64 = 12_000;

/// Writes hourly records of the SIMs of one account, SIM by SIM, each oldest first.
///
/// # Errors
///
/// Fails if `out` does.
pub(crate) fn write(
    out: &mut impl Write,
    records: u64,
    shape: Shape,
    spelling: Spelling,
) -> io::Result<()> {
    let mut random = Random(0x5eed_0000_0000_0001);
    let mut text = String::new();
    for number in 0..records {
        let before = match (shape, number % PAGE) {
            (Shape::Ndjson, _) => "",
            (Shape::List, _) if number == 0 => "[",
            (Shape::Pages, 0) => "{\"usage_records\":[",
            _ => ",",
        };
        let after = match (shape, number % PAGE) {
            (Shape::Ndjson, _) => "\n",
            (Shape::List, _) if number + 1 == records => "]\n",
            (Shape::Pages, place) if place + 1 == PAGE || number + 1 == records => {
                "],\"meta\":{\"key\":\"usage_records\"}}\n"
            }
            _ => "",
        };
        text.clear();
        text.push_str(before);
        record(number, SERIES, spelling, &mut random).write(spelling, &mut random, &mut text);
        text.push_str(after);
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Writes such records of a number of SIMs, or a few less, as the table `readings` in Parquet.
///
/// # Errors
///
/// Fails if `out` does.
pub(crate) fn write_readings(out: &mut impl Write, records: u64, sims: u64) -> io::Result<()> {
    let series = records.div_ceil(sims.max(1));
    let mut random = Random(0x5eed_0000_0000_0001);
    let mut text = String::new();
    let mut table = ReadingsParquet::new();
    for number in 0..records {
        text.clear();
        record(number, series, Spelling::Compact, &mut random).write(
            Spelling::Compact,
            &mut random,
            &mut text,
        );
        let record: UsageRecord = serde_json::from_str(&text)?;
        let mut row = ReadingRow::of_record(&record, &text);
        row.granularity = Some(Granularity::Hourly);
        table.write(out, &row)?;
    }
    table.finish(out)
}

/// A JSON value whose spelling is still open.
enum Json {
    Object(Vec<(&'static str, Self)>),
    List(Vec<Self>),
    Text(String),
    Number(String),
}

impl Json {
    fn write(self, spelling: Spelling, random: &mut Random, out: &mut String) {
        let [comma, colon] = match spelling {
            Spelling::Spaced => [", ", ": "],
            _ => [",", ":"],
        };
        match self {
            Self::Text(text) => {
                let _ = write!(out, "\"{text}\"");
            }
            Self::Number(number) => out.push_str(&number),
            Self::List(values) => {
                out.push('[');
                for (index, value) in values.into_iter().enumerate() {
                    out.push_str(if index > 0 { comma } else { "" });
                    value.write(spelling, random, out);
                }
                out.push(']');
            }
            Self::Object(mut members) => {
                if spelling == Spelling::Shuffled {
                    random.shuffle(&mut members);
                }
                out.push('{');
                for (index, (name, value)) in members.into_iter().enumerate() {
                    out.push_str(if index > 0 { comma } else { "" });
                    let _ = write!(out, "\"{name}\"{colon}");
                    value.write(spelling, random, out);
                }
                out.push('}');
            }
        }
    }
}

/// The record of a number, where each SIM has `series` of them.
fn record(number: u64, series: u64, spelling: Spelling, random: &mut Random) -> Json {
    let text = |text: &str| Json::Text(text.to_owned());
    let wrong = number % WRONG_EVERY == WRONG_EVERY - 1;
    let at_top = (number / WRONG_EVERY).is_multiple_of(2);
    let node = |names: [&'static str; 3], [to, from]: [u64; 2], cents: u64, off: u64| {
        let mut members: Vec<_> = names
            .into_iter()
            .zip([to + from + off, to, from])
            .map(|(name, figure)| (name, Json::Number(figure.to_string())))
            .collect();
        if names[1] == "download" {
            members.push(("units", text("bytes")));
        }
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        members.push(("billed", Json::Number(amount)));
        members.push(("billing_units", text("USD")));
        members
    };
    let mut tree = |names, most: u64, off: [u64; 2]| {
        let shares: [[u64; 2]; 4] = [(); 4].map(|()| [random.below(most), random.below(most)]);
        let sum = |direction: usize| shares.iter().map(|share| share[direction]).sum();
        let mut top = node(names, [sum(0), sum(1)], random.below(99_999), off[0]);
        let home = node(names, shares[0], random.below(9_999), off[1]);
        top.push(("home", Json::Object(home)));
        let national = node(names, shares[1], random.below(9_999), 0);
        top.push(("national_roaming", Json::Object(national)));
        let countries = ["DEU", "CHE"].into_iter().zip([shares[2], shares[3]]);
        let entries = countries.map(|(country, share)| {
            let mut entry = node(names, share, random.below(9_999), 0);
            entry.push(("country_code", text(country)));
            Json::Object(entry)
        });
        top.push(("international_roaming", Json::List(entries.collect())));
        Json::Object(top)
    };
    let off = [u64::from(wrong && at_top), u64::from(wrong && !at_top)];
    let commands = tree(["total", "to_sim", "from_sim"], 40, [0, 0]);
    let data = tree(["total", "download", "upload"], 5_000_000_000, off);
    let mut members = vec![
        ("account_sid", text("ACabababababababababababababababab")),
        ("sim_sid", Json::Text(format!("DE{:032x}", number / series))),
        (
            "period",
            Json::Object(vec![
                ("start", Json::Text(hour(number % series))),
                ("end", Json::Text(hour(number % series + 1))),
            ]),
        ),
        ("commands", commands),
        ("data", data),
    ];
    if spelling == Spelling::Unknown {
        members.push(("carrier", text("somebody")));
    }
    Json::Object(members)
}

/// The timestamp of an hour, counted from 2025-02-10T00:00:00Z.
fn hour(number: u64) -> String {
    /// Days from the start of 2025 to the first hour.
    const FIRST_DAY: u64 = 40;
    let (mut day, hour) = (FIRST_DAY + number / 24, number % 24);
    let mut year = 2025;
    while day >= 365 {
        day -= 365;
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}T{hour:02}:00:00Z", day + 1)
}

/// The generator xorshift64: enough for figures that only have to differ.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.next()).unwrap_or(usize::MAX) % (last + 1);
            list.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use usage_model::{Item, read_records};
    use usage_table::ReadingTexts;

    use super::*;

    #[test]
    fn every_shape_and_spelling_has_the_records_asked_for_each_an_hour_after_the_last() {
        for shape in Shape::ALL {
            for spelling in Spelling::ALL {
                let mut text = Vec::new();
                write(&mut text, 2_500, shape, spelling).unwrap();
                let mut end = None;
                let mut records = 0;
                for item in read_records(&*text) {
                    match item.unwrap() {
                        Item::Record(_, record) => {
                            let (start, next) = record.period.value().unwrap().bounds().unwrap();
                            assert!(end.is_none_or(|end| end == start));
                            end = Some(next);
                            records += 1;
                        }
                        Item::Page(_) => {}
                        other => panic!("{other:?}"),
                    }
                }
                assert_eq!(records, 2_500, "{shape:?} {spelling:?}");
            }
        }
    }

    #[test]
    fn readings_are_those_of_as_many_sims_as_asked_for() {
        let mut file = tempfile::tempfile().unwrap();
        write_readings(&mut file, 1_000, 50).unwrap();
        let mut sims = std::collections::BTreeMap::<String, u32>::new();
        for item in read_records(ReadingTexts::open(file).unwrap()) {
            match item.unwrap() {
                Item::Record(_, record) => {
                    let sim = record.sim_sid.value().unwrap().as_str().to_owned();
                    *sims.entry(sim).or_default() += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(sims.len(), 50);
        assert!(sims.values().all(|records| *records == 20), "{sims:?}");
    }
}
