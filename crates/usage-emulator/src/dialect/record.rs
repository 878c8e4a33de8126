//! Dialects of a record.

use chrono::{DateTime, SecondsFormat, Utc};
use usage_model::{
    Count, Counter, Counts, Field, International, Kind, Period, RawJson, Timestamp, Usage,
    UsageNode, UsageRecord,
};

use super::{Dialect, Dialects};

impl Dialects {
    /// Changes a record as the dialects have it. What it says stays the same.
    pub(crate) fn apply_to_record(&self, record: &mut UsageRecord) {
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
            self.apply_to_tree(commands);
        }
        if let Some(data) = record.data.value_mut() {
            self.apply_to_tree(data);
        }
    }

    fn apply_to_tree<C: Counts>(&self, usage: &mut Usage<C>) {
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
            self.apply_to_amount(node);
        }
        let international = usage.international_roaming.entries_mut().iter_mut();
        let international = international.map(|entry| &mut entry.node);
        for node in std::iter::once(&mut usage.top).chain(international) {
            self.apply_to_counters(node);
            self.apply_to_amount(node);
        }
        if self.has(Dialect::SingleObject) {
            usage.international_roaming = single(std::mem::take(&mut usage.international_roaming));
        }
    }

    fn apply_to_counters<C: Counts>(&self, node: &mut UsageNode<C>) {
        if self.has(Dialect::NullCounters) {
            for counter in Counter::ALL {
                let field = node.counts.counter_mut(counter);
                if *field == Field::Value(Count::ZERO) {
                    *field = Field::Null;
                }
            }
        }
    }

    fn apply_to_amount<C: Counts>(&self, node: &mut UsageNode<C>) {
        if self.has(Dialect::NoBilled) {
            (node.billed, node.billing_units) = (Field::Absent, Field::Absent);
        } else if self.has(Dialect::NullBilled) {
            (node.billed, node.billing_units) = (Field::Null, Field::Null);
        } else if self.has(Dialect::LongAmounts) {
            lengthen(node);
        }
    }
}

/// Writes an amount as the exact value of the double nearest to it, as `new BigDecimal(double)` does.
fn lengthen<C: Counts>(node: &mut UsageNode<C>) {
    let billed = node.billed.value().map(ToString::to_string);
    let Some(Ok(double)) = billed.map(|text| text.parse::<f64>()) else {
        return;
    };
    // More digits than the exact value of any amount of this size has.
    let exact = format!("{double:.60}");
    let exact = exact.trim_end_matches('0').trim_end_matches('.');
    if let Ok(json) = RawJson::new(exact) {
        // The typed record has no room for as many digits.
        node.billed = Field::Absent;
        node.unknown.insert("billed", json);
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

/// The shapes that the vendor's page names for international usage.
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
