//! In which direction of time records follow each other.

use std::{cmp::Ordering, mem};

use chrono::{DateTime, Utc};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject},
    rules::{
        catalogue::{
            example::{Example, series},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
    },
};

pub(crate) static OUT_OF_ORDER: Rule = Rule {
    since: "0.1.0",
    code: "UR405",
    name: "out-of-order",
    severity: Severity::Info,
    scope: Scope::Successor,
    sentence: "Records of one account and SIM should run in one direction throughout: oldest first or newest first.",
    formula: "start(rᵢ) < start(rᵢ₊₁) for all i, or > for all i; duplicates and overlaps are left out",
    origin: "Lists are sorted by time; the direction is not documented.",
    false_positives: "Lists combined from several queries.",
    example: Example::new(series!(
        "2026-06-01".."2026-06-02",
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
    )),
    near_miss: Example::new(series!(
        "2026-06-03".."2026-06-04",
        "2026-06-02".."2026-06-03",
        "2026-06-01".."2026-06-02",
    )),
};

/// In which direction a series runs, as far as was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The start of the last record that took part in the order.
    last: DateTime<Utc>,
    direction: Option<Direction>,
    /// Records that follow the direction.
    with: u32,
    /// Records that go against it.
    against: u32,
}

/// In which direction of time records follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    OldestFirst,
    NewestFirst,
}

impl Order {
    pub(crate) const fn new(first: DateTime<Utc>) -> Self {
        Self {
            last: first,
            direction: None,
            with: 0,
            against: 0,
        }
    }

    /// Whether records run from new to old, as far as was seen.
    pub(crate) fn is_newest_first(self) -> bool {
        self.direction == Some(Direction::NewestFirst)
    }

    /// Takes note of a record that has no part in the order, but that others follow.
    pub(crate) const fn pass(&mut self, start: DateTime<Utc>) {
        self.last = start;
    }

    /// Takes note of a record that starts after all before it, where records run from old to new. Says whether they do.
    pub(crate) fn follow(&mut self, start: DateTime<Utc>) -> bool {
        if *self.direction.get_or_insert(Direction::OldestFirst) != Direction::OldestFirst {
            return false;
        }
        self.last = start;
        self.with = self.with.saturating_add(1);
        true
    }

    /// Checks that the next record goes on in the direction of the series (UR405).
    pub(crate) fn check(
        &mut self,
        start: DateTime<Utc>,
        subject: Subject<'_>,
        reporter: &mut Reporter,
    ) {
        let direction = match start.cmp(&mem::replace(&mut self.last, start)) {
            Ordering::Greater => Direction::OldestFirst,
            Ordering::Less => Direction::NewestFirst,
            Ordering::Equal => return,
        };
        let before = *self.direction.get_or_insert(direction);
        if before == direction {
            self.with = self.with.saturating_add(1);
            return;
        }
        self.against = self.against.saturating_add(1);
        // The first two records need not be the ones that are in order.
        if self.against > self.with {
            self.direction = Some(direction);
            mem::swap(&mut self.with, &mut self.against);
        }
        reporter.report(&OUT_OF_ORDER, subject, || {
            let (side, order) = match before {
                Direction::OldestFirst => ("before", "oldest first"),
                Direction::NewestFirst => ("after", "newest first"),
            };
            Draft::new(
                PERIOD,
                format!("the period starts {side} the one before it, but the list runs {order}"),
            )
            .help("sort the records by the start of their periods")
        });
    }
}
