//! Whether all pages of a list are there: UR504.

pub(crate) mod links;

use usage_model::{Field, MetaNumber, PageMeta, Position};
use usage_validate::{Finding, Validator};

use crate::{
    lists::{day, text},
    support::{config, validate},
};

fn page(number: &str, next: &str) -> String {
    format!("{{\"usage_records\":[],\"meta\":{{\"page\":{number},\"next_page_url\":{next}}}}}\n")
}

pub(crate) fn pages(text: &str) -> Vec<String> {
    let (findings, summary) = validate(&config(), text);
    assert_eq!(
        summary.rules["UR504"].evaluated,
        u64::try_from(text.matches("meta").count()).unwrap()
    );
    findings
        .iter()
        .map(
            |Finding {
                 code,
                 pointer,
                 message,
                 ..
             }| format!("{code} {pointer} {message}"),
        )
        .collect()
}

#[test]
fn pages_follow_each_other_to_the_last() {
    let (more, last) = ("\"x\"", "null");
    let whole = [page("0", more), page("1", more), page("\"2\"", last)].concat();
    assert_eq!(pages(&whole), [""; 0]);
    // A complete list may be followed by another.
    assert_eq!(pages(&[whole.as_str(), &whole].concat()), [""; 0]);
    for (text, expected) in [
        (
            page("0", more),
            "UR504 /meta/next_page_url page 0 names a next page, but no page follows",
        ),
        (
            page("1", last),
            "UR504 /meta/page the first page is page 1: page 0 is missing",
        ),
        (
            page("3", last),
            "UR504 /meta/page the first page is page 3: pages 0 to 2 are missing",
        ),
        (
            [page("0", more), page("2", last)].concat(),
            "UR504 /meta/page page 2 comes after page 0: page 1 is missing",
        ),
        (
            [page("0", more), page("4", last)].concat(),
            "UR504 /meta/page page 4 comes after page 0: pages 1 to 3 are missing",
        ),
        (
            [page("0", more), page("1", more), page("3", last)].concat(),
            "UR504 /meta/page page 3 comes after page 1: page 2 is missing",
        ),
        (
            [page("0", more), page("0", more), page("1", last)].concat(),
            "UR504 /meta/page page 0 is repeated",
        ),
        (
            [page("0", more), page("1", last), page("1", last)].concat(),
            "UR504 /meta/page page 1 is repeated",
        ),
        (
            page("null", more),
            "UR504 /meta/next_page_url a page names a next page, but no page follows",
        ),
        (
            "{\"usage_records\":[],\"meta\":{\"page\":0}}\n".to_owned(),
            "UR504 /meta page 0 has no next_page_url, so the end of the list cannot be told",
        ),
        (
            "{\"usage_records\":[],\"meta\":{}}\n".to_owned(),
            "UR504 /meta a page has no next_page_url, so the end of the list cannot be told",
        ),
    ] {
        assert_eq!(pages(&text), [expected], "{text}");
    }
}

#[test]
fn a_page_that_leaves_its_number_out_stands_for_the_number_that_no_page_has() {
    let (more, last) = ("\"x\"", "null");
    for text in [
        [page("null", more), page("1", more), page("2", last)].concat(),
        [page("0", more), page("null", more), page("2", last)].concat(),
        [page("null", more), page("null", more), page("2", last)].concat(),
    ] {
        assert_eq!(pages(&text), [""; 0], "{text}");
        assert_eq!(pages(&[text.as_str(), &text].concat()), [""; 0], "{text}");
    }
    let text = [page("null", more), page("2", last)].concat();
    assert_eq!(
        pages(&text),
        [
            "UR504 /meta/page the first page is page 2: pages 0 to 1 are missing",
            "UR504 /meta/next_page_url a page names a next page, but no page follows",
        ]
    );
}

#[test]
fn a_list_that_breaks_off_before_another_is_named() {
    let page = |number: u64, url: &str, next: &str| -> PageMeta {
        let text = format!(r#"{{"page":{number},"url":"{url}","next_page_url":"{next}"}}"#);
        serde_json::from_str(&text).unwrap()
    };
    let said = |sources: [&str; 2], second: &PageMeta| {
        let mut findings = Vec::new();
        let mut validator = Validator::new(&config());
        validator.source(sources[0]);
        findings.extend(validator.page(&page(0, "x?a", "x?b")));
        validator.source(sources[1]);
        findings.extend(validator.page(second));
        findings.extend(validator.finish().0);
        let messages = findings.into_iter().map(|finding| finding.message);
        messages.collect::<Vec<_>>()
    };
    let another = "page 0 names a next page, but no page follows";
    assert_eq!(said(["a", "b"], &page(0, "x?c", "")), [another]);
    assert_eq!(said(["a", "a"], &page(0, "x?c", "")), [another]);
    let again = "page 0 is repeated";
    assert_eq!(said(["a", "b"], &page(0, "x?a", "")), [again, another]);
    let mut nameless = page(0, "", "");
    nameless.url = Field::Absent;
    assert_eq!(said(["a", "b"], &nameless), [again, another]);
}

#[test]
fn pages_of_parts_are_checked_like_those_of_the_whole() {
    let page = |number: u64, has_next: bool| {
        let address = |page: u64| {
            format!("https://api.example/v1/UsageRecords?PageSize=2&Page={page}&PageToken=t{page}")
        };
        let mut meta = PageMeta::default();
        meta.page = Field::Value(MetaNumber::Number(number));
        meta.url = Field::Value(address(number));
        meta.next_page_url = if has_next {
            Field::Value(address(number + 1))
        } else {
            Field::Null
        };
        meta
    };
    let pages = [
        page(1, true),
        page(2, true),
        page(2, true),
        page(4, false),
        page(0, true),
    ];
    let mut whole = Vec::new();
    let mut validator = Validator::new(&config());
    for page in &pages {
        whole.extend(validator.page(page));
    }
    let (last, of_whole) = validator.finish();
    whole.extend(last);
    let messages: Vec<_> = whole
        .iter()
        .map(|finding: &Finding| finding.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "page 2 is repeated",
            "page 4 comes after page 2: page 3 is missing"
        ]
    );
    for size in 1..=pages.len() {
        let mut found = Vec::new();
        let mut validator = Validator::new(&config());
        for pages in pages.chunks(size) {
            let mut part = validator.part();
            for page in pages {
                part.page(page);
            }
            found.extend(validator.join(&mut part, Position::START, 0));
        }
        let (last, summary) = validator.finish();
        found.extend(last);
        assert_eq!(found, whole, "{size}");
        assert_eq!(summary, of_whole, "{size}");
    }
}

