//! A report in short.

use std::fmt::Write as _;

use chrono::NaiveDate;
use usage_model::visible;
use usage_table::{bytes, counted};

use crate::{Report, contents::data};

use super::{Layout, summary::summary_table};

/// The most blocks of a line of them.
const MOST_BLOCKS: usize = 72;

/// Returns a report in short: totals, usage by day as a line of blocks, months, countries, states of days and what was
/// found.
pub fn report(report: &Report, layout: Layout) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _: std::fmt::Result = write(&mut out, report, layout);
    out
}

fn write(out: &mut String, report: &Report, layout: Layout) -> std::fmt::Result {
    let total = &report.days.total;
    writeln!(
        out,
        "SIM usage of {}, as of {}",
        visible(&report.subject()),
        report.as_of.format("%Y-%m-%d %H:%M UTC")
    )?;
    let [commands, _, _] = total.commands.figures();
    write!(out, "{} of data, {commands} Commands", bytes(data(total)))?;
    for (currency, amount) in &total.billed {
        write!(out, ", {amount} {} billed", visible(currency))?;
    }
    writeln!(out)?;
    if let Some((first, after)) = report.span() {
        let days = report.days.rows.iter().filter_map(|row| {
            let day: NaiveDate = row.cells.first()?.parse().ok()?;
            let place = usize::try_from((day - first).num_days()).ok()?;
            Some((place, data(&row.totals)))
        });
        let length = usize::try_from((after - first).num_days()).unwrap_or(0);
        let width = layout.width.unwrap_or(MOST_BLOCKS).min(MOST_BLOCKS);
        let last = after.pred_opt().unwrap_or(after);
        writeln!(out, "\nData by day, {first} to {last}")?;
        writeln!(out, "{}", blocks(days, length, width))?;
    }
    writeln!(out, "\n{}", summary_table(&report.months, layout))?;
    writeln!(out, "{}", summary_table(&report.countries, layout))?;
    let states = ["final", "settling", "provisional", "missing"].map(|state| {
        let runs = report.runs();
        let days: u64 = runs
            .iter()
            .filter(|run| run.name() == state)
            .map(|run| run.days)
            .sum();
        format!("{days} {state}")
    });
    writeln!(out, "Days: {}", states.join(", "))?;
    if let Some(days) = report.deleted_in_days() {
        let days = days.max(0);
        let plural = if days == 1 { "" } else { "s" };
        writeln!(
            out,
            "The server deletes the oldest day in {days} day{plural}"
        )?;
    }
    let flagged = report
        .sims
        .iter()
        .filter(|sim| !sim.flags.is_empty())
        .count();
    if !report.sims.is_empty() {
        let sims = u64::try_from(report.sims.len()).unwrap_or(u64::MAX);
        writeln!(out, "{}, {flagged} of them unusual", counted(sims, "SIM"))?;
    }
    let summary = &report.outcome.summary;
    writeln!(
        out,
        "Checks: {}, {}, {}, {}",
        report.outcome.verdict.as_str(),
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.infos, "info")
    )
}

/// The figures of days as a line of blocks, each as high as the average of the days it stands for; days without a
/// figure are a gap.
fn blocks(days: impl Iterator<Item = (usize, u128)>, length: usize, width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

    let each = length.div_ceil(width.max(1)).max(1);
    let mut sums = vec![(0_u128, 0_u128); length.div_ceil(each)];
    for (place, figure) in days {
        if let Some((sum, count)) = sums.get_mut(place / each) {
            *sum += figure;
            *count += 1;
        }
    }
    let averages: Vec<u128> = sums
        .iter()
        .map(|(sum, count)| sum / (*count).max(1))
        .collect();
    let largest = averages.iter().copied().max().unwrap_or(0).max(1);
    averages
        .iter()
        .map(|figure| {
            let height = figure.saturating_mul(8).div_ceil(largest);
            let at = usize::try_from(height).unwrap_or(8).clamp(1, 8) - 1;
            if *figure == 0 { ' ' } else { BLOCKS[at] }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(figures: &[u128], width: usize) -> String {
        blocks(figures.iter().copied().enumerate(), figures.len(), width)
    }

    #[test]
    fn a_block_is_as_high_as_its_days() {
        assert_eq!(of(&[0, 1, 4, 8], 72), " ▁▄█");
        assert_eq!(of(&[], 72), "");
        assert_eq!(of(&[0; 3], 72), "   ");
        assert_eq!(of(&[8, 8, 4, 4, 0], 3), "█▄ ");
        assert_eq!(of(&[7; 549], 72).chars().count(), 69);
    }

    #[test]
    fn missing_days_are_a_gap_and_lower_no_average() {
        assert_eq!(blocks([(0, 8), (3, 4)].into_iter(), 4, 72), "█  ▄");
        assert_eq!(blocks([(0, 8), (2, 8), (3, 8)].into_iter(), 6, 3), "██ ");
    }
}
