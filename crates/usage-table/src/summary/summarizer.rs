//! From records to their sums, in one pass.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use usage_model::{Item, Lenient, Period, UsageRecord};

use crate::{By, Network, left_out::counted};

use super::{
    answer::{Excluded, Summary, SummaryRow},
    groups::{CELLS, Choice, GroupKey, Groups, Side},
    names::Names,
    options::SummaryOptions,
    reading::{NodePlace, Nodes, Reading, day_number, day_of, parts},
    seen::{Earlier, Key, MOST_REMEMBERED, Seen},
    totals::Totals,
};

/// Adds records up, one after the other in any order, in one pass.
///
/// Each period of an account or SIM counts once: a duplicate does not add, and of two readings the later one counts.
/// The records of an account and those of its SIMs are never added together: where both came, those of the account
/// count, and those of its SIMs where the groups are by SIM. Nor are the records of several granularities: of an
/// account or SIM the longer record counts, and not the shorter ones within its time. Figures are converted to bytes.
///
/// Memory is bounded by the groups of the answer, by the number of accounts and SIMs, and by the gaps in their periods.
/// Besides, the figures of the last 65 536 records are remembered, so that a later reading can take their place; of a
/// duplicate that comes after that the first reading counts, and a remark says so.
///
/// ```
/// use usage_model::read_records;
/// use usage_table::{By, Summarizer, SummaryOptions};
///
/// let input = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},"data":{"total":7}}
///                {"period":{"start":"2026-06-02T00:00:00Z","end":"2026-06-03T00:00:00Z"},"data":{"total":5}}
///                {"period":{"start":"2026-06-02T00:00:00Z","end":"2026-06-03T00:00:00Z"},"data":{"total":6}}"#;
/// let mut summarizer = Summarizer::new(SummaryOptions::new(&[By::Month])?);
/// for item in read_records(input.as_bytes()) {
///     summarizer.item(&item?);
/// }
/// let summary = summarizer.finish("2026-07-03T00:00:00Z".parse()?);
/// let june = &summary.rows[0];
/// assert_eq!(june.cells, ["2026-06"]);
/// assert_eq!((june.totals.records, june.totals.data.figures()), (2, [13, 0, 0]));
/// assert_eq!(summary.excluded.duplicates, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Summarizer {
    options: SummaryOptions,
    accounts: Names,
    sims: Names,
    countries: Names,
    currencies: Names,
    /// The numbers of accounts and SIMs as one; the SIM is 0 for an account's own records.
    series: BTreeMap<(u32, u32), u32>,
    groups: Groups,
    /// What has counted; `None` was taken away again, because a longer period of the same time came.
    seen: Seen<Option<Reading>>,
    excluded: Excluded,
    /// Duplicates that came too late to take the place of the earlier reading.
    forgotten: u64,
    /// Records that came too late to take the place of those of shorter periods.
    too_late: u64,
}

impl Summarizer {
    /// Starts a summary.
    pub fn new(options: SummaryOptions) -> Self {
        Self {
            options,
            accounts: Names::default(),
            sims: Names::default(),
            countries: Names::default(),
            currencies: Names::default(),
            series: BTreeMap::new(),
            groups: Groups::default(),
            seen: Seen::default(),
            excluded: Excluded::default(),
            forgotten: 0,
            too_late: 0,
        }
    }

    /// Adds what a reader gives: a record, or one that does not decode.
    pub fn item(&mut self, item: &Item) {
        match item {
            Item::Record(_, record) => self.record(record),
            Item::Malformed(_) => self.malformed(),
            _ => {}
        }
    }

    /// Counts a record that does not decode.
    pub const fn malformed(&mut self) {
        self.excluded.malformed += 1;
    }

