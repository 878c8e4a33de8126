//! `diff`: what changed in an archive between two times of knowledge.

use std::{collections::BTreeMap, io::Write};

use serde_json::{Value, json};
use usage_archive::Reading;

use crate::{
    args::{ChangeFormat, DiffArgs, instant},
    exit::{Exit, requested},
    failure::Failure,
    messages::{number, rfc3339, tell, visible},
    output::Output,
};

use super::Context;

/// Compares what was known at one time with what was known at another.
pub(super) fn run(args: &DiffArgs, context: Context) -> Result<Exit, Failure> {
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
    let series = &reading.series;
    let of = match &series.sim {
        Some(sim) => format!("SIM {sim}"),
        None => format!("account {}", series.account),
    };
    let period = reading
        .period
        .map_or_else(|| "no known period".to_owned(), |period| period.to_string());
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
    lines.extend(Changed::new(&before.text, &after.text).lines());
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
    let text = before.map_or("{}", |before| before.text.as_str());
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

/// The members whose values differ between two texts of a record, by their names.
pub(super) struct Changed(BTreeMap<String, (Option<String>, Option<String>)>);

impl Changed {
    pub(super) fn new(before: &str, after: &str) -> Self {
        let before = members(before);
        let mut changed: BTreeMap<String, (Option<String>, Option<String>)> = members(after)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_differ_are_named_with_their_country() {
        let before = r#"{"a":1,"data":{"total":5,"international_roaming":[{"country_code":"DEU","total":2}]}}"#;
        let after = r#"{"data":{"total":7,"international_roaming":[{"country_code":"CHE","total":1},{"country_code":"DEU","total":3}]}}"#;
        assert_eq!(
            Changed::new(before, after).lines(),
            [
                "  a: 1 → absent",
                "  data.international_roaming.CHE.country_code: absent → \"CHE\"",
                "  data.international_roaming.CHE.total: absent → 1",
                "  data.international_roaming.DEU.total: 2 → 3",
                "  data.total: 5 → 7",
            ]
        );
        assert!(Changed::new(after, after).lines().is_empty());
    }
}
