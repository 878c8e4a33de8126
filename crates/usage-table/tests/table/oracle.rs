//! The same figures, computed slowly from the JSON of the records.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use usage_table::By;

/// A group: its cells, then `records`, the six figures, and the sum of the amounts in units of 10⁻¹⁸.
pub(crate) type Rows = BTreeMap<Vec<String>, (u64, [u128; 6], BTreeMap<String, i128>)>;

/// The names of the counters, in the order of the figures.
const COUNTERS: [(&str, &str); 6] = [
    ("data", "total"),
    ("data", "download"),
    ("data", "upload"),
    ("commands", "total"),
    ("commands", "to_sim"),
    ("commands", "from_sim"),
];

/// Groups records; months begin on a day.
pub(crate) fn rows(records: &[Value], by: &[By], month_start: u32) -> Rows {
    let kept = latest(records);
    let mut rows = Rows::new();
    for record in kept {
        let account = text(&record["account_sid"]);
        let of_account = |other: &&Value| text(&other["account_sid"]) == account;
        let has_own = records
            .iter()
            .filter(of_account)
            .any(|one| text(&one["sim_sid"]).is_empty());
        let has_sims = records
            .iter()
            .filter(of_account)
            .any(|one| !text(&one["sim_sid"]).is_empty());
        let of_sim = !text(&record["sim_sid"]).is_empty();
        let counts = match (has_own, has_sims) {
            (true, true) => of_sim == by.contains(&By::Sim),
            _ => true,
        };
        if counts {
            add(&mut rows, record, by, month_start);
        }
    }
    rows
}

/// Of all readings of a period the last one.
fn latest(records: &[Value]) -> Vec<&Value> {
    let mut kept: Vec<&Value> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let again = records[index + 1..].iter().any(|later| {
            ["account_sid", "sim_sid"]
                .iter()
                .all(|name| text(&later[name]) == text(&record[name]))
                && instant(&record["period"]["end"]).is_some()
                && instant(&record["period"]["start"]).is_some()
                && ["start", "end"].iter().all(|bound| {
                    instant(&later["period"][bound]) == instant(&record["period"][bound])
                })
        });
        if !again {
            kept.push(record);
        }
    }
    kept
}

fn add(rows: &mut Rows, record: &Value, by: &[By], month_start: u32) {
    let start = instant(&record["period"]["start"]);
    let shares = by.contains(&By::Network) || by.contains(&By::Country);
    let mut touched: BTreeMap<Vec<String>, bool> = BTreeMap::new();
    let mut parts: Vec<(String, String, &str, &Value, &Value)> = Vec::new();
    for kind in ["data", "commands"] {
        let tree = &record[kind];
        if !shares {
            parts.push((String::new(), String::new(), kind, tree, tree));
            continue;
        }
        parts.push(("home".into(), String::new(), kind, tree, &tree["home"]));
        let national = &tree["national_roaming"];
        parts.push(("national".into(), String::new(), kind, tree, national));
        let entries = match &tree["international_roaming"] {
            Value::Array(entries) => entries.iter().collect(),
            single => vec![single],
        };
        for entry in entries {
            let country = text(&entry["country_code"]);
            parts.push(("international".into(), country, kind, tree, entry));
        }
    }
    for (network, country, kind, tree, node) in parts {
        let cells: Vec<String> = by
            .iter()
            .map(|by| match by {
                By::Month => start.map_or(String::new(), |start| month(start, month_start)),
                By::Day => {
                    start.map_or(String::new(), |start| start.format("%Y-%m-%d").to_string())
                }
                By::Account => text(&record["account_sid"]),
                By::Sim => text(&record["sim_sid"]),
                By::Network => network.clone(),
                By::Country => country.clone(),
                _ => unreachable!("every column is above"),
            })
            .collect();
        let figures = COUNTERS.map(|(of, name)| {
            let counter = if of == kind {
                node[name].as_u64().unwrap_or(0)
            } else {
                0
            };
            u128::from(counter) * factor(kind, tree, node)
        });
        let billed = node["billed"]
            .as_number()
            .map(|amount| units(&amount.to_string()));
        let nothing = figures == [0; 6] && billed.is_none_or(|billed| billed == 0);
        if shares && nothing {
            continue;
        }
        let row = rows.entry(cells.clone()).or_default();
        if touched.insert(cells, true).is_none() {
            row.0 += 1;
        }
        for (sum, figure) in row.1.iter_mut().zip(figures) {
            *sum += figure;
        }
        if let Some(billed) = billed {
            let own = text(&node["billing_units"]);
            let currency = if own.is_empty() {
                text(&tree["billing_units"])
            } else {
                own
            };
            *row.2.entry(currency).or_default() += billed;
        }
    }
}

/// Bytes in one of the node's unit, or the top's; 0 for a unit that is not known.
fn factor(kind: &str, tree: &Value, node: &Value) -> u128 {
    let of = |unit: &Value, otherwise: u128| match unit.as_str() {
        None => otherwise,
        Some("bytes") => 1,
        Some("KB") => 1000,
        Some("MB") => 1_000_000,
        Some("GB") => 1_000_000_000,
        Some("TB") => 1_000_000_000_000,
        Some("KiB") => 1 << 10,
        Some("MiB") => 1 << 20,
        Some("GiB") => 1 << 30,
        Some("TiB") => 1 << 40,
        Some(_) => 0,
    };
    if kind == "commands" {
        return 1;
    }
    of(&node["units"], of(&tree["units"], 1))
}

/// An amount in units of 10⁻¹⁸. `serde_json` writes small ones with an exponent.
fn units(text: &str) -> i128 {
    let amount = text.parse().or_else(|_| Decimal::from_scientific(text));
    let amount: Decimal = amount.unwrap();
    amount.mantissa() * 10_i128.pow(18 - amount.scale())
}

fn month(start: DateTime<Utc>, month_start: u32) -> String {
    // Day by day back to the day on which months begin.
    let mut day = start.date_naive();
    while day.day() != month_start {
        day -= Duration::days(1);
    }
    let form = if month_start == 1 {
        "%Y-%m"
    } else {
        "%Y-%m-%d"
    };
    day.format(form).to_string()
}

fn instant(text: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text.as_str()?)
        .ok()
        .map(|instant| instant.to_utc())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
