//! Whether all pages of a list are there.
//!
//! A page's place is its own number and its links, whatever the order in which pages come: files are given in the order
//! of their names.

mod meta;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use usage_model::{MetaNumber, PageAddress, PageMeta, Position, Window};

use meta::Flaw;

use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        kept::Source,
        reporter::Reporter,
        subject::{ListRef, Subject},
    },
    rules::catalogue::{
        example::Example,
        rule::{Rule, Scope},
    },
};

pub(crate) static INCOMPLETE_FETCH: Rule = Rule {
    since: "0.1.0",
    code: "UR504",
    name: "incomplete-fetch",
    severity: Severity::Error,
    scope: Scope::Page,
    sentence: "All pages of a list must be present, each once and in any order, the last page must say that no page follows, and no envelope may contradict itself or another of the list.",
    formula: "page numbers 0, 1, 2, …; next_page_url of the last page ∈ { null, \"\" }; a new list may begin after it; no part of a fetch failed; \
              url, first_page_url, previous_page_url and next_page_url name one list, its window widened or written otherwise or not; \
              url, page and the link of the page before name one page; no page is larger than one before it",
    origin: "The paging envelope of KORE's API.",
    false_positives: "A single page that was saved on purpose.",
    example: Example::new(
        "{\"usage_records\": [], \"meta\": {\"page\": 0, \"next_page_url\": \"https://api.example/v1/UsageRecords?Page=1\"}}\n",
    ),
    near_miss: Example::new(
        "{\"usage_records\": [], \"meta\": {\"page\": 0, \"next_page_url\": \"https://api.example/v1/UsageRecords?Page=1\"}}\n\
         {\"usage_records\": [], \"meta\": {\"page\": 1, \"next_page_url\": \"\"}}\n",
    ),
};

/// Addresses of either sort of pages, with a number and without, that are remembered for one list.
const MOST_ADDRESSES: usize = 1 << 12;

/// The pages of all lists of a run, as far as they were seen.
#[derive(Debug, Default)]
pub(crate) struct PagesSeen {
    lists: Vec<PageList>,
    /// The list that an address belongs to, the page in it left out.
    addresses: BTreeMap<String, usize>,
    /// The list of the page that came last.
    current: Option<usize>,
}

/// The pages of one list.
#[derive(Debug, Default)]
struct PageList {
    /// Pages that have a number, those in a row together, by the number of the first.
    rows: BTreeMap<u64, Row>,
    /// Addresses of the pages that have no number.
    addresses: BTreeSet<String>,
    /// Addresses of the pages that have a number, since pages without one may link to them.
    numbered: BTreeSet<String>,
    /// Those of them that name a next page.
    open: Vec<Page>,
    /// How many pages have no number.
    unnumbered: u64,
    /// What its envelopes say of the list.
    stated: meta::Stated,
    /// The list that this one turned out to be a part of.
    joined: Option<usize>,
    /// Whether it was reported already that a part of the list is missing.
    is_broken_off: bool,
}

/// Pages whose numbers follow each other.
#[derive(Debug)]
struct Row {
    first: Page,
    last: Page,
    end: u64,
}

/// Pages in a row that a list has more than once.
struct Repeated {
    /// The first of them.
    page: Page,
    first: u64,
    last: u64,
}

