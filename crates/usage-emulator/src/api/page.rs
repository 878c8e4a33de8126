//! One page of records.

use axum::http::Uri;
use bytes::Bytes;
use serde::Serialize;
use url::Url;
use usage_model::{Field, PageMeta, UsageRecord};

use super::{
    Api,
    paging::{PageStarts, Paging},
    query::Query,
    refusal::Refusal,
};
use crate::{TransportFaultKind, account::Resource};

/// About how many bytes a record has.
const RECORD_BYTES: usize = 1280;

#[derive(Serialize)]
struct PageBody {
    usage_records: Vec<UsageRecord>,
    meta: PageMeta,
}

/// The page that a request asks for, as JSON, with the faults that concern its links.
pub(super) fn page(
    api: &Api,
    resource: Resource,
    uri: &Uri,
    faults: &[TransportFaultKind],
) -> Result<Bytes, Refusal> {
    let now = api.account.clock.now();
    let query = Query::parse(uri.query().unwrap_or_default(), now)?;
    let list = api
        .account
        .records(resource, query.granularity, (query.start, query.end), now)
        .ok_or_else(|| Refusal::not_found(uri.path()))?;
    let paging = Paging::new(api.seal, &api.origin, list.resource(), &query);
    let this = match &query.page_token {
        Some(token) => {
            let position = paging.position(token);
            Some(
                position
                    .ok_or_else(|| Refusal::invalid_paging("Invalid PageToken for this list"))?,
            )
        }
        None if query.page.is_some_and(|page| page > 0) => {
            return Err(Refusal::invalid_paging(
                "Page has to come with the PageToken of that page",
            ));
        }
        None => None,
    };
    let size = usize::from(query.page_size.get());
    let mut places = list.places_from(this).peekable();
    let start = places.peek().copied().or(this);
    let records = places.by_ref().take(size).map(|place| list.record(place));
    let usage_records: Vec<UsageRecord> = records.collect();
    let before = start
        .into_iter()
        .flat_map(|start| list.places_before(start));
    let starts = PageStarts {
        previous: before.take(size).last(),
        this,
        next: places.next(),
    };
    let mut body = PageBody {
        usage_records,
        meta: paging.meta(starts),
    };
    mislead(&mut body.meta, faults);
    api.account.dialects.speak_meta(&mut body.meta);
    let mut bytes = Vec::with_capacity(body.usage_records.len().saturating_mul(RECORD_BYTES));
    serde_json::to_writer(&mut bytes, &body)
        .map(|()| Bytes::from(bytes))
        .map_err(|_| Refusal::planted(http::StatusCode::INTERNAL_SERVER_ERROR, None))
}

/// Turns the link to the next page where a fault says so.
fn mislead(meta: &mut PageMeta, faults: &[TransportFaultKind]) {
    for fault in faults {
        match fault {
            TransportFaultKind::Loop => meta.next_page_url = meta.url.clone(),
            TransportFaultKind::LoopBack if meta.previous_page_url.is_value() => {
                meta.next_page_url = meta.previous_page_url.clone();
            }
            TransportFaultKind::ForeignLink { origin } => {
                let link = meta
                    .next_page()
                    .or_else(|| meta.url.value().map(String::as_str));
                let link = link.and_then(|link| link.parse::<Url>().ok());
                if let Some(link) = link {
                    let mut foreign = origin.clone();
                    foreign.set_path(link.path());
                    foreign.set_query(link.query());
                    meta.next_page_url = Field::Value(foreign.into());
                }
            }
            _ => {}
        }
    }
}
