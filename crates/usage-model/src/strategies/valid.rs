//! Records as a healthy server sends them.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    CommandCounts, Count, Counter, CountryUsage, Counts, DataCounts, DataUnit, Field,
    International, Lenient, Period, Usage, UsageNode, UsageRecord,
};

use super::leaves::{any_account_sid, any_country_code, any_sim_sid, count_to};

/// How a record writes what there was none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WireShape {
    /// Every node present, zeros written out, `[]` where there was no international traffic.
    Newer,
    /// `null` for a network without traffic, `[]` where there was no international traffic.
    Older,
    /// Every node present, all counters `null` in one without traffic, `[]` where there was no international
    /// traffic.
    Nulled,
    /// Each zero, each network and each list in any of the ways the API is read: zero, null, absent,
    /// empty object, single object.
    Mixed,
}

/// What [`valid_record`] and [`valid_usage`] draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ValidParams {
    /// How what there was none of is written.
    pub shape: WireShape,
    /// The largest figure that the top of a tree may have.
    pub largest: u64,
    /// The most countries in one tree.
    pub countries: usize,
    /// How many of 100 trees have traffic on the home network.
    pub home_percent: u8,
    /// How many of 100 trees have national roaming traffic.
    pub national_percent: u8,
    /// How many of 100 trees list countries.
    pub international_percent: u8,
    /// Whether records name a SIM.
    pub with_sim: bool,
}

impl Default for ValidParams {
    /// Any shape, figures over the whole range, up to four countries, no SIM; home and national roaming in
    /// three of four trees, international roaming in three of five.
    fn default() -> Self {
        Self {
            shape: WireShape::Mixed,
            largest: Count::MAX.get(),
            countries: 4,
            home_percent: 75,
            national_percent: 75,
            international_percent: 60,
            with_sim: false,
        }
    }
}

/// Generates a record whose sums hold, with a period of whole UTC hours.
pub fn valid_record(params: ValidParams) -> BoxedStrategy<UsageRecord> {
    (
        any_account_sid(),
        any_sim_sid(),
        valid_period(),
        valid_usage::<CommandCounts>(params),
        valid_usage::<DataCounts>(params),
    )
        .prop_map(move |(account, sim, period, commands, data)| {
            let mut record = UsageRecord::new(account, period, commands, data);
            if params.with_sim {
                record.sim_sid = Field::Value(Lenient::Known(sim));
            }
            record
        })
        .boxed()
}

/// Generates a period of one to 800 days or one to 48 hours between 2015 and 2042, on whole UTC hours.
pub fn valid_period() -> impl Strategy<Value = Period> {
    let hours = prop_oneof![1_i64..=48, (1_i64..=800).prop_map(|days| days * 24)];
    (394_464_i64..613_608, hours).prop_map(|(first, hours)| {
        let start = DateTime::<Utc>::from_timestamp(first * 3_600, 0).unwrap_or_default();
        Period::new(start, start + TimeDelta::hours(hours))
    })
}

/// Generates a tree whose every sum holds, international traffic included.
pub fn valid_usage<C: Counts>(params: ValidParams) -> BoxedStrategy<Usage<C>> {
    // Each figure of the top is the sum of at most this many drawn figures.
    let parts = 2 * (u64::try_from(params.countries).unwrap_or(u64::MAX / 4) + 2);
    let figure = count_to(params.largest / parts);
    let node = (figure.clone(), figure);
    let international = with_share(
        params.international_percent,
        Vec::new(),
        vec((any_country_code(), node.clone()), 0..=params.countries),
    );
    let network = |percent| with_share(percent, (Count::ZERO, Count::ZERO), node.clone());
    (
        network(params.home_percent),
        network(params.national_percent),
        international,
        ways(),
    )
        .prop_map(move |(home, national, international, mut ways)| {
            let mut shape = Shape {
                shape: params.shape,
                ways: &mut ways,
            };
            shape.usage(home, national, &international)
        })
        .boxed()
}

/// Returns the value in `percent` of 100 cases, and otherwise `none`, to which it also shrinks.
fn with_share<T: std::fmt::Debug + Clone + 'static>(
    percent: u8,
    none: T,
    some: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<T> {
    match u32::from(percent.min(100)) {
        0 => Just(none).boxed(),
        100 => some.boxed(),
        share => prop_oneof![100 - share => Just(none), share => some].boxed(),
    }
}

