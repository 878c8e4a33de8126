//! Findings about records that are only known once all of them came, and their order.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::{
    findings::{kept::Kept, reporter::Reporter},
    rules::{
        catalogue::rule::Rule,
        coverage::{GAP, intervals::Interval, report_gap},
        overall::{AboutRecord, Overall},
    },
};

/// A finding about a record that is only known at the end.
pub(super) struct Late {
    pub(super) record: Kept,
    pub(super) about: LateAbout,
}

pub(super) enum LateAbout {
    Gap(Interval, TimeDelta),
    Overall(AboutRecord),
}

/// Reports them by account, SIM and period.
pub(super) fn report(mut late: Vec<Late>, overall: &Overall, reporter: &mut Reporter) {
    late.sort_by(|one, other| one.order().cmp(&other.order()));
    let mut found = BTreeSet::new();
    for late in &mut late {
        late.record.found |= found.contains(&late.record.serial);
        if reporter.is_on(late.rule()) {
            found.insert(late.record.serial);
        }
        match &late.about {
            LateAbout::Gap(gap, bucket) => report_gap(*gap, &late.record, *bucket, reporter),
            LateAbout::Overall(about) => overall.report(&late.record, about, reporter),
        }
    }
}

impl Late {
    const fn rule(&self) -> &'static Rule {
        match &self.about {
            LateAbout::Gap(..) => &GAP,
            LateAbout::Overall(about) => about.rule(),
        }
    }

    fn order(&self) -> impl Ord + '_ {
        let within = match &self.about {
            LateAbout::Gap(gap, _) => (0, Some(gap.start)),
            LateAbout::Overall(AboutRecord::Votes(index)) => (*index, None),
            LateAbout::Overall(AboutRecord::Account(_)) => (0, None),
        };
        (self.record.order(), self.rule().code, within)
    }
}
