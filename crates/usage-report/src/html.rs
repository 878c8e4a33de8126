//! A report as one HTML file.

mod axis;
mod bars;
mod countries;
mod escape;
mod findings;
mod sims;
mod states;
mod style;
mod table;
mod timeline;

use std::collections::BTreeMap;

use usage_model::Counter;
use usage_table::{Figure, Scale, Summary, SummaryRow, Totals, counted};

use crate::{Report, contents::data};

use bars::{Bars, Series, Unit};
use escape::{escaped, push};
use style::{CSS, policy};
use table::{Cell, Table, grouped};
use timeline::Timeline;

/// Writes a report as one HTML file: complete without scripts and without a network, in light and dark, on paper and by
/// screen reader. Each chart is a `figure` with a name and the same numbers as a table, with the exact figures in the
/// `data-value` of its cells.
///
/// All that comes from outside is escaped, and a content security policy forbids everything but the styles of the file.
pub fn html(report: &Report) -> String {
    let subject = escaped(&report.subject());
    let mut out = String::with_capacity(128 * 1024);
    let title = match report.span() {
        Some((first, after)) => match after.pred_opt().unwrap_or(after) {
            last if last <= first => format!("SIM usage, {first}"),
            last => format!("SIM usage, {first} to {last}"),
        },
        None => "SIM usage".to_owned(),
    };
    push(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
             <meta http-equiv=Content-Security-Policy content=\"{}\">\n\
             <meta name=viewport content=\"width=device-width,initial-scale=1\">\n\
             <meta name=color-scheme content=\"light dark\">\n\
             <title>{title} of {subject}</title>\n<style>{CSS}</style>\n<main>\n\
             <h1>{title}</h1>\n<p class=muted>{subject}, as of {}. Figures of the last 48 hours may still grow.</p>\n",
            policy(),
            report.as_of.format("%Y-%m-%d %H:%M UTC"),
        ),
    );
    tiles(&mut out, report);
    usage_by_day(&mut out, report);
    states::section(&mut out, report);
    usage_by_month(&mut out, report);
    months(&mut out, report);
    countries::section(&mut out, &report.countries);
    commands_by_month(&mut out, report);
    sims::section(&mut out, report);
    findings::section(&mut out, report);
    push(
        &mut out,
        format_args!(
            "</main>\n<footer class=muted>Made by kore-usage {}. Units are decimal: 1 MB is 1 000 000 bytes. Each period \
             counts once, and of two readings the later one. Times are UTC.</footer>\n</html>\n",
            env!("CARGO_PKG_VERSION")
        ),
    );
    out
}

/// The figures that come first.
fn tiles(out: &mut String, report: &Report) {
    let total = &report.days.total;
    let [all, download, upload] = total.data.figures();
    let [commands, to_sim, from_sim] = total.commands.figures();
    out.push_str("<dl class=tiles>\n");
    let mut tile = |name: &str, figure: &str, more: &str| {
        push(
            out,
            format_args!("<div><dt>{name}<dd>{figure}<dd class=muted>{more}</div>"),
        );
    };
    let scale = Scale::of(all, 1);
    let shown = |figure| {
        format!(
            "{}&nbsp;{}",
            scale.show(Figure::Known(figure)),
            scale.unit()
        )
    };
    let directions = format!("{} down, {} up", shown(download), shown(upload));
    tile("Data", &shown(all), &directions);
    let directions = format!(
        "{} to SIMs, {} from SIMs",
        grouped(to_sim),
        grouped(from_sim)
    );
    tile("Commands", &grouped(commands), &directions);
    for (currency, amount) in &total.billed {
        tile(
            format!("Billed {}", escaped(currency)).trim_end(),
            &amount.to_string(),
            "data and Commands",
        );
    }
    let outcome = &report.outcome;
    let summary = &outcome.summary;
    let found = format!(
        "{}, {}, {}",
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.infos, "info")
    );
    tile("Checks", outcome.verdict.as_str(), &found);
    if let Some(days) = report.deleted_in_days() {
        let when = match days {
            ..=0 => "now".to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        };
        tile("Oldest day deleted", &when, "KORE keeps 18 months");
    }
    out.push_str("</dl>\n");
}

/// The networks of the charts, with the class of each and the rest that no network has.
const NETWORKS: [(&str, &str); 3] = [("home", "a"), ("national", "b"), ("international", "c")];

