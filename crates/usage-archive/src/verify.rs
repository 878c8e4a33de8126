//! Proving that an archive holds what was received.

use std::{fmt, str::FromStr};

use rusqlite::{OptionalExtension as _, Row};
use usage_model::UsageRecord;

use crate::{
    Archive, Error, Reading, ReadingId,
    chain::ChainHash,
    store::{
        Figures, Flat, NODES_MASK, PART_BITS, Part, TOTALS_ARE_SUMS, get, have_same_figures,
        state_bits,
    },
};

/// Which of equal parts of an archive is verified, such as `3/7`: the third of seven.
///
/// Somebody who verifies another part every day has verified all of it after a week.
///
/// ```
/// use usage_archive::Subset;
///
/// let third: Subset = "3/7".parse()?;
/// assert_eq!(third.to_string(), "3/7");
/// assert!("8/7".parse::<Subset>().is_err());
/// # Ok::<(), usage_archive::SubsetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subset {
    part: i64,
    of: i64,
}

impl Subset {
    /// The whole archive.
    pub const ALL: Self = Self { part: 1, of: 1 };

    /// The numbers of the readings that belong to it, both inclusive, where `last` is the last of all.
    fn bounds(self, last: i64) -> (i64, i64) {
        let until = |part: i64| {
            let product = i128::from(last) * i128::from(part) / i128::from(self.of);
            i64::try_from(product).unwrap_or(last)
        };
        (until(self.part - 1) + 1, until(self.part))
    }
}

impl FromStr for Subset {
    type Err = SubsetError;

    /// Reads `3/7`.
    ///
    /// # Errors
    ///
    /// For anything but two numbers with a slash, the first from 1 to the second.
    fn from_str(text: &str) -> Result<Self, SubsetError> {
        let parsed = text.split_once('/').and_then(|(part, of)| {
            let number = |text: &str| text.parse::<u32>().ok().map(i64::from);
            let (part, of) = (number(part)?, number(of)?);
            (1..=of).contains(&part).then_some(Self { part, of })
        });
        parsed.ok_or_else(|| SubsetError { text: text.into() })
    }
}

impl fmt::Display for Subset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

/// A text that names no subset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a subset: expected a part and a number of parts, such as 3/7")]
pub struct SubsetError {
    text: Box<str>,
}

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many readings.
    pub readings: u64,
    /// The head of the chain: the last reading of all, and its hash.
    pub head: Option<(ReadingId, ChainHash)>,
}

impl Archive {
    /// Checks the file's pages and indexes, and every reading of a subset: that its text decompresses, that its hash
    /// follows from the reading before, that its flat figures are those of its text, and that it is marked as current
    /// exactly where no later reading of its period exists.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) with the first reading that is wrong, and failures of the
    /// disk.
    pub fn verify(&self, subset: Subset) -> Result<Verified, Error> {
        self.verify_in(subset)
            .map_err(|error| error.at(self.path()))
    }

