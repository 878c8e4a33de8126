//! Whether all pages of a list are there: UR504.

use usage_model::{Field, MetaNumber, PageMeta, Position, Window, read_records};
use usage_validate::{Finding, Validator};

use crate::{
    lists::{day, text},
    support::{at, config, validate},
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
fn a_page_without_numbers_is_known_by_its_address() {
    let page = |url: &str, next: &str| {
        format!(
            "{{\"usage_records\":[],\"meta\":{{\"url\":\"{url}\",\"next_page_url\":{next}}}}}\n"
        )
    };
    assert_eq!(
        pages(&[page("a", "\"b\""), page("b", "\"\"")].concat()),
        [""; 0]
    );
    assert_eq!(
        pages(&[page("a", "\"b\""), page("a", "\"b\""), page("b", "null")].concat()),
        ["UR504 /meta/page a page is repeated"]
    );
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

/// A page of a list that was asked for with a page size, with the given addresses.
fn addressed(number: u64, own: &str, next: &str) -> String {
    format!(
        "{{\"usage_records\":[],\"meta\":{{\"page\":{number},\"url\":\"{own}\",\"next_page_url\":\"{next}\"}}}}\n"
    )
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
fn pages_of_several_lists_may_come_in_any_order() {
    let address = |list: &str, page: u64| {
        format!("https://h/v1/UsageRecords?Start={list}&Page={page}&PageToken=PT{page}")
    };
    let page = |list: &str, number: u64, last: u64| {
        let next = if number < last {
            address(list, number + 1)
        } else {
            String::new()
        };
        addressed(number, &address(list, number), &next)
    };
    let mut all: Vec<_> = (0..12).map(|number| page("a", number, 11)).collect();
    all.extend((0..3).map(|number| page("b", number, 2)));
    // As files stand in a folder: 0, 1, 10, 11, 2, …
    all.sort();
    assert_eq!(pages(&all.concat()), [""; 0]);
    all.reverse();
    assert_eq!(pages(&all.concat()), [""; 0]);
    let without: String = all
        .iter()
        .filter(|text| **text != page("a", 7, 11))
        .cloned()
        .collect();
    assert_eq!(
        pages(&without),
        ["UR504 /meta/page page 8 comes after page 6: page 7 is missing"]
    );
    let without: String = all
        .iter()
        .filter(|text| **text != page("b", 2, 2))
        .cloned()
        .collect();
    assert_eq!(
        pages(&without),
        ["UR504 /meta/next_page_url page 1 names a next page, but no page follows"]
    );
    let twice = all.concat() + &page("b", 1, 2);
    assert_eq!(pages(&twice), ["UR504 /meta/page page 1 is repeated"]);
}

#[test]
fn a_window_that_links_widen_is_one_list() {
    let asked = "https://h/v1/UsageRecords?Start=2026-06-01T06:00:00Z";
    let widened = "https://proxy/v1/UsageRecords?Start=2026-06-01T00:00:00Z";
    let list = [
        addressed(0, asked, &format!("{widened}&Page=1&PageToken=a")),
        addressed(
            1,
            &format!("{widened}&Page=1&PageToken=a"),
            &format!("{widened}&Page=2&PageToken=b"),
        ),
        addressed(2, &format!("{widened}&Page=2&PageToken=b"), ""),
    ];
    assert_eq!(pages(&list.concat()), [""; 0]);
    let mut backwards = list.clone();
    backwards.reverse();
    assert_eq!(pages(&backwards.concat()), [""; 0]);
    // Page 0 brings two lists together that seemed to be apart.
    let [first, second, third] = list;
    assert_eq!(pages(&[third, first.clone(), second].concat()), [""; 0]);
    assert_eq!(pages(&[first.clone(), first].concat()).len(), 2);
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

/// A page without a number, with the given addresses.
fn unnumbered(own: &str, next: &str) -> String {
    format!(
        "{{\"usage_records\":[],\"meta\":{{\"url\":\"{own}\",\"next_page_url\":\"{next}\"}}}}\n"
    )
}

/// Addresses of two lists that seem to be apart, until a page of the one links to the other.
pub(crate) const X: &str = "https://h/v1/UsageRecords?X=1";
pub(crate) const Y: &str = "https://h/v1/UsageRecords?Y=1";

#[test]
fn the_largest_page_number_is_a_number_like_any_other() {
    let largest = u64::MAX;
    let list = [
        addressed(largest, X, ""),
        addressed(largest - 1, Y, ""),
        addressed(largest, Y, ""),
        unnumbered(X, Y),
    ];
    assert_eq!(
        pages(&list.concat()),
        [
            format!("UR504 /meta/page page {largest} is repeated"),
            format!(
                "UR504 /meta/page the first page is page {}: pages 0 to {} are missing",
                largest - 1,
                largest - 2
            ),
        ]
    );
}

#[test]
fn pages_that_two_lists_have_before_they_turn_out_to_be_one_are_repeated() {
    let of = |list: &str, numbers: std::ops::RangeInclusive<u64>| -> String {
        let last = *numbers.end();
        let next = |number| match number {
            number if number == last => String::new(),
            number => format!("{list}&Page={}", number + 1),
        };
        numbers
            .map(|number| addressed(number, list, &next(number)))
            .collect()
    };
    let join = unnumbered(X, Y);
    let repeated = |text: &str| format!("UR504 /meta/page {text} repeated");
    let list = [of(X, 0..=0), of(X, 5..=5), of(Y, 0..=9), join.clone()];
    assert_eq!(
        pages(&list.concat()),
        [repeated("page 0 is"), repeated("page 5 is")]
    );
    let list = [of(X, 2..=5), of(Y, 0..=3), of(Y, 5..=9), join.clone()];
    assert_eq!(
        pages(&list.concat()),
        [repeated("pages 2 to 3 are"), repeated("page 5 is")]
    );
    let list = [of(X, 0..=9), of(Y, 2..=3), of(Y, 5..=6), join.clone()];
    assert_eq!(
        pages(&list.concat()),
        [repeated("pages 2 to 3 are"), repeated("pages 5 to 6 are")]
    );
    let list = [of(X, 3..=9), of(Y, 0..=2), join];
    assert_eq!(pages(&list.concat()), [""; 0]);
}

/// The messages about pages of two inputs, each with its input.
fn of_two_inputs(one: &str, two: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut validator = Validator::new(&config());
    for (source, text) in [("one", one), ("two", two)] {
        validator.source(source);
        for item in read_records(text.as_bytes()) {
            findings.extend(validator.item(&item.unwrap()));
        }
    }
    findings.extend(validator.finish().0);
    let named = |finding: Finding| format!("{}: {}", finding.source.unwrap(), finding.message);
    findings.into_iter().map(named).collect()
}

#[test]
fn of_two_copies_of_a_page_the_second_is_repeated_and_the_first_counts() {
    assert_eq!(
        of_two_inputs(&page("1", "\"x\""), &page("1", "\"x\"")),
        [
            "two: page 1 is repeated",
            "one: the first page is page 1: page 0 is missing",
            "one: page 1 names a next page, but no page follows",
        ]
    );
    let joined = addressed(1, Y, "") + &unnumbered(X, Y);
    assert_eq!(
        of_two_inputs(&addressed(1, X, ""), &joined),
        ["two: page 1 is repeated"]
    );
}

#[test]
fn of_a_list_with_a_part_missing_nothing_else_is_said_to_be_missing() {
    let window = Window::new(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")).unwrap();
    let mut validator = Validator::new(&config());
    let mut findings = Vec::new();
    let mut add = |validator: &mut Validator, text: &str| {
        for item in read_records(text.as_bytes()) {
            findings.extend(validator.item(&item.unwrap()));
        }
    };
    add(&mut validator, &addressed(0, X, &format!("{X}&Page=1")));
    drop(validator.missing(window, "a reason"));
    add(&mut validator, &(addressed(3, Y, "") + &unnumbered(X, Y)));
    findings.extend(validator.finish().0);
    assert_eq!(findings, []);
}

#[test]
fn a_page_without_a_number_may_link_to_one_that_has_a_number() {
    let list = [
        unnumbered("u?Page=a", "u?Page=b"),
        addressed(0, "u?Page=b", ""),
    ];
    assert_eq!(pages(&list.concat()), [""; 0]);
    let [first, second] = list;
    assert_eq!(pages(&[second, first].concat()), [""; 0]);
}

#[test]
fn a_page_with_a_number_may_link_to_one_without() {
    let last = unnumbered("u?Page=b", "");
    let list = [addressed(0, "u?Page=a", "u?Page=b"), last.clone()];
    assert_eq!(pages(&list.concat()), [""; 0]);
    let [first, second] = list;
    assert_eq!(pages(&[second, first].concat()), [""; 0]);
    // Another one is not the one that it links to.
    assert_eq!(
        pages(&[addressed(0, "u?Page=a", "u?Page=c"), last].concat()),
        ["UR504 /meta/next_page_url page 0 names a next page, but no page follows"]
    );
    // Nor need either have an address.
    let more = "{\"usage_records\":[],\"meta\":{\"page\":0,\"next_page_url\":\"x\"}}\n";
    let last = "{\"usage_records\":[],\"meta\":{\"next_page_url\":null}}\n";
    assert_eq!(pages(&[more, last].concat()), [""; 0]);
}
