//! Stacked bars over time, as an SVG and as a table.

use super::{
    axis::{bytes_label, ticks},
    escape::push,
    table::{Cell, Table, grouped},
    timeline::Timeline,
};

/// Tenths of a pixel that the chart is wide and high, and what is kept free around the bars.
const WIDTH: u128 = 7600;
const HEIGHT: u128 = 2400;
const LEFT: u128 = 620;
const RIGHT: u128 = 40;
const TOP: u128 = 100;
const BOTTOM: u128 = 260;

/// The room of a bar below which there is no gap, and the widest bar, in tenths of a pixel.
const NARROW: u128 = 40;
const WIDEST: u128 = 900;

/// The narrowest bar, in tenths of a pixel.
const LEAST: u128 = 10;

/// Half of what a name below the bars takes.
const LABEL: u128 = 280;

/// The most names that stand below the bars.
const MOST_TICKS: usize = 9;

/// What the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    Count,
}

/// What is stacked.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) name: String,
    /// Its colour.
    pub(super) class: &'static str,
    pub(super) values: Vec<u128>,
}

/// A chart of stacked bars.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// What one bar is.
    pub(super) group: &'static str,
    pub(super) unit: Unit,
    pub(super) groups: Vec<String>,
    pub(super) series: Vec<Series>,
    /// What the records say of each group as a whole.
    pub(super) totals: Vec<u128>,
    /// Where the bars stand.
    pub(super) time: Timeline,
}

impl Bars {
    /// Writes the figure.
    pub(super) fn write(&self, out: &mut String) {
        push(
            out,
            format_args!(
                "<figure id={0} aria-labelledby={0}-name>\n<figcaption><h2 id={0}-name>{1}</h2>",
                self.id, self.name
            ),
        );
        if self.groups.is_empty() {
            out.push_str("</figcaption>\n<p>There are no records.</p>\n</figure>\n");
            return;
        }
        out.push_str("<p class=legend>");
        for series in &self.series {
            push(
                out,
                format_args!(
                    "<span><i class={}></i>{}</span> ",
                    series.class, series.name
                ),
            );
        }
        out.push_str("</p></figcaption>\n");
        // What has no place on the axis is in the table only, and does not scale the bars.
        let places = self.time.places.iter().enumerate();
        let placed = places.filter_map(|(at, place)| place.map(|_| at));
        let total = |at| self.totals.get(at).copied().unwrap_or(0);
        let largest = placed.map(|at| (self.stacked(at), total(at)));
        let largest = largest.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)));
        match largest {
            None => push(
                out,
                format_args!("<p>No record has a {}.</p>\n", self.group),
            ),
            Some((0, 0)) => out.push_str("<p>All figures are 0.</p>\n"),
            Some((0, _)) => out.push_str("<p>No record says how its total is split.</p>\n"),
            Some((largest, _)) => self.chart(out, largest),
        }
        push(
            out,
            format_args!("<details><summary>Numbers of {}</summary>\n", self.name),
        );
        self.table(out);
        out.push_str("</details>\n</figure>\n");
    }

    fn stacked(&self, at: usize) -> u128 {
        self.series
            .iter()
            .filter_map(|series| series.values.get(at))
            .sum()
    }

    fn chart(&self, out: &mut String, largest: u128) {
        let ticks = ticks(largest);
        let top = ticks.last().copied().unwrap_or(1).max(1);
        let height = HEIGHT - TOP - BOTTOM;
        // The distance of a figure from the foot of the chart.
        let rise = |figure: u128| figure.saturating_mul(height) / top;
        let count = u128::try_from(self.time.length).unwrap_or(1).max(1);
        let width = WIDTH - LEFT - RIGHT;
        let middle = |at: usize| {
            let at = u128::try_from(at).unwrap_or(0);
            LEFT + (2 * at + 1) * width / (2 * count)
        };
        let foot = HEIGHT - BOTTOM;
        push(
            out,
            format_args!(
                "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img aria-label=\"{name}: stacked bars, one a {group}, up to {}; the numbers follow as a table\">\n",
                self.label(largest),
                name = self.name,
                group = self.group,
            ),
        );
        for tick in &ticks {
            let y = foot - rise(*tick);
            push(
                out,
                format_args!(
                    "<path class=g d=\"M{LEFT} {y}h{width}\"/><text class=e x={} y={}>{}</text>\n",
                    LEFT - 60,
                    y,
                    self.label_in(*tick, largest),
                ),
            );
        }
        // A gap between bars, where there is room for one.
        let slot = width.div_ceil(count);
        let bar = if slot < NARROW {
            slot.max(LEAST)
        } else {
            (slot * 4 / 5).min(WIDEST)
        };
        let mut below = vec![0_u128; self.groups.len()];
        for series in &self.series {
            let mut path = String::new();
            let figures = series.values.iter().zip(&mut below);
            for (place, (value, below)) in self.time.places.iter().zip(figures) {
                let (from, to) = (rise(*below), rise(*below + value));
                *below += value;
                if let Some(place) = place
                    && to > from
                {
                    push(
                        &mut path,
                        format_args!("M{} {}v-{}", middle(*place), foot - from, to - from),
                    );
                }
            }
            if !path.is_empty() {
                push(
                    out,
                    format_args!(
                        "<path class={} stroke-width={bar} d=\"{path}\"/>\n",
                        series.class
                    ),
                );
            }
        }
        let names = &self.time.names;
        let every = names.len().div_ceil(MOST_TICKS).max(1);
        for (number, (at, name)) in names.iter().step_by(every).enumerate() {
            let (anchor, x) = match middle(*at) {
                x if x > WIDTH - LABEL => ("e", WIDTH),
                x => ("m", x.max(LABEL)),
            };
            // On a narrow screen there is room for half of them.
            let place = if number % 2 == 0 { "k" } else { "k o" };
            push(
                out,
                format_args!(
                    "<text class=\"{anchor} {place}\" x={x} y={}>{name}</text>",
                    foot + 150
                ),
            );
        }
        out.push_str("\n</svg>\n");
    }

    fn label(&self, figure: u128) -> String {
        self.label_in(figure, figure)
    }

    /// A figure in the unit of another one.
    fn label_in(&self, figure: u128, of: u128) -> String {
        match self.unit {
            Unit::Bytes => bytes_label(figure, of),
            Unit::Count => grouped(figure),
        }
    }

    fn table(&self, out: &mut String) {
        let cell = |figure: u128| match self.unit {
            Unit::Bytes => Cell::Bytes(figure),
            Unit::Count => Cell::Count(figure),
        };
        let names = self.series.iter().map(|series| series.name.clone());
        let headings = [self.group.to_owned()]
            .into_iter()
            .chain(names)
            .chain(["total".to_owned()]);
        let rows = self.groups.iter().enumerate().map(|(at, group)| {
            let shares = self
                .series
                .iter()
                .filter_map(|series| series.values.get(at));
            let total = self.totals.get(at).copied().unwrap_or(0);
            let figures = shares.copied().chain([total]).map(cell);
            [Cell::text(group)].into_iter().chain(figures).collect()
        });
        Table {
            name: self.name,
            headings: headings.collect(),
            rows: rows.collect(),
        }
        .write(out);
    }
}
