//! What the envelopes of a list contradict: themselves, and each other.

use crate::pages::{
    links::{X, Y},
    pages,
};

/// What is said of pages that are there, but say different things.
fn said(metas: &[&str]) -> Vec<String> {
    let lines = metas
        .iter()
        .map(|meta| format!("{{\"usage_records\":[],\"meta\":{{{meta}}}}}\n"));
    pages(&lines.collect::<Vec<_>>().concat())
}

#[test]
fn an_envelope_that_contradicts_itself_is_no_page_of_a_whole_list() {
    let last = r#""next_page_url":null"#;
    for (meta, expected) in [
        (
            r#""key":"sims""#,
            r#"/meta/key page 0 is of another list: its key is "sims""#,
        ),
        (
            r#""url":"https://h/v1/UsageRecords?Page=3""#,
            "/meta/url page 0 has the address of page 3",
        ),
        (
            r#""previous_page_url":"/v1/UsageRecords?Page=4""#,
            "/meta/previous_page_url page 0 names another page before it",
        ),
        (
            r#""url":"https://h/v1/UsageRecords?Start=2026-06-01","first_page_url":"https://h/v1/UsageRecords?Start=2025-06-01""#,
            "/meta/first_page_url page 0 has the first_page_url of another list: its Start differs",
        ),
        (
            r#""url":"https://h/v1/UsageRecords","first_page_url":"https://h/v1/Sims""#,
            "/meta/first_page_url page 0 has the first_page_url of another list: its path differs",
        ),
    ] {
        let meta = format!(r#""page":0,{meta},{last}"#);
        assert_eq!(said(&[&meta]), [format!("UR504 {expected}")]);
    }
    let nameless = format!(r#""page":"seven",{last}"#);
    let expected = r#"UR504 /meta/page a page has "seven" for its number"#;
    assert_eq!(said(&[&nameless]), [expected]);
    for legal in [
        r#""key":"","url":"","first_page_url":null,"previous_page_url":"","page_size":null"#,
        r#""key":"usage_records","page_size":"50","url":"/proxy/v1/UsageRecords?Start=2026-06-01T06:00:00Z&Page=0","first_page_url":"https://h/v1/UsageRecords?Start=2026-06-01""#,
        r#""previous_page_url":"?PageSize=50","first_page_url":"?PageSize=50""#,
    ] {
        let meta = format!(r#""page":0,{legal},{last}"#);
        assert_eq!(said(&[&meta]), [""; 0], "{legal}");
    }
}

#[test]
fn envelopes_that_contradict_each_other_are_not_of_one_list() {
    let list = "https://h/v1/UsageRecords?Start=2026-06-01";
    let url = |page: u64| format!(r#""url":"{list}&Page={page}""#);
    let next = |page: u64| format!(r#""next_page_url":"{list}&Page={page}""#);
    let last = r#""next_page_url":null"#;
    for (members, expected) in [
        (
            [
                format!(r#""page_size":50,{},{}"#, url(0), next(1)),
                format!(r#""page_size":100,{},{last}"#, url(1)),
            ],
            "/meta/page_size page 1 has a page size of 100, another page of the list one of 50: records between them may be missing",
        ),
        (
            [
                format!("{},{}", url(0), next(1)),
                format!("{},{last}", url(7)),
            ],
            "/meta/url page 0 leads to page 1, but the page after it has the address of page 7",
        ),
        (
            [
                r#""first_page_url":"?Start=2026-06-01","next_page_url":"?Page=1""#.to_owned(),
                format!(r#""first_page_url":"?Start=2025-06-01",{last}"#),
            ],
            "/meta/first_page_url page 1 has the first_page_url of another list: its Start differs",
        ),
        (
            [
                format!(r#""url":"{list}&PageToken=a","next_page_url":"{list}&PageToken=b""#),
                format!(r#""url":"{list}&PageToken=a",{last}"#),
            ],
            "/meta/url page 1 has the address of another page",
        ),
        (
            [
                format!(
                    r#""url":"{list}&PageSize=50","next_page_url":"{list}&PageSize=100&Page=1""#
                ),
                format!(r#""url":"{list}&PageSize=100&Page=1",{last}"#),
            ],
            "/meta/next_page_url page 0 has 50 records, and leads to a page of 100: with another size each page has other records",
        ),
    ] {
        let metas = [0, 1].map(|page| format!(r#""page":{page},{}"#, members[page]));
        let expected = format!("UR504 {expected}");
        assert_eq!(said(&[&metas[0], &metas[1]]), [expected.as_str()]);
        assert_eq!(said(&[&metas[1], &metas[0]]).len(), 1, "{expected}");
    }
    // A smaller last page, and one without any, say how many records they have.
    for sizes in [[50, 7], [50, 0], [50, 50]] {
        let metas = [0, 1].map(|page| {
            let link = if page == 0 { next(1) } else { last.to_owned() };
            let own = url(u64::try_from(page).unwrap());
            format!(r#""page":{page},"page_size":{},{own},{link}"#, sizes[page])
        });
        assert_eq!(said(&[&metas[0], &metas[1]]), [""; 0], "{sizes:?}");
    }
}

/// The members of the envelope of a page that states its size and number; others follow it.
fn sized(list: &str, number: u64, size: u64) -> String {
    let next = number + 1;
    format!(
        r#""page":{number},"page_size":{size},"url":"{list}","next_page_url":"{list}&Page={next}""#
    )
}

/// How many pages are said to differ in size from others of their list.
fn differing_in_size(metas: &[&str]) -> usize {
    let said = said(metas);
    let of_size = said.iter().filter(|said| said.contains("/meta/page_size"));
    of_size.count()
}

#[test]
fn pages_of_one_number_lie_on_no_side_of_each_other() {
    let [smaller, larger] = [50, 100].map(|size| sized(X, 3, size));
    assert_eq!(differing_in_size(&[&smaller, &larger]), 0);
    assert_eq!(differing_in_size(&[&larger, &smaller]), 0);
}

#[test]
fn that_pages_differ_in_size_is_said_once_of_lists_that_turn_out_to_be_one() {
    let differing = |list| [sized(list, 0, 50), sized(list, 1, 100)];
    let join = format!(r#""url":"{X}","next_page_url":"{Y}""#);
    let further = sized(Y, 2, 200);
    for (one, other) in [(X, Y), (Y, X)] {
        let [first, second] = differing(one);
        let only = sized(other, 8, 100);
        let metas = [&first, &second, &only, &join, &further];
        assert_eq!(differing_in_size(&metas.map(String::as_str)), 1, "{one}");
        let metas = [&only, &first, &second, &join, &further];
        assert_eq!(differing_in_size(&metas.map(String::as_str)), 1, "{one}");
    }
    // What both said before counts for the whole.
    let metas = [
        &sized(X, 8, 100),
        &sized(Y, 9, 200),
        &join,
        &sized(Y, 12, 200),
    ];
    assert_eq!(differing_in_size(&metas.map(String::as_str)), 1);
}
