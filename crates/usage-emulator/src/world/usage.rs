//! Sums of usage by network.

use super::network::{Charge, NETWORKS, Network};

/// What was used on one network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// Bytes received by SIMs.
    pub(crate) download: u64,
    /// Bytes sent by SIMs.
    pub(crate) upload: u64,
    /// Commands sent to SIMs.
    pub(crate) to_sim: u64,
    /// Commands sent by SIMs.
    pub(crate) from_sim: u64,
}

/// What was used on all networks, each for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NetworkUsage {
    networks: [Counters; NETWORKS],
}

impl Counters {
    /// Adds the counters of another network, hour or SIM.
    ///
    /// The largest fleet over the longest window stays below the largest counter, so that the sums
    /// cannot overflow.
    pub(crate) const fn add(&mut self, other: Self) {
        self.download += other.download;
        self.upload += other.upload;
        self.to_sim += other.to_sim;
        self.from_sim += other.from_sim;
    }

    /// Bytes in both directions.
    pub(crate) const fn data(self) -> u64 {
        self.download + self.upload
    }

    /// Commands in both directions.
    pub(crate) const fn commands(self) -> u64 {
        self.to_sim + self.from_sim
    }
}

impl NetworkUsage {
    /// What was used on one network.
    pub(crate) const fn on(&self, network: Network) -> Counters {
        self.networks[network.position()]
    }

    /// Counts usage on a network.
    pub(crate) const fn add(&mut self, network: Network, counters: Counters) {
        self.networks[network.position()].add(counters);
    }

    /// What was used on all networks together.
    pub(crate) fn total(&self) -> Counters {
        let mut total = Counters::default();
        for counters in self.networks {
            total.add(counters);
        }
        total
    }
}

/// The amount for data on one network.
pub(crate) fn data_charge(network: Network, counters: Counters) -> Charge {
    Charge::for_data(network, counters.data())
}

/// The amount for Commands on one network.
pub(crate) fn command_charge(network: Network, counters: Counters) -> Charge {
    Charge::for_commands(network, counters.commands())
}
