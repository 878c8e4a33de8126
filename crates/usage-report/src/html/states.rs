//! The strip of days: final, settling, provisional or missing.

use crate::{Report, contents::Run};

use super::{
    escape::push,
    table::{Cell, Table},
};

/// Tenths of a pixel that the strip is wide and high.
const WIDTH: u128 = 7600;
const HEIGHT: u128 = 280;

/// Writes the strip and its table.
pub(super) fn section(out: &mut String, report: &Report) {
    const NAME: &str = "How final each day is";
    let runs = report.runs();
    push(
        out,
        format_args!(
            "<figure id=states aria-labelledby=states-name>\n<figcaption><h2 id=states-name>{NAME}</h2><p class=legend>"
        ),
    );
    for state in ["final", "settling", "provisional", "missing"] {
        let days = runs.iter().filter(|run| run.name() == state);
        let days: u64 = days.map(|run| run.days).sum();
        push(
            out,
            format_args!(
                "<span><i class={}></i>{state}: {days}</span> ",
                class(state)
            ),
        );
    }
    out.push_str("</p></figcaption>\n");
    let all: u128 = runs
        .iter()
        .map(|run| u128::from(run.days))
        .sum::<u128>()
        .max(1);
    push(
        out,
        format_args!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img aria-label=\"{NAME}: a strip of days; the numbers follow as a table\">\n"
        ),
    );
    let mut before = 0_u128;
    for run in &runs {
        let (from, to) = (
            before * WIDTH / all,
            (before + u128::from(run.days)) * WIDTH / all,
        );
        before += u128::from(run.days);
        // One missing day among many is to be seen.
        let width = (to - from).max(20);
        push(
            out,
            format_args!(
                "<rect class={} x={} width={width} height={HEIGHT} />",
                class(run.name()),
                from.min(WIDTH - width),
            ),
        );
    }
    out.push_str("\n</svg>\n");
    push(
        out,
        format_args!("<details><summary>Numbers of {NAME}</summary>\n"),
    );
    let row = |run: &Run| {
        vec![
            Cell::text(run.name()),
            Cell::text(&run.first.to_string()),
            Cell::text(&run.last().to_string()),
            Cell::Count(run.days.into()),
        ]
    };
    Table {
        name: NAME,
        headings: ["state", "from", "to", "days"].map(str::to_owned).into(),
        rows: runs.iter().map(row).collect(),
    }
    .write(out);
    out.push_str("</details>\n</figure>\n");
}

fn class(state: &str) -> &'static str {
    match state {
        "final" => "f",
        "settling" => "s",
        "provisional" => "p",
        _ => "x",
    }
}
