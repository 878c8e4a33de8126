//! One record after another, each by every rule that needs nothing but the record.

use std::{cell::Cell, sync::Arc};

use usage_model::{AccountSid, Field, Lenient, Place, SimSid, Timestamp, UsageRecord};

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
    pub(crate) place: Place,
    pub(crate) account: Option<Lenient<AccountSid>>,
    pub(crate) sim: Option<Lenient<SimSid>>,
    /// Start and end as they were written; `None` if the record has no period.
    period: Option<[Option<Timestamp>; 2]>,
    pub(crate) provisional: bool,
    /// Whether a finding about the record was counted.
    pub(crate) found: bool,
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
        let [start, end] = self.period?;
        let (start, end) = (start?.instant(), end?.instant());
        (start < end).then_some(Interval::new(start, end))
    }

    /// The record as the subject of a finding.
    pub(crate) fn subject<'a>(&'a self, source: &'a Source) -> RecordRef<'a> {
        RecordRef {
            place: self.place,
            source: source.as_deref(),
            key: KeyRef::Parts {
                account: self.account.as_ref().map(Lenient::as_str),
                sim: self.sim.as_ref().map(Lenient::as_str),
                period: self.period,
            },
            provisional: self.provisional,
            found: Cell::new(self.found),
        }
    }

    /// An entry of what a record that could not be read claims to be.
    pub(crate) fn of_claim(claim: &Kept, settings: &Settings) -> Self {
        let time = claim.bounds();
        Self {
            place: claim.place,
            account: claim.account.clone(),
            sim: claim.sim.clone(),
            period: claim.period,
            provisional: claim.provisional,
            found: claim.found,
            is_outside: settings
                .window
                .zip(time)
                .is_some_and(|(window, (start, end))| !window.widened_to_days().meets(start, end)),
            figures: FiguresDigest::default(),
            top: TopFigures::default(),
            votes: [None; 2],
        }
    }

    /// Where the record stands among others.
    fn order(&self, serial: u64) -> RecordOrder<'_> {
        RecordOrder {
            account: self.account.as_ref().map(Lenient::as_str),
            sim: self.sim.as_ref().map(Lenient::as_str),
            time: self.time().map(|time| (time.start, time.end)),
            serial,
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
        first
            .is_none_or(|first| self.order(serial) < first.order())
            .then(|| self.keep(source, serial, found))
    }

    /// The record as it is remembered; `found` says whether a finding about it was counted by now.
    pub(crate) fn keep(&self, source: &Source, serial: u64, found: bool) -> Kept {
        Kept {
            place: self.place,
            serial,
            account: self.account.clone(),
            sim: self.sim.clone(),
            period: self.period,
            provisional: self.provisional,
            source: source.clone(),
            found,
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
            place: *place,
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
            place: *place,
            account: record.account_sid.value().map(bounded),
            sim: record.sim_sid.value().map(bounded),
            period,
            provisional: at.provisional,
            found: at.found.get(),
            is_outside,
            figures: FiguresDigest::new(commands.figures, data.figures),
            top: TopFigures::new(commands.top, data.top, data.unit),
            votes: [commands.vote, data.vote],
        }
    }
}
