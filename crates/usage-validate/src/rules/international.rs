//! Whether all records count international traffic alike.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use usage_model::Kind;

use crate::{
    config::{options::Policy, severity::Severity},
    findings::{draft::Draft, kept::Kept, reporter::Reporter, subject::Subject},
    rules::catalogue::{
        example::Example,
        rule::{Rule, Scope},
    },
};

pub(crate) static INTERNATIONAL_POLICY_INCONSISTENT: Rule = Rule {
    since: "0.1.0",
    code: "UR206",
    name: "international-policy-inconsistent",
    severity: Severity::Warning,
    scope: Scope::Tree,
    sentence: "All records with international traffic must count it in the same way: inside the total or outside it.",
    formula: "over a list, for commands and for data: not both (top = home + national_roaming + Σ international_roaming) \
              and (top = home + national_roaming), each in some record with international traffic; under policy auto",
    origin: "Both ways are documented (UR205); one server follows one of them.",
    false_positives: "Lists combined from different servers.",
    example: Example::new(TWO_READINGS),
    near_miss: Example::new(ONE_READING),
};

/// A day with 15 bytes at home and 3 abroad, and the top figures that it is given.
macro_rules! day_international {
    ($start:literal .. $end:literal, $top:literal, $country:literal) => {
        concat!(
            "{\"account_sid\": \"ACabababababababababababababababab\",\n",
            "  \"period\": {\"start\": \"",
            $start,
            "T00:00:00Z\", \"end\": \"",
            $end,
            "T00:00:00Z\"},\n",
            "  \"commands\": {\"total\": 0, \"to_sim\": 0, \"from_sim\": 0},\n",
            "  \"data\": {",
            $top,
            ", \"units\": \"bytes\",\n",
            "    \"home\": {\"total\": 15, \"download\": 10, \"upload\": 5, \"units\": \"bytes\"}, \"international_roaming\": [\n",
            "    {\"total\": 3, \"download\": 2, \"upload\": 1, \"units\": \"bytes\", \"country_code\": \"",
            $country,
            "\"}]}}",
        )
    };
}

/// A day whose traffic abroad is inside the total, then one where it is beside it.
const TWO_READINGS: &str = concat!(
    "[",
    day_international!(
        "2026-06-01".."2026-06-02",
        "\"total\": 18, \"download\": 12, \"upload\": 6",
        "DEU"
    ),
    ",\n ",
    day_international!(
        "2026-06-02".."2026-06-03",
        "\"total\": 15, \"download\": 10, \"upload\": 5",
        "DEU"
    ),
    "]\n",
);

/// Two days whose traffic abroad is inside the total.
const ONE_READING: &str = concat!(
    "[",
    day_international!(
        "2026-06-01".."2026-06-02",
        "\"total\": 18, \"download\": 12, \"upload\": 6",
        "DEU"
    ),
    ",\n ",
    day_international!(
        "2026-06-02".."2026-06-03",
        "\"total\": 18, \"download\": 12, \"upload\": 6",
        "CHE"
    ),
    "]\n",
);

/// How the trees of one kind count international traffic, as far as was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Votes {
    /// Records that count it inside the total.
    include: Voters,
    /// Records that count it outside the total.
    exclude: Voters,
}

/// Records that count international traffic alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Voters {
    /// How many there are.
    records: u64,
    /// The first of them by account, SIM and period; null where there is none.
    first: Option<Kept>,
}

impl Voters {
    const EMPTY: Self = Self {
        records: 0,
        first: None,
    };

    fn add(&mut self, records: u64, keep: impl FnOnce(Option<&Kept>) -> Option<Kept>) {
        self.records = self.records.saturating_add(records);
        if let Some(first) = keep(self.first.as_ref()) {
            self.first = Some(first);
        }
    }
}

impl Votes {
    pub(crate) const EMPTY: Self = Self {
        include: Voters::EMPTY,
        exclude: Voters::EMPTY,
    };

    /// Takes note of how a record counts international traffic; `keep` gives it where it stands before the first
    /// of those that vote alike.
    pub(crate) fn add(&mut self, vote: Policy, keep: impl FnOnce(Option<&Kept>) -> Option<Kept>) {
        match vote {
            Policy::Include => self.include.add(1, keep),
            Policy::Exclude => self.exclude.add(1, keep),
            Policy::Auto => {}
        }
    }

    /// Adds the votes of another list.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (party, other) in [
            (&mut self.include, &other.include),
            (&mut self.exclude, &other.exclude),
        ] {
            if let Some(kept) = &other.first {
                party.add(other.records, |first| kept.if_before(first));
            }
        }
    }

    /// The record that a finding is about, if the records disagree: the first record of the minority, or else of
    /// those that leave international traffic out.
    pub(crate) fn odd(&self) -> Option<(&Kept, Policy)> {
        let (inside, outside) = (self.include.first.as_ref()?, self.exclude.first.as_ref()?);
        Some(if self.include.records < self.exclude.records {
            (inside, Policy::Include)
        } else {
            (outside, Policy::Exclude)
        })
    }

    /// The first records, to take note that a finding about one of them was counted.
    pub(crate) fn firsts(&mut self) -> impl Iterator<Item = &mut Kept> {
        [&mut self.include, &mut self.exclude]
            .into_iter()
            .filter_map(|party| party.first.as_mut())
    }

    /// Reports that not all agree (UR206), about the record that is [odd](Self::odd).
    pub(crate) fn report(&self, kind: Kind, record: &Kept, reporter: &mut Reporter) {
        let policy = self.odd().map(|(_, policy)| policy);
        let (include, exclude) = (self.include.records, self.exclude.records);
        reporter.report(
            &INTERNATIONAL_POLICY_INCONSISTENT,
            Subject::Record(&record.subject()),
            || {
                let odd = match include.cmp(&exclude) {
                    Ordering::Equal => "the first record outside it",
                    _ => "the first record of the minority",
                };
                let records = |number: u64| if number == 1 { "record" } else { "records" };
                Draft {
                    policy,
                    ..Draft::new(
                        format!("/{kind}"),
                        format!(
                            "international traffic is inside the total of `{kind}` in {include} {}, and outside it in \
                             {exclude} {}; this is {odd}",
                            records(include),
                            records(exclude)
                        ),
                    )
                }
                .help("the totals of these records cannot be compared directly")
            },
        );
    }
}
