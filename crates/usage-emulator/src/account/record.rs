//! From sums to usage records, in the shape of the newer responses.
//!
//! Every node is there, zeros included; the international list has the countries with usage of its kind
//! and is `[]` where there are none.

use chrono::{DateTime, Utc};
use usage_model::{
    CommandCounts, Count, CountryUsage, Counts, DataCounts, Field, International, Lenient, Period,
    Resource, Usage, UsageNode, UsageRecord,
};

use crate::world::{
    Charge, Counters, Country, Network, NetworkUsage, World, command_charge, data_charge,
};

/// The currency of all amounts.
const CURRENCY: &str = "USD";

/// How the counters of a network become those of one kind of tree.
struct Scheme<C> {
    counts: fn(Counters) -> C,
    charge: fn(Network, Counters) -> Charge,
}

/// The record of a resource for a period.
pub(crate) fn usage_record(
    world: &World,
    resource: Resource,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    by_network: &NetworkUsage,
) -> UsageRecord {
    let commands = Scheme {
        counts: command_counts,
        charge: command_charge,
    };
    let data = Scheme {
        counts: data_counts,
        charge: data_charge,
    };
    let mut record = UsageRecord::new(
        world.account_sid(),
        Period::new(start, end),
        commands.usage(by_network),
        data.usage(by_network),
    );
    if let Resource::Sim(sid) = resource {
        record.sim_sid = Field::Value(Lenient::Known(sid));
    }
    record
}

impl<C: Counts> Scheme<C> {
    fn usage(&self, by_network: &NetworkUsage) -> Usage<C> {
        let international = Country::ALL
            .into_iter()
            .map(|country| {
                (
                    country,
                    self.node(Network::International(country), by_network),
                )
            })
            .filter(|(_, node)| node.counts != (self.counts)(Counters::default()));
        let charge = [Network::Home, Network::National]
            .into_iter()
            .chain(Country::ALL.map(Network::International))
            .map(|network| (self.charge)(network, by_network.on(network)))
            .fold(Charge::default(), Charge::and);
        let mut usage = Usage::new((self.counts)(by_network.total()));
        usage.top = billed((self.counts)(by_network.total()), charge);
        usage.home = Field::Value(self.node(Network::Home, by_network));
        usage.national_roaming = Field::Value(self.node(Network::National, by_network));
        usage.international_roaming = International::List(
            international
                .map(|(country, node)| entry(country, node))
                .collect(),
        );
        usage
    }

    fn node(&self, network: Network, by_network: &NetworkUsage) -> UsageNode<C> {
        let counters = by_network.on(network);
        billed((self.counts)(counters), (self.charge)(network, counters))
    }
}

fn entry<C: Counts>(country: Country, node: UsageNode<C>) -> CountryUsage<C> {
    let mut entry = CountryUsage::default();
    entry.country_code = Field::Value(Lenient::from_text(country.as_str()));
    entry.node = node;
    entry
}

fn billed<C: Counts>(counts: C, charge: Charge) -> UsageNode<C> {
    let mut node = UsageNode::new(counts);
    node.billed = Field::Value(charge.billed().into());
    node.billing_units = Field::Value(Lenient::from_text(CURRENCY));
    node
}

fn data_counts(counters: Counters) -> DataCounts {
    DataCounts::new(
        count(counters.data()),
        count(counters.download),
        count(counters.upload),
    )
}

fn command_counts(counters: Counters) -> CommandCounts {
    CommandCounts::new(
        count(counters.commands()),
        count(counters.to_sim),
        count(counters.from_sim),
    )
}

/// The largest fleet stays within the range of a counter, so that the bound is never taken.
fn count(value: u64) -> Count {
    Count::new(value).unwrap_or(Count::MAX)
}
