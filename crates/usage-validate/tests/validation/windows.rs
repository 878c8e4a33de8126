//! What was asked for: windows and pages, UR501 to UR504.

use usage_model::{Granularity, PageMeta, Window};
use usage_validate::{Config, Finding, Validator};

use crate::{
    lists::{Slot, day, slot, text},
    support::{at, config, validate},
};

fn windowed(start: &str, end: &str) -> Config {
    let mut config = config();
    config.window = Some(Window::new(at(start), at(end)).unwrap());
    config.granularity = Some(Granularity::Daily);
    config.select = vec!["UR5".parse().unwrap(), "UR404".parse().unwrap()];
    config
}

fn said(config: &Config, slots: &[Slot]) -> Vec<String> {
    let (findings, _) = validate(config, &text(slots));
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.message))
        .collect()
}

fn codes(config: &Config, slots: &[Slot]) -> Vec<String> {
    said(config, slots)
        .iter()
        .map(|text| text[..5].to_owned())
        .collect()
}

#[test]
fn a_record_outside_the_window_is_said_and_left_out() {
    let config = windowed("2026-06-01T06:00:00Z", "2026-06-04T18:00:00Z");
    assert_eq!(codes(&config, &[day(0), day(1), day(2), day(3)]), [""; 0]);
    // A month later, without a gap in between, and a coverage that is none.
    assert_eq!(
        codes(&config, &[day(0), day(1), day(2), day(3), day(30)]),
        ["UR501"]
    );
    assert_eq!(
        codes(&config, &[day(-9), day(1), day(2), day(3)]),
        ["UR501", "UR502"]
    );
    assert_eq!(
        codes(&config, &[day(4), day(0), day(1), day(2), day(3)]),
        ["UR501"]
    );
}

#[test]
fn the_window_is_covered_but_for_its_last_day() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z");
    assert_eq!(codes(&config, &[day(0), day(1), day(2), day(3)]), [""; 0]);
    assert_eq!(codes(&config, &[day(0), day(1), day(2)]), [""; 0]);
    assert_eq!(
        said(&config, &[day(0), day(1)]),
        [
            "UR502 the end of the requested window 2026-06-01 to 2026-06-05 is not covered: there is \
             no record from 2026-06-03T00:00:00Z to 2026-06-04T00:00:00Z, 1 day"
        ]
    );
    assert_eq!(
        said(&config, &[day(2), day(3)]),
        [
            "UR502 the start of the requested window 2026-06-01 to 2026-06-05 is not covered: there \
             is no record from 2026-06-01T00:00:00Z to 2026-06-03T00:00:00Z, 2 days"
        ]
    );
    assert_eq!(codes(&config, &[slot(12, 24), day(1), day(2)]), ["UR502"]);
    assert_eq!(codes(&config, &[day(1)]), ["UR502", "UR502"]);
    assert_eq!(codes(&config, &[]), ["UR502"]);
    assert_eq!(codes(&config, &[day(3), day(2), day(0)]), ["UR404"]);
}

#[test]
fn a_window_may_be_covered_by_records_of_any_length() {
    let mut config = windowed("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z");
    config.granularity = None;
    assert_eq!(
        said(&config, &[]),
        [
            "UR502 the start of the requested window 2026-06-01 to 2026-06-06 is not covered: there \
             is no record from 2026-06-01T00:00:00Z to 2026-06-05T00:00:00Z"
        ]
    );
    // How long a record without a time is, nothing says.
    assert_eq!(codes(&config, &[slot(24, 0)]), [""; 0]);
    assert_eq!(codes(&config, &[slot(0, 96)]), [""; 0]);
    assert_eq!(codes(&config, &[slot(24, 96)]), ["UR502"]);
}

#[test]
fn the_two_edges_of_a_window_are_findings_of_their_own() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z");
    let (findings, _) = validate(&config, &text(&[day(1)]));
    assert_eq!(findings.len(), 2);
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
}

