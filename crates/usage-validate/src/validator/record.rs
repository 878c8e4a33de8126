//! One record after another, each by every rule that needs nothing but the record.

use std::{cell::Cell, sync::Arc};

use usage_model::{
    AccountSid, Counts, DataUnit, Field, Kind, Lenient, Place, SimSid, Sums, Timestamp, Usage,
    UsageNode, UsageRecord,
};

use crate::{
    config::{policy::Policy, settings::Settings},
    findings::{
        kept::{Kept, RecordOrder, Source, bounded},
        reporter::Reporter,
        subject::{KeyRef, RecordRef, Subject},
    },
    rules::{
        country,
        coverage::intervals::Interval,
        duplicates::figures::{Figures, TopFigures},
        identity,
        international::INTERNATIONAL_POLICY_INCONSISTENT,
        member::{self, MembersSeen, UNKNOWN_MEMBER},
        nodes::{
            self, AMOUNT_KEPT_AS_TEXT, NULL_COUNTER, figures, is_blank, is_blank_node, stated_unit,
        },
        period,
        sums::{
            balance::Balance,
            direction::{self, DIRECTION_SUM},
            network::{self, BREAKDOWN_MISSING, INTERNATIONAL_OUTSIDE_TOTAL, NETWORK_SUM},
        },
        unit::{self, UNIT},
        window::meets_widened,
    },
};

/// Checks records by the rules that need one record alone, and notes what they have in common.
#[derive(Debug)]
pub(crate) struct Records {
    settings: Arc<Settings>,
    pub(crate) members: MembersSeen,
}

/// What the rules on lists know of a record; the same size for every record but for identifiers that are none.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) account: Option<Lenient<AccountSid>>,
    pub(crate) sim: Option<Lenient<SimSid>>,
    /// Start and end in their own spelling; `None` where the record has no period.
    period: Option<[Option<Timestamp>; 2]>,
    pub(crate) provisional: bool,
    /// Whether a finding about the record was counted.
    pub(crate) found: bool,
    /// Whether the record lies outside the queried window.
    pub(crate) is_outside: bool,
    pub(crate) figures: Figures,
    pub(crate) top: TopFigures,
    /// How each tree, in the order Commands, Data, counts international traffic; `None` where it has none
    /// or fits neither way.
    pub(crate) readings: [Option<Policy>; 2],
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
                .is_some_and(|(window, (start, end))| !meets_widened(start, end, window)),
            figures: Figures::default(),
            top: TopFigures::default(),
            readings: [None; 2],
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
        let commands = record
            .commands
            .value()
            .map(|tree| check_tree(tree, settings, subject, reporter))
            .unwrap_or_default();
        let data = record
            .data
            .value()
            .map(|tree| check_tree(tree, settings, subject, reporter));
        let data = data.unwrap_or_else(Scan::blank);
        reporter.evaluated(&UNKNOWN_MEMBER);
        if member::has_unknown(record) {
            reporter.mark(&UNKNOWN_MEMBER, &at);
            self.members.note(record, &at, source);
        }
        Entry {
            place: *place,
            account: record.account_sid.value().cloned().map(bounded),
            sim: record.sim_sid.value().cloned().map(bounded),
            period,
            provisional: at.provisional,
            found: at.found.get(),
            is_outside,
            figures: Figures::of(record),
            top: TopFigures::new(commands.top_figures, data.top_figures, data.top_unit),
            readings: [commands.reading, data.reading],
        }
    }
}

/// What one pass over a tree finds: enough to know whether anything has to be said about it.
#[derive(Debug, Default)]
struct Scan {
    /// The counters of the top.
    top: Sums,
    /// The same as they stand.
    top_figures: [u64; 3],
    /// The unit of the top; `None` where it is not known.
    top_unit: Option<DataUnit>,
    /// Home and national roaming.
    domestic: Sums,
    /// International roaming.
    international: Sums,
    nodes: u64,
    /// Amounts billed.
    amounts: u64,
    /// Those of them that are too long for a decimal.
    long_amounts: u64,
    /// A counter is null or absent.
    has_null: bool,
    /// A total is not the sum of its directions.
    has_direction_mismatch: bool,
    /// A unit is not the one that all other nodes have.
    odd_unit: bool,
    /// Whether the tree counts international traffic; `None` where it has none, fits neither way, or the
    /// run was told.
    reading: Option<Policy>,
}

