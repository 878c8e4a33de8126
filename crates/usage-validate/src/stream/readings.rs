//! Whether all records count international traffic alike.

use usage_model::Kind;

use super::{
    late::{Late, Met},
    voice::Source,
};
use crate::{Policy, catalogue::RuleId, findings::draft::Draft, findings::spot::Spot};

/// How the trees of one kind count international traffic, as far as was seen.
#[derive(Debug, Default)]
pub(super) struct Readings {
    include: Votes,
    exclude: Votes,
}

#[derive(Debug, Default)]
struct Votes {
    records: u64,
    first: Option<Met>,
}

impl Readings {
    pub(super) fn add(
        &mut self,
        reading: Policy,
        spot: &Spot,
        source: &Source,
        serial: u64,
        found: bool,
    ) {
        let votes = match reading {
            Policy::Include => &mut self.include,
            Policy::Exclude => &mut self.exclude,
            Policy::Auto => return,
        };
        votes.records += 1;
        if votes.first.is_none() {
            votes.first = Some(Met {
                spot: spot.clone(),
                source: source.clone(),
                serial,
                found,
            });
        }
    }

    /// Checks that all agree (UR206). The finding is about the first record of the fewer, the later one of two.
    pub(super) fn finish(self, kind: Kind) -> Option<Late> {
        let (include, exclude) = (self.include.records, self.exclude.records);
        let (inside, outside) = (self.include.first?, self.exclude.first?);
        let (is_inside_odd, odd) = match include.cmp(&exclude) {
            std::cmp::Ordering::Equal => (
                inside.serial > outside.serial,
                "the first that differs from those before it",
            ),
            order => (order.is_lt(), "the first of the fewer"),
        };
        let (met, policy) = if is_inside_odd {
            (inside, Policy::Include)
        } else {
            (outside, Policy::Exclude)
        };
        let records = |number: u64| if number == 1 { "record" } else { "records" };
        let draft = Draft {
            policy: Some(policy),
            ..Draft::new(
                format!("/{kind}"),
                format!(
                    "international traffic is inside the total of `{kind}` in {include} {}, and outside it in {exclude} {}; \
                     this is {odd}",
                    records(include),
                    records(exclude)
                ),
            )
        };
        Some(Late::record(
            RuleId::INTERNATIONAL_POLICY_INCONSISTENT,
            met,
            draft.help("totals of these records cannot be compared as they stand"),
        ))
    }
}
