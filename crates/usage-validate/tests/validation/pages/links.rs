//! Which list a page belongs to, by its address and its link to the next page.

use usage_model::{Window, read_records};

use super::*;
use crate::support::at;

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
