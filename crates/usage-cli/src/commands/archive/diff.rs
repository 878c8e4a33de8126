//! `diff`: what changed in an archive between two times of knowledge.

use std::{collections::BTreeMap, io::Write};

use serde_json::{Value, json};
use usage_archive::{Bounds, Reading, Series};
use usage_model::DataUnit;

use crate::{
    args::{ChangeFormat, DiffArgs, instant},
    commands::Context,
    exit::{Exit, requested},
    failure::Failure,
    messages::{number, rfc3339, tell, visible},
    output::Output,
};

/// Compares what was known at one time with what was known at another.
pub(crate) fn run(args: &DiffArgs, context: Context) -> Result<Exit, Failure> {
    let archive = args.archive.open()?;
    let mut selection = args.selection.selection(context.now)?;
    let from = instant(args.from, "--from", context.now)?;
    let to = instant(args.to, "--to", context.now)?;
    if from >= to {
        return Err(Failure::usage("--from is not before --to")
            .help("give a --from before the --to, for instance 7d and now"));
    }
    selection.as_known_on = Some(to);
    let mut out = Output::stdout();
    let (mut changed, mut new) = (0_u64, 0_u64);
    archive.visit_changes(&selection, from, |before, after| {
        if let Some(signal) = requested() {
            return Err(Failure::ended(signal, "all was compared"));
        }
        let is_new = before.is_none();
        changed += u64::from(!is_new);
        new += u64::from(is_new);
        let text = match (args.format, before) {
            (ChangeFormat::Ndjson, before) => ndjson(before.as_ref(), &after),
            (ChangeFormat::Human, Some(before)) => human(&before, &after),
            // A period that nothing was known of is counted; the export has its figures.
            (ChangeFormat::Human, None) => return Ok(()),
        };
        writeln!(out, "{text}").map_err(|error| Failure::write(out.name(), &error))
    })?;
    let name = out.name().to_owned();
    out.flush().map_err(|error| Failure::write(&name, &error))?;
    if !context.quiet {
        tell(&format!(
            "{} changed, {} new between {} and {}",
            number(changed, "period"),
            new,
            rfc3339(from),
            rfc3339(to)
        ));
    }
    Ok(Exit::Done)
}

/// The period of a reading and whose it is.
pub(super) fn period(reading: &Reading) -> String {
    period_of(&reading.series, reading.period)
}

/// A period and whose it is.
pub(super) fn period_of(series: &Series, period: Option<Bounds>) -> String {
    let of = match &series.sim {
        Some(sim) => format!("SIM {sim}"),
        None => format!("account {}", series.account),
    };
    let period = period.map_or_else(|| "no known period".to_owned(), |period| period.to_string());
    format!("{} {period} of {of}", series.granularity)
}

fn human(before: &Reading, after: &Reading) -> String {
    let mut lines = vec![format!(
        "{} (reading {} of {} → reading {} of {})",
        visible(&period(after)),
        before.id,
        rfc3339(before.seen.first),
        after.id,
        rfc3339(after.seen.first)
    )];
    lines.extend(Changed::new(Some(&before.text), &after.text).lines());
    lines.join("\n")
}

fn ndjson(before: Option<&Reading>, after: &Reading) -> String {
    let reading = |reading: &Reading| {
        json!({
            "reading_id": reading.id.get(),
            "fetched_at": rfc3339(reading.seen.first),
            "is_final": reading.is_final(),
        })
    };
    let period = after
        .period
        .map(|period| json!({"start": rfc3339(period.start), "end": rfc3339(period.end)}));
    let text = before.map(|before| before.text.as_str());
    let changes = Changed::new(text, &after.text).0;
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(name, (before, after))| json!({"name": name, "before": before, "after": after}))
        .collect();
    json!({
        "account_sid": after.series.account,
        "sim_sid": after.series.sim.map(|sim| sim.to_string()),
        "granularity": after.series.granularity.as_str(),
        "period": period,
        "before": before.map(reading),
        "after": reading(after),
        "changes": changes,
    })
    .to_string()
}

/// The members whose values differ between two texts of a record, by their names. Data in two units is in bytes.
pub(super) struct Changed(BTreeMap<String, (Option<String>, Option<String>)>);

