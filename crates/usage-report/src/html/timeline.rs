//! Where days and months stand along a chart.

use chrono::{Datelike, NaiveDate};
use usage_table::Summary;

use crate::Report;

/// The most days of which each can have a name; more are named by their months.
const MOST_DAYS: usize = 62;

/// The time that a chart shows: a day or month without a record leaves a gap.
#[derive(Debug)]
pub(super) struct Timeline {
    /// The place of each group, counted from the first; `None` where its records have no time.
    pub(super) places: Vec<Option<usize>>,
    /// How many places there are.
    pub(super) length: usize,
    /// The places with a name.
    pub(super) names: Vec<(usize, String)>,
}

impl Timeline {
    /// Every day of the report.
    pub(super) fn days(report: &Report) -> Self {
        let Some((first, after)) = report.span() else {
            return Self::empty(&report.days);
        };
        let place = |day: NaiveDate| usize::try_from((day - first).num_days()).ok();
        let length = place(after).unwrap_or(0);
        let names = if length <= MOST_DAYS {
            let days = first.iter_days().take(length);
            days.map(|day| day.to_string()).enumerate().collect()
        } else {
            // The first of each month names it.
            let months = (month(first)..=month(after)).filter_map(first_of);
            let named = months.filter(|day| (first..after).contains(day));
            named
                .filter_map(|day| Some((place(day)?, day.format("%Y-%m").to_string())))
                .collect()
        };
        Self {
            places: places(&report.days, |day| place(day.parse().ok()?)),
            length,
            names,
        }
    }

    /// Every month of the report.
    pub(super) fn months(report: &Report) -> Self {
        let Some((first, after)) = report.span() else {
            return Self::empty(&report.months);
        };
        let last = after.pred_opt().unwrap_or(after);
        let place = |number: i32| usize::try_from(number - month(first)).ok();
        let months = (month(first)..=month(last)).filter_map(first_of);
        let names = months.filter_map(|day| {
            let name = day.format("%Y-%m").to_string();
            Some((place(month(day))?, name))
        });
        Self {
            places: places(&report.months, |name| {
                place(month(format!("{name}-01").parse().ok()?))
            }),
            length: place(month(last)).map_or(0, |last| last + 1),
            names: names.collect(),
        }
    }

    /// No time at all.
    fn empty(summary: &Summary) -> Self {
        Self {
            places: places(summary, |_| None),
            length: 0,
            names: Vec::new(),
        }
    }
}

fn places(summary: &Summary, place: impl Fn(&str) -> Option<usize>) -> Vec<Option<usize>> {
    let cells = summary.rows.iter().map(|row| row.cells.first());
    cells.map(|cell| place(cell?)).collect()
}

/// The number of a day's month.
fn month(day: NaiveDate) -> i32 {
    let month = i32::try_from(day.month0()).unwrap_or(0);
    day.year() * 12 + month
}

/// The first day of a month by its number.
fn first_of(month: i32) -> Option<NaiveDate> {
    let of_year = u32::try_from(month.rem_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(month.div_euclid(12), of_year + 1, 1)
}
