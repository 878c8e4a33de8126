//! The SIMs of an account side by side: what each used, and which behave unusually.

mod flag;
mod output;
mod sim;
mod usage;

pub use flag::{FlaggedUsage, FleetOptions};
pub use output::{FLEET_FORMAT, Fleet};
pub use sim::{SIM_COLUMNS, SimRow};
pub use usage::{FleetSim, SimUsage};