impl Changed {
    /// Compares two texts; without an earlier one all members are new.
    pub(super) fn new(before: Option<&str>, after: &str) -> Self {
        let mut before = before.map(members).unwrap_or_default();
        let mut after = members(after);
        in_one_unit(&mut before, &mut after);
        let mut changed: BTreeMap<String, (Option<String>, Option<String>)> = after
            .into_iter()
            .map(|(name, after)| (name, (None, Some(after))))
            .collect();
        for (name, value) in before {
            changed.entry(name).or_default().0 = Some(value);
        }
        changed.retain(|_, (before, after)| before != after);
        Self(changed)
    }

    /// One line a member.
    pub(super) fn lines(&self) -> Vec<String> {
        let shown = |value: &Option<String>| match value {
            Some(value) => visible(value),
            None => "absent".to_owned(),
        };
        let lines = self.0.iter().map(|(name, (before, after))| {
            format!("  {}: {} → {}", visible(name), shown(before), shown(after))
        });
        lines.collect()
    }
}

/// The values of a record's members as they are written, by names such as `data.international_roaming.DEU.total`.
fn members(text: &str) -> BTreeMap<String, String> {
    let mut members = BTreeMap::new();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => flatten("", &value, &mut members),
        Err(_) => drop(members.insert("record".to_owned(), text.to_owned())),
    }
    members
}

fn flatten(name: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let within = |member: &str| match name {
        "" => member.to_owned(),
        name => format!("{name}.{member}"),
    };
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (member, value) in object {
                flatten(&within(member), value, into);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (index, value) in list.iter().enumerate() {
                let country = value.get("country_code").and_then(Value::as_str);
                let member = country.map_or_else(|| index.to_string(), str::to_owned);
                flatten(&within(&member), value, into);
            }
        }
        value => drop(into.insert(name.to_owned(), value.to_string())),
    }
}

/// Converts counters of data to bytes where their unit is another before than after, and both are known.
fn in_one_unit(before: &mut BTreeMap<String, String>, after: &mut BTreeMap<String, String>) {
    let names: Vec<String> = before.keys().cloned().collect();
    for name in names {
        let Some((node, "total" | "download" | "upload")) = name.rsplit_once('.') else {
            continue;
        };
        let (Some(earlier), Some(later)) = (unit(before, node), unit(after, node)) else {
            continue;
        };
        if earlier == later || node.split('.').next() != Some("data") {
            continue;
        }
        for (members, unit) in [(&mut *before, earlier), (&mut *after, later)] {
            let figure = members.get_mut(&name);
            if let Some(figure) = figure
                && let Some(bytes) = figure
                    .parse()
                    .ok()
                    .and_then(|figure| unit.checked_bytes(figure))
            {
                *figure = bytes.to_string();
            }
        }
    }
}

/// The unit of a node: its own, or that of the top; bytes where neither states one. `None` for one that is not known.
fn unit(members: &BTreeMap<String, String>, node: &str) -> Option<DataUnit> {
    let stated = |node: &str| {
        let unit = members.get(&format!("{node}.units"))?;
        (unit != "null").then_some(unit)
    };
    match stated(node).or_else(|| stated("data")) {
        Some(unit) => serde_json::from_str::<String>(unit).ok()?.parse().ok(),
        None => Some(DataUnit::Bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_in_another_unit_is_compared_in_bytes() {
        let before = r#"{"data":{"total":15,"units":"KB","home":{"total":2}}}"#;
        let after = r#"{"data":{"total":15000,"units":"bytes","home":{"total":2001}}}"#;
        assert_eq!(
            Changed::new(Some(before), after).lines(),
            [
                "  data.home.total: 2000 → 2001",
                "  data.units: \"KB\" → \"bytes\""
            ]
        );
    }

    #[test]
    fn without_an_earlier_text_every_member_is_new() {
        let lines = Changed::new(None, r#"{"a":1,"b":null}"#).lines();
        assert_eq!(lines, ["  a: absent → 1", "  b: absent → null"]);
    }

    #[test]
    fn members_that_differ_are_named_with_their_country() {
        let before = r#"{"a":1,"data":{"total":5,"international_roaming":[{"country_code":"DEU","total":2}]}}"#;
        let after = r#"{"data":{"total":7,"international_roaming":[{"country_code":"CHE","total":1},{"country_code":"DEU","total":3}]}}"#;
        assert_eq!(
            Changed::new(Some(before), after).lines(),
            [
                "  a: 1 → absent",
                "  data.international_roaming.CHE.country_code: absent → \"CHE\"",
                "  data.international_roaming.CHE.total: absent → 1",
                "  data.international_roaming.DEU.total: 2 → 3",
                "  data.total: 5 → 7",
            ]
        );
        assert!(Changed::new(Some(after), after).lines().is_empty());
    }
}
