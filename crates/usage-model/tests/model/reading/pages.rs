//! Whole response bodies and their envelopes.

use usage_model::{Item, LooksLike, PageSize, UsagePage};

use super::{in_pieces, page};

#[test]
fn an_empty_input_is_named_as_one() {
    for text in ["", " \n\r\n", "\u{feff}", "\u{feff} \n"] {
        for size in [usize::MAX, 1] {
            let (items, error) = in_pieces(text.as_bytes(), size);
            assert_eq!(items, []);
            assert_eq!(error.unwrap().looks_like, Some(LooksLike::Empty));
        }
    }
}

#[test]
fn a_list_of_pages_is_read_page_by_page() {
    let page = |day: u32| {
        format!(
            "{{\"usage_records\":[{{\"sim_sid\":\"{day}\"}},{{\"data\":{{\"total\":0}}}}],\"meta\":{{\"page\":{day}}}}}"
        )
    };
    let text = format!("[{},\n {},{{\"data\":{{\"total\":0}}}}]", page(0), page(1));
    for size in [usize::MAX, 7, 1] {
        let (items, error) = in_pieces(text.as_bytes(), size);
        assert_eq!(error, None);
        let pointers: Vec<_> = items
            .iter()
            .map(|item| match item {
                Item::Record(place, _) => place.pointer(""),
                Item::Page(Some(meta)) => {
                    format!("page {}", meta.page.value().unwrap().value().unwrap())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            pointers,
            [
                "/0/usage_records/0",
                "/0/usage_records/1",
                "page 0",
                "/1/usage_records/0",
                "/1/usage_records/1",
                "page 1",
                "/2"
            ]
        );
    }
}

#[test]
fn reading_stops_one_record_past_the_page_size() {
    let size = PageSize::new(2).unwrap();
    let body = |records: usize, end: &str| {
        format!(
            "{{\"usage_records\":[{}{end}",
            vec!["{\"data\":{\"total\":0}}"; records].join(",")
        )
    };
    let full = UsagePage::from_slice_up_to(body(2, "],\"meta\":{}}").as_bytes(), size).unwrap();
    assert_eq!((full.records.len(), full.meta.is_some()), (2, true));
    let over =
        UsagePage::from_slice_up_to(body(3, " what follows is not looked at").as_bytes(), size)
            .unwrap();
    assert_eq!((over.records.len(), over.meta), (3, None));
    assert!(UsagePage::from_slice_up_to(body(2, "").as_bytes(), size).is_err());
}

#[test]
fn a_page_is_all_there_is_in_a_body() {
    for (body, offset) in [
        (
            "{\"data\":{\"total\":0}}\n{\"usage_records\":[{}],\"meta\":{}}",
            0,
        ),
        ("[{\"data\":{\"total\":0}}]{\"usage_records\":[]}", 0),
        ("[]{\"usage_records\":[]}", 0),
        ("{\"usage_records\":[]}{\"usage_records\":[]}", 20),
    ] {
        let error = UsagePage::from_slice(body.as_bytes()).unwrap_err();
        assert!(error.reason.starts_with("expected one page"), "{error}");
        assert_eq!(error.position.offset, offset, "{body}");
    }
}

#[test]
fn a_body_is_one_page() {
    assert_eq!(
        UsagePage::from_slice(b"").unwrap_err().looks_like,
        Some(LooksLike::Empty)
    );
    for text in [
        "[]",
        "{\"data\":{\"total\":0}}",
        "{\"usage_records\":[]}{\"usage_records\":[]}",
    ] {
        let error = UsagePage::from_slice(text.as_bytes()).unwrap_err();
        assert!(
            error.reason.starts_with("expected one page"),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_list_ends_at_null_and_at_an_empty_link() {
    for (next, expected) in [
        ("null", None),
        ("\"\"", None),
        ("\"https://h/\"", Some("https://h/")),
    ] {
        let text = format!("{{\"usage_records\":[],\"meta\":{{\"next_page_url\":{next}}}}}");
        assert_eq!(page(&text).meta.unwrap().next_page(), expected);
    }
}

#[test]
fn numbers_of_the_envelope_may_be_text() {
    let text = r#"{"usage_records":[],"meta":{"page":"3","page_size":50}}"#;
    let meta = page(text).meta.unwrap();
    assert_eq!(meta.page.value().unwrap().value(), Some(3));
    assert_eq!(meta.page_size.value().unwrap().value(), Some(50));
    assert_eq!(
        serde_json::to_string(&meta).unwrap(),
        r#"{"page":"3","page_size":50}"#
    );
}

#[test]
fn a_page_that_says_that_nothing_failed_is_a_page() {
    for beside in [
        "\"status\":200,\"code\":null,\"error\":null,\"errors\":[]",
        "\"error\":false,\"errors\":null,\"code\":0",
        "\"error\":\"\",\"errors\":{},\"status\":\"ok\"",
    ] {
        let text = format!("{{{beside},\"usage_records\":[],\"meta\":{{}}}}");
        let (items, error) = in_pieces(text.as_bytes(), usize::MAX);
        assert_eq!(error, None, "{text}");
        assert!(matches!(items[..], [Item::Page(Some(_))]), "{text}");
    }
}
