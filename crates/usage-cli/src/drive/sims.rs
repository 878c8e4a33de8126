//! The fetches of several SIMs at a time.

use std::num::NonZeroU32;

use futures_util::StreamExt;
use usage_client::{FetchReport, MissingWindow, WindowPage, WindowPlan, WindowedFetch};
use usage_model::{Lenient, SimRecord, SimSid};

/// Whose records are fetched.
#[derive(Clone, Debug)]
pub(crate) enum Owner {
    /// The account's own.
    Account,
    /// Those of some SIMs, one after the other.
    Sims(Vec<SimSid>),
    /// Those of every SIM of the list, or of these among them.
    Listed(Vec<SimSid>),
}

/// All that one fetch brought.
pub(super) struct Gathered {
    pub(super) items: Vec<Result<WindowPage, MissingWindow>>,
    pub(super) report: FetchReport,
}

/// Takes a fetch to its end.
pub(super) async fn gather(mut fetch: WindowedFetch) -> Gathered {
    let mut items = Vec::new();
    while let Some(item) = fetch.next().await {
        items.push(item);
    }
    Gathered {
        items,
        report: fetch.report().clone(),
    }
}

/// Shares so many requests at a time among SIMs: how many SIMs at a time, and the plan of each.
pub(super) fn shared(plan: &WindowPlan, requests: NonZeroU32, sims: usize) -> (usize, WindowPlan) {
    let sims = u32::try_from(sims)
        .unwrap_or(u32::MAX)
        .clamp(1, requests.get());
    let each = NonZeroU32::new(requests.get() / sims).unwrap_or(NonZeroU32::MIN);
    let at_a_time = usize::try_from(sims).unwrap_or(1);
    (at_a_time, plan.clone().concurrency(each))
}

/// The SID of a SIM, if it has one of the documented form.
pub(super) fn sid(sim: &SimRecord) -> Option<SimSid> {
    sim.sid.value().and_then(Lenient::known).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_shared_so_that_no_more_are_made_at_a_time() {
        let plan = WindowPlan::new(chrono::DateTime::UNIX_EPOCH);
        for (requests, sims, expected) in [
            (4, 1000, (4, 1)),
            (4, 3, (3, 1)),
            (8, 2, (2, 4)),
            (1, 5, (1, 1)),
            (4, 0, (1, 4)),
        ] {
            let requests = NonZeroU32::new(requests).unwrap();
            let (at_a_time, each) = shared(&plan, requests, sims);
            let windows = NonZeroU32::new(expected.1).unwrap();
            assert_eq!(
                (at_a_time, each),
                (expected.0, plan.clone().concurrency(windows))
            );
        }
    }
}
