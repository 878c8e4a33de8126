//! Whole response bodies and their envelopes.

use usage_model::UsagePage;

use super::{in_pieces, page};

#[test]
fn an_empty_input_has_no_records() {
    for text in ["", " \n\r\n", "\u{feff}"] {
        assert_eq!(in_pieces(text.as_bytes(), usize::MAX), (Vec::new(), None));
    }
}

#[test]
fn a_page_is_all_there_is_in_a_body() {
    for (body, offset) in [
        ("{\"data\":{}}\n{\"usage_records\":[{}],\"meta\":{}}", 0),
        ("[{\"data\":{}}]{\"usage_records\":[]}", 0),
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
    for text in [
        "",
        "[]",
        "{\"data\":{}}",
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
