//! From sums to usage records, in the shape of the newer responses.
//!
//! Every node is there, zeros included; the international list has the countries with usage of its kind
//! and is `[]` where there are none.

use chrono::{DateTime, Utc};
use usage_model::{
    CommandCounts, Count, CountryUsage, Counts, DataCounts, Field, International, Lenient, Period,
    Usage, UsageNode, UsageRecord,
};

use crate::{
    resource::Resource,
    world::{Cell, Charge, Land, Network, Tally, World, command_charge, data_charge},
};

/// The currency of all amounts.
const CURRENCY: &str = "USD";

/// How the cells of a tally become the counters of one kind of tree.
struct Scheme<C> {
    counts: fn(Cell) -> C,
    charge: fn(Network, Cell) -> Charge,
}

/// The record of a resource for a period.
pub(crate) fn usage_record(
    world: &World,
    resource: Resource,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    tally: &Tally,
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
        commands.usage(tally),
        data.usage(tally),
    );
    if let Resource::Sim(sid) = resource {
        record.sim_sid = Field::Value(Lenient::Known(sid));
    }
    record
}

impl<C: Counts> Scheme<C> {
    fn usage(&self, tally: &Tally) -> Usage<C> {
        let abroad = Land::ALL
            .into_iter()
            .map(|land| (land, self.node(Network::Abroad(land), tally)))
            .filter(|(_, node)| node.counts != (self.counts)(Cell::default()));
        let charge = [Network::Home, Network::National]
            .into_iter()
            .chain(Land::ALL.map(Network::Abroad))
            .map(|network| (self.charge)(network, tally.on(network)))
            .fold(Charge::default(), Charge::and);
        let mut usage = Usage::new((self.counts)(tally.total()));
        usage.top = billed((self.counts)(tally.total()), charge);
        usage.home = Field::Value(self.node(Network::Home, tally));
        usage.national_roaming = Field::Value(self.node(Network::National, tally));
        usage.international_roaming =
            International::List(abroad.map(|(land, node)| country(land, node)).collect());
        usage
    }

    fn node(&self, network: Network, tally: &Tally) -> UsageNode<C> {
        let cell = tally.on(network);
        billed((self.counts)(cell), (self.charge)(network, cell))
    }
}

fn country<C: Counts>(land: Land, node: UsageNode<C>) -> CountryUsage<C> {
    let mut entry = CountryUsage::default();
    entry.country_code = Field::Value(Lenient::from_text(land.code()));
    entry.node = node;
    entry
}

fn billed<C: Counts>(counts: C, charge: Charge) -> UsageNode<C> {
    let mut node = UsageNode::new(counts);
    node.billed = Field::Value(charge.billed());
    node.billing_units = Field::Value(Lenient::from_text(CURRENCY));
    node
}

fn data_counts(cell: Cell) -> DataCounts {
    DataCounts::new(count(cell.data()), count(cell.download), count(cell.upload))
}

fn command_counts(cell: Cell) -> CommandCounts {
    CommandCounts::new(
        count(cell.commands()),
        count(cell.to_sim),
        count(cell.from_sim),
    )
}

/// The largest fleet stays within the range of a counter, so that the bound is never taken.
fn count(value: u64) -> Count {
    Count::new(value).unwrap_or(Count::MAX)
}