/// One decision for each place where a shape leaves a choice; used in turn.
fn ways() -> impl Strategy<Value = Vec<Way>> {
    vec(
        select(vec![Way::Written, Way::Null, Way::Absent, Way::Empty]),
        32,
    )
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Written,
    Null,
    Absent,
    Empty,
}

type Pair = (Count, Count);

/// Writes true figures in one of the shapes of the API.
struct Shape<'a> {
    shape: WireShape,
    ways: &'a mut Vec<Way>,
}

impl Shape<'_> {
    fn way(&mut self) -> Way {
        match self.shape {
            WireShape::Newer | WireShape::Nulled => Way::Written,
            WireShape::Older => Way::Null,
            WireShape::Mixed => self.ways.pop().unwrap_or(Way::Written),
        }
    }

    fn usage<C: Counts>(
        &mut self,
        home: Pair,
        national: Pair,
        international: &[(crate::CountryCode, Pair)],
    ) -> Usage<C> {
        let mut parts = vec![home, national];
        parts.extend(international.iter().map(|(_, pair)| *pair));
        let mut usage = Usage {
            top: self.node(sum(&parts)),
            ..Usage::default()
        };
        usage.home = self.network(home);
        usage.national_roaming = self.network(national);
        usage.international_roaming = self.international(international);
        usage
    }

    fn network<C: Counts>(&mut self, pair: Pair) -> Field<UsageNode<C>> {
        if pair != (Count::ZERO, Count::ZERO) {
            return Field::Value(self.node(pair));
        }
        match self.way() {
            Way::Written => Field::Value(self.node(pair)),
            Way::Null => Field::Null,
            Way::Absent => Field::Absent,
            Way::Empty => Field::Value(UsageNode::default()),
        }
    }

    fn international<C: Counts>(
        &mut self,
        international: &[(crate::CountryCode, Pair)],
    ) -> International<C> {
        let entry = |shape: &mut Self, (country, pair): &(crate::CountryCode, Pair)| CountryUsage {
            country_code: Field::Value(Lenient::Known(*country)),
            node: shape.node(*pair),
        };
        match (international, self.shape) {
            ([], WireShape::Mixed) => match self.way() {
                Way::Written => International::List(Vec::new()),
                Way::Null => International::Null,
                Way::Absent => International::Absent,
                Way::Empty => International::Single(Box::default()),
            },
            ([only], WireShape::Mixed) if matches!(self.way(), Way::Empty) => {
                International::Single(Box::new(entry(self, only)))
            }
            _ => International::List(international.iter().map(|one| entry(self, one)).collect()),
        }
    }

    fn node<C: Counts>(&mut self, (toward, from): Pair) -> UsageNode<C> {
        let mut node = UsageNode::new(C::default());
        let total = toward.checked_add(from).unwrap_or(Count::MAX);
        let is_nulled = self.shape == WireShape::Nulled && total == Count::ZERO;
        for (counter, count) in [
            (Counter::Total, total),
            (Counter::TowardSim, toward),
            (Counter::FromSim, from),
        ] {
            *node.counts.counter_mut(counter) = if is_nulled {
                Field::Null
            } else {
                self.count(count)
            };
        }
        if let Some(units) = node.counts.units_mut() {
            *units = Field::Value(Lenient::Known(DataUnit::Bytes));
        }
        node
    }

    fn count(&mut self, count: Count) -> Field<Count> {
        match (count, self.shape) {
            (Count::ZERO, WireShape::Mixed) => match self.way() {
                Way::Written | Way::Empty => Field::Value(count),
                Way::Null => Field::Null,
                Way::Absent => Field::Absent,
            },
            _ => Field::Value(count),
        }
    }
}

fn sum(parts: &[Pair]) -> Pair {
    parts.iter().fold((Count::ZERO, Count::ZERO), |sum, part| {
        (
            sum.0.checked_add(part.0).unwrap_or(Count::MAX),
            sum.1.checked_add(part.1).unwrap_or(Count::MAX),
        )
    })
}
