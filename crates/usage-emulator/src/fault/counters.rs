//! Faults in the counters of a record.

use usage_model::{
    Count, Counter, Counts, Field, International, Kind, NodePath, RawJson, Usage, UsageRecord,
};

use super::{
    arguments::{Arguments, Expected},
    counter_path::{CounterPath, NodeName, parse_kind},
    entry::{Change, ChangeRecord, Effect, Entry, Reason, RecordEffect},
};

const NO_NODE: Reason = "the record has no such counter";
const OUT_OF_RANGE: Reason = "the counter would be out of its range";

const COUNTER: Expected = "a counter like data.home.download";
const TREE: Expected = "the tree data or commands";
pub(super) const DELTA: Expected = "a difference like +1000, not 0";

pub(super) static WRONG_SUM: Entry = Entry {
    name: "wrong-sum",
    arguments: ":COUNTER:DELTA",
    options: "",
    help: "the counter is off by DELTA, such as +1000",
    effect: Effect::Record(|arguments| Ok(RecordEffect::Change(shifted(arguments)?))),
};

pub(super) static REVISION: Entry = Entry {
    name: "revision",
    arguments: ":DELTA",
    options: "",
    help: "DELTA bytes more were downloaded at home; all sums hold",
    effect: Effect::Record(|arguments| {
        let delta = arguments.required(delta, DELTA)?;
        Ok(RecordEffect::Change(Box::new(move |record| {
            on_tree(record, Kind::Data, Revise(delta))
        })))
    }),
};

pub(super) static MISSING_BREAKDOWN: Entry = Entry {
    name: "missing-breakdown",
    arguments: "[:TREE]",
    options: "",
    help: "no shares by network below a top that is not 0",
    effect: Effect::Record(|arguments| {
        let tree = tree(arguments)?;
        Ok(RecordEffect::Change(Box::new(move |record| {
            on_tree(record, tree, MissingBreakdown)
        })))
    }),
};

pub(super) static OUTSIDE_TOTAL: Entry = Entry {
    name: "outside-total",
    arguments: "[:TREE]",
    options: "",
    help: "the top leaves out international usage",
    effect: Effect::Record(|arguments| {
        let tree = tree(arguments)?;
        Ok(RecordEffect::Change(Box::new(move |record| {
            on_tree(record, tree, OutsideTotal)
        })))
    }),
};

pub(super) static MALFORMED: Entry = Entry {
    name: "malformed",
    arguments: "[:COUNTER]",
    options: "",
    help: "the counter (`data.download` by default) is a text",
    effect: Effect::Record(|arguments| {
        let by_default = CounterPath::new(Kind::Data, NodeName::Top, Counter::TowardSim);
        let counter = arguments.optional(CounterPath::parse, COUNTER)?;
        Ok(RecordEffect::Change(edit(
            counter.unwrap_or(by_default),
            CounterEdit::Text,
        )))
    }),
};

pub(super) static NULL_COUNTER: Entry = Entry {
    name: "null-counter",
    arguments: "[:COUNTER]",
    options: "",
    help: "the counter is null; by default one that is 0",
    effect: Effect::Record(|arguments| {
        let counter = arguments.optional(CounterPath::parse, COUNTER)?;
        Ok(RecordEffect::Change(match counter {
            Some(counter) => edit(counter, CounterEdit::Null),
            None => Box::new(|record| {
                on_tree(record, Kind::Commands, NullZero)
                    .or_else(|_| on_tree(record, Kind::Data, NullZero))
            }),
        }))
    }),
};

/// Reads `COUNTER:DELTA` and returns the change of that counter.
pub(super) fn shifted(arguments: &mut Arguments<'_>) -> Result<ChangeRecord, Expected> {
    let counter = arguments.required(CounterPath::parse, COUNTER)?;
    let delta = arguments.required(delta, DELTA)?;
    Ok(edit(counter, CounterEdit::Shift(delta)))
}

fn delta(text: &str) -> Option<i64> {
    text.parse().ok().filter(|delta| *delta != 0)
}

fn tree(arguments: &mut Arguments<'_>) -> Result<Kind, Expected> {
    let tree = arguments.optional(parse_kind, TREE)?;
    Ok(tree.unwrap_or(Kind::Data))
}

/// A change of one tree, whatever it counts.
trait TreeEdit {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason>;
}

fn on_tree(record: &mut UsageRecord, kind: Kind, edit: impl TreeEdit) -> Result<Change, Reason> {
    match kind {
        Kind::Commands => edit.edit(record.commands.value_mut().ok_or(NO_NODE)?),
        Kind::Data => edit.edit(record.data.value_mut().ok_or(NO_NODE)?),
    }
}

