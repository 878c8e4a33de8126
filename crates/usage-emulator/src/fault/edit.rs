//! Puts a fault into a record.

use usage_model::{
    Count, Counter, Counts, Field, International, Kind, Lenient, NodePath, RawJson, Usage,
    UsageRecord,
};

use super::{
    counter_path::{CounterPath, NodeName},
    data::{DataFaultKind, Member},
};

/// What was changed in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// What was changed, as a JSON pointer within the record.
    pub(crate) pointer: String,
    /// By how much a counter was changed; `None` where no counter was.
    pub(crate) delta: Option<i128>,
}

/// Why a fault cannot be put into a record.
type Obstacle = &'static str;

const NO_NODE: Obstacle = "the record has no such counter";
const NO_PERIOD: Obstacle = "the record has no period";

/// The account SID as published samples print it.
const REDACTED_SID: &str = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// The member that nobody knows, where none is named.
const UNKNOWN_MEMBER: &str = "ip_commands";

/// Puts a fault into a record, or says why that cannot be; the record is then as it was.
pub(crate) fn plant(kind: &DataFaultKind, record: &mut UsageRecord) -> Result<Change, Obstacle> {
    match kind {
        DataFaultKind::ReversedPeriod => {
            let period = record.period.value_mut().ok_or(NO_PERIOD)?;
            (period.start, period.end) = (period.end, period.start);
            Ok(Change::at("/period"))
        }
        DataFaultKind::BadSid => {
            record.account_sid = Field::Value(Lenient::from_text(REDACTED_SID));
            Ok(Change::at("/account_sid"))
        }
        DataFaultKind::UnknownMember { name } => {
            let name = name.as_deref().unwrap_or(UNKNOWN_MEMBER);
            insert(record, name, r#"{"total":0}"#)
        }
        DataFaultKind::WrongType { member } => {
            match member {
                Member::AccountSid => record.account_sid = Field::Absent,
                Member::Period => record.period = Field::Absent,
                Member::Commands => record.commands = Field::Absent,
                Member::Data => record.data = Field::Absent,
            }
            let wrong = match member {
                Member::AccountSid => "7",
                Member::Period => r#""2026""#,
                Member::Commands | Member::Data => "[]",
            };
            insert(record, member.as_str(), wrong)
        }
        // Whether a record is sent, and how often, is the affair of its list.
        DataFaultKind::Gap | DataFaultKind::Duplicate { change: None } => Ok(Change::at("")),
        DataFaultKind::Duplicate {
            change: Some((counter, delta)),
        } => on_tree(
            record,
            counter.kind,
            EditCounter(*counter, CounterEdit::Shift(*delta)),
        ),
        DataFaultKind::MissingBreakdown { tree } => on_tree(record, *tree, MissingBreakdown),
        DataFaultKind::OutsideTotal { tree } => on_tree(record, *tree, OutsideTotal),
        DataFaultKind::WrongSum { counter, delta } => {
            let edit = EditCounter(*counter, CounterEdit::Shift(*delta));
            on_tree(record, counter.kind, edit)
        }
        DataFaultKind::Malformed { counter } => {
            let by_default = CounterPath::new(Kind::Data, NodeName::Top, Counter::TowardSim);
            let counter = counter.unwrap_or(by_default);
            on_tree(
                record,
                counter.kind,
                EditCounter(counter, CounterEdit::Spell),
            )
        }
        DataFaultKind::NullCounter {
            counter: Some(counter),
        } => on_tree(
            record,
            counter.kind,
            EditCounter(*counter, CounterEdit::Null),
        ),
        DataFaultKind::NullCounter { counter: None } => on_tree(record, Kind::Commands, NullZero)
            .or_else(|_| on_tree(record, Kind::Data, NullZero)),
    }
}

/// Adds a member that the typed record has no place for.
fn insert(record: &mut UsageRecord, name: &str, json: &str) -> Result<Change, Obstacle> {
    const KNOWN: [&str; 5] = ["account_sid", "sim_sid", "period", "commands", "data"];
    let taken = "the record has such a member";
    let typed = match name {
        "account_sid" => !record.account_sid.is_absent(),
        "period" => !record.period.is_absent(),
        "commands" => !record.commands.is_absent(),
        "data" => !record.data.is_absent(),
        name => KNOWN.contains(&name),
    };
    let json = RawJson::new(json).map_err(|_| taken)?;
    if typed || !record.unknown.insert(name, json) {
        return Err(taken);
    }
    Ok(Change::at(&format!("/{name}")))
}

impl Change {
    pub(crate) fn at(pointer: &str) -> Self {
        Self {
            pointer: pointer.to_owned(),
            delta: None,
        }
    }
}

/// A change of one tree, whatever it counts.
trait TreeEdit {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Obstacle>;
}

fn on_tree(record: &mut UsageRecord, kind: Kind, edit: impl TreeEdit) -> Result<Change, Obstacle> {
    match kind {
        Kind::Commands => edit.edit(record.commands.value_mut().ok_or(NO_NODE)?),
        Kind::Data => edit.edit(record.data.value_mut().ok_or(NO_NODE)?),
    }
}

struct MissingBreakdown;

impl TreeEdit for MissingBreakdown {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Obstacle> {
        if Counter::ALL
            .into_iter()
            .all(|counter| usage.top.count(counter) == Count::ZERO)
        {
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
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Obstacle> {
        let abroad = |counter| -> u128 {
            let entries = usage.international_roaming.entries().iter();
            entries.map(|entry| entry.node.count(counter).wide()).sum()
        };
        let taken = abroad(Counter::Total);
        if taken == 0 {
            return Err("there is no usage abroad");
        }
        let mut counts = usage.top.counts.clone();
        for counter in Counter::ALL {
            let rest = counts
                .counter(counter)
                .or_zero()
                .wide()
                .checked_sub(abroad(counter));
            let rest = rest
                .and_then(|rest| u64::try_from(rest).ok())
                .and_then(Count::new);
            let rest = rest.ok_or("usage abroad is outside the total already")?;
            *counts.counter_mut(counter) = Field::Value(rest);
        }
        usage.top.counts = counts;
        Ok(Change {
            pointer: NodePath::Top.pointer(C::KIND),
            delta: i128::try_from(taken).ok().map(|taken| -taken),
        })
    }
}

struct EditCounter(CounterPath, CounterEdit);

enum CounterEdit {
    Shift(i64),
    Spell,
    Null,
}

impl TreeEdit for EditCounter {
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Obstacle> {
        let Self(CounterPath { node, counter, .. }, edit) = self;
        let place = node.place(usage).ok_or(NO_NODE)?;
        let node = usage.node_mut(place).ok_or(NO_NODE)?;
        let truth = node
            .counts
            .counter(counter)
            .value()
            .copied()
            .ok_or("the counter is not a number")?;
        let field = node.counts.counter_mut(counter);
        let delta = match edit {
            CounterEdit::Shift(delta) => {
                let wrong = truth.get().checked_add_signed(delta).and_then(Count::new);
                let wrong = wrong.ok_or("the counter would be out of its range")?;
                *field = Field::Value(wrong);
                Some(i128::from(delta))
            }
            CounterEdit::Null => {
                *field = Field::Null;
                Some(-i128::from(truth.get()))
            }
            CounterEdit::Spell => {
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
    fn edit<C: Counts>(self, usage: &mut Usage<C>) -> Result<Change, Obstacle> {
        let zero = |(place, counter): &(NodePath, Counter)| {
            let node = usage.node(*place);
            node.is_some_and(|node| node.counts.counter(*counter) == Field::Value(Count::ZERO))
        };
        let (place, counter) = usage
            .nodes()
            .flat_map(|(place, _)| Counter::ALL.map(|counter| (place, counter)))
            .find(zero)
            .ok_or("no counter of the record is 0")?;
        let node = usage.node_mut(place).ok_or(NO_NODE)?;
        *node.counts.counter_mut(counter) = Field::Null;
        Ok(Change {
            pointer: place.counter_pointer(C::KIND, counter),
            delta: Some(0),
        })
    }
}