#[test]
fn the_input_of_the_last_page_is_named() {
    let meta = {
        let mut meta = PageMeta::default();
        meta.next_page_url = Field::Value("x".to_owned());
        meta
    };
    let mut validator = Validator::new(&config());
    validator.source("one");
    assert_eq!(validator.page(&meta).len(), 0);
    validator.source("two");
    let mut findings = Vec::new();
    findings.extend(validator.finish().0);
    assert_eq!(findings[0].source.as_deref(), Some("one"));
    assert_eq!(findings[0].record, None);
}

#[test]
fn a_page_of_the_next_list_is_not_missing_from_the_list_before() {
    let page = |number: u64, next: Option<&str>| {
        let mut meta = PageMeta::default();
        meta.page = Field::Value(MetaNumber::Number(number));
        meta.next_page_url = next.map_or(Field::Null, |next| Field::Value(next.to_owned()));
        meta
    };
    let found = |announced: bool| {
        let mut validator = Validator::new(&config());
        drop(validator.page(&page(0, Some("x"))));
        if announced {
            validator.next_list();
        }
        let mut findings: Vec<_> = validator.page(&page(1, None)).collect();
        findings.extend(validator.finish().0);
        let messages = findings.into_iter().map(|finding| finding.message);
        messages.collect::<Vec<_>>()
    };
    assert_eq!(found(false), [""; 0]);
    assert_eq!(
        found(true),
        [
            "page 0 names a next page, but no page follows",
            "the first page is page 1: page 0 is missing",
        ]
    );
}

#[test]
fn addresses_of_pages_are_remembered_up_to_a_limit() {
    let kept = |pages: u64| {
        let mut validator = None;
        let counted = allocation_counter::measure(|| {
            let mut filled = Validator::new(&config());
            for number in 0..pages {
                let mut meta = PageMeta::default();
                let address = |page| format!("https://h/v1/UsageRecords?Page={page:06}");
                meta.url = Field::Value(address(number));
                meta.next_page_url = Field::Value(address(number + 1));
                drop(filled.page(&meta));
            }
            validator = Some(filled);
        });
        drop(validator);
        counted.bytes_current
    };
    assert_eq!(kept(5_000), kept(10_000));
}

#[test]
fn a_page_is_found_by_its_line() {
    let record = day(0);
    let line = text(&[record]);
    let page = |records: &str, number: u64| {
        format!(
            "{{\"usage_records\":[{records}],\"meta\":{{\"page\":{number},\"next_page_url\":\"x\"}}}}\n"
        )
    };
    let (findings, _) = validate(
        &config(),
        &[page(line.trim(), 0), page(line.trim(), 0)].concat(),
    );
    let lines: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code == "UR504")
        .map(|finding| finding.line)
        .collect();
    assert_eq!(lines, [Some(2), Some(1)]);
}

/// A page that says nothing of its end is no last page, however it is checked.
#[test]
fn a_page_without_a_link_is_none_without_a_next_page_in_a_part_either() {
    let mut validator = Validator::new(&config());
    let mut part = validator.part();
    part.page(&PageMeta::default());
    assert_eq!(validator.join(&mut part, Position::START, 0).len(), 1);
}

#[test]
fn an_empty_page_has_no_line_rather_than_that_of_the_page_before() {
    let record = text(&[day(0)]);
    let page = |records: &str, number: u64, next: &str| {
        format!(
            "\n{{\"usage_records\":[{records}],\"meta\":{{\"page\":{number},\"next_page_url\":{next}}}}}\n"
        )
    };
    let list = [page(record.trim(), 0, "\"x\""), page("", 2, "\"x\"")];
    let (findings, _) = validate(&config(), &list.concat());
    let found = findings.iter().filter(|finding| finding.code == "UR504");
    let lines: Vec<_> = found
        .map(|finding| (finding.message.as_str(), finding.line))
        .collect();
    assert_eq!(
        lines,
        [
            ("page 2 comes after page 0: page 1 is missing", None),
            ("page 2 names a next page, but no page follows", None),
        ]
    );
    let list = [page("", 0, "\"x\""), page(record.trim(), 2, "null")];
    let (findings, _) = validate(&config(), &list.concat());
    let found = findings.iter().find(|finding| finding.code == "UR504");
    // Each page has an empty line before it.
    assert_eq!(found.unwrap().line, Some(4));
}
