//! What the rules are told by the configuration.

use usage_model::{Granularity, Window};

use super::{accounts::Accounts, clock::Clock, policy::Policy, tolerance::Tolerance};

/// What the rules are told by the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) policy: Policy,
    pub(crate) granularity: Option<Granularity>,
    pub(crate) window: Option<Window>,
    pub(crate) tolerance: Tolerance,
    pub(crate) accounts: Accounts,
    /// Whether records that are as they should be may be checked by fewer steps; only tests say no.
    pub(crate) fast_paths: bool,
}
