//! Which pages of one list are there, and which are missing or repeated.

use std::collections::{BTreeMap, BTreeSet};

use usage_model::{PageAddress, PageMeta};

use super::{
    meta::{Flaw, Stated},
    page::Page,
};
use crate::findings::reporter::Reporter;

/// Addresses of either sort of pages, with a number and without, that are remembered for one list.
const MOST_ADDRESSES: usize = 1 << 12;

/// The pages of one list.
#[derive(Debug, Default)]
pub(super) struct PageList {
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
    stated: Stated,
    /// The list that this one turned out to be a part of.
    pub(super) joined: Option<usize>,
    /// Whether it was reported already that a part of the list is missing.
    pub(super) is_broken_off: bool,
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

impl PageList {
    /// Adds a page. Returns what is wrong with it beside the pages that came before: whether it is one of them, or says
    /// what they contradict.
    pub(super) fn add(&mut self, page: Page, own: Option<&str>, meta: &PageMeta) -> Vec<Flaw> {
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

    /// Takes over the pages of another list, and reports those that both have (UR504).
    pub(super) fn join(&mut self, other: Self, reporter: &mut Reporter) {
        for (start, row) in other.rows {
            for repeated in self.add_row(start, row) {
                repeated.report(reporter);
            }
        }
        self.stated.join(other.stated);
        self.addresses.extend(other.addresses);
        self.numbered.extend(other.numbered);
        self.open.extend(other.open);
        self.unnumbered = self.unnumbered.saturating_add(other.unnumbered);
        self.is_broken_off |= other.is_broken_off;
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
    pub(super) fn is_complete(&self) -> bool {
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

    /// Whether the pages without a number are just as many as the numbers that no page has: a server may leave the
    /// number out, of the first page for instance.
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

    pub(super) fn finish(&self, reporter: &mut Reporter) {
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

fn pages(first: u64, last: u64) -> String {
    if first == last {
        format!("page {first} is")
    } else {
        format!("pages {first} to {last} are")
    }
}