/// Checks one tree by every rule on nodes and sums.
fn check_tree<C: Counts>(
    tree: &Usage<C>,
    settings: &Settings,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) -> Scan {
    let policy = settings.policy;
    if is_blank(tree) {
        return Scan::blank();
    }
    let mut scan = Scan::of(tree);
    reporter.evaluated_times(&NULL_COUNTER, scan.nodes);
    reporter.evaluated_times(&DIRECTION_SUM, scan.nodes);
    if scan.has_null {
        nodes::null_counters(tree, subject, reporter);
    }
    reporter.evaluated_times(&AMOUNT_KEPT_AS_TEXT, scan.amounts);
    if scan.long_amounts > 0 {
        nodes::long_amounts(tree, subject, reporter);
    }
    let units = scan.odd_unit.then(|| unit::Units::of(tree));
    if tree.top.counts.units().is_some() {
        reporter.evaluated(&UNIT);
    }
    if let Some(units) = &units {
        scan.top_unit = units.read(0).ok();
        unit::report(tree, units, subject, reporter);
    }
    country::check(tree, subject, reporter);
    if units.is_some() || scan.has_direction_mismatch || !scan.networks_hold(policy) {
        let balance = Balance::new(tree, units.as_ref(), settings.tolerance.of(C::KIND));
        let judgement = network::judge(&balance, policy, reporter);
        scan.reading = judgement.vote(&balance, policy);
        network::report(tree, &balance, &judgement, subject, reporter);
        direction::report(tree, &balance, &judgement, subject, reporter);
    } else {
        reporter.evaluated_times(&NETWORK_SUM, 3);
        if !scan.top.is_zero() {
            reporter.evaluated(&BREAKDOWN_MISSING);
        }
        if policy == Policy::Auto && !scan.international.is_zero() {
            if C::KIND == Kind::Data {
                reporter.evaluated(&INTERNATIONAL_OUTSIDE_TOTAL);
            }
            scan.reading = Some(Policy::Include);
        }
    }
    if scan.reading.is_some() {
        reporter.evaluated(&INTERNATIONAL_POLICY_INCONSISTENT);
    }
    scan
}

impl Scan {
    /// What there is to see in a tree that is not there.
    fn blank() -> Self {
        Self {
            top_unit: Some(DataUnit::Bytes),
            ..Self::default()
        }
    }

    fn of<C: Counts>(tree: &Usage<C>) -> Self {
        let mut scan = Self::default();
        let unit = stated_unit(&tree.top);
        scan.top_unit = Some(unit.unwrap_or_default());
        // A top without a known unit is left to the closer look, unless the kind has no units.
        scan.odd_unit = unit.is_none() && tree.top.counts.units().is_some();
        scan.top = scan.node(&tree.top, unit);
        scan.top_figures = figures(&tree.top);
        for child in [&tree.home, &tree.national_roaming] {
            if let Field::Value(child) = child {
                let sums = scan.child(child, unit);
                scan.domestic = add(scan.domestic, sums);
            }
        }
        for entry in tree.international_roaming.entries() {
            let sums = if entry.country_code.is_absent() {
                scan.child(&entry.node, unit)
            } else {
                scan.node(&entry.node, unit)
            };
            scan.international = add(scan.international, sums);
        }
        scan
    }

    fn child<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> Sums {
        if is_blank_node(node) {
            Sums::ZERO
        } else {
            self.node(node, unit)
        }
    }

    fn node<C: Counts>(&mut self, node: &UsageNode<C>, unit: Option<DataUnit>) -> Sums {
        self.nodes += 1;
        if let Field::Value(amount) = &node.billed {
            self.amounts += 1;
            self.long_amounts += u64::from(amount.decimal().is_none());
        }
        self.has_null |= !node.counts.counters().iter().all(Field::is_value);
        self.odd_unit |= stated_unit(node) != unit;
        let sums = node.sums();
        self.has_direction_mismatch |= !sums.directions_hold();
        sums
    }

    /// Whether the counters of the top are the sums that the policy asks for.
    fn networks_hold(&self, policy: Policy) -> bool {
        let sums = match policy {
            Policy::Exclude => self.domestic,
            Policy::Auto | Policy::Include => add(self.domestic, self.international),
        };
        sums == self.top
    }
}

/// A list long enough to reach the end of the range fits in no memory.
fn add(sums: Sums, more: Sums) -> Sums {
    sums.checked_add(more).unwrap_or(sums)
}