#[test]
fn records_without_a_time_may_stand_at_the_edges() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z");
    let reversed = slot(24, 0);
    assert_eq!(codes(&config, &[reversed, day(1), day(2), day(3)]), [""; 0]);
    assert_eq!(codes(&config, &[reversed, day(2), day(3)]), ["UR502"]);
}

#[test]
fn what_cannot_be_there_yet_or_any_more_is_not_missing() {
    // As of 2026-11-01T12:00:00Z: nothing is promised after 2026-10-31T12:00:00Z.
    let ends = |end: &str| {
        let config = windowed("2026-10-29T00:00:00Z", end);
        codes(&config, &[day(150), day(151)])
    };
    assert_eq!(ends("2026-12-01T00:00:00Z"), ["UR502"]);
    assert_eq!(
        codes(
            &windowed("2026-10-29T00:00:00Z", "2026-12-01T00:00:00Z"),
            &[day(150), day(151), day(152)]
        ),
        [""; 0]
    );
    assert_eq!(ends("2026-11-01T00:00:00Z"), [""; 0]);
    // Retention: 2025-05-01 is 396 days before 1 June 2026.
    let config = windowed("2025-04-01T00:00:00Z", "2025-05-03T00:00:00Z");
    assert_eq!(codes(&config, &[day(-396), day(-395)]), ["UR503"]);
    assert_eq!(
        codes(&config, &[day(-395)]),
        ["UR503", "UR502"]
            .map(str::to_owned)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    let config = windowed("2025-05-01T00:00:00Z", "2025-05-03T00:00:00Z");
    assert_eq!(codes(&config, &[day(-396), day(-395)]), [""; 0]);
}

#[test]
fn a_window_of_a_day_need_not_be_covered() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let (findings, summary) = validate(&config, "[]");
    assert_eq!((findings.len(), summary.rules["UR502"].evaluated), (0, 0));
    assert_eq!(summary.rules["UR503"].evaluated, 1);
}

fn page(number: &str, next: &str) -> String {
    format!("{{\"usage_records\":[],\"meta\":{{\"page\":{number},\"next_page_url\":{next}}}}}\n")
}

fn pages(text: &str) -> Vec<String> {
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
    ] {
        assert_eq!(pages(&text), [expected], "{text}");
    }
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
    nameless.url = usage_model::Field::Absent;
    assert_eq!(said(["a", "b"], &nameless), [again, another]);
}

#[test]
fn a_record_that_could_not_be_read_covers_no_more_than_its_bucket() {
    let covered = |line: &str| {
        let mut config = windowed("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
        config.select = vec!["UR502".parse().unwrap()];
        let text = text(&[day(1), day(2)]) + line;
        let (findings, _) = validate(&config, &text);
        let uncovered = findings.iter().filter(|finding| finding.code == "UR502");
        uncovered.count()
    };
    assert_eq!(covered(""), 2);
    // It stands for the one day at the start, and not for the many at the end.
    assert_eq!(covered(r#"{"data":7}"#), 1);
    let of = |start: &str, end: &str| {
        format!(r#"{{"period":{{"start":"{start}","end":"{end}"}},"data":7}}"#)
    };
    assert_eq!(
        covered(&of("2026-06-30T00:00:00Z", "2026-07-01T00:00:00Z")),
        1
    );
    assert_eq!(
        covered(&of("2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z")),
        2
    );
    assert_eq!(
        covered(&of("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")),
        1
    );
}

#[test]
fn an_empty_period_meets_no_window_and_misses_none() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let (findings, summary) = validate(&config, &text(&[slot(99, 99)]));
    assert_eq!((findings.len(), summary.rules["UR501"].evaluated), (0, 0));
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
        meta.page = usage_model::Field::Value(usage_model::MetaNumber::Number(number));
        meta.url = usage_model::Field::Value(address(number));
        if has_next {
            meta.next_page_url = usage_model::Field::Value(address(number + 1));
        }
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
            found.extend(validator.join(part, 0));
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
        meta.next_page_url = usage_model::Field::Value("x".to_owned());
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
