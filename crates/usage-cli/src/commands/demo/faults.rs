//! The faults of the demonstration: planting them, and whether exactly they were found.

use std::collections::BTreeSet;

use usage_emulator::{Fault, InjectedFault};
use usage_model::{Granularity, Window};
use usage_validate::{Finding, Severity};

/// The faults that are planted, in the emulator's own notation.
pub(super) struct Planned;

const PLANNED: [&str; 6] = [
    "wrong-sum:2026-03-05:data.home.download:+1000000",
    "outside-total:2026-06-17:data",
    "malformed:2026-08-09:commands.total",
    "missing-breakdown:2026-10-12T07:data",
    "reversed-period:2026-10-20T13",
    "bad-sid:2026-10-25T22",
];

impl Planned {
    pub(super) fn faults() -> Result<Vec<Fault>, String> {
        PLANNED
            .iter()
            .map(|text| text.parse().map_err(|error| format!("{text}: {error}")))
            .collect()
    }
}

/// A planted fault in words.
pub(super) fn description(planted: &InjectedFault) -> String {
    let record = match planted.granularity {
        Granularity::Hourly => planted.start.format("the hour %Y-%m-%d %H:00"),
        Granularity::Daily | Granularity::All => planted.start.format("the day %Y-%m-%d"),
    };
    let place = planted.pointer.trim_start_matches('/').replace('/', ".");
    let fault = match planted.fault.name() {
        "wrong-sum" => format!("{place} is off by {:+}", planted.delta.unwrap_or_default()),
        "missing-breakdown" => format!("{place} has no shares by network"),
        "outside-total" => format!("the total of {place} leaves out usage abroad"),
        "malformed" => format!("{} is a text, not a number", planted.pointer),
        "null-counter" => format!("{} is null", planted.pointer),
        "reversed-period" => "the period ends before it starts".to_owned(),
        "bad-sid" => "the account SID is redacted".to_owned(),
        _ => planted.fault.to_string(),
    };
    format!("{record}: {fault}")
}

/// What a fault must be reported as.
fn codes(fault: &Fault) -> &'static [&'static str] {
    match fault.name() {
        "wrong-sum" => &["UR201", "UR202"],
        "missing-breakdown" => &["UR203"],
        // All other records with traffic abroad have it inside the total.
        "outside-total" => &["UR205", "UR206"],
        "malformed" => &["UR002"],
        "reversed-period" => &["UR301"],
        "bad-sid" => &["UR104"],
        _ => &[],
    }
}

/// One finding, reduced to what identifies it.
type Found = (Granularity, u64, String);

/// What had to be found, and what was.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    faults: usize,
    expected: BTreeSet<Found>,
    found: BTreeSet<Found>,
    /// Planted wrong counters whose culprit and true figure were not named.
    unnamed: Vec<String>,
}

impl Comparison {
    /// Adds the findings on one list of records, which starts with the first bucket of the window.
    pub(super) fn add(
        &mut self,
        window: Window,
        granularity: Granularity,
        planted: &[InjectedFault],
        findings: &[Finding],
    ) {
        let Some(bucket) = granularity.bucket() else {
            return;
        };
        for planted in planted
            .iter()
            .filter(|planted| planted.granularity == granularity)
        {
            self.faults += 1;
            let buckets = (planted.start - window.start()).num_seconds() / bucket.num_seconds();
            let record = u64::try_from(buckets).unwrap_or(u64::MAX);
            for code in codes(&planted.fault) {
                self.expected
                    .insert((granularity, record, (*code).to_owned()));
            }
            if planted.delta.is_some()
                && planted.fault.name() == "wrong-sum"
                && !findings
                    .iter()
                    .any(|finding| names_culprit(finding, record, planted))
            {
                self.unnamed.push(description(planted));
            }
        }
        self.found.extend(
            findings
                .iter()
                .filter(|finding| finding.severity > Severity::Info)
                .map(|finding| {
                    let record = finding.record.unwrap_or(u64::MAX);
                    (granularity, record, finding.code.to_owned())
                }),
        );
    }

    /// Whether exactly the planted faults were found.
    pub(super) fn exact(&self) -> bool {
        self.faults == PLANNED.len() && self.expected == self.found && self.unnamed.is_empty()
    }

    /// The closing lines.
    pub(super) fn verdict(&self) -> String {
        if self.exact() {
            return format!(
                "All {} planted faults were found and named, and nothing else was reported as wrong. \
                 This is how a run over your own account looks:\n\n   \
                 export KORE_CLIENT_ID=… KORE_CLIENT_SECRET=…\n   \
                 kore-usage check --start 18mo --granularity daily",
                self.faults
            );
        }
        let list = |set: Vec<&Found>| -> Vec<String> {
            set.iter()
                .map(|(granularity, record, code)| {
                    format!("\n   {code} at {granularity} record {record}")
                })
                .collect()
        };
        let planted = list(self.expected.difference(&self.found).collect());
        let found = list(self.found.difference(&self.expected).collect());
        format!(
            "The validator did not find exactly what was planted; this is a defect of this program.\n\
             planted, not found:{}\nfound, not planted:{}\nculprit not named: {}",
            planted.concat(),
            found.concat(),
            self.unnamed.join(", "),
        )
    }
}

/// Whether a finding names the planted counter and its true figure.
fn names_culprit(finding: &Finding, record: u64, planted: &InjectedFault) -> bool {
    let (Some(suspect), Some(delta)) = (&finding.suspect, planted.delta) else {
        return false;
    };
    finding.record == Some(record)
        && suspect.pointer.ends_with(&planted.pointer)
        && finding
            .delta
            .is_some_and(|found| found.unsigned_abs() == delta.unsigned_abs())
}
