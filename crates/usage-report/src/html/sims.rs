//! The SIMs, if the records are of any.

use usage_table::FleetSim;

use crate::{Report, contents::data};

use super::{
    escape::{escaped, push},
    table::{Cell, Table},
};

/// The most SIMs with a row of their own; those that are unusual always have one, up to as many more.
const MOST: usize = 50;

/// Writes the table of SIMs.
pub(super) fn section(out: &mut String, report: &Report) {
    let sims = &report.sims;
    if sims.is_empty() {
        return;
    }
    let (mut shown, rest): (Vec<&FleetSim>, Vec<&FleetSim>) = (
        sims.iter().take(MOST).collect(),
        sims.iter().skip(MOST).collect(),
    );
    let (flagged, rest): (Vec<&FleetSim>, Vec<&FleetSim>) =
        rest.into_iter().partition(|sim| !sim.flags.is_empty());
    let (more, unlisted) = flagged.split_at(flagged.len().min(MOST));
    shown.extend(more);
    let others = rest.len() + unlisted.len();
    let mut rows: Vec<Vec<Cell>> = shown.iter().map(|sim| row(sim)).collect();
    if others > 0 {
        let all = rest.iter().chain(unlisted);
        let figure = all.clone().map(|sim| data(&sim.totals)).sum();
        let commands = all.map(|sim| {
            let [commands, _, _] = sim.totals.commands.figures();
            commands
        });
        rows.push(vec![
            Cell::text(&format!("{others} others")),
            Cell::text(""),
            Cell::text(""),
            Cell::Bytes(figure),
            Cell::Count(commands.sum()),
            Cell::text(""),
            Cell::text(""),
        ]);
    }
    push(
        out,
        format_args!(
            "<section>\n<h2>SIMs</h2>\n<p>{} in all, the most data first.</p>\n",
            sims.len()
        ),
    );
    let headings = [
        "SIM",
        "name",
        "status",
        "data",
        "Commands",
        "last usage",
        "unusual",
    ];
    Table {
        name: "SIMs",
        headings: headings.map(str::to_owned).into(),
        rows,
    }
    .write(out);
    out.push_str("</section>\n");
}

fn row(sim: &FleetSim) -> Vec<Cell> {
    let [commands, _, _] = sim.totals.commands.figures();
    let text = |text: Option<&str>| Cell::text(text.unwrap_or_default());
    let flags = sim.flags.iter();
    let flags: Vec<String> = flags
        .map(|flag| format!("<b>{}</b>: {}", flag.name(), escaped(&flag.message())))
        .collect();
    let last = sim
        .last_usage
        .map(|last| last.format("%Y-%m-%d").to_string());
    vec![
        Cell::text(&sim.sim_sid),
        text(sim.name.as_deref()),
        text(sim.status.as_deref()),
        Cell::Bytes(data(&sim.totals)),
        Cell::Count(commands),
        text(last.as_deref()),
        Cell::Text(flags.join("<br>")),
    ]
}
