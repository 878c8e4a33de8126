//! Data by country.

use usage_table::{Figure, Scale, Summary, bytes};

use crate::contents::data;

use super::{
    escape::{escaped, push},
    table::{Cell, Table},
};

/// The most countries with a bar of their own.
const MOST: usize = 25;

/// The most letters of a name beside a bar.
const MOST_LETTERS: usize = 10;

/// Tenths of a pixel: a bar's row, where bars begin, and how wide the longest is.
const ROW: u128 = 240;
const START: u128 = 900;
const LONGEST: u128 = 5500;

/// Writes the countries, the most data first.
pub(super) fn section(out: &mut String, countries: &Summary) {
    let figures = countries.rows.iter().map(|row| {
        let country = row.cells.first().map_or("", String::as_str);
        (country.to_owned(), data(&row.totals))
    });
    let (domestic, mut international): (Vec<_>, Vec<_>) =
        figures.partition(|(country, _)| country.is_empty());
    international.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let domestic: u128 = domestic.iter().map(|(_, figure)| figure).sum();
    let name = "Data by country";
    push(
        out,
        format_args!(
            "<figure id=usage-by-country aria-labelledby=usage-by-country-name>\n<figcaption><h2 id=usage-by-country-name>{name}</h2><p class=legend>International roaming; home and national together: {}</p></figcaption>\n",
            bytes(domestic)
        ),
    );
    if international.is_empty() {
        out.push_str("<p>There was no usage abroad.</p>\n");
    } else {
        chart(out, &international);
    }
    push(
        out,
        format_args!("<details><summary>Numbers of {name}</summary>\n"),
    );
    let table = Table {
        name,
        headings: vec!["country".to_owned(), "data".to_owned()],
        rows: [("home and national".to_owned(), domestic)]
            .iter()
            .chain(&international)
            .map(|(country, figure)| vec![Cell::text(country), Cell::Bytes(*figure)])
            .collect(),
    };
    table.write(out);
    out.push_str("</details>\n</figure>\n");
}

fn chart(out: &mut String, rows: &[(String, u128)]) {
    let mut bars: Vec<(String, u128)> = rows.iter().take(MOST).cloned().collect();
    let others = rows.get(MOST..).unwrap_or_default();
    if !others.is_empty() {
        let rest = others.iter().map(|(_, figure)| figure).sum();
        bars.push((format!("{} others", others.len()), rest));
    }
    let largest = bars
        .iter()
        .map(|(_, figure)| *figure)
        .max()
        .unwrap_or(0)
        .max(1);
    let scale = Scale::of(largest, 1);
    let height = ROW * u128::try_from(bars.len()).unwrap_or(1);
    push(
        out,
        format_args!(
            "<svg viewBox=\"0 0 7600 {height}\" role=img aria-label=\"Data by country: one bar a country, up to {}; the numbers follow as a table\">\n",
            bytes(largest)
        ),
    );
    for (number, (country, figure)) in (0_u128..).zip(&bars) {
        let middle = number * ROW + ROW / 2;
        let length = figure.saturating_mul(LONGEST) / largest;
        // What is longer than a code is nothing that the API documents.
        let mut shown: String = country.chars().take(MOST_LETTERS).collect();
        if shown.len() < country.len() {
            shown.push('…');
        }
        push(
            out,
            format_args!(
                "<text class=e x={} y={}>{}</text><path class=c stroke-width=150 d=\"M{START} {middle}h{length}\"/><text x={} y={}>{} {}</text>\n",
                START - 80,
                middle,
                escaped(&shown),
                START + length + 60,
                middle,
                scale.show(Figure::Known(*figure)),
                scale.unit(),
            ),
        );
    }
    out.push_str("</svg>\n");
}
