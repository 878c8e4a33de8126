//! Whether all pages of a list are there.
//!
//! A page's place is its own number and its links, whatever the order in which pages come: files are given in the order
//! of their names.

mod list;
mod meta;
mod page;

use std::{collections::BTreeMap, sync::Arc};

use usage_model::{MetaNumber, PageAddress, PageMeta, Position, Window};

use list::PageList;
use page::{Page, draft};

use crate::findings::{
    kept::Source,
    reporter::Reporter,
    subject::{ListRef, Subject},
};

pub(crate) use page::INCOMPLETE_FETCH;

/// The pages of all lists of a run, as far as they were seen.
#[derive(Debug, Default)]
pub(crate) struct PagesSeen {
    lists: Vec<PageList>,
    /// The list that an address belongs to, the page in it left out.
    addresses: BTreeMap<String, usize>,
    /// The list of the page that came last.
    current: Option<usize>,
}

impl PagesSeen {
    /// Takes note of a page, and reports one that was there before (UR504).
    pub(crate) fn add(
        &mut self,
        meta: &PageMeta,
        source: &Source,
        position: Position,
        reporter: &mut Reporter,
    ) {
        reporter.evaluated(&INCOMPLETE_FETCH);
        let next = meta.next_page().map(within_host);
        let own = meta
            .url
            .value()
            .map(|url| within_host(url))
            .filter(|url| !url.is_empty());
        let page = Page {
            number: meta.page.value().and_then(MetaNumber::value),
            next: next.map(Arc::from),
            own_number: own.and_then(|own| PageAddress::of(own).page()),
            source: source.clone(),
            position,
        };
        let at = match own {
            Some(own) => self.list_of(own, next, reporter),
            None => self.list_after_current(&page),
        };
        self.current = Some(at);
        let name = page.name();
        if meta.next_page_url.is_absent() {
            let message =
                format!("{name} has no next_page_url, so the end of the list cannot be told");
            page.report("/meta", message, reporter);
        }
        for flaw in meta::contradictions(meta, &name) {
            page.report(flaw.pointer, flaw.message, reporter);
        }
        if let Some(list) = self.lists.get_mut(at) {
            for flaw in list.add(page.clone(), own, meta) {
                page.report(flaw.pointer, flaw.message, reporter);
            }
        }
    }

    /// The list of a page with an address, which may bring two lists together.
    fn list_of(&mut self, own: &str, next: Option<&str>, reporter: &mut Reporter) -> usize {
        let keys = [Some(own), next].map(|address| address.map(without_page));
        let mut known: Vec<_> = keys
            .iter()
            .flatten()
            .filter_map(|key| self.addresses.get(key))
            .map(|at| self.resolve(*at))
            .collect();
        known.sort_unstable();
        known.dedup();
        let at = known.first().copied().unwrap_or_else(|| self.start());
        for other in known.into_iter().skip(1) {
            self.join(at, other, reporter);
        }
        for key in keys.into_iter().flatten() {
            self.addresses.insert(key, at);
        }
        at
    }

    /// The list of a page that does not say where it stands: that of the page before it, or where all of that is there
    /// a new one.
    fn list_after_current(&mut self, page: &Page) -> usize {
        let starts = page.number.is_none_or(|number| number == 0);
        let current = self
            .current
            .filter(|at| !(starts && self.lists.get(*at).is_some_and(PageList::is_complete)));
        current.unwrap_or_else(|| self.start())
    }

    /// Takes note that the next page is the first of another list.
    pub(crate) const fn next_list(&mut self) {
        self.current = None;
    }

    fn start(&mut self) -> usize {
        self.lists.push(PageList::default());
        self.lists.len() - 1
    }

    fn resolve(&self, mut at: usize) -> usize {
        while let Some(joined) = self.lists.get(at).and_then(|list| list.joined) {
            at = joined;
        }
        at
    }

    /// Makes two lists one, and reports the pages that both have (UR504).
    fn join(&mut self, first: usize, other: usize, reporter: &mut Reporter) {
        let Some(list) = self.lists.get_mut(other).map(std::mem::take) else {
            return;
        };
        if let Some(other) = self.lists.get_mut(other) {
            other.joined = Some(first);
        }
        if let Some(first) = self.lists.get_mut(first) {
            first.join(list, reporter);
        }
    }

    /// Reports a part of a list that could not be fetched (UR504). The list of the page that came last broke off
    /// there, and what comes next may be the start of another one.
    pub(crate) fn missing(
        &mut self,
        window: Window,
        why: &str,
        source: &Source,
        reporter: &mut Reporter,
    ) {
        reporter.evaluated(&INCOMPLETE_FETCH);
        if let Some(list) = self.current.take().and_then(|at| self.lists.get_mut(at)) {
            list.is_broken_off = true;
        }
        let identity = window.to_string();
        let list = ListRef {
            source: source.as_deref().or(Some("")),
            position: Position::default(),
            identity: Some(&identity),
        };
        let message = format!("records from {window} are missing: {why}");
        reporter.report(&INCOMPLETE_FETCH, Subject::List(list), || {
            draft("", message)
        });
    }

    /// Reports pages that are missing.
    pub(crate) fn finish(self, reporter: &mut Reporter) {
        for list in self.lists.into_iter().filter(|list| !list.is_broken_off) {
            list.finish(reporter);
        }
    }
}

/// An address without its scheme and host, which a proxy may have changed.
fn within_host(address: &str) -> &str {
    let path = address.find("://").map_or(0, |scheme| {
        let host = scheme + 3;
        let rest = address.get(host..).unwrap_or_default();
        host + rest.find(['/', '?']).unwrap_or(rest.len())
    });
    address.get(path..).unwrap_or_default()
}

/// What the addresses of all pages of a list have in common: all but the page and its token.
fn without_page(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else {
        return address.to_owned();
    };
    let is_page = |part: &&str| {
        let name = part.split('=').next().unwrap_or_default();
        name == "Page" || name == "PageToken"
    };
    let rest: Vec<_> = query.split('&').filter(|part| !is_page(part)).collect();
    format!("{path}?{}", rest.join("&"))
}
