//! What summaries are grouped by.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use usage_model::named;

/// A column to group by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum By {
    /// The month in which the period starts: `2026-06`, or its first day where months do not begin on the first.
    Month,
    /// The UTC day on which the period starts: `2026-06-01`.
    Day,
    /// The account.
    Account,
    /// The SIM; empty for the records of an account.
    Sim,
    /// The network: home, national or international.
    Network,
    /// The country abroad; empty for home and national together.
    Country,
}

named!(pub By, "a column to group by", {
    Month: "month",
    Day: "day",
    Account: "account",
    Sim: "sim",
    Network: "network",
    Country: "country",
});

impl By {
    /// Returns whether the figures are split by network or country, so that the shares of a record count, not its top.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::Network | Self::Country)
    }
}

/// The day of the month, 1 to 28, on which months begin, at 00:00 UTC; the first unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MonthStart(u8);

impl MonthStart {
    /// The last day that every month has.
    pub const LAST: u8 = 28;

    /// Months that begin on a day.
    ///
    /// # Errors
    ///
    /// Fails outside 1 to 28.
    pub const fn new(day: u8) -> Result<Self, MonthStartError> {
        if 1 <= day && day <= Self::LAST {
            Ok(Self(day))
        } else {
            Err(MonthStartError)
        }
    }

    /// Returns the first day of the month that an instant lies in; `None` before the first month of the calendar.
    ///
    /// ```
    /// use usage_table::MonthStart;
    ///
    /// let month = |instant: &str| MonthStart::new(23).ok()?.month(instant.parse().ok()?);
    /// assert_eq!(month("2026-06-23T00:00:00Z"), "2026-06-23".parse().ok());
    /// assert_eq!(month("2026-06-22T23:59:59Z"), "2026-05-23".parse().ok());
    /// ```
    pub fn month(self, instant: DateTime<Utc>) -> Option<NaiveDate> {
        let date = instant.date_naive();
        let first = date.with_day(self.0.into())?;
        if date < first {
            first.checked_sub_months(Months::new(1))
        } else {
            Some(first)
        }
    }

    /// Returns the name of the month that begins on a day: `2026-06`, or `2026-06-23`.
    pub fn name(self, first: NaiveDate) -> String {
        let form = if self.0 == 1 { "%Y-%m" } else { "%Y-%m-%d" };
        first.format(form).to_string()
    }
}

impl Default for MonthStart {
    fn default() -> Self {
        Self(1)
    }
}

impl FromStr for MonthStart {
    type Err = MonthStartError;

    /// Reads a day of the month.
    ///
    /// # Errors
    ///
    /// Fails for anything but a number from 1 to 28.
    fn from_str(text: &str) -> Result<Self, MonthStartError> {
        text.parse()
            .map_err(|_| MonthStartError)
            .and_then(Self::new)
    }
}

/// A day on which not every month can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("months begin on a day from 1 to 28")]
#[non_exhaustive]
pub struct MonthStartError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_of_its_day() {
        let month = |day, instant: &str| {
            let starts = MonthStart::new(day).unwrap();
            starts.name(starts.month(instant.parse().unwrap()).unwrap())
        };
        assert_eq!(month(1, "2026-06-01T00:00:00Z"), "2026-06");
        assert_eq!(month(1, "2026-06-30T23:59:59.999Z"), "2026-06");
        assert_eq!(month(23, "2026-06-23T00:00:00Z"), "2026-06-23");
        assert_eq!(month(23, "2026-06-22T23:59:59Z"), "2026-05-23");
        assert_eq!(month(28, "2026-03-01T00:00:00Z"), "2026-02-28");
        assert_eq!(month(28, "2026-01-05T00:00:00Z"), "2025-12-28");
    }

    #[test]
    fn a_day_that_not_every_month_has_is_refused() {
        for refused in ["0", "29", "-1", "1.5", "x", "256"] {
            assert_eq!(
                refused.parse::<MonthStart>(),
                Err(MonthStartError),
                "{refused}"
            );
        }
        assert!(
            ["1", "28"]
                .iter()
                .all(|day| day.parse::<MonthStart>().is_ok())
        );
    }
}
