//! The list of SIMs.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use usage_model::SimRecord;

use super::{
    exchange::{Exchange, Incoming},
    paging::{PagedList, Paging},
    state::Api,
};
use crate::{
    account::{PageQuery, SimList, SimQuery},
    answer::{Answer, Refusal},
    fault::Endpoint,
};

/// The path of the list.
pub(super) const PATH: &str = "/v1/Sims";

/// A list of SIMs whose links start with an origin.
struct Linked<'a> {
    sims: SimList<'a>,
    origin: &'a str,
}

impl PagedList for Linked<'_> {
    type Item = Option<SimRecord>;

    const KEY: &'static str = "sims";
    const ITEM_BYTES: usize = 512;

    fn places_from(&self, place: Option<i64>) -> impl Iterator<Item = i64> {
        let first = u32::try_from(place.unwrap_or(0).max(0)).unwrap_or(u32::MAX);
        self.sims.indices_from(first).map(i64::from)
    }

    fn places_before(&self, place: i64) -> impl Iterator<Item = i64> {
        let end = u32::try_from(place.max(0)).unwrap_or(u32::MAX);
        self.sims.indices_before(end).map(i64::from)
    }

    fn item(&self, place: i64) -> Option<SimRecord> {
        self.sims.sim(u32::try_from(place).ok()?, self.origin)
    }
}

/// Answers a request for the SIMs of the account.
pub(super) async fn list(State(api): State<Arc<Api>>, incoming: Incoming) -> Response {
    let exchange = Exchange::new(api, Endpoint::Sims, incoming);
    exchange.answer(page).await
}

fn page(exchange: &Exchange) -> Result<Answer, Refusal> {
    exchange.authorize()?;
    let (api, asked) = (exchange.api(), exchange.asked());
    let query = SimQuery::parse(&asked.parameters)?;
    let page = PageQuery::parse(&asked.parameters)?;
    let mut address = api.origin.clone();
    address.set_path(PATH);
    for (name, value) in query.pairs() {
        address.query_pairs_mut().append_pair(name, value);
    }
    let identity = address.query().unwrap_or_default().to_owned();
    let paging = Paging::new(api.seal, address, &identity, &page, api.next_serial());
    let list = Linked {
        sims: api.account.sims(query, api.account.clock.now()),
        origin: api.origin.as_str(),
    };
    exchange.page(&paging, &list)
}