/// A page, as far as messages name it.
#[derive(Clone, Debug)]
struct Page {
    number: Option<u64>,
    /// The address of the next page.
    next: Option<Arc<str>>,
    /// The number that its own address has.
    own_number: Option<u64>,
    source: Source,
    position: Position,
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
            for (start, row) in list.rows {
                for repeated in first.add_row(start, row) {
                    repeated.report(reporter);
                }
            }
            first.stated.join(list.stated);
            first.addresses.extend(list.addresses);
            first.numbered.extend(list.numbered);
            first.open.extend(list.open);
            first.unnumbered = first.unnumbered.saturating_add(list.unnumbered);
            first.is_broken_off |= list.is_broken_off;
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

impl PageList {
    /// Adds a page. Returns what is wrong with it beside the pages that came before: whether it is one of them, or says
    /// what they contradict.
    fn add(&mut self, page: Page, own: Option<&str>, meta: &PageMeta) -> Vec<Flaw> {
        let name = page.name();
        let mut flaws = self.stated.add(meta, &name);
        let number = page.number;
        flaws.extend(number.and_then(|number| self.misplaced(number, &page)));
        let has_place = own.is_some_and(|own| PageAddress::of(own).has_place());
        let is_address_known = own.is_some_and(|own| self.numbered.contains(own));
        if !self.insert(page, own) {
            flaws.push(Flaw::new("/meta/page", format!("{name} is repeated")));
        } else if number.is_some() && has_place && is_address_known {
            let message = format!("{name} has the address of another page");
            flaws.push(Flaw::new("/meta/url", message));
        }
        flaws
    }

    /// Whether a page has another number in its address than the page before leads to, or leads itself to another than
    /// the page after it has.
    fn misplaced(&self, number: u64, page: &Page) -> Option<Flaw> {
        let leads_to = |page: &Page| PageAddress::of(page.next.as_deref()?).page();
        let differ = |before: &Page, after: &Page| {
            let (expected, found) = leads_to(before).zip(after.own_number)?;
            (expected != found).then_some([expected, found])
        };
        let before = number.checked_sub(1).and_then(|before| {
            let (_, row) = self.rows.range(..=before).next_back()?;
            let numbers = differ(&row.last, page).filter(|_| row.end == before)?;
            Some((before, numbers))
        });
        let after = || {
            let row = self.rows.get(&number.checked_add(1)?)?;
            Some((number, differ(page, &row.first)?))
        };
        let (before, [expected, found]) = before.or_else(after)?;
        let message = format!(
            "page {before} leads to page {expected}, but the page after it has the address of page {found}"
        );
        Some(Flaw::new("/meta/url", message))
    }

    /// Takes note of a page. Says whether it is new.
    fn insert(&mut self, page: Page, own: Option<&str>) -> bool {
        if let Some(number) = page.number {
            if let Some(own) = own
                && self.numbered.len() < MOST_ADDRESSES
            {
                self.numbered.insert(own.to_owned());
            }
            let row = Row {
                first: page.clone(),
                last: page,
                end: number,
            };
            return self.add_row(number, row).is_empty();
        }
        if own.is_none_or(|own| !self.addresses.contains(own)) {
            self.unnumbered = self.unnumbered.saturating_add(1);
        }
        match own {
            Some(own) if self.addresses.contains(own) => return false,
            Some(own) if self.addresses.len() < MOST_ADDRESSES => {
                self.addresses.insert(own.to_owned());
            }
            Some(_) => return true,
            // A page without an address is the one that the page before it speaks of.
            None => self.close(),
        }
        if page.next.is_some() {
            self.open.push(page);
        }
        true
    }

    /// Takes the next page of the last page that names one for found.
    fn close(&mut self) {
        if self.open.pop().is_none()
            && let Some(mut row) = self.rows.last_entry()
        {
            row.get_mut().last.next = None;
        }
    }

    /// Adds pages in a row, as one row with those that overlap it or stand right beside it. Returns the pages that were
    /// there before, in order.
    fn add_row(&mut self, mut start: u64, mut row: Row) -> Vec<Repeated> {
        let mut repeated = Vec::new();
        // Rows neither overlap nor touch, so one at most starts before the new one and reaches it.
        let before = self.rows.range(..start).next_back();
        let first = before
            .filter(|(_, before)| start.checked_sub(1).is_some_and(|last| last <= before.end))
            .map_or(start, |(first, _)| *first);
        let after = row.end.saturating_add(1);
        let touched: Vec<u64> = self
            .rows
            .range(first..=after)
            .map(|(start, _)| *start)
            .collect();
        for at in touched {
            let Some(known) = self.rows.remove(&at) else {
                continue;
            };
            let (overlap, end) = (at.max(start), known.end.min(row.end));
            if overlap <= end {
                // Where both rows start there, it is the new one that repeats it.
                let page = if at > start { &known.first } else { &row.first };
                repeated.push(Repeated {
                    page: page.clone(),
                    first: overlap,
                    last: end,
                });
            }
            // Of two copies of a page the first stays.
            if at <= start {
                start = at;
                row.first = known.first;
            }
            if known.end >= row.end {
                row.end = known.end;
                row.last = known.last;
            }
        }
        self.rows.insert(start, row);
        repeated
    }

