//! The strip of days: final, settling, provisional or missing.

use crate::{Report, contents::Run};

use super::{
    escape::push,
    table::{Cell, Table},
};

/// Tenths of a pixel that the strip is wide and high.
const WIDTH: u128 = 7600;
const HEIGHT: u128 = 280;

/// The least width of missing days.
const LEAST: u128 = 40;

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
    let rects = runs.iter().map(|run| {
        let from = before * WIDTH / all;
        before += u128::from(run.days);
        (run.name(), from, before * WIDTH / all - from)
    });
    let (missing, others): (Vec<_>, Vec<_>) = rects.partition(|(name, ..)| *name == "missing");
    // Missing days lie on top of the others: one among many is to be seen.
    for (name, from, exact) in others.into_iter().chain(missing) {
        let width = if name == "missing" {
            exact.max(LEAST)
        } else {
            exact
        };
        push(
            out,
            format_args!(
                "<rect class={} x={} width={width} height={HEIGHT} />",
                class(name),
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
