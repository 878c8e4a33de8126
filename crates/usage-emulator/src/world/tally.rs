//! Sums of usage by network.

use super::network::{Charge, NETWORKS, Network};

/// What was used on one network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
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
pub(crate) struct Tally {
    cells: [Cell; NETWORKS],
}

impl Cell {
    /// Adds what another cell counted.
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

impl Tally {
    /// What was used on one network.
    pub(crate) const fn on(&self, network: Network) -> Cell {
        self.cells[network.position()]
    }

    /// Counts usage on a network.
    pub(crate) const fn add(&mut self, network: Network, cell: Cell) {
        self.cells[network.position()].add(cell);
    }

    /// What was used on all networks together.
    pub(crate) fn total(&self) -> Cell {
        let mut total = Cell::default();
        for cell in self.cells {
            total.add(cell);
        }
        total
    }
}

/// The amount for data on one network.
pub(crate) fn data_charge(network: Network, cell: Cell) -> Charge {
    Charge::for_data(network, cell.data())
}

/// The amount for Commands on one network.
pub(crate) fn command_charge(network: Network, cell: Cell) -> Charge {
    Charge::for_commands(network, cell.commands())
}