    /// Adds a record.
    pub fn record(&mut self, record: &UsageRecord) {
        let account = record.account_sid.value().map_or("", Lenient::as_str);
        let account = self.accounts.number(account);
        let sim = record.sim_sid.value().map(Lenient::as_str);
        let sim = sim
            .filter(|sim| !sim.is_empty())
            .map_or(0, |sim| self.sims.number(sim) + 1);
        let side = Side {
            account,
            of_sims: sim > 0,
        };
        let reading = self.reading(record, side, sim);
        let bounds = record.period.value().and_then(Period::bounds);
        let Some((start, end)) = bounds else {
            // A record without a period is nobody's duplicate.
            self.groups.add(side, &reading, None);
            return;
        };
        let series = u32::try_from(self.series.len()).unwrap_or(u32::MAX);
        let series = *self.series.entry((account, sim)).or_insert(series);
        let key = (series, start, end);
        if self.seen.is_in_longer(key) {
            self.excluded.shorter += 1;
            return;
        }
        match self.seen.earlier(key) {
            Earlier::None => {
                if self.take_shorter_away(side, key) {
                    self.groups.add(side, &reading, Some(end));
                    self.seen.insert(key, Some(reading));
                }
            }
            Earlier::Known(earlier) => {
                self.excluded.duplicates += 1;
                if let Some(earlier) = earlier
                    && *earlier != reading
                {
                    self.excluded.conflicting += u64::from(!earlier.agrees(&reading));
                    self.groups.subtract(side, earlier);
                    self.groups.add(side, &reading, Some(end));
                    *earlier = reading;
                }
            }
            Earlier::Forgotten => {
                self.excluded.duplicates += 1;
                self.forgotten += 1;
            }
        }
    }

    /// Takes away what counts for shorter periods within this one; says whether that was possible.
    fn take_shorter_away(&mut self, side: Side, key: Key) -> bool {
        let shorter = self.seen.shorter_in(key);
        let mut keys = shorter.iter();
        if keys.any(|key| matches!(self.seen.earlier(*key), Earlier::Forgotten)) {
            self.too_late += 1;
            return false;
        }
        for key in shorter {
            if let Earlier::Known(counted) = self.seen.earlier(key)
                && let Some(counted) = counted.take()
            {
                self.excluded.shorter += 1;
                self.groups.subtract(side, &counted);
            }
        }
        true
    }

