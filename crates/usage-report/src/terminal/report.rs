//! A report in short.

use std::fmt::Write as _;

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
        let days: Vec<u128> = report
            .days
            .rows
            .iter()
            .map(|row| data(&row.totals))
            .collect();
        let width = layout.width.unwrap_or(MOST_BLOCKS).min(MOST_BLOCKS);
        let last = after.pred_opt().unwrap_or(after);
        writeln!(out, "\nData by day, {first} to {last}")?;
        writeln!(out, "{}", blocks(&days, width))?;
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

/// Figures as a line of blocks, each as high as what it stands for; several days are one block where there are many.
fn blocks(figures: &[u128], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

    let each = figures.len().div_ceil(width.max(1)).max(1);
    // The last block may stand for fewer days: averages can be compared.
    let averages: Vec<u128> = figures
        .chunks(each)
        .map(|days| {
            let days_of = u128::try_from(days.len()).unwrap_or(1).max(1);
            days.iter().sum::<u128>() / days_of
        })
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

    #[test]
    fn a_block_is_as_high_as_its_days() {
        assert_eq!(blocks(&[0, 1, 4, 8], 72), " ▁▄█");
        assert_eq!(blocks(&[], 72), "");
        assert_eq!(blocks(&[0; 3], 72), "   ");
        assert_eq!(blocks(&[8, 8, 4, 4, 0], 3), "█▄ ");
        assert_eq!(blocks(&[7; 549], 72).chars().count(), 69);
    }
}