    fn verify_in(&self, subset: Subset) -> Result<Verified, Error> {
        let head = self.head()?;
        let (first, last) = subset.bounds(head.map_or(0, |(id, _)| id.get()));
        let mut expected = self.hash_before(first)?;
        let mut next = first;
        let mut statement = self
            .connection()
            .prepare_cached(SELECT)
            .map_err(Error::sqlite)?;
        let mut rows = statement.query([first, last]).map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let id: i64 = get(row, 0)?;
            if id != next {
                return Err(wrong(next, "is missing"));
            }
            let reading = self.read(row)?;
            expected = expected.next(
                &reading.series,
                reading.period,
                reading.seen.first,
                &reading.text,
            );
            if reading.hash != expected {
                return Err(wrong(
                    id,
                    "does not have the hash that follows from its text",
                ));
            }
            self.verify_figures(&reading, row)?;
            self.verify_currency(&reading, row)?;
            next += 1;
        }
        if next <= last {
            return Err(wrong(next, "is missing"));
        }
        self.verify_pages()?;
        Ok(Verified {
            readings: (next - first).unsigned_abs(),
            head,
        })
    }

    fn hash_before(&self, first: i64) -> Result<ChainHash, Error> {
        if first == 1 {
            return Ok(ChainHash::START);
        }
        let before: Option<Vec<u8>> = self
            .connection()
            .query_row(
                "SELECT hash FROM record WHERE reading_id = ?1",
                [first - 1],
                |row| row.get(0),
            )
            .optional()
            .map_err(Error::sqlite)?;
        before
            .as_deref()
            .and_then(ChainHash::from_slice)
            .ok_or_else(|| wrong(first - 1, "is missing or has no hash"))
    }

    /// Compares the flat columns with the figures of the text.
    fn verify_figures(&self, reading: &Reading, row: &Row<'_>) -> Result<(), Error> {
        let record: Option<UsageRecord> = serde_json::from_str(&reading.text).ok();
        // What says nothing of usage is kept as a record that does not decode.
        let record = record.filter(UsageRecord::has_values);
        let expected = record.as_ref().map(Flat::of).unwrap_or_default();
        let mask: i64 = get(row, NODES)?;
        let stored = Flat {
            nodes: nodes(row, expected.currency.as_ref())?,
            currency: get(row, CURRENCY)?,
            parts: self.parts(reading.id, expected.currency.as_ref())?,
            totals_are_sums: mask & TOTALS_ARE_SUMS != 0,
        };
        let state = reading
            .period
            .map_or(0, |period| state_bits(period, reading.seen.last));
        if mask & NODES_MASK != expected.mask() || mask & !NODES_MASK != state || stored != expected
        {
            return Err(wrong(
                reading.id.get(),
                "has other figures in the tables than in its text",
            ));
        }
        Ok(())
    }

    fn parts(&self, id: ReadingId, of_reading: Option<&String>) -> Result<Vec<Part>, Error> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT node, country, total, to_sim, from_sim, billed, currency FROM part
             WHERE part_id BETWEEN ?1 AND ?2 ORDER BY part_id",
            )
            .map_err(Error::sqlite)?;
        let first = id.get() << PART_BITS;
        let last = first + (1 << PART_BITS) - 1;
        let mut rows = statement.query([first, last]).map_err(Error::sqlite)?;
        let mut parts = Vec::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let currency: Option<String> = get(row, 6)?;
            parts.push(Part {
                node: get(row, 0)?,
                country: get(row, 1)?,
                figures: Figures {
                    counters: [get(row, 2)?, get(row, 3)?, get(row, 4)?],
                    billed: get(row, 5)?,
                    currency: match currency {
                        None => of_reading.cloned(),
                        Some(own) => Some(own).filter(|own| !own.is_empty()),
                    },
                },
            });
        }
        Ok(parts)
    }

    /// Checks that a reading is superseded by the next one of its period, and only by that.
    fn verify_currency(&self, reading: &Reading, row: &Row<'_>) -> Result<(), Error> {
        let id = reading.id.get();
        let superseded_by: Option<i64> = get(row, SUPERSEDED_BY)?;
        let later: Option<i64> = self
            .connection()
            .prepare_cached(
                "SELECT min(later.reading_id) FROM reading AS r JOIN reading AS later
                    ON later.series_id = r.series_id AND later.start_id = r.start_id
                    AND later.period_until IS r.period_until AND later.reading_id > r.reading_id
                 WHERE r.reading_id = ?1",
            )
            .map_err(Error::sqlite)?
            .query_row([id], |row| row.get(0))
            .map_err(Error::sqlite)?;
        if superseded_by != later {
            return Err(wrong(id, "does not name the reading that superseded it"));
        }
        if reading.seen.last < reading.seen.first {
            return Err(wrong(id, "was last seen before it was fetched"));
        }
        self.verify_figures_since(reading)
    }

    /// Checks that figures that count as known before were: a reading before has them too.
    fn verify_figures_since(&self, reading: &Reading) -> Result<(), Error> {
        if reading.figures_since == reading.seen.first {
            return Ok(());
        }
        let record: Option<UsageRecord> = serde_json::from_str(&reading.text).ok();
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT e.reading_id FROM reading AS r JOIN reading AS e
                ON e.series_id = r.series_id AND e.start_id = r.start_id
                AND e.period_until IS r.period_until AND e.reading_id < r.reading_id
             WHERE r.reading_id = ?1 AND e.fetched_at - e.known_for = ?2",
            )
            .map_err(Error::sqlite)?;
        let mut rows = statement
            .query([reading.id.get(), reading.figures_since.timestamp()])
            .map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let earlier = self.reading(ReadingId::new(get(row, 0)?))?;
            let earlier: Option<UsageRecord> = serde_json::from_str(&earlier.text).ok();
            let both = record.as_ref().zip(earlier.as_ref());
            if both.is_some_and(|(record, earlier)| have_same_figures(record, earlier)) {
                return Ok(());
            }
        }
        Err(wrong(
            reading.id.get(),
            "counts figures as known before that no earlier reading has",
        ))
    }

    /// Checks the pages, and that the indexes lead to every row: what an index leaves out is in no export.
    fn verify_pages(&self) -> Result<(), Error> {
        let answer: String = self
            .connection()
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(Error::sqlite)?;
        if answer == "ok" {
            return Ok(());
        }
        Err(Error::corrupt(format!("the file is damaged: {answer}")))
    }
}

