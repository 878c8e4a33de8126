//! One record after another, each by every rule that needs nothing but the record.

use std::{cell::Cell, sync::Arc};

use usage_model::{Field, Place, Timestamp, UsageRecord};

use super::tree;

use crate::{
    config::{options::Policy, settings::Settings},
    findings::{
        kept::{Kept, RecordOrder, Source, bounded},
        reporter::Reporter,
        subject::{KeyRef, RecordRef, Subject},
    },
    rules::{
        coverage::intervals::Interval,
        duplicates::figures::{FiguresDigest, TopFigures},
        identity,
        member::{self, MembersSeen, UNKNOWN_MEMBER},
        period,
    },
};

/// Checks records by the rules that need one record alone, and notes what they have in common.
#[derive(Debug)]
pub(crate) struct Records {
    settings: Arc<Settings>,
    pub(crate) members: MembersSeen,
}

/// What the rules on lists know of a record. Its size is fixed, except for texts that are not SIDs.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The record by itself; its input and its number are those of who keeps it.
    pub(crate) record: Kept,
    /// Whether the record lies outside the queried window.
    pub(crate) is_outside: bool,
    pub(crate) figures: FiguresDigest,
    pub(crate) top: TopFigures,
    /// How each tree, in the order Commands, Data, counts international traffic; `None` where it has none
    /// or fits neither way.
    pub(crate) votes: [Option<Policy>; 2],
}

impl Entry {
    /// The time that the record is for; `None` where it names none.
    pub(crate) fn time(&self) -> Option<Interval> {
        let (start, end) = self.record.bounds()?;
        Some(Interval::new(start, end))
    }

    /// The record as the subject of a finding.
    pub(crate) fn subject<'a>(&'a self, source: &'a Source) -> RecordRef<'a> {
        RecordRef {
            source: source.as_deref(),
            ..self.record.subject()
        }
    }

    /// An entry of what a record that could not be read claims to be.
    pub(crate) fn of_claim(claim: &Kept, settings: &Settings) -> Self {
        Self {
            record: claim.clone(),
            is_outside: settings
                .window
                .zip(claim.bounds())
                .is_some_and(|(window, (start, end))| !window.widened_to_days().meets(start, end)),
            figures: FiguresDigest::default(),
            top: TopFigures::default(),
            votes: [None; 2],
        }
    }

    /// The record as it is remembered, where it stands before the first of others.
    pub(crate) fn keep_if_before(
        &self,
        first: Option<&Kept>,
        source: &Source,
        serial: u64,
        found: bool,
    ) -> Option<Kept> {
        let order = RecordOrder {
            serial,
            ..self.record.order()
        };
        first
            .is_none_or(|first| order < first.order())
            .then(|| self.keep(source, serial, found))
    }

    /// The record as it is remembered; `found` says whether a finding about it was counted by now.
    pub(crate) fn keep(&self, source: &Source, serial: u64, found: bool) -> Kept {
        Kept {
            serial,
            source: source.clone(),
            found,
            ..self.record.clone()
        }
    }
}

impl Records {
    pub(crate) const fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            members: MembersSeen::EMPTY,
        }
    }

    /// One with the same settings that has seen nothing yet.
    pub(crate) fn another(&self) -> Self {
        Self::new(Arc::clone(&self.settings))
    }

    /// Checks a record; returns what the rules on lists need of it.
    pub(crate) fn check(
        &mut self,
        place: &Place,
        record: &UsageRecord,
        source: &Source,
        reporter: &mut Reporter,
    ) -> Entry {
        let settings = &*self.settings;
        let period = record.period.value().map(|period| {
            [&period.start, &period.end].map(|bound: &Field<Timestamp>| bound.value().copied())
        });
        let end = period.and_then(|[_, end]| end);
        let at = RecordRef {
            place: Some(*place),
            source: source.as_deref(),
            key: KeyRef::Record(record),
            provisional: end.is_some_and(|end| !settings.clock.is_settled(end.instant())),
            found: Cell::new(false),
        };
        let subject = Subject::Record(&at);
        reporter.tally.decoded += 1;
        identity::check(record, subject, reporter);
        let is_outside = period::check(record, settings, subject, reporter);
        let commands = tree::check(&record.commands, settings, subject, reporter);
        let data = tree::check(&record.data, settings, subject, reporter);
        reporter.evaluated(&UNKNOWN_MEMBER);
        let in_trees = commands.has_unknown || data.has_unknown;
        if in_trees || member::has_unknown_beside_trees(record) {
            reporter.count_record(&UNKNOWN_MEMBER, &at);
            self.members.note(record, in_trees, &at, source);
        }
        Entry {
            record: Kept {
                place: at.place,
                serial: 0,
                account: record.account_sid.value().map(bounded),
                sim: record.sim_sid.value().map(bounded),
                period,
                provisional: at.provisional,
                source: None,
                found: at.found.get(),
            },
            is_outside,
            figures: FiguresDigest::new(commands.figures, data.figures),
            top: TopFigures::new(commands.top, data.top, data.unit),
            votes: [commands.vote, data.vote],
        }
    }
}
