//! The rule on pages, and a page as its findings name it.

use std::sync::Arc;

use usage_model::Position;

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

/// A page, as far as messages name it.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) number: Option<u64>,
    /// The address of the next page.
    pub(super) next: Option<Arc<str>>,
    /// The number that its own address has.
    pub(super) own_number: Option<u64>,
    pub(super) source: Source,
    pub(super) position: Position,
}

impl Page {
    /// What messages call it: `page 3`.
    pub(super) fn name(&self) -> String {
        match self.number {
            Some(number) => format!("page {number}"),
            None => "a page".to_owned(),
        }
    }

    /// Reports what is wrong with it (UR504).
    pub(super) fn report(&self, pointer: &'static str, message: String, reporter: &mut Reporter) {
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

/// What all findings of the rule are made of.
pub(super) fn draft(pointer: &str, message: String) -> Draft {
    Draft::new(pointer, message)
        .help("fetch the list again; the figures of an incomplete list are too low")
}