    /// Whether every page is there, as far as pages say.
    fn is_complete(&self) -> bool {
        let has_all = self.unseen() == 0 || self.is_filled();
        has_all && self.open_ends().next().is_none()
    }

    /// How many numbers below the largest no page has.
    fn unseen(&self) -> u64 {
        let mut unseen: u64 = 0;
        let mut next: u64 = 0;
        for (&start, row) in &self.rows {
            unseen = unseen.saturating_add(start.saturating_sub(next));
            next = row.end.saturating_add(1);
        }
        unseen
    }

    /// Whether the pages without a number are just as many as the numbers that no page has: a server may leave the number
    /// out, of the first page for instance.
    fn is_filled(&self) -> bool {
        self.unseen() == self.unnumbered
    }

    /// The pages whose next page is not there: the last that has a number, and those without one.
    fn open_ends(&self) -> impl Iterator<Item = &Page> {
        let last = self.rows.last_key_value().map(|(_, row)| &row.last);
        let is_missing = |page: &&Page| {
            let next = page.next.as_deref();
            // Pages that have numbers follow by those.
            next.is_some_and(|next| {
                let is_numbered = page.number.is_none() && self.numbered.contains(next);
                !is_numbered && !self.addresses.contains(next)
            })
        };
        let open = self.open.iter().filter(|_| !self.is_filled());
        last.into_iter().chain(open).filter(is_missing)
    }

    fn finish(&self, reporter: &mut Reporter) {
        let is_filled = self.is_filled();
        let mut before: Option<u64> = None;
        for (&start, row) in &self.rows {
            // Rows do not overlap, so that no row follows the largest number.
            let first = before.map_or(0, |before| before.saturating_add(1));
            if start > first && !is_filled {
                let missing = pages(first, start - 1);
                let message = match before {
                    None => format!("the first page is page {start}: {missing} missing"),
                    Some(before) => {
                        format!("page {start} comes after page {before}: {missing} missing")
                    }
                };
                row.first.report("/meta/page", message, reporter);
            }
            before = Some(row.end);
        }
        for page in self.open_ends() {
            let message = format!("{} names a next page, but no page follows", page.name());
            page.report("/meta/next_page_url", message, reporter);
        }
    }
}

impl Repeated {
    fn report(&self, reporter: &mut Reporter) {
        let message = format!("{} repeated", pages(self.first, self.last));
        self.page.report("/meta/page", message, reporter);
    }
}

impl Page {
    fn name(&self) -> String {
        match self.number {
            Some(number) => format!("page {number}"),
            None => "a page".to_owned(),
        }
    }

    fn report(&self, pointer: &'static str, message: String, reporter: &mut Reporter) {
        let identity = self.number.map(|number| number.to_string());
        let list = ListRef {
            source: self.source.as_deref().or(Some("")),
            position: self.position,
            identity: identity.as_deref().or(Some("")),
        };
        reporter.report(&INCOMPLETE_FETCH, Subject::List(list), || {
            draft(pointer, message)
        });
    }
}

fn pages(first: u64, last: u64) -> String {
    if first == last {
        format!("page {first} is")
    } else {
        format!("pages {first} to {last} are")
    }
}

fn draft(pointer: &str, message: String) -> Draft {
    Draft::new(pointer, message)
        .help("fetch the list again; the figures of an incomplete list are too low")
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
