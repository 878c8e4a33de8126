//! Dialects of a record.

use chrono::{DateTime, SecondsFormat, Utc};
use usage_model::{
    Count, Counter, Counts, Field, International, Kind, Period, Timestamp, Usage, UsageNode,
    UsageRecord,
};

use super::{Dialect, Dialects};

impl Dialects {
    /// Puts a record into the dialects that concern it. What it says stays the same.
    pub(crate) fn speak(&self, record: &mut UsageRecord) {
        if self.has(Dialect::Milliseconds)
            && let Some(period) = record.period.value_mut()
        {
            for time in [&mut period.start, &mut period.end] {
                if let Field::Value(known) = time {
                    *known = milliseconds(known.instant());
                }
            }
        }
        if self.has(Dialect::EmptyPeriod) && is_silent(record) {
            record.period = Field::Value(Period::default());
        }
        if let Some(commands) = record.commands.value_mut() {
            self.speak_tree(commands);
        }
        if let Some(data) = record.data.value_mut() {
            self.speak_tree(data);
        }
    }

    fn speak_tree<C: Counts>(&self, usage: &mut Usage<C>) {
        if self.has(Dialect::EmptyObjects) && is_unused(&usage.top) {
            *usage = Usage::default();
            return;
        }
        if self.has(Dialect::NullNetworks) {
            for network in [&mut usage.home, &mut usage.national_roaming] {
                if network.value().is_some_and(is_unused) {
                    *network = Field::Null;
                }
            }
        }
        let shares = [&mut usage.home, &mut usage.national_roaming];
        for node in shares.into_iter().filter_map(Field::value_mut) {
            self.speak_amount(node);
        }
        let abroad = usage.international_roaming.entries_mut().iter_mut();
        let abroad = abroad.map(|entry| &mut entry.node);
        for node in std::iter::once(&mut usage.top).chain(abroad) {
            self.speak_counters(node);
            self.speak_amount(node);
        }
        if self.has(Dialect::SingleObject) {
            usage.international_roaming = single(std::mem::take(&mut usage.international_roaming));
        }
    }

    fn speak_counters<C: Counts>(&self, node: &mut UsageNode<C>) {
        if self.has(Dialect::NullCounters) {
            for counter in Counter::ALL {
                let field = node.counts.counter_mut(counter);
                if *field == Field::Value(Count::ZERO) {
                    *field = Field::Null;
                }
            }
        }
    }

    fn speak_amount<C: Counts>(&self, node: &mut UsageNode<C>) {
        if self.has(Dialect::NoBilled) {
            (node.billed, node.billing_units) = (Field::Absent, Field::Absent);
        } else if self.has(Dialect::NullBilled) {
            (node.billed, node.billing_units) = (Field::Null, Field::Null);
        }
    }
}

fn is_silent(record: &UsageRecord) -> bool {
    let commands = record.commands.value();
    let data = record.data.value();
    commands.is_none_or(|usage| is_unused(&usage.top))
        && data.is_none_or(|usage| is_unused(&usage.top))
}

fn is_unused<C: Counts>(node: &UsageNode<C>) -> bool {
    Counter::ALL
        .into_iter()
        .all(|counter| node.count(counter) == Count::ZERO)
}

/// The shapes that the vendor's page names for the share abroad.
fn single<C: Counts>(share: International<C>) -> International<C> {
    match share {
        International::List(entries) if entries.is_empty() => match C::KIND {
            Kind::Commands => International::List(entries),
            Kind::Data => International::Null,
        },
        International::List(mut entries) if entries.len() == 1 => {
            entries.pop().map_or(International::Null, |entry| {
                International::Single(Box::new(entry))
            })
        }
        other => other,
    }
}

/// A time with three fractional digits, whether it needs them or not.
fn milliseconds(time: DateTime<Utc>) -> Timestamp {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
        .parse()
        .unwrap_or_else(|_| time.into())
}
