//! Faults in pages: where their links lead, and how many records they have.

use url::Url;
use usage_model::Field;

use super::{
    arguments::{Expected, number},
    entry::{Effect, Entry, RequestEffect},
};

const ORIGIN: Expected = "a URL with a host";
const COUNT: Expected = "a number of records";

pub(super) static LOOP: Entry = Entry {
    name: "loop",
    arguments: "",
    options: "",
    help: "the next link points at its own page",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Page(Box::new(|page| {
            page.meta.next_page_url = page.meta.url.clone();
        }))])
    }),
};

pub(super) static LOOP_BACK: Entry = Entry {
    name: "loop-back",
    arguments: "",
    options: "",
    help: "the next link points at the page before, if there is one",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Page(Box::new(|page| {
            if page.meta.previous_page_url.is_value() {
                page.meta.next_page_url = page.meta.previous_page_url.clone();
            }
        }))])
    }),
};

pub(super) static FOREIGN_LINK: Entry = Entry {
    name: "foreign-link",
    arguments: ":URL",
    options: "",
    help: "the next link points at the origin of URL",
    effect: Effect::Request(|arguments| {
        let origin = arguments
            .remainder()
            .and_then(|text| text.parse::<Url>().ok());
        let origin = origin.filter(Url::has_host).ok_or(ORIGIN)?;
        Ok(vec![RequestEffect::Page(Box::new(move |page| {
            let own = page.meta.url.value().map(String::as_str);
            let link = page.meta.next_page().or(own);
            let link = link.and_then(|link| link.parse::<Url>().ok());
            if let Some(link) = link {
                let mut foreign = origin.clone();
                foreign.set_path(link.path());
                foreign.set_query(link.query());
                page.meta.next_page_url = Field::Value(foreign.into());
            }
        }))])
    }),
};

pub(super) static EMPTY_PAGE: Entry = Entry {
    name: "empty-page",
    arguments: "",
    options: "",
    help: "no records, and a next link with a new token that leads to them",
    effect: Effect::Request(|_| {
        Ok(vec![RequestEffect::Page(Box::new(|page| {
            page.emptied = true;
            page.meta.next_page_url = Field::Value(page.again.to_owned());
        }))])
    }),
};

pub(super) static SURPLUS: Entry = Entry {
    name: "surplus",
    arguments: ":RECORDS",
    options: "",
    help: "that many records beyond the page size, if there are more",
    effect: Effect::Request(|arguments| {
        let more = arguments.required(number::<usize>, COUNT)?;
        Ok(vec![RequestEffect::Ask(Box::new(move |asked| {
            asked.surplus = asked.surplus.saturating_add(more);
        }))])
    }),
};
