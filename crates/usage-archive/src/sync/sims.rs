//! The SIMs of the account, as the server lists them.

use std::pin::pin;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use usage_client::{Client, SimQuery};
use usage_model::{Lenient, SimSid};

/// A SIM of the list.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) sid: SimSid,
    /// Its JSON object, with the members that it came with.
    pub(super) object: String,
}

/// What came of the list.
#[derive(Debug, Default)]
pub(super) struct SimList {
    pub(super) sims: Vec<Listed>,
    /// SIMs that do not decode, or state no SID of the documented form: they cannot be asked for.
    pub(super) unreadable: u64,
    /// The account that the SIMs belong to, where some SIM says so.
    pub(super) account: Option<String>,
    pub(super) server_date: Option<DateTime<Utc>>,
    pub(super) requests: u64,
    /// Why the list is not complete; it is then of no use.
    pub(super) failure: Option<usage_client::Error>,
}

/// Fetches the list.
pub(super) async fn list(client: Client) -> SimList {
    let mut pages = pin!(client.sim_pages(SimQuery::new()));
    let mut list = SimList::default();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                list.requests += u64::from(error.attempts());
                list.server_date = list.server_date.or(error.server_date());
                list.failure = Some(error);
                break;
            }
        };
        list.requests += u64::from(page.attempts);
        list.server_date = list.server_date.or(page.server_date);
        for sim in page.records {
            let Ok(sim) = sim else {
                list.unreadable += 1;
                continue;
            };
            let account = sim.account_sid.value().map(|sid| sid.as_str().to_owned());
            list.account = list.account.or(account);
            let sid = sim.sid.value().and_then(Lenient::known).copied();
            // What was read can be written.
            match (sid, serde_json::to_string(&sim)) {
                (Some(sid), Ok(object)) => list.sims.push(Listed { sid, object }),
                _ => list.unreadable += 1,
            }
        }
    }
    list
}
