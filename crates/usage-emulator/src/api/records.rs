//! The record resources.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use usage_model::{Granularity, Resource, UsageRecord};

use super::{
    exchange::{Exchange, Incoming},
    paging::{PagedList, Paging},
    state::Api,
};
use crate::{
    account::{EndOfWindow, Query},
    answer::{Answer, Refusal},
    fault::{Endpoint, RequestEffect, SentRecords},
};

impl PagedList for SentRecords<'_> {
    type Item = UsageRecord;

    const KEY: &'static str = "usage_records";
    const ITEM_BYTES: usize = 1280;

    fn places_from(&self, place: Option<i64>) -> impl Iterator<Item = i64> {
        SentRecords::places_from(self, place)
    }

    fn places_before(&self, place: i64) -> impl Iterator<Item = i64> {
        SentRecords::places_before(self, place)
    }

    fn item(&self, place: i64) -> UsageRecord {
        self.record(place)
    }
}

/// Answers a request for the records of the account.
pub(super) async fn of_account(State(api): State<Arc<Api>>, incoming: Incoming) -> Response {
    let exchange = Exchange::new(api, Endpoint::Records, incoming);
    exchange
        .answer(|exchange| page(exchange, Some(Resource::Account)))
        .await
}

/// Answers a request for the records of a SIM.
pub(super) async fn of_sim(
    State(api): State<Arc<Api>>,
    incoming: Incoming,
    name: Result<Path<String>, PathRejection>,
) -> Response {
    let exchange = Exchange::new(api, Endpoint::Records, incoming);
    exchange
        .answer(move |exchange| {
            let named = |Path(name): Path<String>| exchange.api().account.find_sim(&name);
            page(exchange, name.ok().and_then(named).map(Resource::Sim))
        })
        .await
}

/// Makes the page that is asked for.
fn page(exchange: &Exchange, resource: Option<Resource>) -> Result<Answer, Refusal> {
    exchange.authorize()?;
    let (api, asked) = (exchange.api(), exchange.asked());
    let not_found = || Refusal::not_found(&asked.path);
    let resource = resource.ok_or_else(not_found)?;
    let now = api.account.clock.now();
    let query = Query::parse(&asked.parameters, now)?;
    for effect in exchange.effects() {
        if let RequestEffect::Refuse(refuse) = effect {
            refuse(&query, now)?;
        }
    }
    let sent = api
        .faults
        .sent(&api.account, &api.dialects, resource, &query, now)
        .ok_or_else(not_found)?;
    let (start, end) = sent.list().window();
    let granularity = match query.granularity {
        Granularity::Hourly => 'h',
        Granularity::Daily => 'd',
        Granularity::All => 'a',
    };
    let identity = format!("{granularity}{}/{}", start.timestamp(), end.timestamp());
    let mut address = api.origin.clone();
    address.set_path(&sent.list().resource().path());
    let link_end = match api.account.listing.end {
        EndOfWindow::Exclusive => end,
        // A midnight stands for the day that starts there: the last second of a day is its own.
        EndOfWindow::Inclusive if query.end.timestamp() % 86_400 == 0 => query.end,
        EndOfWindow::Inclusive => end - chrono::TimeDelta::seconds(1),
    };
    address
        .query_pairs_mut()
        .append_pair(
            "Granularity",
            &api.dialects.write_granularity(query.granularity),
        )
        .append_pair("Start", &api.dialects.write_time(query.start, start))
        .append_pair("End", &api.dialects.write_time(query.end, link_end));
    let paging = Paging::new(api.seal, address, &identity, &query.page, api.next_serial());
    exchange.page(&paging, &sent)
}
