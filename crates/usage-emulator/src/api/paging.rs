//! Pages of a list: page tokens, links and the envelope.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use url::Url;
use usage_model::{Field, MetaNumber, PageMeta};

use crate::{account::PageQuery, answer::Refusal, dialect::Dialects, fault::PageDraft, world::Key};

/// The first two letters of every page token.
const PREFIX: &str = "PT";

/// A list that is sent page by page.
///
/// An item is known by its place: places rise in the order of the list, and an item keeps its place when
/// others come or go.
pub(super) trait PagedList {
    /// What the list has.
    type Item: Serialize;

    /// The name of the member that holds the items.
    const KEY: &'static str;

    /// About how many bytes an item has.
    const ITEM_BYTES: usize;

    /// Returns the places from a place on; from the first one without it.
    fn places_from(&self, place: Option<i64>) -> impl Iterator<Item = i64>;

    /// Returns the places before a place, the nearest first.
    fn places_before(&self, place: i64) -> impl Iterator<Item = i64>;

    /// Returns the item at a place.
    fn item(&self, place: i64) -> Self::Item;
}

/// The paging of one list: its tokens hold for it alone.
#[derive(Debug)]
pub(super) struct Paging<'a> {
    seal: Key,
    /// The address of the list, with all parameters but those of paging.
    address: Url,
    query: &'a PageQuery,
    /// A number that no other page has been made with.
    serial: u64,
}

/// The page of a list that a request asks for.
#[derive(Debug)]
pub(super) struct Page<T> {
    key: &'static str,
    item_bytes: usize,
    pub(super) items: Vec<T>,
    pub(super) meta: PageMeta,
    /// A link to the same page with a token that no other link has.
    again: String,
}

impl<'a> Paging<'a> {
    /// The paging of a list with an address and a page size; `identity` is whatever else the list
    /// depends on.
    pub(super) fn new(
        key: Key,
        address: Url,
        identity: &str,
        query: &'a PageQuery,
        serial: u64,
    ) -> Self {
        let seal = key.at(u64::from(query.size.get()));
        let path = address.path().bytes().chain(identity.bytes());
        let seal = path.fold(seal, |seal, byte| seal.at(u64::from(byte)));
        Self {
            seal,
            address,
            query,
            serial,
        }
    }

    /// Returns the page that is asked for, with a number of items beyond its size.
    pub(super) fn page<L: PagedList>(
        &self,
        list: &L,
        surplus: usize,
    ) -> Result<Page<L::Item>, Refusal> {
        let this = match &self.query.token {
            Some(token) => {
                let place = self.place(token);
                let refused = || Refusal::invalid_paging("Invalid PageToken for this list");
                Some(place.ok_or_else(refused)?)
            }
            None if self.query.number.is_some_and(|page| page > 0) => {
                return Err(Refusal::invalid_paging(
                    "Page has to come with the PageToken of that page",
                ));
            }
            None => None,
        };
        let size = usize::from(self.query.size.get());
        let mut places = list.places_from(this).peekable();
        let start = places.peek().copied().or(this);
        let sent = places.by_ref().take(size.saturating_add(surplus));
        let items = sent.map(|place| list.item(place)).collect();
        let next = places.next();
        let before = start.map(|start| list.places_before(start).take(size).last());
        // `Page` is the client's own count: it is given back, and counted on in the links.
        let number = self.query.number.unwrap_or(0);
        let link = |number, place| Field::Value(self.link(number, place).into());
        let mut meta = PageMeta::default();
        meta.page = Field::Value(MetaNumber::Number(number));
        meta.page_size = Field::Value(MetaNumber::Number(u64::from(self.query.size.get())));
        meta.first_page_url = link(0, None);
        meta.previous_page_url = before.flatten().map_or(Field::Null, |place| {
            link(number.saturating_sub(1), Some(self.token(place)))
        });
        meta.url = link(number, this.map(|place| self.token(place)));
        meta.next_page_url = next.map_or(Field::Null, |place| {
            link(number.saturating_add(1), Some(self.token(place)))
        });
        meta.key = Field::Value(L::KEY.to_owned());
        let again = format!("{}.{}", self.token(start.unwrap_or_default()), self.serial);
        Ok(Page {
            key: L::KEY,
            item_bytes: L::ITEM_BYTES,
            items,
            meta,
            again: self.link(number.saturating_add(1), Some(again)).into(),
        })
    }

    /// Returns the token of the page that starts at a place.
    ///
    /// It names the place itself and not the number of the page, so that no record is skipped or sent
    /// twice where older ones pass out of retention between two requests.
    fn token(&self, place: i64) -> String {
        let hidden = place.cast_unsigned() ^ self.seal.number();
        let check = self.seal.at_time(place).number();
        format!("{PREFIX}{hidden:016x}{check:016x}")
    }

    /// Returns the place that a token stands for, or `None` if it is not a token of this list. What
    /// follows a dot only makes the token different from others.
    fn place(&self, token: &str) -> Option<i64> {
        let token = match token.split_once('.') {
            Some((token, serial)) => serial.parse::<u64>().ok().map(|_| token)?,
            None => token,
        };
        let hidden = token.strip_prefix(PREFIX)?.get(..16)?;
        let hidden = u64::from_str_radix(hidden, 16).ok()?;
        let place = (hidden ^ self.seal.number()).cast_signed();
        (self.token(place) == token).then_some(place)
    }

    fn link(&self, number: u64, token: Option<String>) -> Url {
        let mut url = self.address.clone();
        url.query_pairs_mut()
            .append_pair("PageSize", &self.query.size.to_string())
            .append_pair("Page", &number.to_string());
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("PageToken", &token);
        }
        url
    }
}

impl<T: Serialize> Page<T> {
    /// Changes the page as a fault has it.
    pub(super) fn disturb(&mut self, change: impl Fn(&mut PageDraft<'_>)) {
        let mut draft = PageDraft {
            meta: &mut self.meta,
            emptied: false,
            again: &self.again,
        };
        change(&mut draft);
        if draft.emptied {
            self.items.clear();
        }
    }

    /// Writes the page.
    pub(super) fn write(mut self, dialects: &Dialects) -> serde_json::Result<Vec<u8>> {
        dialects.apply_to_meta(&mut self.meta);
        let mut bytes = Vec::with_capacity(self.items.len().saturating_mul(self.item_bytes));
        serde_json::to_writer(&mut bytes, &self)?;
        Ok(bytes)
    }
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.key, &self.items)?;
        map.serialize_entry("meta", &self.meta)?;
        map.end()
    }
}