struct MissingBreakdown;

impl TreeEdit for MissingBreakdown {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason> {
        let mut counters = Counter::ALL.into_iter();
        if counters.all(|counter| usage.top.count(counter) == Count::ZERO) {
            return Err("there is no usage whose shares could be missing");
        }
        usage.home = Field::Null;
        usage.national_roaming = Field::Null;
        usage.international_roaming = International::List(Vec::new());
        Ok(Change::at(&NodePath::Top.pointer(C::KIND)))
    }
}

struct OutsideTotal;

impl TreeEdit for OutsideTotal {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason> {
        let international = |counter| -> u128 {
            let entries = usage.international_roaming.entries().iter();
            entries.map(|entry| entry.node.count(counter).wide()).sum()
        };
        let taken = international(Counter::Total);
        if taken == 0 {
            return Err("there is no international usage");
        }
        let mut counts = usage.top.counts.clone();
        for counter in Counter::ALL {
            let top = counts.counter(counter).or_zero().wide();
            let rest = top.checked_sub(international(counter));
            let rest = rest.and_then(|rest| u64::try_from(rest).ok());
            let rest = rest.and_then(Count::new);
            let rest = rest.ok_or("international usage is outside the total already")?;
            *counts.counter_mut(counter) = Field::Value(rest);
        }
        usage.top.counts = counts;
        Ok(Change {
            pointer: NodePath::Top.pointer(C::KIND),
            delta: i128::try_from(taken).ok().map(|taken| -taken),
        })
    }
}

struct Revise(i64);

impl TreeEdit for Revise {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason> {
        let mut revised = usage.clone();
        for place in [NodePath::Top, NodePath::Home] {
            let node = revised.node_mut(place).ok_or(NO_NODE)?;
            for counter in [Counter::Total, Counter::TowardSim] {
                let field = node.counts.counter_mut(counter);
                let count = field.value().copied().unwrap_or(Count::ZERO).get();
                let count = count.checked_add_signed(self.0).and_then(Count::new);
                *field = Field::Value(count.ok_or(OUT_OF_RANGE)?);
            }
        }
        *usage = revised;
        Ok(Change {
            pointer: NodePath::Top.pointer(C::KIND),
            delta: Some(i128::from(self.0)),
        })
    }
}

#[derive(Clone, Copy)]
enum CounterEdit {
    Shift(i64),
    Text,
    Null,
}

struct EditCounter(CounterPath, CounterEdit);

fn edit(counter: CounterPath, edit: CounterEdit) -> ChangeRecord {
    Box::new(move |record| on_tree(record, counter.kind, EditCounter(counter, edit)))
}

impl TreeEdit for EditCounter {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason> {
        let Self(CounterPath { node, counter, .. }, edit) = self;
        let place = node.place(usage).ok_or(NO_NODE)?;
        let node = usage.node_mut(place).ok_or(NO_NODE)?;
        let truth = node.counts.counter(counter).value().copied();
        let truth = truth.ok_or("the counter is not a number")?;
        let field = node.counts.counter_mut(counter);
        let delta = match edit {
            CounterEdit::Shift(delta) => {
                let wrong = truth.get().checked_add_signed(delta).and_then(Count::new);
                *field = Field::Value(wrong.ok_or(OUT_OF_RANGE)?);
                Some(i128::from(delta))
            }
            CounterEdit::Null => {
                *field = Field::Null;
                Some(-i128::from(truth.get()))
            }
            CounterEdit::Text => {
                // Only the number is taken out of the typed record, so that a text can stand for it.
                let text = RawJson::new(&format!("\"{truth}\"")).map_err(|_| NO_NODE)?;
                *field = Field::Absent;
                node.unknown.insert(counter.name(C::KIND), text);
                None
            }
        };
        Ok(Change {
            pointer: place.counter_pointer(C::KIND, counter),
            delta,
        })
    }
}

struct NullZero;

impl TreeEdit for NullZero {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Reason> {
        let is_zero = |(place, counter): &(NodePath, Counter)| {
            let node = usage.node(*place);
            node.is_some_and(|node| node.counts.counter(*counter) == Field::Value(Count::ZERO))
        };
        let (place, counter) = usage
            .nodes()
            .flat_map(|(place, _)| Counter::ALL.map(|counter| (place, counter)))
            .find(is_zero)
            .ok_or("no counter of the record is 0")?;
        let node = usage.node_mut(place).ok_or(NO_NODE)?;
        *node.counts.counter_mut(counter) = Field::Null;
        Ok(Change {
            pointer: place.counter_pointer(C::KIND, counter),
            delta: Some(0),
        })
    }
}
