//! Findings that are only known at the end, and their order.

use std::{collections::BTreeSet, sync::Arc};

use usage_model::{Container, Lenient};

use super::{
    holes::Hole,
    voice::{Source, say},
};
use crate::{
    Finding,
    catalogue::RuleId,
    findings::draft::Draft,
    findings::fingerprint::Fingerprint,
    findings::outlet::{Origin, Outlet},
    findings::spot::Spot,
};

/// A finding that is only known at the end.
#[derive(Debug)]
pub(super) struct Late {
    rule: RuleId,
    /// The record it is about; `None` where it is about the list.
    met: Option<Met>,
    source: Source,
    draft: Draft,
}

/// A record that was met earlier.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) spot: Spot,
    pub(super) source: Source,
    /// The number of the record in the run.
    pub(super) serial: u64,
    /// Whether it has a finding already.
    pub(super) found: bool,
}

impl Late {
    /// The same about what was read from an input.
    pub(super) fn of(self, source: Source) -> Self {
        Self { source, ..self }
    }

    pub(super) const fn list(rule: RuleId, draft: Draft) -> Self {
        Self {
            rule,
            met: None,
            source: None,
            draft,
        }
    }

    pub(super) const fn record(rule: RuleId, met: Met, draft: Draft) -> Self {
        Self {
            rule,
            met: Some(met),
            source: None,
            draft,
        }
    }

    pub(super) fn hole(hole: Hole) -> Self {
        let draft = hole.draft();
        Self::record(
            RuleId::GAP,
            Met {
                spot: hole.spot,
                source: hole.source,
                serial: hole.serial,
                found: hole.found,
            },
            draft,
        )
    }

    fn order(&self) -> impl Ord + '_ {
        let record = self.met.as_ref().map(|met| {
            let spot = &met.spot;
            (
                spot.account.as_ref().map(Lenient::as_str),
                spot.sim.as_ref().map(Lenient::as_str),
                spot.bounds(),
                met.serial,
            )
        });
        (record, self.rule.index())
    }
}

/// Reports findings about the list, then those about records by account, SIM and period.
pub(super) fn report(mut late: Vec<Late>, outlet: &mut Outlet, sink: &mut dyn FnMut(Finding)) {
    late.sort_by(|one, other| one.order().cmp(&other.order()));
    let mut marked = BTreeSet::new();
    for Late {
        rule,
        met,
        source,
        draft,
    } in late
    {
        match met {
            None => {
                let make = || (list_origin(rule, source.as_ref()), draft);
                outlet.report(rule, rule.rule().severity, make, sink);
            }
            Some(met) => {
                let reported = say(rule, &met.spot, &met.source, || draft, outlet, sink);
                if reported && !met.found && marked.insert(met.serial) {
                    outlet.tally.with_findings += 1;
                }
            }
        }
    }
}

fn list_origin(rule: RuleId, source: Option<&Arc<str>>) -> Origin<'_> {
    Origin {
        offset: None,
        source: source.map(|source| &**source),
        record: None,
        line: None,
        container: Container::Document,
        key: None,
        provisional: false,
        fingerprint: Fingerprint::new(rule.rule().code),
    }
}
