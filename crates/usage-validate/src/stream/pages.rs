//! Whether all pages of a list are there.

use usage_model::{Container, Field, MetaNumber, PageMeta, Window};

use super::{late::Late, voice::Source};
use crate::{
    Finding,
    catalogue::RuleId,
    findings::draft::Draft,
    findings::fingerprint::Fingerprint,
    findings::outlet::{Origin, Outlet},
};

/// The pages of a list, as far as they were seen.
#[derive(Debug, Default)]
pub(super) struct Pages {
    last: Option<Last>,
}

/// The page that was met last.
#[derive(Debug)]
struct Last {
    number: Option<u64>,
    url: Option<String>,
    has_next: bool,
    source: Source,
}

impl Pages {
    /// Checks that a page follows the one before it (UR504).
    pub(super) fn step(
        &mut self,
        meta: &PageMeta,
        source: &Source,
        outlet: &mut Outlet,
        sink: &mut dyn FnMut(Finding),
    ) {
        outlet.tally.evaluated(RuleId::INCOMPLETE_FETCH, 1);
        let page = Last {
            number: meta.page.value().and_then(MetaNumber::value),
            url: meta.url.value().cloned(),
            has_next: meta.next_page().is_some(),
            source: source.clone(),
        };
        if let Some(message) = self
            .last
            .as_ref()
            .map_or_else(|| page.as_first(), |last| page.after(last))
        {
            report("/meta/page", message, "", source, outlet, sink);
        }
        self.last = Some(page);
    }

    /// Reports a part of the list that could not be fetched (UR504). What comes next is the start of another
    /// list.
    pub(super) fn missing(
        &mut self,
        window: Window,
        why: &str,
        source: &Source,
        outlet: &mut Outlet,
        sink: &mut dyn FnMut(Finding),
    ) {
        outlet.tally.evaluated(RuleId::INCOMPLETE_FETCH, 1);
        self.last = None;
        let message = format!("the records from {window} are not all here: {why}");
        report("", message, &window.to_string(), source, outlet, sink);
    }

    /// Checks that the last page is the last one.
    pub(super) fn finish(self) -> Option<Late> {
        let last = self.last.filter(|last| last.has_next)?;
        let message = format!(
            "{} says that there is a next page, and there is none here",
            last.name()
        );
        Some(
            Late::list(
                RuleId::INCOMPLETE_FETCH,
                draft("/meta/next_page_url", message),
            )
            .of(last.source.clone()),
        )
    }
}

impl Last {
    /// What is wrong with the page as the first of a list.
    fn as_first(&self) -> Option<String> {
        match self.number {
            None | Some(0) => None,
            Some(1) => Some("the first page here is page 1: page 0 is missing".to_owned()),
            Some(number) => Some(format!(
                "the first page here is page {number}: pages 0 to {} are missing",
                number - 1
            )),
        }
    }

    /// What is wrong with the page as the one after another.
    fn after(&self, last: &Self) -> Option<String> {
        let is_same = self.url.is_some() && self.url == last.url;
        let repeated = || format!("{} comes again after {}", self.name(), last.name());
        match (self.number, last.number) {
            _ if is_same => Some(repeated()),
            (Some(0), _) if last.has_next && self.starts_another(last) => Some(format!(
                "{} says that there is a next page, and another list begins here",
                last.name()
            )),
            // A list that is complete may be followed by another.
            (number, _) if !last.has_next && number.is_none_or(|number| number == 0) => None,
            (Some(number), Some(before)) if number <= before => Some(repeated()),
            (Some(number), Some(before)) if number - before > 1 => {
                let missing = match number - before {
                    2 => format!("page {} is", before + 1),
                    _ => format!("pages {} to {} are", before + 1, number - 1),
                };
                Some(format!(
                    "page {number} comes after page {before}: {missing} missing"
                ))
            }
            (Some(_), Some(_)) | (None, _) | (_, None) => None,
        }
    }

    /// Whether a page 0 is that of another list than the page before it.
    fn starts_another(&self, last: &Self) -> bool {
        self.source != last.source || (self.url.is_some() && last.url.is_some())
    }

    fn name(&self) -> String {
        match self.number {
            Some(number) => format!("page {number}"),
            None => "a page".to_owned(),
        }
    }
}

fn draft(pointer: &str, message: String) -> Draft {
    Draft::new(pointer, message)
        .help("fetch the list again; figures of an incomplete list are too low")
}

fn report(
    pointer: &'static str,
    message: String,
    identity: &str,
    source: &Source,
    outlet: &mut Outlet,
    sink: &mut dyn FnMut(Finding),
) {
    let rule = RuleId::INCOMPLETE_FETCH;
    let make = || {
        let origin = Origin {
            offset: None,
            source: source.as_deref(),
            record: None,
            line: None,
            container: Container::Document,
            key: None,
            provisional: false,
            fingerprint: Fingerprint::new(rule.rule().code)
                .part(source.as_deref().unwrap_or_default())
                .part(identity),
        };
        (origin, draft(pointer, message))
    };
    outlet.report(rule, rule.rule().severity, make, sink);
}

/// What is kept of an envelope until the page before it is known.
pub(crate) fn essence(meta: &PageMeta) -> PageMeta {
    let mut essence = PageMeta::default();
    essence.page = meta.page.clone();
    essence.url = meta.url.clone();
    essence.next_page_url = match meta.next_page() {
        Some(_) => Field::Value("next".to_owned()),
        None => Field::Null,
    };
    essence
}