    fn reading(&mut self, record: &UsageRecord, side: Side, sim: u32) -> Reading {
        let start = record
            .period
            .value()
            .and_then(|period| period.start.value());
        let start = start.map(|start| start.instant());
        let day = |day: Option<NaiveDate>| day.map_or(0, day_number);
        let mut key = GroupKey {
            side,
            cells: [0; CELLS],
        };
        for (cell, by) in key.cells.iter_mut().zip(&self.options.by) {
            *cell = match by {
                By::Month => day(start.and_then(|start| self.options.month_start.month(start))),
                By::Day => day(start.map(|start| start.date_naive())),
                By::Account => side.account,
                By::Sim => sim,
                By::Network | By::Country => 0,
            };
        }
        let nodes = self.options.nodes();
        let group = match nodes {
            Nodes::Top => Some(self.groups.number(key)),
            Nodes::Shares => None,
        };
        let (by, groups, countries) = (&self.options.by, &mut self.groups, &mut self.countries);
        let by_country_alone = by.contains(&By::Country) && !by.contains(&By::Network);
        let mut nameless = false;
        let place = |place: NodePlace<'_>| {
            nameless |= by_country_alone
                && place.network == Network::International
                && place.country.is_none_or(str::is_empty);
            if let Some(group) = group {
                return group;
            }
            for (cell, by) in key.cells.iter_mut().zip(by) {
                match by {
                    By::Network => *cell = network_number(place.network),
                    By::Country => *cell = countries.number(place.country.unwrap_or_default()),
                    _ => {}
                }
            }
            groups.number(key)
        };
        let mut reading = parts(record, nodes, &mut self.currencies, place);
        reading.group = group;
        reading.nameless = nameless;
        reading
    }

    /// Ends the summary of records that were fetched at a time, by the server's clock.
    pub fn finish(self, as_of: DateTime<Utc>) -> Summary {
        let by_sim = self.options.by.contains(&By::Sim);
        let choice = self.groups.choose(by_sim);
        let mut rows: BTreeMap<Vec<String>, (Totals, bool)> = BTreeMap::new();
        let mut total = Totals::default();
        for (key, group) in self.groups.chosen(&choice) {
            let cells = self.options.by.iter().zip(key.cells);
            let cells = cells.map(|(by, cell)| self.cell(*by, cell)).collect();
            let totals = group.totals(&self.currencies);
            total.add(&totals);
            let (sum, is_growing) = rows.entry(cells).or_default();
            sum.add(&totals);
            *is_growing |= group.is_growing(as_of);
        }
        total.records = choice.records;
        let mut remarks: Vec<String> = ignored(&choice, by_sim).into_iter().collect();
        if self.forgotten > 0 {
            remarks.push(format!(
                "of {} that came more than {} records after the first reading, that first reading counts",
                counted(self.forgotten, "duplicate"),
                MOST_REMEMBERED
            ));
        }
        remarks.extend(shorter(self.excluded.shorter));
        if self.too_late > 0 {
            remarks.push(format!(
                "{} {} not added to those of shorter periods in the same time, which came too long before",
                counted(self.too_late, "record"),
                is_or_are(self.too_late)
            ));
        }
        remarks.extend(choice.left_out.remarks());
        if choice.differing > 0 {
            let (verb, own) = if choice.differing == 1 {
                ("states", "its")
            } else {
                ("state", "their")
            };
            remarks.push(format!(
                "{} {verb} another total than {own} networks add up to: the networks count here",
                counted(choice.differing, "record")
            ));
        }
        if choice.nameless > 0 {
            let verb = if choice.nameless == 1 { "has" } else { "have" };
            remarks.push(format!(
                "{} {verb} international usage without a country, which is added to home and national: group by network \
                 too to see it alone",
                counted(choice.nameless, "record")
            ));
        }
        if self.options.nodes() == Nodes::Shares && !total.billed.is_empty() {
            remarks.push(
                "what is billed does not add up over networks: the total of amounts may differ from that of the records"
                    .to_owned(),
            );
        }
        let rows = rows.into_iter();
        Summary {
            as_of,
            rows: rows
                .map(|(cells, (totals, is_growing))| SummaryRow {
                    cells,
                    totals,
                    is_growing,
                })
                .collect(),
            total,
            excluded: self.excluded,
            left_out: choice.left_out,
            remarks,
            options: self.options,
        }
    }

    /// A cell as text.
    fn cell(&self, by: By, cell: u32) -> String {
        match by {
            By::Month => day_of(cell).map(|day| self.options.month_start.name(day)),
            By::Day => day_of(cell).map(|day| day.to_string()),
            By::Account => Some(self.accounts.name(cell).to_owned()),
            By::Sim => cell
                .checked_sub(1)
                .map(|sim| self.sims.name(sim).to_owned()),
            By::Network => network_of(cell).map(|network| network.to_string()),
            By::Country => Some(self.countries.name(cell).to_owned()),
        }
        .unwrap_or_default()
    }
}

fn network_number(network: Network) -> u32 {
    let networks = Network::ALL.iter().zip(0..);
    let mut found = networks.filter(|(one, _)| **one == network);
    found.next().map_or(0, |(_, number)| number)
}

fn network_of(number: u32) -> Option<Network> {
    let mut networks = Network::ALL.iter().zip(0..);
    networks
        .find(|(_, one)| *one == number)
        .map(|(network, _)| *network)
}

/// What whoever reads the figures should know of the records that are not added.
fn ignored(choice: &Choice, by_sim: bool) -> Option<String> {
    let (of, beside) = if by_sim {
        ("accounts", "those of their SIMs")
    } else {
        ("SIMs", "those of their accounts")
    };
    let verb = is_or_are(choice.ignored);
    (choice.ignored > 0).then(|| {
        let records = counted(choice.ignored, "record");
        format!("{records} of {of} {verb} not added to {beside}")
    })
}

/// What whoever reads the figures should know of records for part of the time of a longer record.
pub(crate) fn shorter(records: u64) -> Option<String> {
    (records > 0).then(|| {
        format!(
            "{} for part of the time of a longer record, such as an hour of a day, {} not added to it",
            counted(records, "record"),
            is_or_are(records)
        )
    })
}

const fn is_or_are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}
