//! What the envelope of a page contradicts: itself, or another of its list.

use std::collections::BTreeMap;

use usage_model::{Field, MetaNumber, PageAddress, PageMeta};

use crate::findings::text::shortened;

/// The member of a page that holds the records.
const KEY: &str = "usage_records";

/// Page sizes of one list that are remembered; a list has one.
const MOST_SIZES: usize = 16;

/// What is wrong with a page.
pub(super) struct Flaw {
    pub(super) pointer: &'static str,
    pub(super) message: String,
}

impl Flaw {
    pub(super) const fn new(pointer: &'static str, message: String) -> Self {
        Self { pointer, message }
    }
}

/// What an envelope contradicts in itself.
pub(super) fn contradictions(meta: &PageMeta, name: &str) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut add = |pointer, message| flaws.push(Flaw::new(pointer, message));
    if let Some(key) = stated(&meta.key).filter(|key| *key != KEY) {
        let message = format!("{name} is of another list: its key is {:?}", shortened(key));
        add("/meta/key", message);
    }
    if let Some(MetaNumber::Text(text)) = meta.page.value()
        && text.parse::<u64>().is_err()
        && !text.trim().is_empty()
    {
        let message = format!("a page has {:?} for its number", shortened(text));
        add("/meta/page", message);
    }
    let own = stated(&meta.url).map(PageAddress::of);
    let number = meta.page.value().and_then(MetaNumber::value);
    if let (Some(number), Some(found)) = (number, own.as_ref().and_then(PageAddress::page))
        && (number == 0) != (found == 0)
    {
        add(
            "/meta/url",
            format!("{name} has the address of page {found}"),
        );
    }
    if number == Some(0) && meta.names_page_before() {
        let message = format!("{name} names another page before it");
        add("/meta/previous_page_url", message);
    }
    let links = [
        ("/meta/url", &meta.url),
        ("/meta/first_page_url", &meta.first_page_url),
        ("/meta/previous_page_url", &meta.previous_page_url),
        ("/meta/next_page_url", &meta.next_page_url),
    ];
    let mut of_list: Option<PageAddress> = None;
    for (pointer, link) in links {
        let Some(link) = stated(link).map(PageAddress::of) else {
            continue;
        };
        if let Some(part) = of_list.as_ref().and_then(|list| list.difference(&link)) {
            add(pointer, other_list(name, pointer, part));
        }
        of_list.get_or_insert(link);
    }
    let sizes = own.as_ref().and_then(PageAddress::page_size);
    let next = meta.next_page().map(PageAddress::of);
    if let Some((own, next)) = sizes.zip(next.as_ref().and_then(PageAddress::page_size))
        && next > own
    {
        let message = format!(
            "{name} has {own} records, and leads to a page of {next}: with another size each page has other records"
        );
        add("/meta/next_page_url", message);
    }
    flaws
}

fn other_list(name: &str, pointer: &str, part: &str) -> String {
    let member = pointer.rsplit('/').next().unwrap_or_default();
    format!("{name} has the {member} of another list: its {part} differs")
}

/// What the envelopes of one list say of it.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// An address of the list.
    list: Option<PageAddress>,
    /// The first and the last page of each size.
    sizes: BTreeMap<u64, (u64, u64)>,
    /// Whether it was said already that pages differ in size.
    differ_in_size: bool,
}

impl Stated {
    /// Takes note of an envelope. Returns what is contradicted by another one of the list.
    pub(super) fn add(&mut self, meta: &PageMeta, name: &str) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let links = [
            ("/meta/url", &meta.url),
            ("/meta/first_page_url", &meta.first_page_url),
            ("/meta/next_page_url", &meta.next_page_url),
        ];
        let mut links = links
            .into_iter()
            .filter_map(|(pointer, link)| Some((pointer, PageAddress::of(stated(link)?))));
        if let Some((pointer, link)) = links.next() {
            let part = self.list.as_ref().and_then(|list| list.difference(&link));
            if let Some(part) = part {
                flaws.push(Flaw::new(pointer, other_list(name, pointer, part)));
            }
            self.list.get_or_insert(link);
        }
        let size = meta.page_size.value().and_then(MetaNumber::value);
        let number = meta.page.value().and_then(MetaNumber::value);
        // Some servers state how many records the page has, which may be fewer on the last.
        if let Some((size, number)) = size.filter(|size| *size > 0).zip(number) {
            let mut smaller = self.sizes.range(..size);
            let before = smaller.find(|(_, (first, _))| *first < number);
            let mut larger = self.sizes.range(size + 1..);
            let after = larger.find(|(_, (_, last))| *last > number);
            if let Some((other, _)) = before.or(after).filter(|_| !self.differ_in_size) {
                let message = format!(
                    "{name} has a page size of {size}, another page of the list one of {other}: records between them may be missing"
                );
                flaws.push(Flaw::new("/meta/page_size", message));
                self.differ_in_size = true;
            }
            self.note_size(size, (number, number));
        }
        flaws
    }

    fn note_size(&mut self, size: u64, (first, last): (u64, u64)) {
        if self.sizes.len() < MOST_SIZES || self.sizes.contains_key(&size) {
            let range = self.sizes.entry(size).or_insert((first, last));
            *range = (range.0.min(first), range.1.max(last));
        }
    }

    /// Takes over what is known of a list that turned out to be a part of this one.
    pub(super) fn join(&mut self, other: Self) {
        self.list = self.list.take().or(other.list);
        self.differ_in_size |= other.differ_in_size;
        for (size, range) in other.sizes {
            self.note_size(size, range);
        }
    }
}

/// What a member says; null and empty say nothing.
fn stated(member: &Field<String>) -> Option<&str> {
    let text = member.value().map(|text| text.trim());
    text.filter(|text| !text.is_empty())
}