/// The columns that [`Archive::read`] takes, those of the reading itself, and four of each node in the order of
/// [`Flat::nodes`]. They are read by their places: to look for thirty names in each row took longer than all else.
const SELECT: &str =
    "SELECT l.reading_id, l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end,
    l.fetched_at, l.last_seen_at, record.hash, record.dictionary_id, record.text, l.known_for,
    nodes, currency, superseded_by,
    data_total, data_to_sim, data_from_sim, data_billed,
    data_home_total, data_home_to_sim, data_home_from_sim, data_home_billed,
    data_national_total, data_national_to_sim, data_national_from_sim, data_national_billed,
    commands_total, commands_to_sim, commands_from_sim, commands_billed,
    commands_home_total, commands_home_to_sim, commands_home_from_sim, commands_home_billed,
    commands_national_total, commands_national_to_sim, commands_national_from_sim, commands_national_billed
    FROM record LEFT JOIN located AS l ON l.reading_id = record.reading_id
    WHERE record.reading_id BETWEEN ?1 AND ?2 ORDER BY record.reading_id";

/// Where the columns of [`SELECT`] are that [`Archive::read`] does not take.
const NODES: usize = 12;
const CURRENCY: usize = 13;
const SUPERSEDED_BY: usize = 14;
const FIRST_NODE: usize = 15;

fn nodes(row: &Row<'_>, currency: Option<&String>) -> Result<[Option<Figures>; 6], Error> {
    let mask: i64 = get(row, NODES)?;
    let mut nodes: [Option<Figures>; 6] = Default::default();
    for ((node, bit), first) in nodes.iter_mut().zip(0_u32..).zip((FIRST_NODE..).step_by(4)) {
        let figures = Figures {
            counters: [get(row, first)?, get(row, first + 1)?, get(row, first + 2)?],
            billed: get(row, first + 3)?,
            currency: currency.cloned(),
        };
        // Figures of a node that the record does not have are wrong too.
        let is_there = mask & (1 << bit) != 0;
        if is_there || figures.counters != [None; 3] || figures.billed.is_some() {
            *node = Some(figures);
        }
    }
    Ok(nodes)
}

fn wrong(id: i64, what: &str) -> Error {
    Error::corrupt(format!("reading {id} {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_subset_cover_every_reading_once() {
        for last in 0..40 {
            for of in 1..10 {
                let mut next = 1;
                for part in 1..=of {
                    let (first, end) = Subset { part, of }.bounds(last);
                    assert_eq!(first, next);
                    next = end + 1;
                }
                assert_eq!(next, last + 1);
            }
        }
    }

    #[test]
    fn only_a_part_of_a_number_is_a_subset() {
        assert_eq!("3/7".parse(), Ok(Subset { part: 3, of: 7 }));
        assert_eq!("1/1".parse(), Ok(Subset::ALL));
        for text in ["", "3", "0/7", "8/7", "3/0", "-1/2", "a/b", "3/7/9"] {
            assert!(text.parse::<Subset>().is_err(), "{text}");
        }
    }
}