/// The data of each group on each network; the groups are the first cells of both summaries.
fn by_network(all: &Summary, split: &Summary) -> Vec<Series> {
    let mut shares: BTreeMap<(&str, &str), u128> = BTreeMap::new();
    for row in &split.rows {
        if let [group, network] = row.cells.as_slice() {
            shares.insert((group, network), data(&row.totals));
        }
    }
    let group = |row: &'_ SummaryRow| row.cells.first().cloned().unwrap_or_default();
    let mut series: Vec<Series> = NETWORKS
        .iter()
        .map(|(network, class)| Series {
            name: (*network).to_owned(),
            class,
            values: all
                .rows
                .iter()
                .map(|row| {
                    shares
                        .get(&(group(row).as_str(), *network))
                        .copied()
                        .unwrap_or(0)
                })
                .collect(),
        })
        .collect();
    // A record may have a top and no split.
    let unsplit: Vec<u128> = all
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let mut split = series.iter().filter_map(|one| one.values.get(number));
            let is_split = split.any(|figure| *figure > 0);
            if is_split { 0 } else { data(&row.totals) }
        })
        .collect();
    if unsplit.iter().any(|one| *one > 0) {
        series.push(Series {
            name: "not split".to_owned(),
            class: "d",
            values: unsplit,
        });
    }
    series
}

/// The first cell of each group.
fn groups(summary: &Summary) -> Vec<String> {
    let cells = summary.rows.iter().map(|row| row.cells.first().cloned());
    cells.map(Option::unwrap_or_default).collect()
}

fn totals(summary: &Summary) -> Vec<u128> {
    summary.rows.iter().map(|row| data(&row.totals)).collect()
}

fn usage_by_day(out: &mut String, report: &Report) {
    let groups = groups(&report.days);
    Bars {
        id: "usage-by-day",
        name: "Data by day and network",
        group: "day",
        unit: Unit::Bytes,
        series: by_network(&report.days, &report.days_by_network),
        totals: totals(&report.days),
        time: Timeline::days(report),
        groups,
    }
    .write(out);
}

fn usage_by_month(out: &mut String, report: &Report) {
    let groups = groups(&report.months);
    Bars {
        id: "usage-by-month",
        name: "Data by month and network",
        group: "month",
        unit: Unit::Bytes,
        series: by_network(&report.months, &report.months_by_network),
        totals: totals(&report.months),
        time: Timeline::months(report),
        groups,
    }
    .write(out);
}

fn commands_by_month(out: &mut String, report: &Report) {
    let rows = &report.months.rows;
    let counter = |counter| {
        rows.iter()
            .map(|row| row.totals.commands.get(counter))
            .collect()
    };
    let groups = groups(&report.months);
    Bars {
        id: "commands-by-month",
        name: "Commands by month and direction",
        group: "month",
        unit: Unit::Count,
        series: vec![
            Series {
                name: "to SIMs".to_owned(),
                class: "a",
                values: counter(Counter::TowardSim),
            },
            Series {
                name: "from SIMs".to_owned(),
                class: "b",
                values: counter(Counter::FromSim),
            },
        ],
        totals: counter(Counter::Total),
        time: Timeline::months(report),
        groups,
    }
    .write(out);
}

/// The table of months.
fn months(out: &mut String, report: &Report) {
    let months = &report.months;
    let currencies = months.currencies();
    let mut headings = ["month", "records", "data", "download", "upload", "Commands"]
        .map(str::to_owned)
        .to_vec();
    headings.extend(
        currencies
            .iter()
            .map(|currency| format!("billed {}", escaped(currency))),
    );
    let cells = |name: &str, totals: &Totals| {
        let [all, download, upload] = totals.data.figures();
        let mut cells = vec![Cell::text(name), Cell::Count(totals.records.into())];
        cells.extend([all, download, upload].map(Cell::Bytes));
        cells.push(Cell::Count(totals.commands.get(Counter::Total)));
        let billed = currencies
            .iter()
            .map(|currency| totals.amount(currency).to_string());
        cells.extend(billed.map(Cell::Exact));
        cells
    };
    let rows = months.rows.iter().map(|row| {
        let month = row.cells.first().map_or("", String::as_str);
        cells(month, &row.totals)
    });
    let mut rows: Vec<Vec<Cell>> = rows.collect();
    rows.push(cells("total", &months.total));
    out.push_str("<section>\n<h2>Months</h2>\n");
    let table = Table {
        name: "Usage by month",
        headings,
        rows,
    };
    table.write(out);
    out.push_str("</section>\n");
}
